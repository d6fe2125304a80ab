"""What is known of the data that a series was counted from: days of a new meaning, days without data, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

from tskit.cases.crosswalk import breaks_between
from tskit.errors import ParameterError
from tskit.model import Window
from tskit.patterns.impact.wording import day_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from tskit.cases.crosswalk import Break
    from tskit.model import CaseSet
    from tskit.patterns.impact.series import Series

    Flags = NDArray[np.bool_]

__all__ = ["SOLID", "Ground", "ground_of", "unknown_sides"]

_FIRST = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Ground:
    """What may look like an effect and is none.

    `breaks` are days from which the same words mean something else, with what happened ("the site redefined its
    categories"): no effect is told across one. `unknown` are stretches without data (first day, day after), and of the day
    `until` and all later ones not everything has arrived: periods that touch either are left out, since they are not low
    but unknown.
    """

    breaks: tuple[tuple[date, str], ...] = ()
    unknown: tuple[tuple[date, date], ...] = ()
    until: date | None = None

    def __post_init__(self) -> None:
        if any(not first < after for first, after in self.unknown):
            raise ParameterError(
                "A stretch without data is its first day and the day after its last, which comes later."
            )

    def known(self, series: Series) -> Flags:
        """Return which periods of a series are known to be whole."""
        found = np.ones(len(series), dtype=bool)
        for first, after in self.unknown:
            found &= (series.ends <= np.datetime64(first, "D")) | (series.starts >= np.datetime64(after, "D"))
        if self.until is not None:
            found &= series.ends <= np.datetime64(self.until, "D")
        return found

    def broken(self, series: Series) -> str:
        """Return why figures of a series do not compare, "" where they do."""
        for day, about in sorted(self.breaks):
            if len(series) and series.starts[0] < np.datetime64(day, "D") < series.ends[-1]:
                return (
                    f"on {day_name(day)} {about}, and figures before and after it do not compare; "
                    "choose days on one side of it"
                )
        return ""


SOLID = Ground()
"""Nothing is known that would speak against the data."""


def ground_of(case_set: CaseSet, *, values: Mapping[str, str] | None = None, lag_days: int = 0) -> Ground:
    """Return what a case set knows of its own data, for a series of the cases in its scope with these values by column.

    A break counts where the values or the scope's filters name what was redefined. The data ends on the day of `as_of`,
    `lag_days` earlier where so many pass until nearly everything of a day has arrived.

    Raises:
        ParameterError: the lag is below 0.
    """
    if lag_days < 0:
        raise ParameterError("A lag is a number of days, 0 for none.")
    last = case_set.as_of.astimezone(ZoneInfo(case_set.scope.window.zone)).date()
    chosen = {name: tuple(told) for name, told in case_set.scope.filters}
    chosen |= {name: (value,) for name, value in (values or {}).items()}
    every = Window(_FIRST, last + timedelta(days=1), case_set.scope.window.zone)
    found = breaks_between(case_set, every, every, columns=list(chosen))
    breaks = tuple((one.day, one.about) for one in found if _is_touched(one, chosen[one.column]))
    return Ground(breaks, until=last - timedelta(days=lag_days))


def unknown_sides(series: Series, on: date) -> tuple[int, int]:
    """Return how many periods have no figure between the first and the last that have one, before and after a day.

    A weekday that never has a figure is a day on which nobody works, and not unknown.
    """
    if not len(series):
        return 0, 0
    every = np.arange(series.places[0], series.places[-1] + 1)
    missing = ~np.isin(every, series.places)
    if series.period == "day":
        missing &= np.isin(every % 7, series.places % 7)
    place = int(np.searchsorted(series.ends, np.datetime64(on, "D"), side="right"))
    border = series.places[place] if place < len(series) else every[-1] + 1
    is_before = every < border
    return int((missing & is_before).sum()), int((missing & ~is_before).sum())


def _is_touched(one: Break, values: tuple[str, ...]) -> bool:
    return any(one.fate(value) for value in values)
