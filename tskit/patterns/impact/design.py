"""The columns of a segmented regression."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from numpy.typing import NDArray

    from tskit.patterns.impact.change import Change
    from tskit.patterns.impact.series import Series

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["Design", "Shape", "columns_of", "design_of"]

Shape = Literal["level", "level and slope"]


@dataclass(frozen=True, slots=True)
class Design:
    """Columns (T, p) whose last ones are the change: its level, and its slope where that was asked for.

    `is_after` marks periods in which the change was in full effect, `is_before` those before it; `changes` counts the
    columns of the change.
    """

    columns: Floats
    changes: int
    is_before: Flags
    is_after: Flags

    def without_change(self) -> Floats:
        """Return the columns as if nothing had been changed."""
        still = self.columns.copy()
        still[:, -self.changes :] = 0.0
        return still

    def where(self, keep: Flags) -> Design:
        """Return the rows that are kept."""
        return replace(self, columns=self.columns[keep], is_before=self.is_before[keep], is_after=self.is_after[keep])


def design_of(
    series: Series, change: Change, *, shape: Shape = "level and slope", holidays: Collection[date] = ()
) -> Design:
    """Return the design of a series around a change; periods in the washout are the caller's to leave out.

    Time counts in periods since the first with the change in full effect, so that the level is that at its beginning.
    """
    reached = change.reached(series.starts, series.ends)
    is_after, is_before = reached >= 1, reached <= 0
    first = int(series.places[is_after][0]) if is_after.any() else int(series.places[-1]) + 1
    since = (series.places - first).astype(np.float64)
    change_columns = [reached] if shape == "level" else [reached, np.where(is_after, since, 0.0)]
    columns = np.column_stack([columns_of(series, since, holidays), *change_columns])
    return Design(columns, len(change_columns), is_before, is_after)


def columns_of(series: Series, since: Floats, holidays: Collection[date] = ()) -> Floats:
    """Return level, trend, and for days the weekdays and public holidays that the series lets tell apart."""
    columns = [np.ones(len(series)), since]
    if series.period == "day":
        weekday = (series.places + 3) % 7  # 1 January 1970 was a Thursday
        seen = [day for day in range(7) if (weekday == day).sum() >= 2]
        columns += [(weekday == day).astype(np.float64) for day in seen[1:]]
        days = np.asarray(sorted(holidays), dtype="datetime64[D]")
        columns.append(np.isin(series.starts, days).astype(np.float64))
    found = np.column_stack(columns)
    if np.linalg.matrix_rank(found) == found.shape[1]:
        return found
    kept = [0]
    for j in range(1, found.shape[1]):
        if np.linalg.matrix_rank(found[:, [*kept, j]]) > len(kept):
            kept.append(j)
    return found[:, kept]
