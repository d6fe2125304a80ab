from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tskit.findings.segments import EVERYTHING, Segment
from tskit.findings.tracks import binned, tracks

END = date(2026, 11, 2)


def cube(values, *, n=None, market=None) -> pd.DataFrame:
    """One row per day, the newest first."""
    size = len(values)
    return pd.DataFrame(
        {
            "market": market or ["ID"] * size,
            "period_start": [END - timedelta(days=back + 1) for back in range(size)],
            "value": values,
            "n": n if n is not None else values,
            "k": values,
            "low": [np.nan] * size,
            "high": [np.nan] * size,
        }
    )


def one(frame, *, shape, bins, length=7, by=()):
    return next(iter(tracks(binned(frame, end=END, length=length), by=by, shape=shape, bins=bins)))


def test_days_add_up_to_periods_counted_back_from_the_end():
    track = one(cube(list(range(1, 15))), shape="flow", bins=2)
    assert track.hits.tolist() == [28, 77]
    assert track.segment == EVERYTHING


@given(st.lists(st.integers(0, 500), min_size=21, max_size=21))
def test_a_flow_never_loses_a_case(counts):
    track = one(cube(counts), shape="flow", bins=3)
    assert track.hits.sum() == sum(counts)


def test_a_stock_counts_at_the_end_of_its_period_only():
    track = one(cube([5, 99, 99, 99, 99, 99, 99, 7, 1, 1, 1, 1, 1, 1]), shape="stock", bins=2)
    assert track.levels.tolist() == [5, 7]


def test_a_share_is_weighed_by_its_cases():
    track = one(cube([0.5, 1.0], n=[10, 30]), shape="share", bins=1)
    assert track.levels.tolist() == [pytest.approx(0.875)]


def test_days_after_the_end_are_left_out():
    late = cube([3]).assign(period_start=[END])
    assert binned(late, end=END, length=7).empty


def test_cases_without_a_value_are_no_segment():
    frame = cube([4, 4, 4], market=["ID", "(blank)", None])
    found = list(tracks(binned(frame, end=END, length=7), by=["market"], shape="flow", bins=1))
    assert [track.segment for track in found] == [Segment.of(["market"], ["ID"])]


def test_a_track_without_a_part_is_the_rest():
    whole, part = (one(cube(values), shape="flow", bins=2) for values in ([10] * 14, [4] * 14))
    assert whole.without(part).hits.tolist() == [42, 42]
