"""Counts by the hour: what was, what was expected, and what is to come."""

import itertools

import pandas as pd
import pytest

from tskit.charts import About, hourly
from tskit.errors import ParameterError

ABOUT = About("arrivals", "Cases opened by the hour", "Cases opened", "cases")
ZONE = "Asia/Singapore"


def _frame(cases, *, start="2026-11-01T08:00:00+00:00", **columns):
    at = pd.date_range(start, periods=len(cases), freq="h")
    return pd.DataFrame({"at": at, "cases": pd.array(cases, dtype="Float64"), **columns})


def _rows(figure, name, *, narrow=False):
    return (figure.narrow if narrow else figure.spec)["datasets"].get(name, [])


def test_an_hour_is_told_in_the_zone_of_the_reader():
    figure = hourly(_frame([1, 2]), about=ABOUT, zone=ZONE)
    assert figure.table["at"].tolist() == ["2026-11-01 16:00", "2026-11-01 17:00"]
    assert _rows(figure, "hover")[1]["name"] == "Sun 1 Nov, 17:00"
    assert hourly(_frame([1], start="2026-11-01T08:00"), about=ABOUT, zone=ZONE).table["at"][0] == "2026-11-01 16:00"


def test_hours_to_come_have_their_range_and_no_bar():
    frame = _frame([3, 4, None, None], low=1.0, high=6.0, is_future=[False, False, True, True])
    figure = hourly(frame, about=ABOUT, zone=ZONE)
    assert [len(_rows(figure, name)) for name in ("bars", "band", "come")] == [2, 2, 2]
    now, come = _rows(figure, "now")[0], _rows(figure, "come")[0]
    assert now["px"] == come["px"]
    paint = {layer["data"]["name"]: layer["mark"].get("fillOpacity") for layer in figure.spec["layer"]}
    assert paint["come"] < paint["band"]
    assert figure.table["mark"].tolist() == ["", "", "to come", "to come"]
    assert "the last 2 hours to come" in figure.subtitle


def test_hours_that_stand_out_are_shaped_and_told_and_not_only_coloured():
    marks = ["", "spike", "spike", "", "silence", ""]
    figure = hourly(_frame([2, 9, 11, 2, 0, 3], low=1.0, high=5.0, mark=marks), about=ABOUT, zone=ZONE)
    assert len(_rows(figure, "spikes")) == len(_rows(figure, "up")) == 2
    assert len(_rows(figure, "down")) == 1
    assert _rows(figure, "highest")[0]["t"] == "11"
    assert figure.caption == (
        "Cases opened: highest 11 in the hour from Sun 1 Nov, 18:00. 2 hours with unusually many, the first from "
        "Sun 1 Nov, 17:00, with 9 against 1 to 5 expected; 1 hour with unusually few, the first from Sun 1 Nov, 20:00, "
        "with 0 against 1 to 5 expected."
    )
    assert figure.caption in figure.alt


def test_where_no_hour_stands_out_it_says_so():
    assert hourly(_frame([2, 3], low=0.0, high=5.0), about=ABOUT, zone=ZONE).caption.endswith("No hour stands out.")
    assert "stands out" not in hourly(_frame([2, 3]), about=ABOUT, zone=ZONE).caption
    assert "none in 2 hours" in hourly(_frame([0, 0]), about=ABOUT, zone=ZONE).caption


def test_an_hour_without_a_count_is_neither_zero_nor_to_come():
    figure = hourly(_frame([2, None, 3]), about=ABOUT, zone=ZONE)
    assert "1 hour without a count." in figure.caption
    assert len(_rows(figure, "bars")) == 2
    assert _rows(figure, "now") == []


def test_a_gap_in_the_hours_keeps_its_room():
    frame = _frame([2, 2, 2, 2]).drop(index=[1, 2])
    first, last = _rows(hourly(frame, about=ABOUT, zone=ZONE), "bars")
    whole = _rows(hourly(_frame([2, 2, 2, 2]), about=ABOUT, zone=ZONE), "bars")
    assert [first, last] == [whole[0], whole[3]]


def test_no_bar_lies_upon_another_where_the_clock_is_set_back():
    """In that night two hours have one local time, and each is an hour wide."""
    figure = hourly(_frame([5] * 8, start="2026-10-24T22:00:00+00:00"), about=ABOUT, zone="Europe/Dublin")
    assert figure.table["at"].tolist().count("2026-10-25 01:00") == 2
    bars = _rows(figure, "bars", narrow=True)
    assert all(after["px"] >= before["px2"] for before, after in itertools.pairwise(bars))
    assert len({round(bar["px2"] - bar["px"]) for bar in bars}) == 1


@pytest.mark.parametrize("hours", [1, 6, 24, 72, 168, 336])
def test_nothing_is_written_upon_another_or_beyond_the_sheet(hours):
    marks = ["spike" if n % 24 in {3, 4, 5} else "silence" if n % 24 in {10, 11} else "" for n in range(hours)]
    frame = _frame([20 if m == "spike" else 0 if m else 5 for m in marks], low=2.0, high=9.0, mark=marks)
    figure = hourly(frame, about=ABOUT, zone=ZONE)
    for spec in (figure.spec, figure.narrow):
        data, width = spec["datasets"], spec["width"] + spec["padding"]["right"]
        ticks = [row["px"] for row in data.get("ticks", [])]
        assert all(after - before >= 44 for before, after in itertools.pairwise(ticks))
        assert not ticks or ticks[-1] + 30 <= width
        for name in ("up", "down"):
            signs = [row["px"] for row in data.get(name, [])]
            assert all(after - before >= 8 for before, after in itertools.pairwise(signs))
        assert len(data.get("highest", [])) <= 1


def test_the_table_behind_it_knows_its_counts_so_that_small_ones_are_covered():
    figure = hourly(_frame([2], low=1.0, high=5.0, expected=2.5), about=ABOUT, zone=ZONE)
    units = {column.name: column.unit for column in figure.columns}
    assert units == {"at": "", "cases": "cases", "expected": "number", "low": "number", "high": "number", "mark": ""}


def test_a_shift_that_is_all_to_come_is_drawn():
    figure = hourly(_frame([None, None], low=1.0, high=6.0, is_future=True), about=ABOUT, zone=ZONE)
    assert len(_rows(figure, "come")) == 2
    assert figure.caption == "Cases opened: no hour is over yet."


def test_a_frame_without_hours_says_so_and_one_without_its_column_is_refused():
    assert "Nothing to draw for cases opened" in hourly(_frame([]), about=ABOUT, zone=ZONE).caption
    with pytest.raises(ParameterError, match="'at'"):
        hourly(pd.DataFrame({"cases": [1]}), about=ABOUT, zone=ZONE)
