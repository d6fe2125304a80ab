"""Which rule fires on which run, and what it then says."""

import json
from datetime import timedelta

import pytest

from tests.unit.runs.alerts.conftest import FAILED, NOW, SPIKE, TREND
from tskit.model import Alert, Said, SaidFinding
from tskit.runs.alerts import messages


def rule(*on, **settings):
    return Alert("pager", on, "command", command=("page",), **settings)


def fired(alert, *told, about=""):
    return messages([alert], told, about=about, at=NOW)


@pytest.mark.parametrize(
    ("on", "said", "expected"),
    [
        (("spike",), TREND, ["spike"]),
        (("sla_breach", "spike"), TREND, ["sla_breach", "spike"]),
        (("failure", "silence"), TREND, None),
        (("failure",), FAILED, ["failure"]),
        (("spike", "no_data"), FAILED, None),
        (("no_data",), Said("r", "t", "no_data"), ["no_data"]),
        (("failure",), Said("r", "t", "no_data"), None),
    ],
)
def test_a_rule_fires_on_its_signals_alone(on, said, expected):
    found = fired(rule(*on), said)
    assert [message.body["on"] for message in found] == ([] if expected is None else [expected])


def test_a_rule_holds_for_its_templates():
    assert fired(rule("spike", templates=("oncall_handover",)), TREND) == ()
    assert len(fired(rule("spike", templates=("trend_report",)), TREND)) == 1


@pytest.mark.parametrize(
    ("least", "certainty", "is_told"),
    [
        ("high", "moderate", False),
        ("high", "high", True),
        ("high", "very high", True),
        ("very high", "", True),
        ("low", "low", True),
        ("moderate", "low", False),
    ],
)
def test_a_finding_is_told_when_it_is_sure_enough_and_a_count_always(least, certainty, is_told):
    said = Said("r", "t", "ok", findings=(SaidFinding(("spike",), "More", certainty=certainty),))
    assert bool(fired(rule("spike", certainty=least), said)) is is_told


def test_the_message_holds_what_fires_and_nothing_else_that_was_found():
    body = fired(rule("spike", "sla_breach"), TREND)[0].body
    run = body["runs"][0]
    assert [finding["claim"] for finding in run["findings"]] == [SPIKE.claim]
    assert run["only_in_the_report"] == 1
    assert body["text"].splitlines() == [
        "*trend_report, spike and SLA breach: Scam rose*",
        f"\u2022 {SPIKE.claim}. Next: Open a sample.",
        "\u2022 SLA breach: it tells of single cases, so it stands only in the report.",
        "Run: run-1",
    ]
    assert json.loads(json.dumps(body)) == body


def test_a_run_of_the_sample_says_so_first():
    said = Said("r", "t", "ok", "Scam rose", findings=(SPIKE,), is_sample=True)
    assert fired(rule("spike"), said)[0].body["text"].startswith("*SAMPLE DATA: t, spike")


def test_text_from_the_data_is_harmless_in_a_chat():
    said = Said("r", "t", "ok", "<!channel> https://evil.example", findings=(SPIKE,))
    text = fired(rule("spike"), said)[0].body["text"]
    assert "<!" not in text
    assert "https://" not in text


def test_the_same_news_has_the_same_id_whenever_it_is_told():
    first = fired(rule("spike"), TREND)[0]
    later = messages([rule("spike")], [TREND], at=NOW + timedelta(hours=1))[0]
    other = fired(rule("spike"), Said("run-9", "trend_report", "ok", findings=(SPIKE,)))[0]
    assert first.id == later.id != other.id


def test_two_runs_that_never_began_are_two_pieces_of_news():
    lost = Said("", "trend_report", "failed", failure="did not begin")
    first, second = (messages([rule("failure")], [lost], at=at)[0] for at in (NOW, NOW + timedelta(days=7)))
    assert first.id != second.id


def test_a_batch_is_one_message():
    runs = [Said(f"run-{n}", "trend_report", "failed", failure="stopped") for n in range(25)]
    found = fired(rule("failure"), TREND, *runs, about="batch-7")
    assert len(found) == 1
    body = found[0].body
    assert (body["runs_in_all"], body["runs_that_fire"], len(body["runs"])) == (26, 25, 20)
    assert body["text"].splitlines()[0] == "batch-7: 25 of 26 runs"
    assert body["text"].splitlines()[-1] == "And 5 more."
