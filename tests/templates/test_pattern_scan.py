"""The pattern scan: its text, and its cells run in this process on synthetic cases with and without stories."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from tests.support.samples import shared_sample
from tests.support.template_cells import displayed
from tskit.findings.scan import BY, METRICS
from tskit.model import Findings
from tskit.runs import Template
from tskit.runs.rules import rules
from tskit.runs.template import build

TEMPLATE = Path(__file__).parents[2] / "templates" / "pattern_scan.py"
TEXT = TEMPLATE.read_text(encoding="utf-8")
CASE_ID = re.compile(r"5005g\w+")
run = partial(displayed, TEMPLATE, metric=["cases_opened"], by=["market", "policy_id"])
reads = [pytest.mark.slow, pytest.mark.acceptance]


def test_the_template_keeps_the_rules():
    assert rules(TEXT) == []


def test_the_built_notebook_is_what_the_text_builds():
    assert TEMPLATE.with_suffix(".ipynb").read_text(encoding="utf-8") == build(TEXT)


def test_its_defaults_sweep_what_the_engine_sweeps():
    given = {parameter.name: parameter.default for parameter in Template.from_file(TEMPLATE).parameters}
    assert sorted(given["metric"]) == sorted(METRICS)
    assert sorted(given["by"]) == sorted(BY)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return run(casebook=str(shared_sample(tmp_path_factory, cases=40_000)))


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    return run(casebook=str(shared_sample(tmp_path_factory, cases=6_000, stories="none")))


def tables(shown) -> dict:
    return {value.key: value for value in shown if hasattr(value, "rows")}


class TestOnASampleWithStories:
    pytestmark = reads

    def test_the_planted_scam_wave_leads(self, told):
        found = told[-1]
        assert isinstance(found, Findings)
        assert found.items[0].claim.startswith("Scam cases in Indonesia")
        assert "Scam cases in Indonesia" in found.title
        assert tables(told)["sights"].rows[0][1] == "Scam cases in Indonesia"

    def test_each_finding_says_how_sure_it_is_what_it_rests_on_its_limits_and_what_to_do(self, told):
        for item in told[-1].items[:-1]:
            assert item.why_sure
            assert item.evidence
            assert item.limits
            assert item.next_step

    def test_all_evidence_is_on_the_page(self, told):
        there = {value.key for value in told if hasattr(value, "key")}
        named = {one.ref for item in told[-1].items for one in item.evidence if one.kind in {"table", "figure"}}
        assert named - there == set()

    def test_the_number_of_things_looked_at_adds_up(self, told):
        rows = tables(told)["looked_at"].rows
        assert rows[-1][0] == "All together"
        assert rows[-1][1] == sum(row[1] for row in rows[:-1]) > 100
        assert rows[-1][2] == pytest.approx(0.05)

    def test_cases_are_named_only_in_what_a_copy_to_share_leaves_out(self, told):
        for value in told[:-1]:
            if not getattr(value, "of_single_cases", False):
                assert not CASE_ID.search(str(value._repr_mimebundle_()))
        assert not CASE_ID.search(str(told[-1].as_json()))
        assert CASE_ID.search(str(tables(told)["linked_cases"].rows))


class TestOnASampleWithoutStories:
    pytestmark = reads

    def test_the_page_says_plainly_that_nothing_stands_out(self, quiet):
        found = quiet[-1]
        assert found.title.startswith("Nothing stands out among ")
        assert [item.kind for item in found.items] == ["steady"]
        assert "Nothing has to be done" in found.lead

    def test_tables_without_a_sight_are_empty_and_say_so(self, quiet):
        for key in ("sights", "spikes", "shifts", "drivers", "links", "linked_cases"):
            assert tables(quiet)[key].rows == []
            assert tables(quiet)[key].caption
