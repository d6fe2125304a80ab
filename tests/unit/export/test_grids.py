"""Tables keep figures aligned, and a remark out of the way of the rest."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tskit.export.html import Setting
from tskit.export.html.cells import printed
from tskit.export.html.due import Clock
from tskit.export.html.grids import case_table, grid, quality

COLUMNS = [{"name": "metric", "label": "Metric"}, {"name": "now", "label": "Now"}, {"name": "note", "label": "Note"}]


def _grid(rows, columns=COLUMNS):
    return grid({"title": "T", "columns": columns, "rows": rows}, identity="t")


def test_remarks_become_footnotes_and_the_same_remark_is_one():
    table = _grid([["a", "1 %", "late"], ["b", "2 %", None], ["c", "3 %", "late"], ["d", "4 %", "few"]])
    assert table.footnotes == ("late", "few")
    assert [row[0].mark for row in table.rows] == [1, 0, 1, 2]
    assert [column.label for column in table.columns] == ["Metric", "Now"]


def test_an_interval_stands_below_its_value():
    columns = [
        {"name": "metric", "label": "Metric"},
        {"name": "now", "label": "Now"},
        {"name": "interval", "label": "95 % interval"},
        {"name": "change", "label": "Change"},
    ]
    table = _grid([["a", "8,274", "8,097 to 8,454", "+6.6\u00a0%"], ["b", "192", None, "+12\u00a0%"]], columns)
    assert [column.label for column in table.columns] == ["Metric", "Now", "Change"]
    assert [column.below for column in table.columns] == ["", "95 % interval", ""]
    assert [row[1].below for row in table.rows] == ["8,097 to 8,454", ""]


def test_a_case_is_found_whatever_columns_stand_before_it():
    columns = [{"name": name, "label": name} for name in ("market", "note", "case_id")]
    rows = [["ID", "late", "5003x0000Ab12"]]
    table = case_table({"columns": columns, "rows": rows}, Setting(), identity="t", number=1)
    assert [cell.text for cell in table.rows[0]] == ["ID", "5003x0000Ab12"]
    assert table.footnotes == ("late",)


def test_texts_that_are_all_figures_stand_to_the_right():
    table = _grid(
        [["a", "\u22120.8 points", None], ["b", "8,097 to 8,454", None], ["c", None, None], ["d", "5.2\u202fh", None]]
    )
    assert [column.is_figure for column in table.columns] == [False, True]


def test_a_word_among_figures_keeps_the_column_to_the_left():
    assert not _grid([["a", "1", None], ["b", "not judged", None]]).columns[1].is_figure


def test_long_texts_are_not_squeezed_and_short_ones_not_broken():
    table = _grid([["short", "x" * 60, None]])
    assert [column.width for column in table.columns] == ["short", "long"]


def test_rows_of_sentences_are_stacked_on_a_phone_and_rows_of_figures_are_compared():
    assert _grid([["short", "x" * 60, None]]).is_stacked
    assert not _grid([["x" * 60, 12, None]]).is_stacked
    assert not _grid([["short", "word", None]]).is_stacked


def test_the_first_thousand_rows_are_shown_and_the_rest_is_counted():
    table = _grid([[str(n), n, None] for n in range(1500)])
    assert len(table.rows) == 1000
    assert table.note == "The first 1,000 of 1,500 rows; the folder of the run holds them all."


def test_what_is_missing_is_a_dash_whatever_its_unit():
    assert {
        printed(value, unit) for value in (None, "", float("nan"), float("inf")) for unit in ("cases", "share", "hours")
    } == {"–"}


def test_an_account_without_rejects_has_no_folds():
    account = quality({"quality": {"read": 3, "kept": 3, "rejected": 0, "flagged": 0, "cases": 3}}, identity="q")
    assert account.counts[0] == ("3", "rows read")
    assert account.details == ()


def test_a_case_in_a_table_of_another_kind_is_not_named():
    table = _grid([["a", {"case_id": "5003x0000Ab12"}, None]])
    assert [cell.text for cell in table.rows[0]] == ["a", "a case"]


@pytest.mark.parametrize("cell", ["A-1", {"case_id": "A-1"}])
def test_a_case_is_named_and_linked_in_the_teams_copy(cell):
    value = {"columns": [{"name": "case_id", "label": "Case"}], "rows": [[cell]]}
    setting = Setting(record_url="https://desk.example/{case_id}")
    [[found]] = case_table(value, setting, identity="t", number=1).rows
    assert (found.text, found.link) == ("A-1", "https://desk.example/A-1")


@pytest.mark.parametrize("cell", [None, "", {}, {"case_id": None}])
def test_a_row_of_no_case_names_and_links_none(cell):
    value = {"columns": [{"name": "case_id", "label": "Case"}], "rows": [[cell]]}
    setting = Setting(record_url="https://desk.example/{case_id}")
    [[found]] = case_table(value, setting, identity="t", number=1).rows
    assert (found.text, found.link) == ("–", "")


def test_a_moment_is_told_in_the_zone_and_only_a_deadline_counts():
    columns = [{"name": "at", "label": "At", "unit": "moment"}, {"name": "due", "label": "Due", "unit": "due"}]
    clock = Clock(datetime(2026, 11, 1, 12, tzinfo=UTC), ZoneInfo("Asia/Singapore"))
    value = {"columns": columns, "rows": [["2026-11-01T11:00:00Z", "2026-11-01T13:00:00Z"], [None, "soon"]]}
    first, second = grid(value, identity="t", clock=clock).rows
    assert [(cell.text, cell.counts) for cell in first] == [("Sun 1 Nov, 19:00", False), ("Sun 1 Nov, 21:00", True)]
    assert [(cell.text, cell.counts) for cell in second] == [("–", False), ("soon", False)]
    assert first[1].due.left == "1 h left"


def test_the_account_leads_with_the_cases_and_lists_the_other_tables_below():
    cases = {"read": 10, "kept": 8, "rejected": 2, "flagged": 1}
    events = {"read": 90, "kept": 90, "rejected": 0, "flagged": 0}
    sums = {"read": 100, "kept": 98, "rejected": 2, "flagged": 1, "cases": 8, "reasons": {"not_a_time": 2}}
    account = quality({"quality": {**sums, "tables": {"cases": cases, "events": events}}}, identity="q")
    assert [value for value, _ in account.counts] == ["10", "8", "2", "1", "8"]
    assert account.counts[0] == ("10", "case rows read")
    others, reasons = account.details
    assert [[cell.text for cell in row] for row in others.rows] == [["events", "90", "90", "0", "0"]]
    assert [[cell.text for cell in row] for row in reasons.rows] == [["a time that cannot be read", "2"]]
