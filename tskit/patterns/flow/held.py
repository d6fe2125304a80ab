"""How long stays lasted, counted in the engine by queue, period and bin of time, and by day for the noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np

from tskit.patterns.flow.restricted import Durations
from tskit.patterns.flow.spans import DAY, HOUR
from tskit.patterns.flow.steps import as_of_micros, stays_of, steps
from tskit.patterns.rows import fetched

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandas as pd
    from numpy.typing import NDArray

    from tskit.model import CaseSet
    from tskit.patterns.flow.spans import Spans

    Floats = NDArray[np.float64]

__all__ = ["Held", "binned", "held"]

_MINUTE = HOUR // 60


@dataclass(frozen=True, slots=True)
class Held:
    """The stays that began in two periods, by queue.

    `bins` has `queue`, `period`, `hours`, `done` and `seen`; `daily` has `queue`, `period`, `day`, `stays` (with a known
    end, or open), `total` and `squares` of their hours so far, cut at the horizon, and `unknown` (nobody knows the end).
    """

    queues: tuple[str, ...]
    bins: pd.DataFrame
    daily: pd.DataFrame
    spans: Spans

    def durations(self, queue: str | None, period: int, *, without: str | None = None) -> Durations:
        """Return the stays of a queue, or of all, in a period; `without` leaves a queue out."""
        rows = self.bins[self.bins["period"] == period]
        if queue is not None:
            rows = rows[rows["queue"] == queue]
        if without is not None:
            rows = rows[rows["queue"] != without]
        sums = rows.groupby("hours", sort=True)[["done", "seen"]].sum()
        return Durations(*(np.asarray(a, dtype=np.float64) for a in (sums.index, sums["done"], sums["seen"])))

    def effect(self, queue: str | None, period: int, *, without: str | None = None) -> float:
        """Return how many times larger the variance of a mean is than if stays were independent; at least 1.

        It is read from how the means of days stray, neighbouring days' likeness included: a stay that begins on a bad
        day is long like the others of that day.
        """
        rows = self.daily[(self.daily["period"] == period) & (self.daily["stays"] > 0)]
        if queue is not None:
            rows = rows[rows["queue"] == queue]
        if without is not None:
            rows = rows[rows["queue"] != without]
        days = rows.groupby("day")[["stays", "total", "squares"]].sum().reindex(range(self.spans.days), fill_value=0)
        first = self.spans.weekdays[period]
        return _effect(*(days[name].to_numpy(dtype=np.float64) for name in days), first=first)


def held(case_set: CaseSet, spans: Spans, *, horizon: float) -> Held:
    """Return the stays that began in the two periods of `spans`; their means are of hours within `horizon`.

    They are counted once for all questions about the same periods.
    """
    key = ("flow held", id(case_set.events), id(case_set.cases), case_set.as_of, spans, horizon)
    if key not in case_set.held:
        case_set.held[key] = _counted(case_set, spans, horizon), case_set.events, case_set.cases
    found: Any = case_set.held[key]
    return found[0]


def _counted(case_set: CaseSet, spans: Spans, horizon: float) -> Held:
    stays = stays_of(steps(case_set), as_of=as_of_micros(case_set))
    begun = stays.filter(spans.inside(stays.began))
    begun = begun.mutate(
        period=spans.period(begun.began),
        day=spans.day(begun.began),
        known=begun.done | begun.seen,
        _passed=begun.ended - begun.began,
    )
    known = begun.filter(begun.known)
    counted = known.mutate(_bin=binned(known["_passed"]))
    by_bin = counted.group_by(["queue", "period", "_bin"])
    bins = fetched(by_bin.aggregate(done=counted.count(where=counted.done), seen=counted.count(where=counted.seen)))
    hours = ibis.least(begun["_passed"].cast("float64") / HOUR, horizon)
    daily = begun.mutate(_hours=ibis.ifelse(begun.known, hours, 0.0))
    summed = daily.group_by(["queue", "period", "day"]).aggregate(
        stays=daily.count(where=daily.known),
        unknown=daily.count(where=~daily.known),
        total=daily["_hours"].sum(),
        squares=(daily["_hours"] * daily["_hours"]).sum(),
    )
    bins = bins.assign(hours=bins["_bin"] / HOUR).drop(columns="_bin")
    found = fetched(summed)
    return Held(tuple(sorted(found["queue"].unique())), bins, found, spans)


def binned(passed: ir.Value) -> ir.Value:
    """Return the bin of a duration: its minute up to three days; then the middle of ten minutes, after 14 days of an hour.

    These are the bins of the times to close, so that a case in one queue has the same duration here and there.
    """

    def start(width: int) -> ir.Value:
        return ((passed // width) * width).cast("int64")

    wide = 10 * _MINUTE
    return ibis.cases(
        (passed < 3 * DAY, start(_MINUTE)), (passed < 14 * DAY, start(wide) + wide // 2), else_=start(HOUR) + HOUR // 2
    )


def _effect(stays: Floats, total: Floats, squares: Floats, *, first: int) -> float:
    """Return the design effect of a mean over days, once weekdays are allowed for."""
    number = stays.sum()
    variance = squares.sum() / number - (total.sum() / number) ** 2 if number else 0.0
    weekday = (np.arange(len(stays)) + first) % 7
    freedom = int((stays > 0).sum()) - len(np.unique(weekday[stays > 0]))
    if variance <= 0 or freedom < 7:
        return 1.0
    mean = total.sum() / number
    stray = total - stays * mean
    by_weekday = np.bincount(weekday, stray, 7) / np.maximum(np.bincount(weekday, stays, 7), 1.0)
    stray = stray - stays * by_weekday[weekday]
    scale = int((stays > 0).sum()) / freedom / (number * variance)
    own = float(stray @ stray)
    near = sum(2 * (1 - lag / 7) * float(stray[lag:] @ stray[:-lag]) for lag in range(1, 7))
    return max(1.0, own * scale, (own + near) * scale)
