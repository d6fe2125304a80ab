"""Turns of duty: when a shift of the casebook begins and ends, by the local days and hours of its site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tskit.calendars.public import public_holidays
from tskit.errors import ParameterError, nearest
from tskit.model import Shift

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tskit.model import Casebook, Site

__all__ = ["Turn", "duty_site", "last_turn", "next_turn", "turns"]

_REACH = 15
"""Days: a shift that nobody has within so many is none that can be handed over to."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a shift: who has it, from when to when, in UTC, and the queues that it answers for (none: all).

    `is_assumed` says that the casebook names no shifts for the site, so that its opening hours stand in; how many
    people are there is not known then.
    """

    shift: Shift
    begins_at: datetime
    ends_at: datetime
    queues: tuple[str, ...] = ()
    is_assumed: bool = False

    @property
    def hours(self) -> float:
        """Return how long the turn lasts; a change of the clocks makes it longer or shorter."""
        return (self.ends_at - self.begins_at).total_seconds() / 3600


def duty_site(casebook: Casebook, name: str = "") -> Site:
    """Return the site that is meant: by name, else the first that has a shift, else the first.

    Raises:
        ParameterError: the casebook names no such site, or none at all.
    """
    sites = {site.name: site for site in casebook.sites}
    if not sites:
        raise ParameterError("The casebook names no site; add one as [sites.NAME] with its country and zone.")
    wanted = name or next((shift.site for shift in casebook.shifts), next(iter(sites)))
    if wanted not in sites:
        where = "" if name else "A shift names it in [[shifts]]. "
        raise ParameterError(f"The casebook has no site {wanted!r}. {where}{nearest(wanted, sites)}")
    return sites[wanted]


def turns(casebook: Casebook, site: str = "", *, begin_after: datetime, begin_until: datetime) -> tuple[Turn, ...]:
    """Return the turns of a site that begin after one moment and up to another, in order.

    A shift that ends at or before it begins runs into the next day and belongs to the day on which it begins. Its
    weekdays are ISO; on public holidays of the site it is there where it says so, whatever the weekday, and a shift that
    is there on its weekdays alone is there on holidays, too.
    """
    place = duty_site(casebook, site)
    zone = ZoneInfo(place.zone)
    own = [shift for shift in casebook.shifts if shift.site == place.name]
    shifts = own or [_opening_hours(place)]
    first, last = begin_after.astimezone(zone).date() - _ONE_DAY, begin_until.astimezone(zone).date() + _ONE_DAY
    years = range(first.year, last.year + 1)
    off = set(public_holidays(place.country, years, subdivision=place.subdivision)["day"]) if place.country else set()
    # Where the casebook says who is there on holidays, these and no others are.
    holidays = off if any(shift.on_holidays for shift in own) else set[date]()
    found = [
        _turn(shift, day, place, is_assumed=not own)
        for day in _days(first, last)
        for shift in shifts
        if (shift.on_holidays if day in holidays else day.isoweekday() in shift.days)
    ]
    kept = [turn for turn in found if begin_after < turn.begins_at <= begin_until]
    return tuple(sorted(kept, key=lambda turn: (turn.begins_at, turn.ends_at, turn.shift.name)))


def next_turn(casebook: Casebook, site: str = "", *, at: datetime, shift: str = "") -> Turn:
    """Return the turn that begins next at a moment, or next of the named shift; one that begins just then counts.

    Raises:
        ParameterError: the site has no such shift, or it does not begin within two weeks.
    """
    place = duty_site(casebook, site)
    names = [own.name for own in casebook.shifts if own.site == place.name]
    if shift and shift not in names:
        hint = nearest(shift, names) if names else "The casebook names no shifts for it; add them as [[shifts]]."
        raise ParameterError(f"The site {place.name!r} has no shift {shift!r}. {hint}")
    just = at - timedelta(microseconds=1)
    ahead = turns(casebook, place.name, begin_after=just, begin_until=at + _REACH * _ONE_DAY)
    found = next((turn for turn in ahead if shift in {"", turn.shift.name}), None)
    if found is None:
        what = f"The shift {shift!r}" if shift else "No shift"
        raise ParameterError(
            f"{what} of the site {place.name!r} begins within {_REACH} days; look at 'days' in [[shifts]]."
        )
    return found


def last_turn(casebook: Casebook, site: str = "", *, at: datetime) -> Turn | None:
    """Return the turn that began last before a moment, or None where none did within two weeks."""
    before = turns(casebook, site, begin_after=at - _REACH * _ONE_DAY, begin_until=at - timedelta(microseconds=1))
    return before[-1] if before else None


def _days(first: date, last: date) -> Iterator[date]:
    return (first + n * _ONE_DAY for n in range((last - first).days + 1))


def _turn(shift: Shift, day: date, place: Site, *, is_assumed: bool) -> Turn:
    zone, begins, ends = ZoneInfo(place.zone), _clock(shift.begins), _clock(shift.ends)
    last = day + _ONE_DAY if ends <= begins else day
    queues = () if "*" in shift.queues else shift.queues or place.queues
    return Turn(shift, _instant(day, begins, zone), _instant(last, ends, zone), queues, is_assumed)


def _clock(text: str) -> timedelta:
    hours, _, minutes = text.partition(":")
    return timedelta(hours=int(hours), minutes=int(minutes))


def _instant(day: date, clock: timedelta, zone: ZoneInfo) -> datetime:
    local = datetime.combine(day, time()) + clock
    return local.replace(tzinfo=zone).astimezone(UTC)


def _opening_hours(place: Site) -> Shift:
    name = "opening hours" if place.opens != place.closes else "the whole day"
    return Shift(name, place.name, place.opens, place.closes, days=place.workdays)
