"""Two runs are held against each other: what they say, and what lies under them."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tskit.runs import difference, open_run, row_before, row_of, rows, with_changes
from tskit.runs.collect import FIGURE_MIME
from tskit.runs.kept import Kept

SCAM = {
    "claim": "Scam cases in ID: 211 against 75 expected",
    "kind": "change",
    "certainty": "high",
    "values": {"cases": 211, "expected": 75.0, "expected_low": 46.0, "expected_high": 122.0},
    "evidence": [{"kind": "metric", "ref": "M00"}],
}
MANIFEST = {
    "status": "ok",
    "started": "2026-11-01T00:00:00+00:00",
    "template": {"name": "trend_report", "sha256": "a"},
    "tskit": "0.1.0",
    "code": {"digest": "c1"},
    "kernel": "cold",
    "packages": {"pandas": "3.0"},
    "settings": {"casebook.toml": "s1"},
    "parameters": {"market": ["ID"], "start": "2026-10-05"},
    "tags": [{"entries": 412, "digest": "t", "taxonomy": "1.2"}],
    "inputs": [
        {
            "start": "2026-10-05",
            "last_day": "2026-11-01",
            "as_of": "2026-11-01T16:00:00+00:00",
            "inputs": [{"name": "cases.parquet", "sha256": "d1", "rows": 40442}],
        }
    ],
}
HEAD = '"label","value","unit","text","low","high","spark","metric"\n'
WEEKS = '"queue","period_start","value","n","is_complete","note"\n'


@pytest.fixture
def lay(tmp_path):
    """Return a function that lays down a run, changed by a function of its manifest, and opens it."""

    def make(day=1, *, change=lambda body: None, findings=(SCAM,), figures="", weeks=""):
        folder = tmp_path / f"202611{day:02}T000000Z-trend_report-ab12cd"
        (folder / "data").mkdir(parents=True)
        body = copy.deepcopy(MANIFEST) | {"started": f"2026-11-{day:02}T00:00:00+00:00"}
        change(body)
        (folder / "manifest.json").write_text(json.dumps(body))
        (folder / "findings.json").write_text(json.dumps({"title": "T", "findings": list(findings)}))
        (folder / "data" / "headlines.csv").write_text(HEAD + figures)
        (folder / "data" / "sla.csv").write_text(WEEKS + weeks)
        return open_run(folder)

    return make


def test_a_run_has_no_difference_to_itself(lay):
    run = lay(figures='"Open",5.0,"cases","5","","","[]","open"\n', weeks='"q","2026-09-07",1.0,3.0,True,""\n')
    found = difference(run, run)
    assert found.is_quiet
    assert (found.reasons, found.restated, found.compared) == ((), (), 1)
    assert found.cause == "Both say the same."


def _set(*way, value):
    def change(body):
        place = body
        for step in way[:-1]:
            place = place[step]
        place[way[-1]] = value

    return change


CHANGES = [
    (_set("template", "sha256", value="b"), "template", "the text of trend_report is another"),
    (_set("parameters", "market", value=["TH"]), "parameters", "market: ID became TH"),
    (
        _set("inputs", 0, "last_day", value="2026-11-08"),
        "period",
        "2026-10-05 to 2026-11-01 became 2026-10-05 to 2026-11-08",
    ),
    (
        _set("inputs", 0, "inputs", value=[{"name": "cases.parquet", "sha256": "d2", "rows": 40400}]),
        "data",
        "cases.parquet is another file: 40,442 rows became 40,400 (-42)",
    ),
    (
        _set("inputs", 0, "as_of", value="2026-11-08T16:00:00+00:00"),
        "data",
        "the data reached 2026-11-01T16:00:00+00:00 and reaches 2026-11-08T16:00:00+00:00",
    ),
    (_set("tags", value=[{"entries": 430, "digest": "u"}]), "records", "tags: 412 entries became 430"),
    (
        _set("tags", value=[{"entries": 412, "digest": "u"}]),
        "records",
        "tags: 412 entries as before, but not the same ones: the log was written anew",
    ),
    (
        _set(
            "tags", value=[{"entries": 412, "digest": "t", "places": [{"log": "rounds", "entries": 3, "digest": "r"}]}]
        ),
        "records",
        "rounds are read now",
    ),
    (_set("tags", 0, "taxonomy", value="1.3"), "settings", "the taxonomy 1.2 became 1.3"),
    (_set("tskit", value="0.2.0"), "code", "tskit 0.1.0 became 0.2.0"),
    (
        _set("code", value={"digest": "c2", "is_dirty": True}),
        "code",
        "tskit 0.1.0 as before, but its code is another, with changes that were not committed",
    ),
    (
        _set("settings", "casebook.toml", value="s2"),
        "settings",
        "casebook.toml (targets, deadlines, clocks, labels) is another",
    ),
    (_set("packages", value={"pandas": "3.1"}), "surroundings", "packages: pandas 3.0 became 3.1"),
    (_set("kernel", value="warm"), "surroundings", "kernel: cold became warm"),
]


@pytest.mark.parametrize(
    ("change", "kind", "said"), CHANGES, ids=[f"{kind}-{n}" for n, (_, kind, _) in enumerate(CHANGES)]
)
def test_one_thing_that_changed_is_named_as_the_cause(lay, change, kind, said):
    other = {**SCAM, "claim": "Scam cases in ID: 300 against 75 expected"}
    found = difference(lay(1), lay(8, change=change, findings=[other]))
    assert [(reason.kind, reason.said) for reason in found.reasons] == [(kind, said)]
    assert found.cause.startswith("Only ")


def test_several_things_that_changed_at_once_are_not_told_apart(lay):
    def change(body):
        body["tskit"], body["parameters"] = "0.2.0", {"market": ["TH"], "start": "2026-10-12"}

    found = difference(lay(1), lay(8, change=change, findings=[]))
    assert found.cause == (
        "Several things changed at once (the parameters and the code): nobody can tell from the records which made the difference."
    )


def test_a_difference_without_a_cause_on_record_is_said_to_have_none(lay):
    found = difference(lay(1), lay(8, findings=[]))
    assert found.cause == "Nothing on record changed, and yet they differ."


def test_a_manifest_that_does_not_tell_of_its_code_is_no_proof_of_the_same(lay):
    found = difference(lay(1, change=lambda body: body.pop("code")), lay(8))
    assert [reason.said for reason in found.reasons] == [
        "tskit 0.1.0 as before; whether its code is the same is not on record for the earlier run"
    ]


def test_a_case_that_was_asked_for_is_never_named(lay):
    case = "5005g0000040001AAA"
    first = lay(1, change=_set("parameters", value={"case_id": [case]}))
    second = lay(
        8, change=_set("parameters", value={"case_id": [case[:-1] + "B"]}), findings=[{**SCAM, "claim": f"{case} rose"}]
    )
    found = difference(first, second)
    assert case[:-3] not in str(found)
    assert [reason.said for reason in found.reasons] == ["case_id: another value, not shown"]


def test_findings_of_single_cases_are_counted_and_not_told(lay):
    single = {**SCAM, "claim": "Case 5005g is open", "of_single_cases": True}
    found = difference(lay(1), lay(8, findings=[SCAM, single]))
    assert (found.appeared, found.single_before, found.single_after, found.is_quiet) == ((), 0, 1, False)


PERIOD = _set("inputs", 0, "last_day", value="2026-11-08")


@pytest.mark.parametrize(
    ("value", "low", "high", "change", "judged"),
    [
        (80.0, 50.0, 130.0, PERIOD, "within noise"),
        (140.0, 70.0, 200.0, PERIOD, "may be noise"),
        (300.0, 200.0, 400.0, PERIOD, "intervals apart"),
        (80.0, 79.0, 81.0, PERIOD, "may be noise"),
        (80.0, None, None, PERIOD, "not judged"),
        (80.0, 50.0, 130.0, lambda body: None, "restated"),
    ],
)
def test_a_value_is_judged_by_the_intervals_of_both_runs(lay, value, low, high, change, judged):
    bare = {**SCAM, "values": {"expected": 75.0, "expected_low": 46.0, "expected_high": 122.0}}
    moved = {**SCAM, "values": {"expected": value, "expected_low": low, "expected_high": high}}
    (finding,) = difference(lay(1, findings=[bare]), lay(8, findings=[moved], change=change)).changed
    assert finding.judged == judged
    assert finding.is_worded_alike


def test_a_figure_is_judged_by_its_own_intervals(lay):
    first = lay(
        1, figures='"Rate",0.9,"share","90 %",0.85,0.95,"[]","rate"\n"Open",5.0,"cases","5","","","[]","open"\n'
    )
    second = lay(
        8,
        change=PERIOD,
        figures='"Rate",0.92,"share","92 %",0.87,0.96,"[]","rate"\n"Late",1.0,"cases","1","","","[]","late"\n',
    )
    rate, late, opened = difference(first, second).figures
    assert (rate.judged, round(rate.change, 3)) == ("within noise", 0.02)
    assert (late.before, opened.after) == (None, None)


def test_restated_history_is_told_with_its_days(lay):
    first = lay(
        1,
        weeks='"q","2026-09-07",1.0,3.0,True,""\n"q","2026-09-14",0.5,3.0,True,""\n"q","2026-10-05",0.1,3.0,False,""\n',
    )
    second = lay(
        8,
        change=_set("inputs", 0, "inputs", value=[{"name": "cases.parquet", "sha256": "d2", "rows": 40442}]),
        weeks='"q","2026-09-07",1.0,3.0,True,""\n"q","2026-09-14",0.75,3.0,True,""\n"q","2026-10-05",0.9,3.0,True,""\n',
    )
    found = difference(first, second)
    assert found.history == "History was restated: figures of days that both cover differ."
    assert [one.in_words() for one in found.restated] == [
        "sla: 1 of 2 figures differ, on 2026-09-14; the first (q) was 0.5 and is 0.75"
    ]
    assert [reason.said for reason in found.reasons] == [
        "cases.parquet is another file: 40,442 rows as before, not the same ones"
    ]


def test_days_shortly_before_the_end_of_the_data_may_still_move(lay):
    first = lay(1, weeks='"q","2026-10-26",0.5,3.0,True,""\n')
    second = lay(
        8,
        weeks='"q","2026-10-26",0.75,3.0,True,""\n',
        change=_set("inputs", 0, "as_of", value="2026-11-08T00:00:00+00:00"),
    )
    assert difference(first, second).history.startswith("Figures of the last days that both cover differ; what arrives")


def test_a_chart_of_something_else_is_no_restated_history(lay):
    def drawn(run, title):
        outputs = [{"data": {FIGURE_MIME: {"key": "sla", "title": title}}}]
        (run.folder / "notebook.ipynb").write_text(json.dumps({"cells": [{"outputs": outputs}]}))
        return run

    first = drawn(lay(1, weeks='"q","2026-09-07",1.0,3.0,True,""\n'), "Cases opened by day")
    second = drawn(lay(8, weeks='"q","2026-09-07",0.5,3.0,True,""\n'), "Scam cases in Indonesia opened by day")
    assert (difference(first, second).restated, difference(first, second).compared) == ((), 0)
    drawn(second, "Cases opened by day")
    assert len(difference(first, second).restated) == 1


def test_another_question_has_no_history_in_common(lay):
    weeks = '"q","2026-09-07",1.0,3.0,True,""\n'
    found = difference(
        lay(1, weeks=weeks), lay(8, weeks=weeks.replace("1.0", "0.5"), change=_set("parameters", value={}))
    )
    assert (found.restated, found.history) == ((), "")


VALUES = st.dictionaries(
    st.sampled_from(["a", "a_low", "a_high", "b"]), st.none() | st.integers(0, 3) | st.just(float("nan")) | st.just("x")
)
FINDINGS = st.lists(
    st.fixed_dictionaries(
        {
            "claim": st.sampled_from(["A: 1", "A: 2", "B rose to 3", "Nothing moved"]),
            "kind": st.sampled_from(["change", "steady", "odd"]),
            "values": VALUES,
            "of_single_cases": st.booleans(),
            "evidence": st.just([]),
        }
    ),
    max_size=4,
)


@given(FINDINGS, FINDINGS, st.sampled_from([change for change, _, _ in CHANGES]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_what_appeared_one_way_round_vanished_the_other(tmp_path, one, other, change):
    body = copy.deepcopy(MANIFEST)
    change(body)
    first = Kept(tmp_path / "a", MANIFEST, {"findings": one})
    second = Kept(tmp_path / "b", body, {"findings": other})
    there, back = difference(first, second), difference(second, first)
    assert sorted(map(repr, there.appeared)) == sorted(map(repr, back.vanished))
    assert sorted(map(repr, there.vanished)) == sorted(map(repr, back.appeared))
    assert sorted((repr(c.before), repr(c.after), c.judged) for c in there.changed) == sorted(
        (repr(c.after), repr(c.before), c.judged) for c in back.changed
    )
    assert [reason.kind for reason in there.reasons] == [reason.kind for reason in back.reasons]
    assert (there.single_before, there.is_quiet) == (back.single_after, back.is_quiet)
    assert difference(first, first).is_quiet


def test_each_row_tells_what_changed_since_the_one_before_of_its_series(lay, tmp_path):
    steady = {"claim": "Nothing moved", "kind": "steady", "evidence": []}
    lay(1, findings=[steady])
    lay(8, change=PERIOD, findings=[SCAM, {**steady, "claim": "Nothing else moved"}])
    lay(9, change=_set("status", value="failed"))
    later = lay(
        15,
        change=_set("inputs", 0, "last_day", value="2026-11-15"),
        findings=[{**SCAM, "claim": "Scam cases in ID: 3"}],
    )
    lay(16, change=_set("parameters", "market", value=["TH"]))
    found = with_changes(rows(tmp_path), tmp_path)
    assert [row.since and row.since.run[:8] for row in found] == [None, "20261108", None, "20261101", None]
    assert (found[3].since.appeared, found[3].since.vanished, found[3].since.why) == (
        (SCAM["claim"],),
        (),
        "the period",
    )
    assert found[1].since.changed == ("Scam cases in ID: 3 (was: Scam cases in ID: 211 against 75 expected)",)
    assert row_before(row_of(later.folder, root=tmp_path), found).id[:8] == "20261108"
