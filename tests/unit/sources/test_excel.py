"""Workbooks: the sheet, the header, cells as text, and formulas that failed."""

import datetime as dt

import pytest
import xlsxwriter

from tskit.errors import SourceError
from tskit.sources import ReadOptions, connect, read


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    return connect(tmp_path_factory.mktemp("spill"))


@pytest.fixture
def load(connection, tmp_path):
    def load(location, **options):
        raw = read(location, root=tmp_path, options=ReadOptions(**options), connection=connection)
        rows = connection.con.execute(f"select * exclude (_source) from {raw.table.get_name()}").fetchall()
        rejected = connection.con.execute(f"select * from {raw.rejected.get_name()}").fetchall()
        assert raw.read == len(rows) + len(rejected)
        return raw, rows, rejected

    return load


def _book(path, **sheets):
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, tuple):
                        sheet.write_formula(at, column, *cell)
                    elif cell is not None:
                        sheet.write(at, column, cell)


def test_cells_become_text_without_losing_digits(load, tmp_path):
    when = dt.datetime(2026, 3, 1, 10, 30)  # noqa: DTZ001 - a workbook knows no zones
    _book(
        tmp_path / "a.xlsx",
        cases=[["id", "n", "when", "ok", "note"], [12345678901, 0.3577215261730146, when, True, None]],
    )
    raw, rows, _ = load("a.xlsx")
    assert raw.header == ("id", "n", "when", "ok", "note")
    assert rows == [("12345678901", "0.3577215261730146", "2026-03-01 10:30:00", "true", None, 1)]


def test_formulas_that_failed_have_no_value_and_are_told(load, tmp_path):
    failed = ("=1/0", None, "#DIV/0!")
    _book(tmp_path / "a.xlsx", cases=[["id", "rate", "x"], ["1", failed, "a"], ["2", 0.5, "b"], [None, failed, None]])
    raw, rows, _ = load("a.xlsx")
    assert rows == [("1", None, "a", 1), ("2", "0.5", "b", 2), (None, None, None, 3)]
    assert "a.xlsx: 2 formula errors in column 'rate'; the cells have no value." in raw.notes


def test_the_only_sheet_with_data_is_read(load, tmp_path):
    _book(tmp_path / "a.xlsx", empty=[], cases=[["id", "n"], ["1", "2"]])
    raw, rows, _ = load("a.xlsx")
    assert rows == [("1", "2", 1)]
    assert "a.xlsx: sheet 'cases' was read." in raw.notes


def test_of_several_sheets_one_must_be_declared(load, tmp_path):
    _book(tmp_path / "a.xlsx", first=[["id"], ["1"]], second=[["id"], ["2"]])
    with pytest.raises(SourceError, match=r"several sheets \(first, second\)"):
        load("a.xlsx")
    assert load("a.xlsx", sheet="second")[1] == [("2", 1)]
    with pytest.raises(SourceError, match="Did you mean 'second'"):
        load("a.xlsx", sheet="secnd")


def test_titles_and_totals_of_a_report_are_left_out(load, tmp_path):
    rows = [
        ["Open cases"],
        ["As of 2026-11-01"],
        [],
        ["id", "status", "n"],
        ["1", "New", 2],
        ["2", "New", 3],
        [],
        ["Grand Total", None, 5],
    ]
    _book(tmp_path / "a.xlsx", report=rows)
    raw, found, _ = load("a.xlsx")
    assert (raw.header, [row[0] for row in found]) == (("id", "status", "n"), ["1", "2"])
    assert any("2 title rows" in note for note in raw.notes)
    assert any("1 footer row" in note for note in raw.notes)


def test_a_row_beyond_the_header_is_rejected(load, tmp_path):
    _book(tmp_path / "a.xlsx", cases=[["id", "n"], ["1", "2"], ["3", "4", "stray"]])
    _, rows, rejected = load("a.xlsx")
    assert rows == [("1", "2", 1)]
    assert [row[1:4] for row in rejected] == [(2, None, "too_many_columns")]
