"""Days as a deadline counts them: those of the calendar, or the working days of a country or a site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import holidays
import numpy as np
import pandas as pd

from tskit.calendars.hours import WorkCalendar, shifts
from tskit.calendars.public import public_holidays
from tskit.model import Site

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Days", "counted_days", "day_starts", "local_days"]


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """The days that count, in order: `number` since 1970, and from when to when work is done, in microseconds of UTC."""

    number: NDArray[np.int64]
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]


def counted_days(place: Site | str, zone: str, *, first: int, last: int) -> Days:
    """Return the days of the years `first` to `last` that count at a place; for no place, all of them.

    A site works on its workdays without its public holidays, from opening to closing time. A country ("SG", "AU-NSW")
    works on all days but its weekend and public holidays, and on the days of a weekend that it declared working days,
    from midnight to midnight in `zone`; what its weekend is says the `holidays` package.

    Raises:
        ParameterError: the country or its subdivision is unknown, or a setting of the site cannot be read.
    """
    return _site_days(place, first, last) if isinstance(place, Site) else _whole_days(place, zone, first, last)


def local_days(times: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Return the day since 1970 on which each time in microseconds of UTC lies in the zone."""
    local = pd.DatetimeIndex(times.view("datetime64[us]")).tz_localize("UTC").tz_convert(zone).tz_localize(None)
    return local.to_numpy().astype("datetime64[D]").astype(np.int64)


def day_starts(days: NDArray[np.int64], zone: str) -> NDArray[np.int64]:
    """Return the first moment of each day in the zone, in microseconds of UTC, where midnight comes twice or never, too."""
    local = pd.DatetimeIndex(days.astype("datetime64[D]").astype("datetime64[us]"))
    zoned = local.tz_localize(zone, ambiguous=np.full(len(local), fill_value=True), nonexistent="shift_forward")
    return zoned.tz_convert("UTC").as_unit("us").asi8


@lru_cache(maxsize=64)
def _site_days(site: Site, first: int, last: int) -> Days:
    worked = shifts(WorkCalendar.of_site(site).site or site, first, last)
    # A shift that runs into the next day belongs to the day on which it begins.
    return Days(local_days(worked.begins, site.zone), worked.begins, worked.begins + worked.lasts)


@lru_cache(maxsize=64)
def _whole_days(country: str, zone: str, first: int, last: int) -> Days:
    days = pd.date_range(date(first, 1, 1), date(last, 12, 31), freq="D")
    working = days[_works(days, country)] if country else days
    number = working.to_numpy().astype("datetime64[D]").astype(np.int64)
    return Days(number, day_starts(number, zone), day_starts(number + 1, zone))


def _works(days: pd.DatetimeIndex, place: str) -> NDArray[np.bool_]:
    country, _, subdivision = place.partition("-")
    years = range(days[0].year, days[-1].year + 1)
    off = pd.DatetimeIndex(public_holidays(country, years, subdivision=subdivision)["day"])
    known = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    is_weekend = np.isin(days.day_of_week.to_numpy(), list(known.weekend))
    is_made_up = days.isin(pd.DatetimeIndex(sorted(getattr(known, "weekend_workdays", ()))))
    return (~is_weekend & ~days.isin(off)) | is_made_up
