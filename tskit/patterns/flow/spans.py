"""The period that is looked at and the one before it, as the engine and arrays count their days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import numpy as np

from tskit.cases.instants import SECOND

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tskit.model import CaseSet
    from tskit.model.finding import Value
    from tskit.model.scope import Window

__all__ = ["DAY", "HOUR", "Spans", "settings_of", "spans_of"]

HOUR = 3_600 * SECOND
DAY = 24 * HOUR


@dataclass(frozen=True, slots=True)
class Spans:
    """A window (period 1) and the one of the same length before it (period 0)."""

    now: Window
    before: Window

    @property
    def edges(self) -> tuple[int, int, int]:
        """Return where the earlier window begins, where it meets the later one, and where that ends (microseconds)."""
        first, middle, last = self.before.starts_at, self.now.starts_at, self.now.ends_at
        return _micros(first.timestamp()), _micros(middle.timestamp()), _micros(last.timestamp())

    @property
    def days(self) -> int:
        """Return the number of days of each."""
        return self.now.days

    @property
    def weekdays(self) -> tuple[int, int]:
        """Return the weekday on which the earlier and the later window begin; 0 is Monday."""
        return self.before.start.weekday(), self.now.start.weekday()

    def inside(self, at: ir.Value) -> ir.Value:
        """Return the condition that an instant lies in one of the two."""
        first, _, last = self.edges
        return (at >= first) & (at < last)

    def period(self, at: ir.Value) -> ir.Value:
        """Return 1 or 0 for an instant that lies in one of the two."""
        return ibis.ifelse(at >= self.edges[1], 1, 0)

    def day(self, at: ir.Value) -> ir.Value:
        """Return the day of an instant within its window: steps of 24 hours, which a change of clocks moves by an hour."""
        first, middle, _ = self.edges
        passed = ibis.ifelse(at >= middle, at - middle, at - first)
        return ibis.least((passed // DAY).cast("int64"), self.days - 1)

    def cube(self, places: NDArray[np.int64], counts: NDArray[np.float64], *, size: int) -> NDArray[np.float64]:
        """Return counts as an array of group by period by day; `places` has these three, a row each."""
        cube = np.zeros((size, 2, self.days))
        np.add.at(cube, tuple(places), counts)
        return cube


def spans_of(case_set: CaseSet, window: Window | None) -> Spans:
    """Return the window that is asked for, or that of the case set's scope, and the one before it."""
    now = window or case_set.scope.window
    return Spans(now, now.before())


def settings_of(spans: Spans, **more: Value) -> dict[str, Value]:
    """Return how a pattern was looked for: the first day and the number of days, and what else is told."""
    return {"start": spans.now.start.isoformat(), "days": spans.days, **more}


def _micros(seconds: float) -> int:
    return round(seconds) * SECOND
