from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from tskit.findings.spikes import expected_days, peak_verdict, spike

DAYS = 28


def series(values) -> pd.Series:
    index = pd.date_range(end="2026-11-01", periods=len(values), freq="D")
    return pd.Series(np.asarray(values, dtype=float), index=index)


def weekly(weeks, *, weekday=20, weekend=10):
    return ([weekday] * 5 + [weekend] * 2) * weeks


def test_what_is_expected_follows_the_weekday():
    frame = expected_days(series(weekly(12)), days=DAYS)
    assert frame["expected"].tolist() == weekly(4)
    assert (frame["low"] < frame["value"]).all()


def test_a_spike_is_dated_by_its_first_and_last_day():
    values = weekly(20)
    values[-13:-3] = [90] * 10
    found = spike(series(values), days=DAYS)
    assert (found.start, found.end) == (date(2026, 10, 20), date(2026, 10, 29))
    assert found.total == 900
    assert found.expected == pytest.approx(180)


def test_a_spike_that_lasts_to_the_end_has_no_end():
    values = weekly(20)
    values[-5:] = [90] * 5
    assert spike(series(values), days=DAYS).end is None


def test_a_single_quiet_day_does_not_cut_a_spike_in_two():
    values = weekly(20)
    values[-10:-3] = [90, 90, 90, 12, 90, 90, 90]
    assert spike(series(values), days=DAYS).days == 7


def test_weekdays_alone_are_no_spike():
    assert spike(series(weekly(20)), days=DAYS) is None


def test_a_week_of_many_arrivals_stands_out_from_the_peaks_of_earlier_periods():
    draw = np.random.default_rng(1)
    values = draw.poisson(weekly(60))
    calm = peak_verdict(series(values), days=DAYS, step=7)
    values[-7:] *= 3
    assert calm.p > 0.01
    assert peak_verdict(series(values), days=DAYS, step=7).p < 1e-4


def test_a_peak_that_every_period_has_is_no_news():
    month = weekly(4)
    month[10] = 80
    draw = np.random.default_rng(2)
    assert peak_verdict(series(draw.poisson(month * 15)), days=DAYS, step=1).p > 0.01


def test_too_short_a_history_is_not_judged():
    assert np.isnan(peak_verdict(series(weekly(13)), days=DAYS, step=7).p)
