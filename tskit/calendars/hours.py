"""When a clock runs: around the clock, or in the business hours of a site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from tskit.calendars.public import public_holidays
from tskit.errors import ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tskit.model import Clock, Site

__all__ = ["FIRST_YEAR", "LAST_YEAR", "Shifts", "WorkCalendar", "calendar_of", "shifts"]

FIRST_YEAR, LAST_YEAR = 1980, 2100
"""Dates outside are typing errors; a calendar of business hours answers them with a missing value."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A clock: it runs in the business hours of `site`, or on 24 hours of 7 days where there is none."""

    site: Site | None = None

    @classmethod
    def around_the_clock(cls) -> WorkCalendar:
        """Return the clock that never stops."""
        return cls()

    @classmethod
    def of_site(cls, site: Site) -> WorkCalendar:
        """Return the clock of the site's workdays between `opens` and `closes`, local, without its public holidays.

        Hours that end at or before they begin run into the next day (22:00 to 06:00); the shift belongs to the day on
        which it begins.

        Raises:
            ParameterError: a time, a weekday or the zone of the site cannot be read.
        """
        _minutes(site, "opens", site.opens)
        _minutes(site, "closes", site.closes)
        if not site.workdays or not set(site.workdays) <= set(range(1, 8)):
            raise ParameterError(f"The site {site.name!r}: 'workdays' are numbers from 1 (Monday) to 7, at least one.")
        try:
            ZoneInfo(site.zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise ParameterError(
                f"The site {site.name!r}: 'zone' is not a time zone; write it as in Asia/Singapore."
            ) from None
        return cls(site)


def calendar_of(clock: Clock, *, sites: Iterable[Site]) -> WorkCalendar:
    """Return the calendar by which a casebook's `clock` runs.

    Raises:
        ParameterError: the clock names a site that is not among `sites`.
    """
    if not clock.site:
        return WorkCalendar.around_the_clock()
    known = {site.name: site for site in sites}
    if clock.site not in known:
        raise ParameterError(f"A clock names the site {clock.site!r}, which is unknown. {nearest(clock.site, known)}")
    return WorkCalendar.of_site(known[clock.site])


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """Stretches of working time in microseconds of UTC, in order and apart; `worked` is the time before each of them."""

    begins: NDArray[np.int64]
    lasts: NDArray[np.int64]
    worked: NDArray[np.int64]

    @property
    def total(self) -> int:
        """Return all working time, in microseconds."""
        return int(self.worked[-1] + self.lasts[-1])


@lru_cache(maxsize=64)
def shifts(site: Site, first_year: int, last_year: int) -> Shifts:
    """Return the working time of whole years at a site; a change of the clocks makes a shift longer or shorter."""
    days = pd.date_range(date(first_year, 1, 1), date(last_year, 12, 31), freq="D")
    off = set(public_holidays(site.country, range(first_year, last_year + 1), subdivision=site.subdivision)["day"])
    working = days[np.isin(days.isocalendar().day.to_numpy(), site.workdays) & ~days.isin(pd.DatetimeIndex(list(off)))]
    opens, closes = _minutes(site, "opens", site.opens), _minutes(site, "closes", site.closes)
    begins = _instants(working + pd.Timedelta(minutes=opens), site.zone, first=True)
    ends = _instants(
        working + pd.Timedelta(minutes=closes + (24 * 60 if closes <= opens else 0)), site.zone, first=False
    )
    # Where the clocks are set back at closing time, a site that never closes would count that hour on both days.
    ends[:-1] = np.minimum(ends[:-1], begins[1:])
    lasts = ends - begins
    return Shifts(begins, lasts, np.concatenate(([0], np.cumsum(lasts)[:-1])).astype(np.int64))


def _instants(local: pd.DatetimeIndex, zone: str, *, first: bool) -> NDArray[np.int64]:
    fold = np.full(len(local), first)
    zoned = local.tz_localize(zone, ambiguous=fold, nonexistent="shift_forward")
    return zoned.tz_convert("UTC").as_unit("us").asi8


def _minutes(site: Site, setting: str, text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (
        hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60 and int(hours) * 60 + int(minutes) <= 24 * 60
    ):
        raise ParameterError(f"The site {site.name!r}: {setting!r} is not a time; write it as in 09:00.")
    return int(hours) * 60 + int(minutes)
