"""Quantiles of held durations: what an engine would take of them, taken of sorted arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.cases.instants import SECOND
from tskit.metrics.counting import cohort_of
from tskit.metrics.periods import micros_of
from tskit.stats import kaplan_meier_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.metrics.counting import Cohort
    from tskit.metrics.request import Request

    Floats = NDArray[np.float64]
    Cells = NDArray[np.int64]

__all__ = ["from_order", "from_survival", "timed"]

_MINUTE, _HOUR, _DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND


def timed(request: Request) -> Cohort | None:
    """Return the held cohort with `_passed`, the time until now or the end, and whether each has `_ended` or is `_running`."""
    cohort = cohort_of(request)
    if cohort is None:
        return None
    rows = cohort.rows
    kept = rows["_counted"]
    if request.metric.measured:
        known = ~np.isnan(rows["_value"])
        times = {"_passed": rows["_value"], "_ended": kept & known, "_running": np.zeros(len(kept), dtype=bool)}
        return replace(cohort, rows={**rows, **times})
    as_of = micros_of(request.case_set.as_of)
    ended = rows["_until"] <= as_of
    passed = np.where(ended, rows["_until"], as_of) - rows["_at"]
    times = {"_passed": passed, "_ended": kept & ended, "_running": kept & ~ended & rows["_still"]}
    return replace(cohort, rows={**rows, **times})


def from_order(cohort: Cohort, cells: Cells, *, q: float, bounds: tuple[Floats, Floats]) -> Floats:
    """Return value, low and high of each of these cells: its quantile, and those at two more fractions.

    Between two cases the value is interpolated, just as engines do.
    """
    ended = cohort.rows["_ended"]
    place, passed = cohort.cell[ended], cohort.rows["_passed"][ended].astype(np.float64)
    passed = passed[np.lexsort((passed, place))]
    number = np.bincount(place, minlength=cohort.size)
    first, number = (np.cumsum(number) - number)[cells], number[cells]
    figures = np.full((len(cells), 3), np.nan)
    for column, fraction in enumerate((np.full(len(cells), q), *bounds)):
        some = (number > 0) & ~np.isnan(fraction)
        rank = (number[some] - 1) * fraction[some]
        below = np.floor(rank).astype(np.int64)
        part = rank - below
        low, high = passed[first[some] + below], passed[first[some] + np.ceil(rank).astype(np.int64)]
        figures[some, column] = low * (1 - part) + high * part
    return figures


def from_survival(cohort: Cohort, cells: Cells, *, q: float) -> Floats:
    """Return value, low and high of each of these cells by Kaplan-Meier, from counts in the engine's bins."""
    known = cohort.rows["_ended"] | cohort.rows["_running"]
    known &= np.isin(cohort.cell, cells)
    place, time = cohort.cell[known], _binned(cohort.rows["_passed"][known])
    order = np.lexsort((time, place))
    place, time, ended = place[order], time[order], cohort.rows["_ended"][known][order]
    begins = np.flatnonzero(np.diff(place, prepend=-1) | np.diff(time, prepend=-1))
    number = np.diff(begins, append=len(place))
    done = np.add.reduceat(ended.astype(np.int64), begins) if len(begins) else begins
    place, time = place[begins], time[begins]
    first, last = np.searchsorted(place, cells, side="left"), np.searchsorted(place, cells, side="right")
    found = [
        kaplan_meier_quantile(time[a:b], done[a:b], (number - done)[a:b], q=q) for a, b in zip(first, last, strict=True)
    ]
    return np.array(found).reshape(-1, 3)


def _binned(passed: Cells) -> Cells:
    """Return the bin that a duration falls into, as in `durations`: minutes, ten minutes after 3 days, hours after 14."""
    wide, hour = 10 * _MINUTE, _HOUR
    short, medium = passed // _MINUTE * _MINUTE, passed // wide * wide + wide // 2
    return np.select([passed < 3 * _DAY, passed < 14 * _DAY], [short, medium], passed // hour * hour + hour // 2)
