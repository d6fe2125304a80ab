"""Segments of cells: what they add up to, which hold a cell, and the order that cells come in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.patterns.drivers import causes
from tskit.patterns.drivers.cells import in_order
from tskit.patterns.drivers.lattice import lattice

ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.integers(0, 2), st.sampled_from("xy"), st.integers(0, 9)),
    min_size=1,
    max_size=30,
    unique_by=lambda row: row[:3],
)


@given(ROWS)
@settings(max_examples=40, deadline=None)
def test_each_segment_adds_up_the_cells_it_holds(rows: list[tuple[str, int, str, int]]) -> None:
    frame = pd.DataFrame(rows, columns=["p", "q", "r", "n"])
    segments = lattice(frame, ["p", "q", "r"])
    n = frame["n"].to_numpy(np.float64)
    inside = np.array([segments.inside(segment) for segment in range(len(segments.size))])
    assert segments.sums(n).tolist() == (inside @ n).tolist()
    assert segments.sums(n[::2], np.arange(0, len(n), 2)).tolist() == (inside[:, ::2] @ n[::2]).tolist()
    assert segments.size.tolist() == inside.sum(axis=1).tolist()
    assert segments.holding(np.array([0])).tolist() == inside[:, 0].tolist()


def test_cells_come_in_the_order_of_their_text_with_the_missing_last() -> None:
    frame = pd.DataFrame({"p": ["b", None, "a", "b"], "q": [10, 1, 3, 9], "n": [1, 2, 3, 4]}, index=[0, 0, 1, 1])
    assert in_order(frame, ["p", "q"])["n"].tolist() == [3, 1, 4, 2]
    assert in_order(frame, ["q", "p"])["n"].tolist() == [2, 1, 3, 4]


def test_the_order_holds_where_combinations_outnumber_whole_numbers() -> None:
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(rng.integers(100, 999, (800, 8)), columns=list("abcdefgh"))
    wanted = frame.sort_values(list("abcdefgh"), ignore_index=True)
    pd.testing.assert_frame_equal(in_order(frame, list("abcdefgh")), wanted)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_value_told_first_leaves_the_others_as_if_it_were_not_there(seed: int) -> None:
    rng = np.random.default_rng(seed)
    grid = np.indices((6, 5, 8)).reshape(3, -1)
    frame = pd.DataFrame({name: grid[j] for j, name in enumerate("pqr")}).assign(forecast=rng.uniform(50, 90, 240))
    frame["actual"] = frame["forecast"] * (1 + rng.normal(0, 0.02, 240))
    frame.loc[frame["p"] == 1, "actual"] *= 0.5
    frame.loc[(frame["q"] == 2) & (frame["r"] == 3), "actual"] *= 0.7
    first, *others = causes(frame, dims=list("pqr"), kind="value")
    assert (first.where, [cause.where for cause in others]) == ({"p": 1}, [{"q": 2, "r": 3}])
    assert [cause.where for cause in causes(frame[frame["p"] != 1], dims=list("pqr"), kind="value")] == [
        {"q": 2, "r": 3}
    ]
