"""Placebo dates, guardrails, and power before the fact."""

import importlib
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tskit.errors import ParameterError
from tskit.patterns.impact import Change, Outcome, before_and_after, guardrail, power_before
from tskit.patterns.impact.placebo import Placebos

JUNE = Change(date(2026, 6, 1))
OVERTURNED = Outcome("the overturn rate", "rate", better=-1)
HOURS = Outcome("the median turnaround", "value", unit="hours", better=-1)


def rate(before, after, *, n=200):
    days = pd.date_range("2026-04-06", periods=84)
    share = np.where(np.arange(84) >= 56, after, before)
    k = np.random.default_rng(6).binomial(n, share)
    return pd.DataFrame({"period_start": days, "k": k, "n": n})


def test_a_change_larger_than_at_any_earlier_date_ranks_first():
    rng = np.random.default_rng(0)
    days = pd.date_range(end="2026-06-28", periods=140)
    frame = pd.DataFrame({"period_start": days, "value": 10 + rng.normal(size=140) - 5 * (days >= "2026-06-01")})
    found = before_and_after(frame, JUNE, outcome=HOURS)
    assert (found.settings["placebo_dates"], found.settings["placebo_larger"]) == (40, 0)
    assert found.settings["placebo_p"] == pytest.approx(1 / 41)
    assert "Of 40 earlier dates on which nothing was changed, 0 show as large a change." in found.statement


@pytest.mark.parametrize(
    ("dates", "larger", "is_usual"),
    [(40, 3, False), (40, 4, True), (40, 26, True), (18, 18, False), (0, 0, False)],  # 4 of 40 is a rank of 5 in 41
)
def test_what_a_tenth_of_earlier_dates_show_is_nothing_out_of_the_ordinary(dates, larger, is_usual):
    assert Placebos(pd.DataFrame(), dates, larger).is_usual is is_usual


def test_a_change_that_earlier_dates_show_as_well_is_not_told_as_one(monkeypatch):
    module = importlib.import_module("tskit.patterns.impact.before_after")
    monkeypatch.setattr(module, "placebos_of", lambda *_, **__: Placebos(pd.DataFrame(), 40, 26))
    rng = np.random.default_rng(0)
    days = pd.date_range(end="2026-06-28", periods=140)
    frame = pd.DataFrame({"period_start": days, "value": 10 + rng.normal(size=140) - 5 * (days >= "2026-06-01")})
    found = before_and_after(frame, JUNE, outcome=HOURS)
    assert found.settings["is_usual"] is True
    assert found.statement.startswith("What the median turnaround did after the change of 1 Jun 2026 is nothing out of")
    assert "Of 40 earlier dates on which nothing was changed, 26 show as large a change." in found.statement
    assert "fell" not in found.statement


def test_a_short_history_has_no_earlier_dates():
    days = pd.date_range("2026-05-20", periods=40)
    frame = pd.DataFrame({"period_start": days, "value": np.random.default_rng(0).normal(10, size=40)})
    found = before_and_after(frame, JUNE, outcome=HOURS)
    assert "too short to hold the same estimate" in found.statement
    assert np.isnan(found.settings["placebo_p"])


@pytest.mark.parametrize(
    ("after", "margin", "verdict", "begins"),
    [
        (0.10, 0.03, "holds", "The guardrail holds"),
        (0.20, 0.03, "broken", "The guardrail is broken"),
        (0.11, 0.002, "cannot tell", "Cannot tell whether the guardrail holds"),
        (0.05, 0.01, "holds", "The guardrail holds: after the change of 1 Jun 2026, it did not get worse"),
    ],
)
def test_a_guardrail_holds_is_broken_or_cannot_be_told(after, margin, verdict, begins):
    found = guardrail(rate(0.10, after), JUNE, outcome=OVERTURNED, margin=margin)
    assert found.settings["verdict"] == verdict
    assert found.statement.startswith(begins)
    assert found.kind == "guardrail"


def test_worse_is_down_where_more_is_better():
    kept = Outcome("the share decided in time", "rate", better=1)
    assert guardrail(rate(0.9, 0.7), JUNE, outcome=kept, margin=0.05).settings["verdict"] == "broken"
    assert guardrail(rate(0.7, 0.9), JUNE, outcome=kept, margin=0.05).settings["verdict"] == "holds"


def test_too_few_days_leave_a_guardrail_open():
    found = guardrail(rate(0.1, 0.1)[:60], JUNE, outcome=OVERTURNED, margin=0.05)
    assert found.settings["verdict"] == "cannot tell"


@pytest.mark.parametrize(("outcome", "margin"), [(Outcome("the rate", "rate"), 0.01), (OVERTURNED, 0.0)])
def test_a_guardrail_needs_a_direction_and_a_margin(outcome, margin):
    with pytest.raises(ParameterError, match="needs a margin above zero"):
        guardrail(rate(0.1, 0.1), JUNE, outcome=outcome, margin=margin)


def test_power_is_that_of_the_formula_for_white_noise_in_weeks():
    """60 weeks before and 60 after with trend and step: the step's error by least squares, times t(0.975) + t(0.8)."""
    rng = np.random.default_rng(2)
    starts = pd.date_range("2025-01-06", periods=60, freq="7D")
    frame = pd.DataFrame({"period_start": starts, "value": 10 + rng.normal(size=60)})
    found = power_before(frame, outcome=HOURS, after=(60,), shape="level")
    t = np.arange(120.0)
    columns = np.column_stack([np.ones(120), t, t >= 60])
    error = np.sqrt(np.linalg.inv(columns.T @ columns)[2, 2])
    expected = (stats.t.ppf(0.975, 117) + stats.t.ppf(0.8, 117)) * error
    assert found.table["smallest"][0] == pytest.approx(expected, rel=0.25)  # the noise has to be found in 60 weeks
    assert found.table["expected"][0] == pytest.approx(10, abs=0.5)


def test_longer_shows_smaller_effects():
    frame = rate(0.1, 0.1).assign(value=lambda rows: rows["k"] / rows["n"])
    smallest = power_before(frame, outcome=OVERTURNED, after=(14, 28, 56), shape="level").table["smallest"]
    assert smallest.is_monotonic_decreasing
    assert 0 < smallest.iloc[-1] < smallest.iloc[0] < 0.1


def test_power_of_counts_is_a_share_of_what_is_expected():
    days = pd.date_range("2026-01-05", periods=84)
    counts = np.random.default_rng(3).poisson(np.where(days.day_of_week >= 5, 20, 100))
    found = power_before(
        pd.DataFrame({"period_start": days, "k": counts}), outcome=Outcome("reports", "count"), after=(28,)
    )
    assert found.table["expected"][0] == pytest.approx(77, rel=0.1)
    assert found.statement.startswith("On reports, 28 days after a change would show an effect of ")


def test_power_of_too_short_a_history_cannot_be_told():
    found = power_before(rate(0.1, 0.1)[:9], outcome=OVERTURNED)
    assert found.statement.startswith("Cannot tell")
    assert found.table.empty
