"""The question that a write-up answers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["Scope", "Window"]

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Whole local days, half open: `start` is the first day, `end` the first day after."""

    start: date
    end: date
    zone: str

    def __post_init__(self) -> None:
        """Refuse a window that holds no day."""
        if self.end <= self.start:
            raise ParameterError(f"The period ends ({self.end - _ONE_DAY}) before it starts ({self.start}).")

    @property
    def days(self) -> int:
        """Return the number of days."""
        return (self.end - self.start).days

    @property
    def starts_at(self) -> datetime:
        """Return the first instant, in UTC."""
        return datetime.combine(self.start, time(), ZoneInfo(self.zone)).astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """Return the first instant after the window, in UTC."""
        return datetime.combine(self.end, time(), ZoneInfo(self.zone)).astimezone(UTC)

    def before(self, *, periods: int = 1) -> Window:
        """Return the window of the same length that ends where this one starts, or an earlier one."""
        back = timedelta(days=self.days * periods)
        return replace(self, start=self.start - back, end=self.end - back)

    def year_before(self) -> Window:
        """Return the same ISO weeks a year ago: 52 weeks back, so that weekdays match."""
        return replace(self, start=self.start - timedelta(weeks=52), end=self.end - timedelta(weeks=52))

    def stretched(self, *, days_before: int) -> Window:
        """Return the window with that many more days at its beginning."""
        return replace(self, start=self.start - timedelta(days=days_before))


@dataclass(frozen=True, slots=True)
class Scope:
    """A source, a period and filters.

    Dates are whole local days of `zone`; `end` is the first day after. Both are None until `load` has read how far
    the data reaches, and never None on a loaded `CaseSet`. `zone` is empty until then, too.
    """

    source: str = ""
    start: date | None = None
    end: date | None = None
    filters: tuple[tuple[str, tuple[str, ...]], ...] = ()
    zone: str = ""

    @classmethod
    def from_parameters(
        cls, *, source: str = "", start: str = "", end: str = "", **filters: str | Sequence[str]
    ) -> Self:
        """Return the scope for the literals of a parameters cell.

        Args:
            source: a source named in the casebook, a file, a folder or a glob; empty for the casebook's first.
            start: the first day, as in `2026-03-31`; empty for four complete weeks.
            end: the last day, included; empty for the end of the last complete week of the data.
            filters: values to keep by column; an empty one keeps all.

        >>> Scope.from_parameters(start="2026-03-01", end="2026-03-31", market=["ID", "TH"]).end
        datetime.date(2026, 4, 1)
        """
        first = _day("start", start)
        last = _day("end", end)
        scope = cls(source, first, last + _ONE_DAY if last else None, _filters(filters))
        if scope.start and scope.end and scope.end <= scope.start:
            raise ParameterError(f"The parameter 'end' ({end}) lies before 'start' ({start}); swap them.")
        return scope

    @property
    def window(self) -> Window:
        """Return the period; only a loaded scope has one."""
        if self.start is None or self.end is None or not self.zone:
            raise ParameterError("This scope has no period yet; use the one on the loaded case set: case_set.scope.")
        return Window(self.start, self.end, self.zone)

    @property
    def last_day(self) -> date:
        """Return the last day that the period includes."""
        return self.window.end - _ONE_DAY


def _day(name: str, value: str) -> date | None:
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ParameterError(
            f"The parameter {name!r} is not a date; write it as year-month-day, as in 2026-03-31."
        ) from None


def _filters(filters: Mapping[str, str | Sequence[str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    listed = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in filters.items()}
    return tuple((name, tuple(v for v in values if v)) for name, values in sorted(listed.items()) if any(values))
