"""Which past decisions are most like some cases, how they ended, and how they differ."""

from datetime import UTC, datetime

import pytest

from tests.support.tables import assert_table, case_set_from
from tskit.patterns import base_rates, likeness_of, precedents

HEAD = (
    "case_id | created_at | decided_at | policy_id | policy_version | entity_type | severity | market | content_id"
    " | decision | decision_initial | appeal_status | appealed_at | appeal_decided_at | record_type"
)
OURS = "ours | 2026-05-02 | 2026-05-03 | THREATS | v2 | episode | S2 | SG | i0 | action | action | none | | | report"


def drawn(*rows):
    return case_set_from("\n".join([HEAD, OURS, *rows]), as_of="2026-06-01")


def past(case_id, *, policy="THREATS", kind="episode", severity="S2", market="SG", **other):
    said = {"item": case_id, "decision": "action", "first": "action", "record": "report", "version": "v2", **other}
    appeal = said.get("appeal", "none | | ")
    return (
        f"{case_id} | 2026-03-01 | {said.get('decided', '2026-03-02')} | {policy} | {said['version']} | {kind} | {severity} | {market}"
        f" | {said['item']} | {said['decision']} | {said['first']} | {appeal} | {said['record']}"
    )


REVERSED = "reversed | 2026-03-05 | 2026-03-20"


def test_the_most_alike_comes_first_and_says_how_it_differs():
    cases = drawn(
        past("song", kind="track"), past("same"), past("abroad", market="MY"), past("milder", severity="S1", market="")
    )
    found = precedents(cases, ["ours"])
    assert list(found["case_id"]) == ["same", "abroad", "milder", "song"]
    assert list(found["differs"]) == [(), ("market",), ("severity",), ("entity_type",)]
    assert list(found["unknown"]) == [(), (), ("market",), ()]


def test_another_rule_is_no_precedent():
    assert precedents(drawn(past("other", policy="SPAM")), ["ours"]).empty


@pytest.mark.parametrize("decision", ["duplicate", "invalid", "escalate"])
def test_what_judges_no_content_is_no_precedent(decision):
    assert precedents(drawn(past("a", decision=decision, first=decision)), ["ours"]).empty


def test_the_same_matter_and_appeals_filed_as_cases_are_no_precedents():
    assert precedents(drawn(past("again", item="i0"), past("appeal", record="appeal")), ["ours"]).empty


def test_several_cases_about_one_item_are_one_precedent_and_count_once():
    cases = drawn(past("a", item="i1"), past("b", item="i1", appeal=REVERSED, decision="no_action"), past("c"))
    assert list(precedents(cases, ["ours"])["case_id"]) == ["b", "c"]
    assert base_rates(cases, ["ours"]).set_index("among").loc["item", "cases"] == 2


def test_a_settled_appeal_outweighs_a_market():
    cases = drawn(past("plain"), past("settled", market="MY", appeal=REVERSED, decision="no_action"))
    found = precedents(cases, ["ours"])
    assert list(found["case_id"]) == ["settled", "plain"]
    assert list(found["is_overturned"]) == [True, False]
    assert list(found["outcome"]) == ["no_action", "action"]


def test_nothing_that_was_decided_later_is_known():
    cases = drawn(past("early"), past("late", decided="2026-05-20"))
    found = precedents(cases, ["ours"], until=datetime(2026, 5, 10, tzinfo=UTC))
    assert list(found["case_id"]) == ["early"]


@pytest.mark.parametrize(
    ("until", "appeal", "outcome"),
    [
        (datetime(2026, 5, 4, tzinfo=UTC), "none", "action"),
        (datetime(2026, 5, 10, tzinfo=UTC), "pending", "action"),
        (datetime(2026, 5, 25, tzinfo=UTC), "reversed", "no_action"),
        (None, "reversed", "no_action"),
    ],
)
def test_an_appeal_stands_as_it_did_at_the_moment(until, appeal, outcome):
    cases = drawn(past("a", appeal="reversed | 2026-05-05 | 2026-05-20", decision="no_action"))
    [row] = precedents(cases, ["ours"], until=until).to_dict("records")
    assert (row["appeal"], row["outcome"], row["first_decision"]) == (appeal, outcome, "action")


def test_a_decision_under_another_version_is_marked():
    versions = [past(f"old{n}", version="v1", decided=f"2026-01-1{n}") for n in range(4)]
    now = [past(f"new{n}", decided=f"2026-04-1{n}") for n in range(4)]
    cases = drawn(*versions, *now)
    assert likeness_of(cases, ["ours"]).version == "v2"
    found = precedents(cases, ["ours"]).set_index("case_id")["is_other_version"]
    assert {name for name, is_other in found.items() if is_other} == {"old0", "old1", "old2", "old3"}
    assert base_rates(cases, ["ours"]).set_index("among").loc["version", "cases"] == 4


def test_base_rates_count_what_stands_and_what_was_overturned():
    cases = drawn(
        *(past(f"a{n}") for n in range(3)),
        past("up", appeal="upheld | 2026-03-05 | 2026-03-20"),
        past("back", appeal=REVERSED, decision="no_action"),
        past("left", decision="no_action", first="no_action", market="MY"),
        past("song", kind="track"),
    )
    assert_table(
        base_rates(cases, ["ours"]),
        """
        among   | cases | actioned | appeals | overturned | actioned_share | overturned_share
        rule    | 7     | 5        | 2       | 1          | 0.714          | 0.5
        item    | 6     | 4        | 2       | 1          | 0.667          | 0.5
        market  | 5     | 4        | 2       | 1          | 0.8            | 0.5
        version | 6     | 4        | 2       | 1          | 0.667          | 0.5
        """,
    )


def test_shares_of_nothing_are_missing_and_a_share_has_its_interval():
    rates = base_rates(drawn(past("a"), past("b")), ["ours"]).set_index("among").loc["item"]
    assert rates["overturned_share"] != rates["overturned_share"]
    assert rates["overturned_low"] != rates["overturned_low"]
    assert (rates["actioned_share"], rates["actioned_high"]) == (1.0, 1.0)
    # Exact, since two cases are few: (0.05 / 2) ** (1 / 2).
    assert rates["actioned_low"] == pytest.approx(0.1581, abs=1e-4)


def test_values_of_a_few_cases_are_not_those_of_the_cases():
    rows = [OURS.replace("ours", f"o{n}", 1).replace("SG", "MY" if n == 5 else "SG") for n in range(6)]
    assert likeness_of(drawn(*rows), [f"o{n}" for n in range(6)]).traits["market"] == ("SG",)


def test_a_case_that_is_not_decided_goes_by_what_it_was_reported_as():
    text = """
        case_id | created_at | decided_at | policy_id | abuse_type_reported | decision
        open    | 2026-05-02 |            |           | THREATS             |
        a       | 2026-03-01 | 2026-03-02 | THREATS   | SPAM                | action
    """
    assert list(precedents(case_set_from(text), ["open"])["case_id"]) == ["a"]


@pytest.mark.parametrize("columns", ["case_id | created_at", "case_id | created_at | policy_id"])
def test_a_source_without_decisions_has_no_precedent(columns):
    text = f"{columns}\na | 2026-05-02{' | X' if 'policy' in columns else ''}"
    cases = case_set_from(text)
    assert precedents(cases, ["a"]).empty
    assert list(base_rates(cases, ["a"])["cases"]) == [0, 0, 0, 0]


def test_what_holds_for_a_source_holds_in_any_order_of_its_rows():
    rows = [past(f"p{n}", market="SG" if n % 2 else "MY", severity=f"S{n % 3}") for n in range(12)]
    found = [precedents(drawn(*order), ["ours"], limit=5) for order in (rows, rows[::-1])]
    assert list(found[0]["case_id"]) == list(found[1]["case_id"])
