"""Figures of a brief that must agree with each other: title, cards and first page; what is not known is no zero."""

from pathlib import Path

import pytest

from tests.support.tables import case_set_from
from tskit.findings import escalation
from tskit.model import Casebook

HEADER = "case_id | created_at | closed_at | is_closed | market | policy_id | content_id | reach | severity | decided_at | decision | sla_target_at | appeal_status | record_type | appealed_at | appeal_decided_at"
BOOK = Casebook(Path("drawn"), "drawn", zone="Asia/Singapore")
LOG = "case_id | event_type | occurred_at | actor_id | actor_type\n"


def row(case_id, *, reach="", decided="", target="2026-11-01 17:00"):
    """Return a case that is opened at 09:00 and closed when it is decided, if it is."""
    decision = "action" if decided else ""
    return (
        f"{case_id} | 2026-11-01 09:00 | {decided} | {'yes' if decided else 'no'} | SG | P | item-{case_id} | {reach} | S2 | "
        f"{decided} | {decision} | {target} | none | report | |"
    )


def look(*rows, as_of="2026-11-01 16:00", others=(), **asked):
    """Return the look at some cases of a source that has others, too."""
    ids = [one.split(" ", 1)[0] for one in rows]
    log = LOG + "\n".join(f"{case} | created | 2026-11-01 09:00 | | system" for case in ids)
    cases = case_set_from("\n".join([HEADER, *rows, *others]), events=log, as_of=as_of, casebook=BOOK)
    return escalation.escalate(cases, ids, **asked)


def page(found):
    return {one.key: " ".join(one.lines) for one in escalation.answers(found)}


def recorded(found):
    return escalation.record(escalation.told(found))


def test_the_title_of_cases_that_missed_a_deadline_does_not_say_that_nothing_went_wrong():
    late = [row("a"), row("b", decided="2026-11-01 19:00")]
    assert recorded(look(*late, as_of="2026-11-01 20:00")).title.endswith("2 deadlines missed")
    assert recorded(look(*late, as_of="2026-11-01 16:00")).title.endswith("nothing went wrong on record")


def test_the_first_deadline_that_passed_is_that_of_a_case_that_still_waits():
    """Case b was due at 12:00 and met too late; case a has been waiting since 17:00."""
    rows = [row("a"), row("b", decided="2026-11-01 13:00", target="2026-11-01 12:00")]
    items = recorded(look(*rows, as_of="2026-11-01 20:00")).items
    passed = next(item for item in items if "passed unmet" in item.claim)
    assert passed.claim.startswith("1 deadline has")
    assert "1 case, first on Sunday 1 November 2026, 17:00" in passed.detail


@pytest.mark.parametrize(
    ("reaches", "line"),
    [
        ([""], "1 of 2 items, the reach of which is not on record, not decided yet."),
        (
            ["", 70],
            "2 of 3 items, with a reach of at least 70, since it is on record for 1 of them only, 2 of them not",
        ),
        ([30, 70], "2 of 3 items, with a reach of 100, 2 of them not decided yet."),
    ],
)
def test_a_reach_that_is_not_known_is_no_reach_of_nought(reaches, line):
    undecided = [row(f"c{n}", reach=reach) for n, reach in enumerate(reaches)]
    seen = page(look(*undecided, row("z", reach=5, decided="2026-11-01 10:00")))["affected"]
    assert f"No measure stands against {line}" in seen


def test_one_undecided_case_is_spoken_of_as_one():
    unknown = page(look(row("a", reach=5)))["unknown"]
    assert "How 1 open case will be decided; nobody has worked on it." in unknown
    assert "What was considered so far: the decision log has no entry about this case." in unknown


def test_one_decision_is_spoken_of_as_one():
    seen = page(look(row("a", reach=5, decided="2026-11-01 10:00")))
    assert "Nobody appealed against the 1 decision so far." in seen["appeal"]
    assert "in 1 of 1 decision" in seen["rule"]
    two = page(look(row("a", decided="2026-11-01 10:00"), row("b", decided="2026-11-01 11:00")))
    assert "Nobody appealed against any of 2 decisions so far." in two["appeal"]


def test_where_nothing_is_due_nothing_is_waited_for():
    found = recorded(look(row("a", decided="2026-11-01 10:00")))
    spoken = next(one for one in found.statements if one.audience == "communications")
    assert "Until the next decision" not in " ".join(spoken.paragraphs)
    found = recorded(look(row("a")))
    spoken = next(one for one in found.statements if one.audience == "communications")
    assert spoken.paragraphs[-1].endswith("Until the next decision is made, nothing can be said about what follows.")


REVERSED = (
    "w | 2026-11-01 08:00 | 2026-11-01 10:30 | yes | SG | P | item-w | 5 | S2 | 2026-11-01 10:00 | action | "
    "2026-11-01 17:00 | reversed | report | 2026-11-01 11:00 | 2026-11-01 12:00"
)


def test_a_wrong_takedown_beside_the_cases_is_none_of_theirs():
    found = recorded(look(row("a"), others=[REVERSED]))
    headline, *said = (found.statements[0].headline, *found.statements[0].paragraphs)
    assert "takedown" not in headline + found.title
    assert "none overturned" in next(one.headline for one in found.statements if one.audience == "policy")
    assert any(
        text.startswith(
            "Not among these cases, but of the same rule, markets and days, overturned on appeal: 1 decision"
        )
        for text in said
    )
    assert "Overturned on appeal" not in " ".join(said)


def test_over_months_nothing_is_beside_the_cases():
    """A case of two months before makes of a reversal in between the ordinary course of things."""
    early = row("e", decided="2026-09-01 10:00").replace("2026-11-01 09:00", "2026-09-01 09:00")
    assert escalation.wrong_takedowns(look(row("a"), others=[REVERSED, early]))["case_id"].tolist() == ["w"]
    assert escalation.wrong_takedowns(look(row("a"), early, others=[REVERSED])).empty


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("PPPP", "4 cases of P "),
        ("PPPQ", "4 cases of P and Q "),
        ("PQRS", "4 cases of several rules "),
        ("PPPPPQRST", "9 cases of P "),
        ("PPQRSTUVW", "9 cases of several rules "),
    ],
)
def test_cases_are_called_by_a_rule_only_where_most_of_them_fall_under_it(rules, said):
    """A rule is named that at least a fifth have, one or two of them, where these hold half of the cases."""
    rows = [row(f"c{n}").replace("| P |", f"| {rule} |") for n, rule in enumerate(rules)]
    found = recorded(look(*rows))
    assert found.statements[0].paragraphs[0].startswith(said)


def test_of_several_rules_no_version_is_called_the_one_of_all():
    rows = [row(f"c{n}", decided="2026-11-01 10:00").replace("| P |", f"| {rule} |") for n, rule in enumerate("PQ")]
    policy = next(one for one in recorded(look(*rows)).statements if one.audience == "policy")
    assert "version" not in policy.headline
    assert "They fall under several rules, each with versions of its own." in policy.paragraphs[0]
