"""The trend report: its text, and its cells run in this process on synthetic cases with known stories."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tests.support.samples import shared_sample
from tests.support.template_cells import displayed
from tskit import Scope, findings, load
from tskit.model import Findings
from tskit.runs.rules import rules
from tskit.runs.template import build

TEMPLATE = Path(__file__).parents[2] / "templates" / "trend_report.py"
TEXT = TEMPLATE.read_text(encoding="utf-8")
BY = ["market", "queue", "policy_id"]
METRICS = ["cases_opened", "sla_attainment", "overturn_rate", "backlog", "decisions"]
run = partial(displayed, TEMPLATE)


def test_the_template_keeps_the_rules():
    assert rules(TEXT) == []


def test_the_built_notebook_is_what_the_text_builds():
    assert TEMPLATE.with_suffix(".ipynb").read_text(encoding="utf-8") == build(TEXT)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=80_000, seed=3)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=40_000, seed=11, stories="none")


@pytest.fixture(scope="module")
def run_on_told(told):
    return run(casebook=str(told))


def bundle(value) -> dict:
    return value._repr_mimebundle_()


def test_the_last_cell_emits_the_findings(run_on_told):
    assert isinstance(run_on_told[-1], Findings)


def test_every_cell_shows_something_that_the_page_can_read(run_on_told):
    assert all(any(name.startswith("application/vnd.tskit.") for name in bundle(value)) for value in run_on_told)


def test_the_spike_is_named_with_its_market_policy_and_first_day(run_on_told):
    first = run_on_told[-1].items[0]
    assert first.claim.startswith("Scam cases in Indonesia")
    assert first.values["cases"] > 2 * first.values["expected"]
    assert first.values["started"] in {"2026-10-19", "2026-10-20", "2026-10-21"}
    assert "Scam cases in Indonesia" in run_on_told[-1].title


def test_one_cause_is_told_once(run_on_told):
    claims = [item.claim for item in run_on_told[-1].items if item.kind == "change"]
    assert sum("cam" in claim or "Indonesia" in claim for claim in claims) == 1


def test_the_incident_of_the_last_day_is_named_and_no_other_rise(run_on_told):
    rises = [item for item in run_on_told[-1].items if item.kind == "change"]
    (last,) = [item for item in rises if item.claim.startswith("Threats cases")]
    assert " on Sunday 1 November, against " in last.claim
    assert last.values["started"] == "2026-11-01"
    assert last.values["cases"] > 4 * last.values["expected"]
    assert len(rises) == 3  # with the scams in Indonesia and the backlog in Thailand


def test_the_holiday_backlog_is_named_with_its_site_and_day(run_on_told):
    claim = next(item for item in run_on_told[-1].items if item.claim.startswith("Backlog in Thailand"))
    assert "Bangkok site's public holiday on Friday 23 October" in claim.claim
    assert claim.values["holiday"] == "2026-10-23"


def test_the_mix_shift_is_told_as_one_and_never_as_a_fall(run_on_told):
    card = next(item for item in run_on_told[-1].items if item.claim.startswith("Overturn rate"))
    assert "is lower over all only since the mix of appeals changed" in card.claim
    assert "no policy's own rate moved" in card.claim
    assert card.values["like_for_like_low"] < 0 < card.values["like_for_like_high"]
    assert "only since the mix of appeals changed" in run_on_told[-1].lead
    tile = next(row for row in run_on_told[1].rows if row[0] == "Overturn rate")
    assert any("lower only since the mix" in str(cell) for cell in tile)


def test_nobody_claims_that_the_overturn_rate_fell(run_on_told):
    found = run_on_told[-1]
    moved = [item for item in found.items if item.kind == "change" and "verturn" in item.claim]
    assert moved == []
    assert "verturn rate fell" not in " ".join([found.title, found.lead, *(item.claim for item in found.items)])


def test_every_finding_rests_on_evidence_and_says_how_sure_it_is(run_on_told):
    assert all(item.evidence for item in run_on_told[-1].items)
    assert all(bool(item.why_sure) is (item.kind != "incident") for item in run_on_told[-1].items)


def test_every_number_in_a_text_is_a_value_of_the_findings(run_on_told):
    found = run_on_told[-1]
    everything = [value for item in found.items for value in item.values.values()]
    for item in found.items:
        known = [*item.values.values()]
        assert unknown_numbers(f"{item.claim}. {item.detail}", known) == []
    assert unknown_numbers(f"{found.title}. {found.lead}", everything) == []


def unknown_numbers(text: str, values) -> list[str]:
    names = r"(?<![\w-])[−+]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])"
    return [number for number in re.findall(names, text) if number not in renderings(values)]


def renderings(values) -> set[str]:
    found: set[str] = set()
    for value in values:
        if isinstance(value, str):
            found |= {str(int(part)) for part in value.split("-") if part.isdigit()}
        elif value is not None:
            for factor in (1, 100, -1, -100, 60, 1 / 24):
                sign = "−" if value * factor < 0 else "+"
                size = abs(value * factor)
                found |= {f"{sign}{size:,.{digits}f}" for digits in (0, 1, 2)}
                found |= {f"{size:,.{digits}f}" for digits in (0, 1)}
    return found


def test_the_check_of_numbers_would_notice_a_typed_one():
    assert unknown_numbers("1,104 cases against 99", [1104]) == ["99"]
    assert unknown_numbers("8.1\u202f% on 20 October of severity S3", [0.0814, "2026-10-20"]) == []


def test_other_numbers_make_another_text(told, run_on_told):
    other = look(told, start="2026-09-07", end="2026-10-04")
    assert findings.record(other).title != run_on_told[-1].title


def test_quiet_cases_give_nothing_unusual(quiet):
    found = findings.record(look(quiet))
    assert found.title.startswith("Nothing unusual")
    assert [item for item in found.items if item.kind == "change"] == []


def test_the_gravest_cases_are_listed_one_by_one(told, run_on_told):
    case_set = load(Scope(), casebook=told)
    window = case_set.scope.window
    cases = case_set.cases
    inside = (cases.created_at >= window.starts_at) & (cases.created_at < window.ends_at)
    expected = cases.filter(inside & (cases.severity == "S3")).count().to_pyarrow().as_py()
    table = next(value for value in run_on_told if getattr(value, "role", "") == "cases")
    assert len(table.rows) == expected > 0
    assert all(isinstance(row[0], str) and row[0] for row in table.rows)


def test_metrics_that_a_source_cannot_answer_are_named_and_not_refused(told):
    case_set = load(Scope(), casebook=told)
    poor = without(case_set, "appeal_status", "queue", "severity", "sla_target_at", "sla_met")
    seen = findings.look(poor, metrics=METRICS, by=BY)
    rows = findings.against_before_and_a_year_ago(seen).rows
    assert "overturn_rate" in seen.missing
    assert any("needs column appeal_status" in str(row[-1]) for row in rows)
    assert seen.absent == ("queue",)
    assert findings.gravest_cases(poor).rows == []
    assert findings.record(seen).items


def without(case_set, *columns):
    return replace(case_set, cases=case_set.cases.drop(*columns))


def look(folder, **dates):
    case_set = load(Scope.from_parameters(**dates), casebook=folder)
    return findings.look(case_set, metrics=METRICS, by=BY)
