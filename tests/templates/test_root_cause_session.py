"""The session on root causes: its text, and its cells run in this process on samples whose stories are known."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

import pytest

from tests.support.samples import own_sample
from tests.support.template_cells import displayed
from tskit import Scope, load
from tskit.findings import session
from tskit.findings.disclosure import covered_table
from tskit.model import Findings
from tskit.runs.rules import rules
from tskit.runs.template import build

TEMPLATE = Path(__file__).parents[2] / "templates" / "root_cause_session.py"
TEXT = TEMPLATE.read_text(encoding="utf-8")
WRONG = ["qa_incorrect", "overturned"]
BY = ["decided_vendor", "policy_id", "market"]
run = partial(displayed, TEMPLATE)


def test_the_template_keeps_the_rules():
    assert rules(TEXT) == []


def test_the_built_notebook_is_what_the_text_builds():
    assert TEMPLATE.with_suffix(".ipynb").read_text(encoding="utf-8") == build(TEXT)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=200_000)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=100_000, seed=11, stories="none")


@pytest.fixture(scope="module")
def shown(told):
    return run(casebook=str(told))


def by_key(shown, key):
    return next(value for value in shown if getattr(value, "key", "") == key)


@cache
def read(folder):
    return session.over_weeks(load(Scope(), casebook=folder), start="", weeks=12)


def held(folder, **question):
    return session.hold(read(folder), session.asked(**{"problem": WRONG, "by": BY, **question}))


def test_every_cell_shows_something_that_the_page_can_read(shown):
    bundles = [value._repr_mimebundle_() for value in shown]
    assert all(any(name.startswith("application/vnd.tskit.") for name in bundle) for bundle in bundles)
    assert isinstance(shown[-1], Findings)


def test_the_vendor_story_is_found_from_what_imperfect_people_tagged(shown):
    """Lumen decided impersonation and scam on old guidance; four people who err tagged a sample of it."""
    first = shown[-1].items[0]
    assert "wrong decisions on impersonation and scam at Lumen" in first.claim
    assert "olicy change or version lag" in first.claim
    assert "uideline missing or outdated" in first.claim
    assert first.values["k"] > 0.6 * first.values["n"]
    assert first.values["rest_k"] < 0.3 * first.values["rest_n"]
    assert "Lumen" in shown[-1].title


def test_the_story_is_told_once(shown):
    assert sum("Lumen" in item.claim for item in shown[-1].items) == 1
    assert len([item for item in shown[-1].items if item.kind == "change"]) == 1


def test_low_agreement_caps_how_sure_a_finding_is(shown):
    """People take these two causes for each other, so each alone would be no more than a hint; both together are firmer."""
    first = shown[-1].items[0]
    assert first.values["alpha"] < 0.8
    assert first.certainty in {"moderate", "low"}
    assert "alpha" in first.why_sure


def test_the_partners_are_asked_by_whom_the_causes_concern(shown):
    rows = {row[0]: row for row in by_key(shown, "partners").rows}
    assert "above all for cases on impersonation and scam at Lumen" in rows["Policy"][-1]


def test_the_shares_of_the_pareto_are_of_the_settled_cases_of_the_round(shown):
    table = by_key(shown, "cause_pareto").table
    settled = by_key(shown, "sample").rows[-1][3]
    assert table["k"].sum() == settled
    assert table["cumulative"].iloc[-1] == pytest.approx(1)


def test_every_finding_rests_on_evidence_that_is_in_the_write_up(shown):
    keys = {getattr(value, "key", "") for value in shown}
    refs = [(e.kind, e.ref) for item in shown[-1].items for e in item.evidence]
    assert refs
    assert all(ref in keys for kind, ref in refs if kind in {"figure", "table"})


def test_every_number_in_a_text_is_a_value_of_the_findings(shown):
    found = shown[-1]
    everything = [value for item in found.items for value in item.values.values()]
    for item in [item for item in found.items if not item.claim.startswith("People take")]:
        assert unknown_numbers(f"{item.claim}. {item.detail} {item.why_sure}", item.values.values()) == []
    assert unknown_numbers(f"{found.title}. {found.lead}", everything) == []


def unknown_numbers(text: str, values) -> list[str]:
    names = r"(?<![\w-])[−+]?\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])"
    return [number for number in re.findall(names, text) if number not in renderings(values)]


def renderings(values) -> set[str]:
    found: set[str] = set()
    for value in values:
        if isinstance(value, str):
            found |= set(re.findall(r"\d+", value)) | {str(int(part)) for part in value.split("-") if part.isdigit()}
        elif value is not None:
            found |= {f"{value * factor:,.{digits}f}" for factor in (1, 100) for digits in (0, 1, 2)}
    return found


@pytest.mark.slow
@pytest.mark.acceptance
@pytest.mark.parametrize("level", [1, 2])
def test_a_sample_without_stories_claims_nothing(quiet, level):
    found = session.record(held(quiet, level=level))
    assert found.title == "No cause and no segment stands out among wrong decisions"
    assert [item for item in found.items if item.kind == "change"] == []


def test_without_any_tag_the_write_up_says_how_to_begin(tmp_path):
    folder = tmp_path / "casebook"
    from tskit.sources.synthetic import write_sample  # noqa: PLC0415  # beside its use

    write_sample(folder, cases=4_000, seed=2)
    for name in ("tags.jsonl", "rounds.jsonl"):
        (folder / "data" / name).unlink()
    found = run(casebook=str(folder), weeks=52)[-1]
    assert found.title == "No wrong decision has a settled cause yet"
    assert "tskit lab" in found.items[0].next_step
    assert "tskit tags import" in found.items[0].next_step


def test_every_tag_counts_where_all_are_asked_for(told):
    every = held(told, tagging_round="all")
    assert every.round is None
    assert len(every.judged) == len(every.cases)
    assert "whoever chose to tag it" in session.sample_table(every).caption


def test_the_state_of_an_earlier_moment_comes_back(told):
    now, before = held(told), held(told, until="#100")
    assert before.ranked.tagged < now.ranked.tagged
    assert before.state.entries == 100


def test_problems_that_the_source_cannot_tell_are_named_and_not_refused(told):
    case_set = read(told)
    poor = replace(case_set, cases=case_set.cases.drop("appeal_status", "decided_vendor"))
    seen = session.hold(poor, session.asked(problem=WRONG, by=BY))
    assert seen.by == ("vendor", "policy_id", "market")
    assert "it needs the column appeal_status" in str(session.problems_table(seen).rows[1][-1])
    assert any(row[0] == "Overturned on appeal" for row in session.limits_table(seen).rows)


def test_actions_are_measured_again_and_whys_end_at_a_root(shown):
    """The sample's own team trained people, which did not help, and let the day of what would help go by."""
    rows = {row[0]: row for row in by_key(shown, "actions").rows}
    trained, replaced = (rows[next(name for name in rows if name.startswith(word))] for word in ("Train", "Add"))
    assert trained[4] == "done 2026-10-05"
    assert trained[8] in {"no change beyond noise", "too early"}
    assert replaced[4] == "OVERDUE"
    assert replaced[8] == "too early"
    assert any(item.claim == "An action against guideline missing or outdated is overdue" for item in shown[-1].items)
    assert [row[-1] for row in by_key(shown, "whys").rows] == [
        "RC3.1 Misapplication",
        "RC1.4 Policy change or version lag",
        "RC2.1 Guideline missing or outdated",
        "RC2.1 Guideline missing or outdated (root)",
    ]


def test_a_copy_to_share_names_nobody_who_tagged(shown):
    named = set(by_key(shown, "taggers").frame["person"])
    assert {"aisyah", "ben", "chloe", "dao"} <= named
    copies = [covered_table(value.as_json(), smallest=5) for value in shown if hasattr(value, "role")]
    assert not [name for name in named for copy in copies if name in json.dumps(copy["rows"])]
