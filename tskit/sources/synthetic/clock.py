"""The pace of a site: how much work an hour of the wall clock is worth."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from tskit.calendars import public_holidays

if TYPE_CHECKING:
    from tskit.sources.synthetic.stories import Story
    from tskit.sources.synthetic.world import Floats, Ints, WorkSite

__all__ = ["Pace", "epoch", "pace_of"]

_HOUR = 3600
_REACH_DAYS = 240  # how far after the last day a case may still be under way
_NIGHT = 0.04
_HOLIDAY = 0.6  # a public holiday runs on a thin roster with help from other sites
_CLOSED = 0.002
_AFTER = (0.16, 0.34, 0.62, 0.9)  # the first days back are shared between old cases and new ones


@dataclass(frozen=True, slots=True)
class Pace:
    """Hours of the wall clock, as seconds since 1970, and the hours of work done by each of them."""

    at: Floats
    done: Floats

    def finish(self, start: Ints, hours: Floats) -> Ints:
        """Return when so many `hours` of work are done that began at `start`."""
        goal = np.interp(start, self.at, self.done) + hours
        return np.interp(goal, self.done, self.at).astype(np.int64)


def epoch(day: date) -> int:
    """Return the first second of a day in Singapore as seconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) - 8 * _HOUR


def pace_of(site: WorkSite, *, first: date, until: date, closure: Story | None) -> Pace:
    """Return the pace of a site from `first` until long after `until`; a closure stops it and slows the days after."""
    days = [first + timedelta(days=i) for i in range(-1, (until - first).days + _REACH_DAYS)]
    holidays = set(public_holidays(site.country, range(days[0].year, days[-1].year + 1))["day"])
    speed = np.array([_speed(day, site, day in holidays) for day in days])
    if closure is not None and site.name in closure.where["site"]:
        closed = (closure.first - days[0]).days
        back = (closure.last - days[0]).days + 1
        speed[closed:back] = _CLOSED
        speed[back : back + len(_AFTER)] *= _AFTER
    hourly = (speed[:, None] * _hours_of_day()[None, :]).ravel()
    # A vendor's shifts begin by local time; the first hour of the grid is local midnight of the first day.
    start = epoch(days[0]) + (8 - site.utc_hours) * _HOUR
    at = start + _HOUR * np.arange(len(hourly) + 1, dtype=np.float64)
    return Pace(at, np.concatenate([[0.0], np.cumsum(hourly)]))


def _speed(day: date, site: WorkSite, holiday: bool) -> float:  # noqa: FBT001  # one of two paces, private
    weekend = site.weekend if day.isoweekday() > 5 else 1.0
    return min(weekend, _HOLIDAY) if holiday else weekend


def _hours_of_day() -> Floats:
    pace = np.full(24, _NIGHT)
    pace[7:23] = 1.0
    pace[[12, 19]] = 0.6
    return pace
