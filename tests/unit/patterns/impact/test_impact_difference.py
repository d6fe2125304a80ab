"""A change held against units that it did not touch."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from tskit.errors import ParameterError
from tskit.patterns.impact import Change, Outcome, difference
from tskit.patterns.impact.sides import sides_of
from tskit.patterns.impact.units import clustered, difference_in, permuted

JUNE = Change(date(2026, 6, 1))
COUNT = Outcome("reports", "count")
RATE = Outcome("the overturn rate", "rate")
HOURS = Outcome("the median turnaround", "value", unit="hours")
DAYS = pd.date_range("2026-04-06", periods=84)
AFTER = np.arange(84) >= 56


def rows(**units):
    return pd.concat(
        [pd.DataFrame({"queue": name, "period_start": DAYS, **columns}) for name, columns in units.items()],
        ignore_index=True,
    )


def values(seed=2, *, step=-2.0, others=3):
    rng = np.random.default_rng(seed)
    shared = 3 * np.sin(np.arange(84) / 11)
    units = {f"other {i}": {"value": 8 + shared + rng.normal(size=84)} for i in range(others)}
    return rows(hate={"value": 10 + shared + step * AFTER + rng.normal(size=84)}, **units)


def test_what_moves_both_sides_is_no_effect():
    shared = np.where(AFTER, 15.0, 10.0) + np.arange(84) % 7
    frame = rows(hate={"value": shared - 2 * AFTER}, spam={"value": shared + 1})
    found = difference(frame, JUNE, outcome=HOURS, unit="queue", treated=["hate"])
    assert found.settings["value"] == pytest.approx(-2)


def test_two_by_two_sums_are_the_ratio_of_ratios_that_poisson_regression_with_unit_and_period_effects_gives():
    """A unit went from 100 to 60 reports while two others went from 250 to 310."""
    frame = pd.DataFrame({
        "queue": ["a", "a", "b", "b", "c", "c"], "period_start": list(DAYS[[0, 60]]) * 3, "k": [100, 60, 200, 240, 50, 70],
    })  # fmt: skip
    sides = sides_of(frame, outcome=COUNT, unit="queue", treated=["a"])
    found = difference_in(sides, np.array([True, False]), np.array([False, True]), sides.is_treated)
    assert np.exp(found) == pytest.approx(0.6 / 1.24)
    after = frame["period_start"].eq(DAYS[60])
    columns = np.column_stack([*(frame["queue"].eq(q) for q in "abc"), after, after & frame["queue"].eq("a")]).astype(
        float
    )
    assert found == pytest.approx(GLM(frame["k"].to_numpy(), columns, family=Poisson()).fit().params[-1])


def test_a_count_is_told_as_a_ratio_of_ratios():
    rng = np.random.default_rng(5)
    busy = np.where(AFTER, 1.5, 1.0)
    frame = rows(hate={"k": rng.poisson(200 * busy * np.where(AFTER, 0.7, 1))}, spam={"k": rng.poisson(300 * busy)})
    found = difference(frame, JUNE, outcome=COUNT, unit="queue", treated=["hate"])
    assert found.settings["value"] == pytest.approx(-0.3, abs=0.04)
    assert found.interval[0] < -0.3 < found.interval[1] < 0
    assert found.statement.startswith("Reports fell against the comparison after the change of 1 Jun 2026: −")
    after = found.table[found.table["phase"] == "after"]
    assert after["expected"].mean() == pytest.approx(300, rel=0.05)


def test_a_rate_is_told_in_points():
    n = np.full(84, 100)
    frame = rows(hate={"k": np.where(AFTER, 30, 20), "n": n}, spam={"k": np.where(AFTER, 15, 10), "n": n})
    found = difference(frame, JUNE, outcome=RATE, unit="queue", treated=["hate"])
    assert found.settings["value"] == pytest.approx(0.05)
    assert "+5 points" in found.statement


def test_names_of_units_do_not_matter():
    frame = values()
    renamed = frame.assign(queue=frame["queue"].map({"hate": "z", "other 0": "b", "other 1": "y", "other 2": "a"}))
    one = difference(frame, JUNE, outcome=HOURS, unit="queue", treated=["hate"])
    other = difference(renamed, JUNE, outcome=HOURS, unit="queue", treated=["z"])
    assert other.interval == pytest.approx(one.interval)
    assert other.settings["as_large"] == one.settings["as_large"]


def test_few_units_are_ranked_among_all_choices():
    found = difference(values(others=3), JUNE, outcome=HOURS, unit="queue", treated=["hate"])
    assert (found.settings["choices"], found.settings["as_large"]) == (4, 1)
    assert "Of the 4 ways to choose as many units, 1 shows as large a difference." in found.statement
    assert "can prove nothing" in found.statement


def test_every_choice_of_units_is_counted():
    """Treated units moved by 5 and 4, the others by 0, 1 and 2: no other pair moves as far, but for its counterpart."""
    moved = {"a": 5, "b": 4, "c": 0, "d": 1, "e": 2}
    sides = sides_of(
        rows(**{name: {"value": 10 + by * AFTER} for name, by in moved.items()}),
        outcome=HOURS, unit="queue", treated=["a", "b"],
    )  # fmt: skip
    assert permuted(sides, ~AFTER, AFTER).choices == 10
    assert permuted(sides, ~AFTER, AFTER).as_large == 1


def test_many_units_have_the_jackknife_interval_of_their_changes():
    """With equal weights it is Welch's interval of the units' own changes."""
    rng = np.random.default_rng(1)
    moved = {f"t{i}": rng.normal(2) for i in range(10)} | {f"c{i}": rng.normal() for i in range(12)}
    sides = sides_of(
        rows(**{name: {"value": 10 + by * AFTER} for name, by in moved.items()}),
        outcome=HOURS, unit="queue", treated=[f"t{i}" for i in range(10)],
    )  # fmt: skip
    found = clustered(sides, ~AFTER, AFTER)
    own, other = (np.array([by for name, by in moved.items() if name[0] == first]) for first in "tc")
    expected = stats.ttest_ind(own, other, equal_var=False).confidence_interval()
    assert (found.value, found.low, found.high) == pytest.approx((own.mean() - other.mean(), *expected))


def test_nine_units_on_a_side_are_too_few_to_be_their_own_measure():
    sides = sides_of(
        rows(**{name: {"value": 10.0 + AFTER} for name in "abcdefghijklmnopqrs"}),
        outcome=HOURS, unit="queue", treated=list("abcdefghi"),
    )  # fmt: skip
    assert clustered(sides, ~AFTER, AFTER) is None


def test_sides_that_drift_apart_before_the_change_are_told():
    t = np.arange(84)
    rng = np.random.default_rng(3)
    frame = rows(
        hate={"value": 10 + 0.1 * t + 0.3 * rng.normal(size=84)}, spam={"value": 10 + 0.3 * rng.normal(size=84)}
    )
    found = difference(frame, JUNE, outcome=HOURS, unit="queue", treated=["hate"])
    assert found.settings["apart"] == pytest.approx(0.7, abs=0.1)
    assert "the comparison does not show what would have been" in found.statement


def test_a_period_that_one_unit_lacks_is_left_out():
    frame = values().drop(index=[5, 100])
    found = difference(frame, JUNE, outcome=HOURS, unit="queue", treated=["hate"])
    assert found.settings["left_out"] == 2
    assert len(found.table) == 82


def test_too_few_days_cannot_tell():
    frame = values()
    found = difference(frame[frame["period_start"] < "2026-06-05"], JUNE, outcome=HOURS, unit="queue", treated=["hate"])
    assert found.statement.startswith("Cannot tell whether the median turnaround changed against the comparison")


@pytest.mark.parametrize(
    ("unit", "treated", "fix"),
    [
        ("kueue", ["hate"], "no column"),
        ("queue", ["hat"], "Did you mean 'hate'"),
        ("queue", [], "were changed and others"),
    ],
)
def test_a_comparison_that_cannot_be_made_is_refused(unit, treated, fix):
    with pytest.raises(ParameterError, match=fix):
        difference(values(), JUNE, outcome=HOURS, unit=unit, treated=treated)
