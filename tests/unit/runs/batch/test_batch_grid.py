from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.errors import ParameterError
from tskit.runs import Parameter
from tskit.runs.batch import points, read_grid
from tskit.runs.batch.grid import Cell, Grid, Row

KNOWN = (
    Parameter("market", "list[str]", [], ""),
    Parameter("queue", "str", "", ""),
    Parameter("start", "str", "", ""),
    Parameter("end", "str", "", ""),
    Parameter("top", "int", 3, ""),
    Parameter("case_id", "str", "", ""),
)
SECRET = "hunter2-7f3a"
LARGE = f"[cross]\ntop = {list(range(100))}\nmarket = {list(map(str, range(100)))}\n"


@pytest.fixture
def listed(tmp_path):
    """Return a function that gives the runs of a grid of this text: their parameters, and what they are called."""

    def make(text, *, name="grid.toml", **fixed):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        choices = {"queue": ("a", "b", "c")}
        return [(point.given, point.label) for point in points(read_grid(path), KNOWN, fixed=fixed, choices=choices)]

    return make


def test_a_cross_has_every_pair_in_the_order_of_the_file_and_takes_lists_dates_and_numbers(listed):
    text = """
title = "Weekly"
[fixed]
start = 2026-03-01
[cross]
market = ["ID", ["JP", "TH"]]
top = [5, "7"]
"""
    assert listed(text, end="2026-03-31") == [
        ({"start": "2026-03-01", "end": "2026-03-31", "market": ["ID"], "top": 5}, "market=ID top=5"),
        ({"start": "2026-03-01", "end": "2026-03-31", "market": ["ID"], "top": 7}, "market=ID top=7"),
        ({"start": "2026-03-01", "end": "2026-03-31", "market": ["JP", "TH"], "top": 5}, "market=JP, TH top=5"),
        ({"start": "2026-03-01", "end": "2026-03-31", "market": ["JP", "TH"], "top": 7}, "market=JP, TH top=7"),
    ]


def test_a_zip_goes_step_by_step_and_sets_are_taken_by_name(listed):
    text = """
name = "{market} from {start}"
[sets.spring]
start = ["2026-03-01", "2026-04-01"]
end = ["2026-03-31", "2026-04-30"]
[sets.apac]
market = ["ID", "TH"]
[sets.emea]
market = ["DE"]
[[zip]]
set = "spring"
[cross]
market = { set = ["apac", "emea"] }
[[exclude]]
market = ["ID", "TH"]
start = "2026-04-01"
[[exclude]]
market = ["DE"]
start = 2026-03-01
"""
    # `market` holds a list, so a list in [[exclude]] is one value of it, which no run has.
    with pytest.raises(ParameterError, match=r"\[\[exclude\]\] 1 leaves out no run"):
        listed(text)
    text = text.replace('market = ["ID", "TH"]\nstart', 'market = "ID"\nstart')
    assert [label for _, label in listed(text)] == [
        "ID from 2026-03-01", "TH from 2026-03-01", "TH from 2026-04-01", "DE from 2026-04-01"
    ]  # fmt: skip


def test_an_exclusion_may_name_several_values_of_a_parameter_that_holds_one(listed):
    assert [given["queue"] for given, _ in listed('[cross]\nqueue=["a","b","c"]\n[[exclude]]\nqueue=["a","c"]\n')] == [
        "b"
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_has_one_run_a_row_lists_with_bars_and_empty_cells_for_defaults(listed, separator):
    rows = [("market", "start", "queue"), ("ID|TH", "2026-03-01", ""), ("JP", "", "a"), ("", "", "")]
    text = "\ufeff" + "\r\n".join(separator.join(row) for row in rows) + "\r\n"
    assert listed(text, name="grid.csv") == [
        ({"market": ["ID", "TH"], "start": "2026-03-01"}, "market=ID, TH start=2026-03-01"),
        ({"market": ["JP"], "queue": "a"}, "market=JP queue=a"),
    ]


def test_a_comma_in_a_quoted_cell_belongs_to_the_value(listed):
    assert listed('market,top\n"ID, TH|JP",5\n', name="grid.csv")[0][0]["market"] == ["ID, TH", "JP"]


def test_runs_that_name_cases_are_not_called_by_them(listed):
    assert [label for _, label in listed("case_id,top\n5005g0000040001AAA,4\n", name="g.csv")] == [
        "case_id=one case top=4"
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[cross\n", "grid.toml, line 1, column 7: this is not TOML"),
        (f'[cross]\ntop = "{SECRET}\n', "grid.toml, line 2"),
        ('[crss]\nmarket = ["ID"]\n', "Did you mean 'cross'"),
        ("title = 5\n[cross]\ntop=[1]", "title is one line of text"),
        ("[fixed]\ntop = 5\n", "so nothing varies"),
        ("[cross]\nmarket = 'ID'\n", "[cross] market: write a list"),
        ("[cross]\nmarket = []\n", "[cross] market: write a list"),
        (f'[cross]\ntop = [1, "{SECRET}"]\n', "[cross] top, value 2: The parameter 'top' takes a whole number"),
        (f'[cross]\nqueue = ["{SECRET}"]\n', "[cross] queue, value 1: The parameter 'queue' has a value that is not known."),
        ('[cross]\nmarkt = ["ID"]\n', "[cross] markt, value 1: There is no parameter 'markt'. Did you mean 'market'"),
        (f'[cross]\n"{SECRET}" = ["ID"]\n', "(a name that is not shown)"),
        (f'[cross]\napi_key = ["{SECRET}"]\n', "looks like a secret"),
        ("[cross]\ntop=[1]\n[fixed]\ntop=2\n", "top varies and is fixed as well"),
        ("[cross]\ntop=[1]\n[[zip]]\ntop=[2]\nqueue=['a']\n", "top varies twice, in"),
        ("[[zip]]\nstart=['2026-03-01']\nend=['2026-03-31','2026-04-30']\n", "[[zip]] 1: its lists have to be equally long; there are start 1, end 2."),
        ("[zip]\nstart=['2026-03-01']\n", "begin each with a line [[zip]]"),
        ("cross = 5\n", "begin it with a line [cross]"),
        ("[cross]\nmarket = {set='apac'}\n[sets.apak]\nmarket=['ID']\n", "Did you mean 'apak'"),
        ("[cross]\nmarket = {sets='apac'}\n", "a set is named as in"),
        ("[cross]\nmarket = {set='q'}\n[sets.q]\nstart=['2026-03-01']\nend=['2026-03-31']\n", "the set 'q' holds start, end"),
        ("[[zip]]\nset='q'\ntop=[1]\n[sets.q]\nqueue=['a']\n", "not both in one block"),
        ("[cross]\nstart=['2026-03-02']\nend=['2026-03-03','2026-03-01']\n", "grid.toml, run 2 of 2 before exclusions: The parameter 'end' lies before 'start'"),
        ("[cross]\ntop=[5, '5']\n", "grid.toml, [cross] top, value 2 asks for the same as grid.toml, [cross] top, value 1"),
        ("[cross]\ntop=[3]\nqueue=['', 'a', '']\n", "asks for the same as"),
        ("[cross]\nqueue=['a']\n[[exclude]]\nqueue='a'\n", "nothing is left"),
        ("name='{quue}'\n[cross]\nqueue=['a']\n", "Did you mean 'queue'"),
        ("name='{queue.__class__}'\n[cross]\nqueue=['a']\n", "write parameters in braces"),
        ("name='{queue'\n[cross]\nqueue=['a']\n", "write parameters in braces"),
        (LARGE, "asks for 10,000 runs, and a batch has 5,000 at most"),
    ],
)  # fmt: skip
def test_a_wrong_grid_is_refused_with_the_place_and_without_the_value(listed, text, said):
    with pytest.raises(ParameterError) as caught:
        listed(text)
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


def test_rows_that_a_spreadsheet_leaves_below_the_last_one_are_no_runs(listed):
    assert len(listed("market,top\nID,5\n\nTH,6\n,\n , \n\n", name="grid.csv")) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "row 1: name a parameter above each column"),
        ("market,\nID,5\n", "row 1: name a parameter above each column"),
        ("market,market\nID,5\n", "row 1: the column market is there twice"),
        ("market,top\n", "holds no row"),
        ("market,top\nID,5\nTH,1,2\n", "row 3: it has 3 cells and row 1 has 2"),
        (f"market,top\nID,5\nTH,{SECRET}\n", "row 3, column top: The parameter 'top' takes a whole number"),
        ("market,top\nID,5\n\nTH,x\n", "row 4, column top"),
        ("market,top\nID,5\n , \nTH,6\n", "row 3: every cell is empty. Take the row out"),
        ("market,quue\nID,5\n", "row 2, column quue: There is no parameter 'quue'. Did you mean 'queue'"),
        ('market,top\n"ID,5\n', "look for a quote that is not closed"),
        ("market,top\nID,5\nTH,6\nID,5\n", "grid.csv, row 4 asks for the same as grid.csv, row 2"),
        ("start,end\n2026-03-02,2026-03-01\n", "grid.csv, row 2: The parameter 'end' lies before 'start'"),
        (f"market,token\nID,{SECRET}\n", "looks like a secret"),
    ],
)
def test_a_wrong_table_is_refused_with_row_and_column_and_without_the_value(listed, text, said):
    with pytest.raises(ParameterError) as caught:
        listed(text, name="grid.csv")
    assert said in str(caught.value)
    assert SECRET not in str(caught.value)


def test_a_file_that_is_no_grid_or_is_not_there_is_refused(tmp_path):
    (tmp_path / "latin.csv").write_bytes("market\nÜ\n".encode("latin-1"))
    for name, said in (("grid.xlsx", ".toml or .csv"), ("gone.toml", "no readable file"), ("latin.csv", "CSV UTF-8")):
        with pytest.raises(ParameterError, match=said):
            read_grid(tmp_path / name)


values = st.lists(st.integers(0, 9), min_size=1, max_size=4, unique=True)


@given(values, values, st.tuples(st.integers(0, 9), st.integers(0, 9)))
def test_a_cross_less_its_exclusions_is_the_product_without_them(first, second, out):
    known = (Parameter("a", "int", -1, ""), Parameter("b", "int", -1, ""))
    axes = tuple(
        tuple(Row({name: Cell(value, "x")}, "x") for value in listed) for name, listed in (("a", first), ("b", second))
    )
    excludes = (Row({"a": Cell(out[0], "x"), "b": Cell(out[1], "x")}, "x"),)
    expected = [pair for pair in product(first, second) if pair != out]
    if len(expected) == len(first) * len(second) or not expected:
        with pytest.raises(ParameterError):
            points(Grid("g", axes, excludes=excludes), known, fixed={})
    else:
        found = points(Grid("g", axes, excludes=excludes), known, fixed={})
        assert [(point.given["a"], point.given["b"]) for point in found] == expected


def test_no_value_of_a_grid_stands_in_its_repr(listed, tmp_path):
    (tmp_path / "g.csv").write_text(f"queue\n{SECRET}\n", encoding="utf-8")
    assert SECRET not in repr(read_grid(tmp_path / "g.csv"))
