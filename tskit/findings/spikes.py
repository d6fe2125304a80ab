"""Spikes within the period: when a segment left its usual range, day by day and week by week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.noise import judge

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from tskit.findings.noise import Verdict

    Floats = NDArray[np.float64]

__all__ = ["BASE_WEEKS", "Spike", "expected_days", "peak_verdict", "spike"]

BASE_WEEKS = 8
"""So many weeks before the period say what its days should look like."""
_WEEK = 7
_Z_DAY = 3.3
_TAIL = 1.96


@dataclass(frozen=True, slots=True)
class Spike:
    """A run of days above the usual range: first and last day, the highest one, and the cases in the run.

    `end` is None where the last day of the period is still above the range.
    """

    start: date
    end: date | None
    peak: date
    peak_value: float
    total: float
    expected: float
    low: float
    high: float
    days: int


def expected_days(daily: pd.Series[float], *, days: int) -> pd.DataFrame:
    """Return the last `days` days of a series beside what the eight weeks before them lead to expect.

    Columns value, expected, low, high by day. What is expected is the mean of the same weekday in those weeks; the
    range allows for counts that vary more than Poisson counts do, as far as those weeks themselves did.
    """
    base = daily.iloc[-days - BASE_WEEKS * _WEEK : -days]
    now = daily.iloc[-days:]
    weekday = pd.DatetimeIndex(base.index).day_of_week
    means = base.groupby(weekday).mean().reindex(range(_WEEK)).fillna(base.mean() if len(base) else 0.0)
    expected = means.reindex(pd.DatetimeIndex(now.index).day_of_week).to_numpy()
    residual = base.to_numpy() - means.reindex(weekday).to_numpy()
    variance = float(np.sum(residual**2)) / max(len(base) - _WEEK, 1)
    dispersion = max(1.0, variance / max(float(base.mean()), 0.1)) if len(base) else 1.0
    half = _TAIL * np.sqrt(dispersion * np.maximum(expected, 0.5))
    frame = pd.DataFrame(
        {"value": now.to_numpy(), "expected": expected, "low": np.maximum(expected - half, 0), "high": expected + half},
        index=now.index,
    )
    return frame.assign(dispersion=dispersion)


def spike(daily: pd.Series[float], *, days: int) -> Spike | None:
    """Return the run of days that holds the most cases above the usual range, or None where no day left it.

    A run goes on over a single day within the range, as a weekend within a spike.
    """
    frame = expected_days(daily, days=days)
    limit = frame["expected"] + _Z_DAY * np.sqrt(frame["dispersion"] * np.maximum(frame["expected"], 0.5))
    above = (frame["value"] > limit).to_numpy()
    if not above.any():
        return None
    excess = (frame["value"] - frame["expected"]).to_numpy()
    first, last = max(_runs(above), key=lambda run: float(excess[run[0] : run[1] + 1].sum()))
    rows = frame.iloc[first : last + 1]
    half = _TAIL * float(np.sqrt(rows["dispersion"].iloc[0] * max(rows["expected"].sum(), 0.5)))
    stamps = pd.DatetimeIndex(frame.index)
    total, expected = float(rows["value"].sum()), float(rows["expected"].sum())
    return Spike(
        stamps[first].date(),
        None if last >= len(frame) - 1 else stamps[last].date(),
        pd.DatetimeIndex(rows.index)[int(np.argmax(rows["value"].to_numpy()))].date(),
        float(rows["value"].max()),
        total,
        expected,
        max(expected - half, 0.0),
        expected + half,
        len(rows),
    )


def peak_verdict(daily: pd.Series[float], *, days: int, step: int) -> Verdict:
    """Return whether the highest stretch of `step` days in the period stands out.

    It is held against the highest stretches of the earlier periods, each measured by the eight weeks before it: an
    ordinary public holiday that shows in every period is then no news.
    """
    values: Floats = np.asarray(daily, dtype=np.float64)
    periods = (len(values) - BASE_WEEKS * _WEEK) // days
    peaks = np.array([_peak(values, end=len(values) - days * back, days=days, step=step) for back in range(periods)])
    if len(peaks) < 2:
        return judge(float("nan"), 1.0, np.array([]))
    return judge(float(peaks[0]), 1.0, peaks[1:], spread=1.0, one_sided=True)


def _peak(values: Floats, *, end: int, days: int, step: int) -> float:
    """Return the highest stretch of a period in deviations from the weeks before it."""
    now, base = values[end - days : end], values[end - days - BASE_WEEKS * _WEEK : end - days]
    weekly = base.reshape(BASE_WEEKS, _WEEK)
    shape = weekly.mean(axis=0)
    expected = np.resize(shape, days)
    deviation = (weekly - shape).ravel()
    noise = np.sqrt(max(float(deviation @ deviation) / (len(deviation) - _WEEK), float(base.mean()), 0.25))
    excess = np.convolve(now - expected, np.ones(step), mode="valid")
    return float(excess.max() / (noise * np.sqrt(step)))


def _runs(above: NDArray[np.bool_]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for position in np.flatnonzero(above):
        if runs and position - runs[-1][1] <= 2:
            runs[-1] = (runs[-1][0], int(position))
        else:
            runs.append((int(position), int(position)))
    return runs
