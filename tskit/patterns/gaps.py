"""When nobody touched an open case, and whether the site that held it was closed."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from tskit.calendars import WorkCalendar, elapsed_hours, holidays_between
from tskit.model import Window
from tskit.patterns.timeline import pauses, stays

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from tskit.model import Casebook, Site
    from tskit.patterns.known import Known

__all__ = ["LEAST_HOURS", "gaps", "site_of"]

LEAST_HOURS = 4.0
"""Shorter times without an event are ordinary work."""
_NOTICES = ("sla_breached", "notified", "priority_changed", "commented")
"""Events that nobody needs to touch the case for."""
_MOST_OF = 0.5


class _Gap(NamedTuple):
    case_id: str
    from_at: pd.Timestamp
    until_at: pd.Timestamp
    queue: str
    site: str
    hours: float
    working_hours: float
    holiday_hours: float
    holiday: str
    paused_hours: float
    kind: str


def gaps(known: Known, *, casebook: Casebook, least_hours: float = LEAST_HOURS) -> pd.DataFrame:
    """Return the times of at least so many hours in which an open case stood still, one row each.

    Columns: `case_id`, `from_at`, `until_at`, `queue`, `site` (empty where the casebook names none for it), `hours`,
    `working_hours` of the site within, `holiday_hours`: opening hours lost to a public holiday (`holiday` names it),
    `paused_hours`, and `kind`, what most of it was: "paused", "holiday", "outside hours" or "waiting".
    """
    stopped = pauses(known)
    found = [
        _gap(case_id, one, two, queue=queue, site=_site(case_id, queue, known, casebook), stopped=stopped)
        for case_id, queue, one, two in _still(known)
        if (two - one).total_seconds() >= least_hours * 3600
    ]
    frame = pd.DataFrame(found, columns=list(_Gap._fields))
    for name in ("from_at", "until_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def site_of(queue: str, market: str, casebook: Casebook) -> Site | None:
    """Return the site that works on the queue, or on the market; None where the casebook names none."""
    by_queue = (site for site in casebook.sites if queue in site.queues)
    by_market = (site for site in casebook.sites if market in site.markets)
    return next(by_queue, None) or next(by_market, None)


def _site(case_id: str, queue: str, known: Known, casebook: Casebook) -> Site | None:
    return site_of(queue, str(known.case(case_id).get("market", "")), casebook)


def _still(known: Known) -> Iterator[tuple[str, str, pd.Timestamp, pd.Timestamp]]:
    """Return the stretches of every stay between one event and the next."""
    held = stays(known)
    for case_id, queue, begin, end in zip(
        held["case_id"], held["queue"], held["from_at"], held["until_at"], strict=True
    ):
        told = [event.at for event in known.log(case_id) if event.event_type not in _NOTICES]
        for one, two in pairwise([begin, *(at for at in told if begin < at < end), end]):
            yield case_id, queue, one, two


def _gap(
    case_id: str, start: pd.Timestamp, end: pd.Timestamp, *, queue: str, site: Site | None, stopped: pd.DataFrame
) -> _Gap:
    hours = (end - start).total_seconds() / 3600
    working = _open_hours(start, end, site) if site else float("nan")
    lost = _lost(start, end, site) if site else {}
    mine = stopped[stopped["case_id"].eq(case_id)]
    paused = sum(_overlap(start, end, one, two) for one, two in zip(mine["paused_at"], mine["resumed_at"], strict=True))
    gone = sum(lost.values()) if site else float("nan")
    kind = _kind(hours, working=working, holiday=gone, paused=paused)
    name = site.name if site else ""
    return _Gap(case_id, start, end, queue, name, hours, working, gone, ", ".join(lost), paused, kind)


def _open_hours(start: pd.Timestamp, end: pd.Timestamp, site: Site) -> float:
    calendar = WorkCalendar.of_site(site)
    return float(elapsed_hours(pd.Series([start]), pd.Series([end]), calendar=calendar).iloc[0])


def _lost(start: pd.Timestamp, end: pd.Timestamp, site: Site) -> dict[str, float]:
    """Return by name the public holidays within that closed the site, and the opening hours that each of them took."""
    zone = ZoneInfo(site.zone)
    # A shift that began the day before may still run.
    first, last = start.astimezone(zone).date() - timedelta(days=1), end.astimezone(zone).date()
    days = holidays_between([site], Window(first, last + timedelta(days=1), site.zone)).drop_duplicates("day")
    hours = {str(name): _taken(day, start, end, site) for day, name in zip(days["day"], days["name"], strict=True)}
    return {name: taken for name, taken in hours.items() if taken > 0}


def _taken(day: date, start: pd.Timestamp, end: pd.Timestamp, site: Site) -> float:
    begins = pd.Timestamp(day).tz_localize(site.zone)
    if begins.isoweekday() not in site.workdays:
        return 0.0
    opens, closes = _clock(site.opens), _clock(site.closes)
    closes += timedelta(days=int(closes <= opens))
    return _overlap(start, end, begins + opens, begins + closes)


def _clock(text: str) -> timedelta:
    hours, _, minutes = text.partition(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _overlap(start: pd.Timestamp, end: pd.Timestamp, begins: pd.Timestamp, ends: pd.Timestamp) -> float:
    """Return the hours that both stretches have in common."""
    return max((min(end, ends) - max(start, begins)).total_seconds() / 3600, 0.0)


def _kind(hours: float, *, working: float, holiday: float, paused: float) -> str:
    if paused > hours * _MOST_OF:
        return "paused"
    # Without a calendar, and where the site was open for most of it, somebody could have worked on it.
    if not working < hours * _MOST_OF:
        return "waiting"
    return "holiday" if holiday >= hours - working - holiday else "outside hours"
