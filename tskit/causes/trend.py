"""Causes over time: how many by week or month, and whether one is on the rise."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from tskit.causes.outside import in_order
from tskit.causes.segments import tagged_cases
from tskit.causes.weighing import LEVEL, share
from tskit.stats import holm, normal_p

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tskit.causes.weighing import Bools, Floats
    from tskit.model import Window

__all__ = ["FEWEST_POINTS", "CauseTrend", "Slope", "cause_trend"]

FEWEST_POINTS = 8
"""With fewer whole periods nothing is said about a trend."""
_COLUMNS = ("period_start", "cause", "k", "n", "estimate", "value", "low", "high", "is_complete")
_FEWEST = 10
_LONGEST_IN_WEEKS = 16 * 7


@dataclass(frozen=True, slots=True)
class Slope:
    """Whether a cause's share rises or falls over whole periods: the change from the first half to the second, and q."""

    cause: str
    first: float
    second: float
    q: float

    @property
    def stands_out(self) -> bool:
        """Return whether the trend is more than noise."""
        return self.q <= LEVEL


@dataclass(frozen=True, slots=True)
class CauseTrend:
    """Causes by period, with the trends that could be tested; none of fewer than 8 whole periods."""

    table: pd.DataFrame = field(repr=False)
    period: Literal["week", "month"]
    points: int
    """Whole periods."""
    slopes: tuple[Slope, ...] = ()


def cause_trend(
    judged: pd.DataFrame, *, window: Window, as_of: datetime, period: Literal["", "week", "month"] = ""
) -> CauseTrend:
    """Return how many cases each cause has in each period, its share, and whether that rises or falls.

    A case lies in the period of `problem_at`. A period that the window or the data cuts off is not complete, and is
    left out of the test (Cochran and Armitage's, corrected by Holm over the causes).

    Args:
        judged: what `judged` returned.
        window: the days that the problem set is taken of; their zone says where a day ends.
        as_of: the last instant that the data knows of.
        period: "week" (from Monday), "month", or empty for weeks in up to sixteen of them, else months.
    """
    unit: Literal["week", "month"] = period or ("week" if window.days <= _LONGEST_IN_WEEKS else "month")
    tagged = tagged_cases(judged)
    local = pd.to_datetime(tagged["problem_at"], utc=True).dt.tz_convert(window.zone)
    starts = [_start(day, unit) for day in local.dt.date]
    every = _periods(window, unit)
    last_known = pd.Timestamp(as_of).tz_convert(window.zone).date()
    whole = [
        start
        for start in every
        if start >= window.start and _next(start, unit) <= min(window.end, last_known + timedelta(days=1))
    ]
    causes = in_order(set(tagged["cause"]))
    rows = [
        row
        for start in every
        for row in _rows(tagged, np.array([s == start for s in starts], dtype=bool), start, causes)
    ]
    table = pd.DataFrame(rows, columns=list(_COLUMNS[:-1])).assign(is_complete=lambda t: t["period_start"].isin(whole))
    return CauseTrend(table, unit, len(whole), _slopes(tagged, starts, whole, causes))


def _rows(tagged: pd.DataFrame, inside: Bools, start: date, causes: Sequence[str]) -> list[dict[str, object]]:
    weight = tagged["weight"].to_numpy(dtype=np.float64)[inside]
    rows: list[dict[str, object]] = []
    for cause in causes:
        hit = (tagged["cause"] == cause).to_numpy(dtype=bool)[inside]
        own = share(hit, weight)
        named: dict[str, object] = {"period_start": start, "cause": cause, "k": own.k, "n": own.n}
        rows.append(
            named | {"estimate": float(weight[hit].sum()), "value": own.value, "low": own.low, "high": own.high}
        )
    return rows


def _slopes(
    tagged: pd.DataFrame, starts: Sequence[date], whole: Sequence[date], causes: Sequence[str]
) -> tuple[Slope, ...]:
    if len(whole) < FEWEST_POINTS:
        return ()
    place = {start: float(i) for i, start in enumerate(whole)}
    at = np.array([place.get(start, np.nan) for start in starts])
    kept = np.isfinite(at)
    weight = tagged["weight"].to_numpy(dtype=np.float64)[kept]
    tested = [(c, (tagged["cause"] == c).to_numpy(dtype=bool)[kept]) for c in causes]
    tested = [(cause, hit) for cause, hit in tested if hit.sum() >= _FEWEST and (~hit).sum() >= _FEWEST]
    q = holm([_armitage(hit, at[kept], weight) for _, hit in tested])
    early = at[kept] < len(whole) / 2
    return tuple(
        Slope(cause, share(hit[early], weight[early]).value, share(hit[~early], weight[~early]).value, float(q[i]))
        for i, (cause, hit) in enumerate(tested)
    )


def _armitage(hit: Bools, at: Floats, weight: Floats) -> float:
    """Return the p-value of no trend: the weighted covariance of cause and time over its linearised spread."""
    total = weight.sum()
    p, middle = weight[hit].sum() / total, (weight * at).sum() / total
    scores = weight * (hit - p) * (at - middle)
    # under no trend a case's cause does not depend on its time, so the product of both variances is that of the score
    spread = np.sqrt((weight * weight * (at - middle) ** 2).sum() * p * (1 - p))
    return float(normal_p(scores.sum() / spread)) if spread > 0 else 1.0


def _periods(window: Window, unit: Literal["week", "month"]) -> list[date]:
    found = [_start(window.start, unit)]
    while _next(found[-1], unit) < window.end:
        found.append(_next(found[-1], unit))
    return found


def _start(day: date, unit: Literal["week", "month"]) -> date:
    return day - timedelta(days=day.weekday()) if unit == "week" else day.replace(day=1)


def _next(start: date, unit: Literal["week", "month"]) -> date:
    return start + timedelta(days=7) if unit == "week" else (start + timedelta(days=32)).replace(day=1)
