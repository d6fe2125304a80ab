"""Figures of months that were over when a load was made, and that a later load of the same source gives otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from tskit.metrics.extents import first_opening
from tskit.metrics.measure import measure
from tskit.metrics.metric import Kind
from tskit.metrics.registry import REGISTRY, columns_of
from tskit.model import Window

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tskit.model import CaseSet

__all__ = ["RestatedFigure", "full_months", "restated"]

_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class RestatedFigure:
    """A figure of a month, by its first day, as it was said once and as it is now; None: it is missing now."""

    metric: str
    month: date
    was: float
    now: float | None

    @property
    def size(self) -> float:
        """Return by how much it differs."""
        return abs((self.now or 0.0) - self.was)


def restated(now: CaseSet, then: CaseSet) -> tuple[RestatedFigure, ...]:
    """Return the figures that differ, by metric and month, the first month first; none where history is as it was.

    Every metric that both loads can answer is held against itself, over all months that were over at the end of the
    earlier load and whose cases it had followed for as long as the metric asks. A figure that was missing then is none
    that changed.
    """
    months = full_months(then)
    if months is None:
        return ()
    both = columns_of(now) & columns_of(then)
    names = [name for name, metric in REGISTRY.items() if metric.kind is not Kind.AGEING and not metric.missing(both)]
    return tuple(figure for name in names for figure in _differing(name, now, then, months=months))


def full_months(case_set: CaseSet) -> Window | None:
    """Return the months from the first opening on that were over at the end of the data, or None for none."""
    zone = ZoneInfo(case_set.casebook.zone)
    first, last = (at.astimezone(zone).date().replace(day=1) for at in (first_opening(case_set), case_set.as_of))
    return Window(first, last, case_set.casebook.zone) if first < last else None


def _differing(metric: str, now: CaseSet, then: CaseSet, *, months: Window) -> Iterator[RestatedFigure]:
    was, found = (
        measure(one, metric, window=months, period="month").set_index("period_start")[["value", "is_complete"]]
        for one in (then, now)
    )
    joined = was.join(found["value"].rename("now"), how="inner")
    before, after = (joined[column].to_numpy(dtype="float64") for column in ("value", "now"))
    is_same = np.isclose(before, after, rtol=_CLOSE, atol=_CLOSE) | np.isnan(before)
    for place in np.flatnonzero(~is_same & joined["is_complete"].to_numpy(dtype=bool)):
        value = None if np.isnan(after[place]) else float(after[place])
        yield RestatedFigure(metric, joined.index.to_list()[place], float(before[place]), value)
