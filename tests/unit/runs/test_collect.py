from __future__ import annotations

import csv
import json

import nbformat
import pytest

from tskit.model import FINDING_MIME, INPUTS_MIME, LOGS_MIME, TAGS_MIME
from tskit.runs.collect import FIGURE_MIME, TABLE_MIME, collect, guarded, write
from tskit.text import neutralise

TABLE = {
    "columns": [{"name": "market"}, {"name": "=cases"}],
    "rows": [["ID", 5], ["=HYPERLINK(1)", -2], [None, 0.5], ['ไทย, "x"', True]],
}


def notebook(*bundles):
    cell = nbformat.v4.new_code_cell()
    cell.outputs = [nbformat.v4.new_output("display_data", data=bundle) for bundle in bundles]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# T"), cell])


def test_findings_of_all_bundles_are_kept_under_the_last_title():
    found = collect(
        notebook(
            {FINDING_MIME: {"title": "a", "lead": "b", "findings": [{"claim": "one"}]}},
            {FINDING_MIME: {"title": "c", "lead": "d", "findings": [{"claim": "two"}]}},
        )
    ).findings
    assert found == {"schema": 1, "title": "c", "lead": "d", "findings": [{"claim": "one"}, {"claim": "two"}]}


def test_an_input_that_is_shown_twice_is_listed_once():
    shown = {INPUTS_MIME: {"source": "main"}}
    assert collect(notebook(shown, shown, {INPUTS_MIME: {"source": "other"}})).inputs == (
        {"source": "main"},
        {"source": "other"},
    )


def test_the_tags_that_a_write_up_rests_on_are_kept_once():
    state = {TAGS_MIME: {"entries": 412, "digest": "ab"}}
    assert collect(notebook(state, state)).tags == ({"entries": 412, "digest": "ab"},)


def test_how_far_the_logs_of_duty_were_read_is_kept_once():
    state = {LOGS_MIME: {"places": [{"log": "shifts", "entries": 60, "digest": "ab"}]}}
    found = collect(notebook(state, state))
    assert (found.logs, found.tags) == ((state[LOGS_MIME],), ())


def test_the_data_behind_each_chart_and_table_is_written_as_guarded_csv(tmp_path):
    paths = write(
        collect(notebook({FIGURE_MIME: {"key": "by_day", "table": TABLE}}, {TABLE_MIME: {"key": "t", **TABLE}})),
        tmp_path,
    )
    assert [path.relative_to(tmp_path).as_posix() for path in paths] == [
        "findings.json",
        "data/by_day.csv",
        "data/t.csv",
    ]
    rows = list(csv.reader((tmp_path / "data" / "by_day.csv").read_text(encoding="utf-8").splitlines()))
    assert rows == [["market", "'=cases"], ["ID", "5"], ["'=HYPERLINK(1)", "-2"], ["", "0.5"], ['ไทย, "x"', "True"]]


@pytest.mark.parametrize("key", ["../../etc/passwd", "..", "", "/abs", "a\x00b", "CON\\x", "x" * 500])
def test_a_key_never_leads_out_of_the_folder(tmp_path, key):
    write(collect(notebook({TABLE_MIME: {"key": key, **TABLE}})), tmp_path / ".")
    assert len(list((tmp_path / "data").glob("*.csv"))) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "findings.json"]


def test_two_figures_with_one_key_are_both_kept():
    bundle = {TABLE_MIME: {"key": "T", **TABLE}}
    assert list(collect(notebook(bundle, bundle, bundle)).tables) == ["t.csv", "t-2.csv", "t-3.csv"]


def test_a_notebook_that_says_nothing_gives_empty_findings(tmp_path):
    (path,) = write(collect(notebook()), tmp_path)
    assert json.loads(path.read_text(encoding="utf-8"))["findings"] == []


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@x", "|x", "%x", " =1", "\u200b=1", "＝1", "\tx", "\rx", '"=1', "'=1"]
)
def test_text_that_a_spreadsheet_could_run_is_guarded(text):
    assert guarded(text) == f"'{neutralise(text)}"
    assert guarded([text]).startswith("[")


@pytest.mark.parametrize("value", ["steady", "", "a=b", 5, -5, 0.5, True])
def test_other_values_stay_as_they_are(value):
    assert guarded(value) == value


def test_single_cases_are_not_among_the_aggregates():
    bundle = {TABLE_MIME: {"key": "gravest", "role": "cases", "columns": [], "rows": [[{"case_id": "c1"}]]}}
    assert collect(notebook(bundle)).tables == {}


def test_a_csv_holds_no_command_for_a_terminal():
    assert guarded("a\x1b]52;c;eA==\x07\x9b2J") == "a\ufffd]52;c;eA==\ufffd\ufffd2J"
    assert guarded("\u200b=1+1") == "'⟦U+200B⟧=1+1"


def test_statements_are_kept_with_their_values_and_lines_of_a_brief_are_not():
    """Whoever checks a number of a statement finds it as a value; what is for the team alone stands in its own file."""
    said = {
        "audience": "legal",
        "headline": "Two orders run.",
        "paragraphs": [],
        "values": {"orders": 2},
        "is_asked": True,
    }
    brief = {"brief": ["5003x: due"], "is_brief_for_team": True, "is_compact": True}
    found = collect(notebook({FINDING_MIME: {"title": "a", "statements": [said], "zone": "UTC", **brief}})).findings
    assert found == {"schema": 1, "title": "a", "lead": "", "findings": [], "statements": [said], "zone": "UTC"}


def test_findings_of_single_cases_bring_the_title_that_a_list_may_show():
    one = {"claim": "case 7 is open", "of_single_cases": True}
    own = collect(notebook({FINDING_MIME: {"title": "case 7", "title_to_share": "A dive", "findings": [one]}})).findings
    same = collect(notebook({FINDING_MIME: {"title": "24 cases", "findings": [one]}})).findings
    assert (own["title_to_share"], same["title_to_share"]) == ("A dive", "24 cases")
