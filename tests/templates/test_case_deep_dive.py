"""The deep dive: its text, and its cells run in this process on synthetic cases with known stories."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest

from tests.support.samples import shared_sample
from tests.support.template_cells import displayed
from tskit import Scope, load
from tskit.cases import contents
from tskit.charts import Figure
from tskit.errors import ParameterError
from tskit.findings import dive
from tskit.findings.tables import Table
from tskit.model import Findings
from tskit.runs.rules import rules
from tskit.runs.template import build

TEMPLATE = Path(__file__).parents[2] / "templates" / "case_deep_dive.py"
TEXT = TEMPLATE.read_text(encoding="utf-8")
DATA = Path(__file__).parents[2].parent / "shared" / "data"
run = partial(displayed, TEMPLATE)


def test_the_template_keeps_the_rules():
    assert rules(TEXT) == []


def test_the_built_notebook_is_what_the_text_builds():
    assert TEMPLATE.with_suffix(".ipynb").read_text(encoding="utf-8") == build(TEXT)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=12_000)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory):
    return shared_sample(tmp_path_factory, cases=12_000, seed=11, stories="none")


@pytest.fixture(scope="module")
def planted(told):
    truth = json.loads((told / "truth.json").read_text(encoding="utf-8"))
    return next(story["case_ids"] for story in truth["stories"] if story["name"] == "impersonation_cluster")


@pytest.fixture(scope="module")
def one_of_the_cluster(told, planted):
    return run(casebook=str(told), case_id=[planted[0]])


def found(folder, *case_ids, **moments):
    return dive.record(dive.dive(load(Scope(), casebook=folder), list(case_ids), **moments))


def table(shown, key):
    return next(value for value in shown if isinstance(value, Table) and value.key == key)


def test_every_cell_shows_something_that_the_page_can_read(one_of_the_cluster):
    shown = [value._repr_mimebundle_() for value in one_of_the_cluster]
    assert all(any(name.startswith("application/vnd.tskit.") for name in bundle) for bundle in shown)
    assert isinstance(one_of_the_cluster[-1], Findings)


def test_the_impersonation_cluster_is_found_from_one_of_its_cases(one_of_the_cluster, planted):
    answer = one_of_the_cluster[-1]
    card = next(item for item in answer.items if item.kind == "pattern")
    assert re.match(r"\d+ cases from \d+ accounts share nearly the same wording within \d+ days", card.claim)
    assert 0.9 * len(planted) <= card.values["cases"] <= 1.1 * len(planted)
    assert card.values["days"] <= 12
    assert card.certainty in {"high", "very high"}
    assert "share nearly the same wording" in answer.title


def test_the_linked_cases_are_those_that_were_planted(one_of_the_cluster, planted):
    linked = table(one_of_the_cluster, "linked_cases").frame
    alike = set(linked.loc[linked["why"].str.contains("wording"), "case_id"])
    assert len(alike) >= len(planted) / 2
    assert alike <= set(planted)


def test_similar_tagged_cases_name_what_set_them_off(one_of_the_cluster):
    similar = table(one_of_the_cluster, "similar").frame
    assert similar["trigger"].fillna("").str.startswith("RC7.2").any()


def test_several_cases_of_the_cluster_are_one_finding(told, planted):
    answer = found(told, *planted[:3])
    assert [item.kind for item in answer.items].count("pattern") == 1
    assert next(i for i in answer.items if i.kind == "pattern").values["cases_of_these"] == 3


def test_a_quiet_sample_gives_nothing_unusual(quiet):
    """Ordinary cases, each in time, not appealed, not sent back: nothing about any of them is claimed."""
    case_set = load(Scope(), casebook=quiet)
    cases, events = case_set.cases, case_set.events
    plain = cases.filter(cases.sla_met, cases.appeal_status == "none", cases.severity != "S3", cases.is_closed)
    plain = plain.filter(plain.qa_label_final.isnull() | (plain.qa_label_final == "correct"))
    busy = events.filter(events.event_type.isin(["reopened", "queue_moved"]))
    ids = sorted(plain.anti_join(busy, "case_id").select("case_id").to_pyarrow().column("case_id").to_pylist())
    for case_id in ids[:: len(ids) // 4]:
        answer = dive.record(dive.dive(case_set, [case_id]))
        assert answer.title == "Nothing unusual about this case"
        assert {item.kind for item in answer.items} <= {"steady", "fact"}
        assert [item for item in answer.items if item.tone == "worse"] == []


def test_what_is_on_record_is_told_of_a_late_and_an_overturned_case(told):
    case_set = load(Scope(), casebook=told)
    cases = case_set.cases
    late = cases.filter(~cases.sla_met).order_by("case_id").limit(1).case_id.to_pyarrow().to_pylist()
    gone = cases.filter(cases.appeal_status == "reversed", cases.decision_initial == "action")
    overturned = gone.order_by("case_id").limit(1).case_id.to_pyarrow().to_pylist()
    answer = dive.record(dive.dive(case_set, [*late, *overturned]))
    claims = " ".join(item.claim for item in answer.items)
    assert f"Case {late[0]} was closed" in claims
    assert "after it was due" in claims
    assert f"The decision on case {overturned[0]} was overturned on appeal: action, now" in claims


def test_a_list_of_cases_is_compared_first(told, planted):
    shown = run(casebook=str(told), case_id=planted[:2])
    first = next(value for value in shown if isinstance(value, Table) and value.role == "cases")
    assert (first.key, [row[0] for row in first.rows]) == ("cases", planted[:2])


def test_at_an_earlier_moment_later_cases_and_decisions_are_not_known(told, planted):
    case_set = load(Scope(), casebook=told)
    rows = (
        case_set.cases.filter(case_set.cases.case_id.isin(planted))
        .order_by("created_at")
        .select("case_id", "created_at")
    )
    first = rows.to_pyarrow().to_pylist()[0]
    look = dive.dive(case_set, [first["case_id"]], until=f"{first['created_at']:%Y-%m-%dT%H:%M}:59+00:00")
    answer = dive.record(look)
    assert not any(item.kind == "pattern" for item in answer.items)
    assert look.course.events["at"].max() <= look.known.until
    assert all(value not in str(dive.decisions_table(look).rows) for value in ("no_action", "action"))


def test_an_unknown_id_is_refused(told):
    with pytest.raises(ParameterError, match="There is no case 'INC1'"):
        run(casebook=str(told), case_id=["INC1"])


def test_no_word_of_a_case_is_in_anything_shown(one_of_the_cluster, told, planted):
    said = contents(load(Scope(), casebook=told), planted)
    shown = json.dumps([value._repr_mimebundle_() for value in one_of_the_cluster], default=str, ensure_ascii=False)
    assert not any(one.description in shown or one.subject in shown for one in said.values())


def test_everything_about_single_cases_says_so(one_of_the_cluster):
    """A copy to share leaves out what says so, and nothing else names a case."""
    for value in one_of_the_cluster:
        if isinstance(value, Table) and not value.of_single_cases and value.role != "cases":
            assert "5005g" not in json.dumps(value.as_json(), default=str)
        if isinstance(value, Figure):
            assert value.of_single_cases
            assert "5005g" not in f"{value.title} {value.subtitle} {value.caption} {value.alt}"
    answer = one_of_the_cluster[-1]
    assert all("5005g" not in item.claim for item in answer.items if not item.of_single_cases)
    assert "5005g" not in answer.title_to_share


@pytest.mark.skipif(not DATA.is_dir(), reason="the real files (../shared/data) are not here")
@pytest.mark.parametrize(
    "location",
    ["nyc311/311_Animals_short.csv", "salesforce/data-cloud-workshop_Case.csv", "servicenow/incident_event_log.csv"],
)
def test_real_files_are_dived_into_as_far_as_they_tell(location, tmp_path, monkeypatch):
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "a key of the tests, long enough")
    (tmp_path / "casebook.toml").write_text('name = "real"\n', encoding="utf-8")
    case_set = load(Scope(source=str(DATA / location)), casebook=tmp_path)
    first = case_set.cases.order_by("case_id").limit(1).case_id.to_pyarrow().to_pylist()
    shown = run(casebook=str(tmp_path), source=str(DATA / location), case_id=first)
    has_log = case_set.events is not None
    limits = " ".join(str(row) for row in table(shown, "limits").rows)
    assert ("keeps no log of events" in limits) is not has_log
    assert isinstance(shown[-1], Findings)
