"""Volume, mix and rate add up to the change exactly."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tskit.patterns.drivers import decompose

COUNTS = st.lists(st.tuples(*[st.integers(0, 500)] * 2, *[st.floats(0, 1)] * 2), min_size=1, max_size=8)


def _frame(rows: list[tuple[str, str, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["queue", "window", "n", "k"])


def test_a_hand_worked_table() -> None:
    """100 cases at 10 % and 100 at 30 % become 300 at 20 % and 100 at 30 %."""
    frame = _frame(
        [("a", "before", 100, 10), ("b", "before", 100, 30), ("a", "after", 300, 60), ("b", "after", 100, 30)]
    )
    table = decompose(frame, by=["queue"]).table.set_index("queue")
    assert table.loc["a", ["volume", "mix", "rate"]].tolist() == pytest.approx([20.0, 11.25, 18.75])
    assert table.loc["b", ["volume", "mix", "rate"]].tolist() == pytest.approx([22.5, -22.5, 0.0])
    assert table["change"].iloc[0] == pytest.approx(50.0)


@settings(max_examples=15, deadline=None)
@given(COUNTS)
def test_the_parts_add_up_to_the_change_of_each_segment_and_of_the_whole(
    cells: list[tuple[int, int, float, float]],
) -> None:
    rows = [
        (f"q{i}", window, n, round(n * rate))
        for i, (n0, n1, r0, r1) in enumerate(cells)
        for window, n, rate in (("before", n0, r0), ("after", n1, r1))
    ]
    frame = _frame(rows)
    table = decompose(frame, by=["queue"]).table
    if frame.groupby("window")["n"].sum().min() == 0:
        return
    k = frame.pivot_table(index="queue", columns="window", values="k", aggfunc="sum")
    parts = table[["volume", "mix", "rate"]].astype(float).sum(axis=1)
    own = table.assign(parts=parts)[~table["is_whole"]].set_index("queue")["parts"]
    np.testing.assert_allclose(own, (k["after"] - k["before"]).loc[own.index], atol=1e-6)
    np.testing.assert_allclose(table["change"].iloc[0], (k["after"] - k["before"]).sum(), atol=1e-6)


def test_a_segment_without_cases_in_a_window_has_no_rate_there() -> None:
    table = decompose(
        _frame([("a", "before", 50, 5), ("a", "after", 50, 5), ("b", "after", 10, 2)]), by=["queue"]
    ).table
    new = table[table["queue"] == "b"].iloc[0]
    assert np.isnan(new["rate_before"])
    assert np.isnan(new["rate"])
    assert new["volume"] + new["mix"] == pytest.approx(2.0)


def test_the_order_of_rows_does_not_matter() -> None:
    frame = _frame([("a", "before", 50, 5), ("b", "before", 20, 2), ("a", "after", 70, 9), ("b", "after", 10, 2)])
    pd.testing.assert_frame_equal(decompose(frame, by=["queue"]).table, decompose(frame[::-1], by=["queue"]).table)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """A small run of what `benchmarks/drivers.py --coverage` does with 2,000 windows."""
    rng, held = np.random.default_rng(5), 0
    rate0, rate1 = np.array([0.1, 0.3, 0.05]), np.array([0.15, 0.25, 0.05])
    truth = float((200 * (rate1 - rate0)).sum())
    for _ in range(25):
        n = rng.poisson(200, 6)
        k = rng.binomial(n, [*rate0, *rate1])
        rows = [(f"q{i % 3}", "before" if i < 3 else "after", int(n[i]), int(k[i])) for i in range(6)]
        low, high = decompose(_frame(rows), by=["queue"]).interval or (0.0, 0.0)
        held += low <= truth <= high
    assert held >= 20


def test_the_statement_names_what_is_counted() -> None:
    frame = _frame([("a", "before", 50, 5), ("a", "after", 70, 9)])
    assert decompose(frame, by=["queue"]).statement.startswith("Cases per window changed by +4.0: ")
    assert decompose(frame, by=["queue"], unit="appeals").statement.startswith("Appeals per window ")


def test_a_segment_that_is_the_whole_window_has_intervals() -> None:
    table = decompose(_frame([("a", "before", 1, 0), ("a", "after", 210, 210)]), by=["queue"]).table
    assert table[["volume_low", "mix_low", "rate_low"]].notna().all(axis=None)
