"""What is told of a change, on series whose answer is known."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from statsmodels.genmod.families import Binomial, Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from tskit.errors import ParameterError
from tskit.patterns.impact import Change, Outcome, before_and_after, series_of

JUNE = Change(date(2026, 6, 1), name="the new form")
COUNT = Outcome("reports a day", "count")
RATE = Outcome("the overturn rate", "rate", better=-1)
HOURS = Outcome("the median turnaround", "value", unit="hours", better=-1)


def days(n, *, first="2026-04-06"):
    return pd.date_range(first, periods=n)  # 6 April and 1 June 2026 are Mondays, 56 days apart


def noisy(n, *, step=0.0, seed=1, size=1.0):
    rng = np.random.default_rng(seed)
    return 10 + step * (np.arange(n) >= 56) + size * rng.normal(size=n)


def values(series):
    return pd.DataFrame({"period_start": days(len(series)), "value": series})


def test_a_step_of_known_size_is_found_exactly():
    """Without noise, 56 days at 10 hours and 28 days at 7 are an effect of -3 hours."""
    found = before_and_after(values(noisy(84, step=-3, size=0)), JUNE, outcome=HOURS)
    assert found.settings["value"] == pytest.approx(-3)
    assert found.interval == pytest.approx((-3, -3), abs=1e-6)
    assert found.settings["slope"] == pytest.approx(0, abs=1e-9)


def test_weekdays_and_trend_are_no_effect():
    t = np.arange(84)
    series = 10 + 0.1 * t + np.where(t % 7 >= 5, -4.0, 0.0)
    found = before_and_after(values(series), JUNE, outcome=HOURS)
    assert found.settings["value"] == pytest.approx(0, abs=1e-6)


def test_level_and_slope_add_up_to_the_mean_effect():
    """A level of 2 that grows by 0.5 a day over 28 days has a mean of 2 + 0.5 * 13.5."""
    t = np.arange(84)
    series = 10 + np.where(t >= 56, 2 + 0.5 * (t - 56), 0.0)
    found = before_and_after(values(series), JUNE, outcome=HOURS)
    assert found.settings["level"] == pytest.approx(2)
    assert found.settings["slope"] == pytest.approx(0.5)
    assert found.settings["value"] == pytest.approx(8.75)


def test_a_constant_added_to_all_values_leaves_the_effect():
    series = noisy(84, step=-1)
    one, other = (before_and_after(values(series + more), JUNE, outcome=HOURS) for more in (0, 100))
    assert other.settings["value"] == pytest.approx(one.settings["value"])
    assert other.interval == pytest.approx(one.interval)


def test_counts_times_ten_keep_their_relative_effect():
    rng = np.random.default_rng(4)
    counts = rng.poisson(np.where(np.arange(84) >= 56, 300, 400)).astype(float)
    frame = pd.DataFrame({"period_start": days(84), "k": counts})
    one = before_and_after(frame, JUNE, outcome=COUNT, shape="level")
    ten = before_and_after(frame.assign(exposure=10.0), JUNE, outcome=COUNT, shape="level")
    assert ten.settings["ratio"] == pytest.approx(one.settings["ratio"])
    assert ten.settings["value"] == pytest.approx(one.settings["value"] / 10)


def test_white_counts_have_the_effect_of_statsmodels_poisson_regression():
    rng = np.random.default_rng(7)
    t = np.arange(84)
    counts = rng.poisson(np.where(t >= 56, 90, 100))
    found = before_and_after(pd.DataFrame({"period_start": days(84), "k": counts}), JUNE, outcome=COUNT, shape="level")
    weekdays = [(t % 7 == day).astype(float) for day in range(1, 7)]
    columns = np.column_stack([np.ones(84), t, *weekdays, t >= 56])
    expected = GLM(counts, columns, family=Poisson()).fit().params[-1]
    assert found.settings["level"] == pytest.approx(expected, abs=0.02)
    assert found.settings["ratio"] == pytest.approx(np.exp(expected), abs=0.02)


def test_a_rate_has_the_effect_of_statsmodels_logistic_regression():
    rng = np.random.default_rng(8)
    t = np.arange(84)
    k, n = rng.binomial(60, np.where(t >= 56, 0.1, 0.2)), np.full(84, 60)
    found = before_and_after(
        pd.DataFrame({"period_start": days(84), "k": k, "n": n}), JUNE, outcome=RATE, shape="level"
    )
    weekdays = [(t % 7 == day).astype(float) for day in range(1, 7)]
    columns = np.column_stack([np.ones(84), t, *weekdays, t >= 56])
    expected = GLM(np.column_stack([k, n - k]), columns, family=Binomial()).fit().params[-1]
    assert found.settings["level"] == pytest.approx(expected, abs=0.05)
    assert "fell, which is better," in found.statement
    assert "points" in found.statement


def test_nothing_beyond_noise_is_said_with_what_would_have_been_missed():
    found = before_and_after(values(noisy(84)), JUNE, outcome=HOURS)
    assert found.statement.startswith(
        "No change in the median turnaround beyond noise after the new form of 1 Jun 2026"
    )
    assert "would be missed more than one time in five" in found.statement


def test_too_few_days_are_told_as_such():
    found = before_and_after(values(noisy(60)), JUNE, outcome=HOURS)
    assert found.statement == (
        "Cannot tell whether the median turnaround changed with the new form of 1 Jun 2026: there are 4 days with a "
        "figure after it, and at least 8 are needed on each side."
    )
    assert found.interval is None


def test_an_empty_series_cannot_tell():
    found = before_and_after(values(noisy(0)), JUNE, outcome=HOURS)
    assert found.statement.startswith("Cannot tell")


def test_an_unfinished_last_day_is_left_out():
    frame = pd.DataFrame({"period_start": days(84), "value": noisy(84, step=-2)})
    whole = frame.assign(is_complete=True)
    cut = pd.concat(
        [whole, pd.DataFrame({"period_start": [pd.Timestamp("2026-06-29")], "value": [500.0], "is_complete": [False]})]
    )
    one, other = (before_and_after(f, JUNE, outcome=HOURS) for f in (whole, cut))
    assert other.settings["value"] == one.settings["value"]
    assert other.settings["left_out"] == 1


def test_missing_days_are_unknown_and_move_no_weekday():
    t = np.arange(84)
    frame = values(10 + np.where(t % 7 >= 5, -4.0, 0.0) - np.where(t >= 56, 2.0, 0.0))
    found = before_and_after(frame.drop(index=[3, 20, 21, 60]), JUNE, outcome=HOURS)
    assert found.settings["value"] == pytest.approx(-2)
    assert len(found.table) == 80


def test_a_day_without_a_denominator_has_no_rate():
    n = np.full(84, 50)
    n[[10, 70]] = 0
    frame = pd.DataFrame({"period_start": days(84), "k": np.minimum(n, 10), "n": n})
    series = series_of(frame, RATE)
    assert (len(series), series.left_out) == (82, 2)
    assert before_and_after(frame, JUNE, outcome=RATE).settings["value"] == pytest.approx(0, abs=1e-9)


def test_the_washout_is_left_out_of_the_estimate_and_stays_in_the_table():
    series = noisy(84, step=-3, size=0)
    series[56:63] = 50
    change = Change(date(2026, 6, 1), washout_days=7)
    found = before_and_after(values(series), change, outcome=HOURS)
    assert found.settings["value"] == pytest.approx(-3)
    assert found.table["phase"].value_counts().to_dict() == {"before": 56, "after": 21, "change": 7}


def test_a_ramp_grows_into_its_full_effect():
    """Over three days more, a quarter of the effect is added a day."""
    t = np.arange(84)
    reached = np.clip((t - 55) / 4, 0, 1)
    found = before_and_after(values(10 - 4 * reached), Change(date(2026, 6, 1), ramp_days=3), outcome=HOURS)
    assert found.settings["value"] == pytest.approx(-4)
    assert (found.table["phase"] == "change").sum() == 3


def test_holidays_are_held_still():
    t = np.arange(84)
    days_off = (14, 30, 70)
    series = 10 - 6.0 * np.isin(t, days_off)
    holidays = [(days(84)[i]).date() for i in days_off]
    found = before_and_after(values(series), JUNE, outcome=HOURS, holidays=holidays)
    assert found.settings["value"] == pytest.approx(0, abs=1e-9)


def test_weeks_have_no_weekday_and_a_split_week_is_a_part_of_the_change():
    starts = pd.date_range("2026-01-05", periods=40, freq="7D")
    frame = pd.DataFrame({"period_start": starts, "value": np.where(starts >= "2026-06-08", 7.0, 10.0)})
    frame.loc[starts == "2026-06-01", "value"] = 10 - 3 * 4 / 7
    found = before_and_after(frame, Change(date(2026, 6, 4)), outcome=HOURS)
    assert found.settings["period"] == "week"
    assert found.settings["value"] == pytest.approx(-3)
    assert list(found.table.loc[found.table["phase"] == "change", "period_start"]) == [pd.Timestamp("2026-06-01")]


def test_too_few_cases_have_the_exact_interval_of_their_sums():
    """Nobody was reported after 280 reports in 56 days: none of 140 expected."""
    frame = pd.DataFrame({"period_start": days(84), "k": np.where(np.arange(84) < 56, 5, 0)})
    found = before_and_after(frame, JUNE, outcome=COUNT)
    assert found.settings["value"] == -5
    assert "exact interval of the two sides alone" in found.statement
    assert found.interval == pytest.approx((-1, -0.974), abs=1e-3)  # 3.69 of 140: Garwood's bound for none


def test_the_order_of_the_rows_does_not_matter():
    frame = values(noisy(84, step=-2))
    one, other = (before_and_after(f, JUNE, outcome=HOURS) for f in (frame, frame.sample(frac=1, random_state=0)))
    assert one.statement == other.statement


@pytest.mark.parametrize(
    ("frame", "outcome", "fix"),
    [
        (pd.DataFrame({"period_start": days(3)}), COUNT, "no column 'k'"),
        (pd.DataFrame({"period_start": days(1).repeat(2), "value": [1.0, 2.0]}), HOURS, "a period twice"),
        (pd.DataFrame({"period_start": days(1), "k": [3], "n": [2]}), RATE, "k above n"),
    ],
)
def test_a_frame_that_is_no_series_is_refused(frame, outcome, fix):
    with pytest.raises(ParameterError, match=fix):
        before_and_after(frame, JUNE, outcome=outcome)
