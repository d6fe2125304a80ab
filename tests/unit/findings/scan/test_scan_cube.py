"""A cube holds every segment by day, and gives each detector the series that it reads."""

from datetime import date

import numpy as np
import pytest

from tskit.findings.scan.cube import Cube
from tskit.metrics import find
from tskit.model import Window

WINDOW = Window(date(2026, 10, 19), date(2026, 11, 2), "Asia/Singapore")


def a_cube(metric, rows):
    """Return the cube of rows (market, days back, k, n); two weeks of the window and two before."""
    market, back, k, n = (np.array(column) for column in zip(*rows, strict=True))
    labels = sorted(set(market.tolist()))
    codes = {"market": np.array([labels.index(name) for name in market.tolist()])}
    return Cube(find(metric), ("market",), codes, {"market": labels}, back, k * 1.0, n * 1.0, WINDOW, 14)


def read(cube, *, step="week"):
    groups = cube.groups(("market",))
    frame = cube.series(groups, np.ones(len(groups.segments), dtype=bool), step=step)
    return [(row.market, row.period.date().isoformat(), row.k, row.n) for row in frame.itertuples()]


def test_a_count_begins_with_its_first_case_and_has_no_gap_after_it():
    """ID has a case on the first day of the second week and two on the last day of all."""
    cube = a_cube("cases_opened", [("ID", 20, 1, 1), ("ID", 0, 2, 2)])
    assert read(cube) == [("ID", "2026-10-12", 1, 1), ("ID", "2026-10-19", 0, 0), ("ID", "2026-10-26", 2, 2)]


def test_a_share_has_every_period_even_where_no_segment_has_a_case():
    cube = a_cube("accuracy", [("ID", 27, 1, 2), ("ID", 0, 3, 4)])
    assert [row[2:] for row in read(cube)] == [(1, 2), (0, 0), (0, 0), (3, 4)]


def test_the_cells_are_those_of_the_window_and_the_one_before():
    cube = a_cube("accuracy", [("ID", 0, 1, 2), ("ID", 13, 1, 1), ("TH", 14, 5, 6), ("TH", 27, 1, 1)])
    cells = cube.cells()
    assert [tuple(row) for row in cells.itertuples(index=False)] == [
        ("ID", "after", 3.0, 2.0),
        ("TH", "before", 7.0, 6.0),
    ]


def test_segments_that_lack_a_value_are_none():
    cube = a_cube("cases_opened", [("ID", 0, 1, 1), ("TH", 1, 1, 1)])
    cube.codes["market"][1] = -1
    assert [segment.key for segment in cube.groups(("market",)).segments] == ["ID"]
    assert cube.groups(()).segments[0].key == ""


@pytest.mark.parametrize(("start", "end", "cases"), [("2026-11-01", "2026-11-02", 1), ("2026-10-19", "2026-11-01", 1)])
def test_days_of_a_span_are_half_open(start, end, cases):
    cube = a_cube("cases_opened", [("ID", 0, 1, 1), ("ID", 13, 1, 1), ("ID", 14, 1, 1)])
    assert cube.k[cube.span(date.fromisoformat(start), date.fromisoformat(end))].sum() == cases
