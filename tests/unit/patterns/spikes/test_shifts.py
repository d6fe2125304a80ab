"""Changes of level in retrospect: shifts, drifts, and nothing."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from tskit.patterns.spikes import shifts
from tskit.patterns.spikes.segments import Course, chance_of_change, cut, price

DAYS = 300
WEEK = np.resize([1.2, 1.3, 1.2, 1.1, 1.0, 0.6, 0.6], DAYS)


def frame(mean, *, seed=0):
    counts = np.random.default_rng(seed).poisson(mean)
    return pd.DataFrame({"period": pd.date_range("2026-01-05", periods=len(counts)), "cases": counts})


def test_a_level_that_changed_is_told_with_its_day_and_its_ratio():
    found = shifts(frame(12 * WEEK * np.where(np.arange(DAYS) < 180, 1.0, 1.6)))
    assert len(found.table) == 1
    row = found.table.iloc[0]
    assert row["kind"] == "shift"
    assert row["earliest"] <= pd.Timestamp("2026-07-04") <= row["latest"]
    assert row["low"] < 1.6 < row["high"]
    assert found.statement.startswith("Beyond noise: all went from ")


def test_where_nothing_changed_nothing_is_told():
    found = shifts(frame(12 * WEEK))
    assert found.table.empty
    assert found.statement == "No change of level beyond noise in 1 series over 300 days."


def test_a_drift_is_not_a_stair_of_shifts():
    found = shifts(frame(12 * WEEK * np.exp(np.linspace(0, 0.8, DAYS))))
    assert found.table["kind"].tolist() == ["drift"]
    year = np.exp(0.8 * 365.25 / DAYS)
    assert found.table["low"].iloc[0] < year < found.table["high"].iloc[0]


def test_a_share_changes_its_level_as_a_count_does():
    rng = np.random.default_rng(1)
    k = rng.binomial(200, np.where(np.arange(DAYS) < 100, 0.05, 0.1))
    rows = frame(np.ones(DAYS)).assign(cases=k, all=200)
    row = shifts(rows, out_of="all").table.iloc[0]
    assert abs(row["period"] - pd.Timestamp("2026-04-15")) < pd.Timedelta(days=8)
    assert row["before"] == pytest.approx(0.05, abs=0.01)
    assert row["after"] == pytest.approx(0.1, abs=0.01)


def test_series_without_cases_have_no_level_to_change():
    assert shifts(frame(np.zeros(DAYS))).table.empty


def test_the_cut_is_the_cheapest_of_all():
    counts = np.array([2.0, 3, 2, 9, 8, 9, 3, 2, 3, 2])
    course = Course(counts, np.ones(10), 1.0, is_rate=False)
    total, exposure = course.totals()

    def cost(places):
        edges = [0, *places, 10]
        return course.cost(np.diff(total[edges]), np.diff(exposure[edges])).sum() + 4.0 * len(places)

    allowed = [
        places for n in range(4) for places in combinations(range(1, 10), n) if min(np.diff([0, *places, 10])) >= 2
    ]
    assert cut(course, shortest=2, penalty=4.0) == list(min(allowed, key=cost)) == [3, 6]


def test_the_price_of_a_change_is_what_chance_gains():
    """Miller and Siegmund, b = 3, a tenth at each end: phi(3) * ((3 - 1 / 3) * 2 * log(9) + 4 / 3) = .0578."""
    assert chance_of_change(9.0, periods=100, shortest=10) == pytest.approx(0.0578, abs=1e-4)
    assert chance_of_change(price(0.01, periods=100, shortest=10), periods=100, shortest=10) == pytest.approx(0.01)


def test_a_share_of_all_that_fell_to_nothing_is_a_shift():
    n = np.random.default_rng(3).poisson(240, 52).astype(float)
    k = np.where(np.arange(52) < 43, n, 0.0)
    k[43] = 72
    weeks = pd.DataFrame({"period": pd.date_range("2024-01-01", periods=52, freq="W-MON"), "cases": k, "all": n})
    found = shifts(weeks, out_of="all").table
    assert found["is_beyond_noise"].any()
    assert pd.Timestamp("2024-10-21") <= found["period"].iloc[0] <= pd.Timestamp("2024-11-04")
    assert found["before"].iloc[0] > 0.9
    assert found["after"].iloc[0] < 0.1
