"""What a finding signals is read off what it rests on; the worked notebooks show that every template's cards are known."""

import json
from pathlib import Path

import pytest

from tskit.findings.signals import signals

NOTEBOOKS = Path(__file__).parents[3] / "notebooks"
FINDING, TABLE = "application/vnd.tskit.finding+json", "application/vnd.tskit.table+json"


def finding(*, kind="change", tone="worse", refs=(), **values):
    evidence = [{"kind": what, "ref": ref, "text": ""} for what, ref in refs]
    return {"kind": kind, "tone": tone, "evidence": evidence, "values": values}


def worked(name):
    notebook = json.loads((NOTEBOOKS / f"{name}.ipynb").read_text(encoding="utf-8"))
    data = [output.get("data", {}) for cell in notebook["cells"] for output in cell.get("outputs", [])]
    tables = {bundle[TABLE]["key"]: bundle[TABLE] for bundle in data if TABLE in bundle}
    said = [bundle[FINDING] for bundle in data if FINDING in bundle][-1]["findings"]
    return [(signals(one, tables), one["claim"]) for one in said]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "trend_report",
            [
                ("spike", "Scam cases in Indonesia"),
                ("spike", "Threats cases in the urgent safety queue"),
                ("sla_breach", "Targets: 1 of 4 missed"),
            ],
        ),
        (
            "oncall_handover",
            [
                ("spike", "56 cases of threats"),
                ("spike", "22 cases of scam"),
                ("sla_breach", "14 cases past their target"),
            ],
        ),
        (
            "escalation_brief",
            [("sla_breach", "1 deadline has passed unmet"), ("spike", "80 cases reported as threats")],
        ),
        ("case_deep_dive", []),
        ("root_cause_session", []),
    ],
)
def test_the_cards_of_every_template_are_known(name, expected):
    found = [(one, claim) for marks, claim in worked(name) for one in marks]
    assert [(mark, claim.startswith(words)) for (mark, claim), (_, words) in zip(found, expected, strict=True)] == [
        (mark, True) for mark, _ in expected
    ]


TARGETS = {
    "columns": [{"name": name} for name in ("metric", "where", "value", "target", "verdict", "n")],
    "rows": [
        ["Decision accuracy", "all cases", "92.2 %", "at least 95 %", "missed", 266.0],
        ["SLA attainment", "all cases", "96.8 %", "at least 95 %", "met", 8000.0],
    ],
}


def test_a_missed_target_of_another_metric_is_no_sla_breach():
    card = finding(kind="target", refs=[("table", "targets")])
    assert signals(card, {"targets": TARGETS}) == ()
    late = {**TARGETS, "rows": [*TARGETS["rows"], ["SLA attainment", "Thai", "86 %", "at least 95 %", "missed", 400.0]]}
    assert signals(card, {"targets": late}) == ("sla_breach",)
    assert signals(card, {}) == ()


def test_what_is_not_for_the_worse_signals_nothing():
    fall = finding(tone="better", refs=[("table", "changes"), ("metric", "M00")])
    coming = finding(kind="target", tone="neutral", refs=[("cases", "deadlines")])
    assert signals(fall, {}) == signals(coming, {}) == ()


def test_fewer_arrivals_than_usual_are_a_silence():
    refs = [("table", "spikes")]
    assert signals(finding(kind="pattern", refs=refs, cases=56, usual=0.6), {}) == ("spike",)
    assert signals(finding(kind="pattern", refs=refs, cases=7), {}) == ("spike",)
    assert signals(finding(kind="pattern", refs=refs, cases=1, usual=9.5), {}) == ("silence",)
    assert signals(finding(kind="pattern", refs=refs, usual=9.5), {}) == ("silence",)


def test_other_changes_are_no_spike():
    backlog = finding(refs=[("figure", "backlog_by_day"), ("metric", "M19")])
    linked = finding(kind="pattern", refs=[("table", "links"), ("cases", "linked_cases")], cases=200)
    assert signals(backlog, {}) == signals(linked, {}) == ()
