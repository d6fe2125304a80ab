"""When something is due by a deadline: hours around the clock, days, or working days, moved by pauses where it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from tskit.calendars.hours import FIRST_YEAR, LAST_YEAR
from tskit.calendars.micros import HOUR, NAT, micros, times, year_of
from tskit.calendars.workdays import counted_days, day_starts, local_days
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from tskit.model import Deadline, Site

__all__ = ["deadline_at", "is_in_force"]

_FEWEST_A_YEAR = 40
"""Days. A place that works on one day a week has at least these."""


class _Stops(NamedTuple):
    """Times in which clocks stood still, apart and in order within each case; `of` is the case's place in the column."""

    of: NDArray[np.intp]
    begins: NDArray[np.int64]
    ends: NDArray[np.int64]


def deadline_at(
    after: pd.Series, deadline: Deadline, *, sites: Iterable[Site] = (), pauses: pd.DataFrame | None = None
) -> pd.Series:
    """Return when what began at `after` is due, as UTC timestamps with the index of `after`.

    Hours run around the clock, so that a change of the clocks does not matter. The day after the event is day 1, in the
    deadline's zone, and a day ends with its last microsecond there; a working day counts as `counted_days` has it.

    `pauses` holds `case_id` (a label of the index), `paused_at` and `resumed_at`; they move a deadline that has `pauses`
    set, and no other. Hours move by the time stood still before they are used up. Days move by each day that counts and
    of which nothing was left: of a site, from opening to closing; else from midnight to midnight. Pauses that overlap
    count once. A pause before `after` or after the due time moves nothing.

    No time gives NaT; so do, for days, times before 1980 and due times after 2100.

    Raises:
        ParameterError: the calendar is neither a site nor a country; the message names the deadline.
    """
    start = micros(after)
    known = start != NAT
    start = np.where(known, start, 0)
    stops = _stops(pauses, after) if deadline.pauses and pauses is not None and len(pauses) else None
    if deadline.hours is not None:
        due = _after_hours(start, round(deadline.hours * HOUR), stops)
    else:
        known &= (start >= _new_year(FIRST_YEAR)) & (start < _new_year(LAST_YEAR))
        due = np.full(len(start), NAT)
        if known.any():
            due = _after_days(np.where(known, start, start[known][0]), deadline, tuple(sites), stops)
    return times(np.where(known, due, NAT), after.index)


def is_in_force(after: pd.Series, deadline: Deadline, *, sites: Iterable[Site] = ()) -> pd.Series:
    """Return whether the deadline holds for what began at `after`: the local day lies within its dates, both included."""
    begun = after.notna()
    if not deadline.valid_from and not deadline.valid_until:
        return begun
    days = local_days(np.where(begun, micros(after), 0), _zone(deadline, tuple(sites)))
    first = np.datetime64(deadline.valid_from or "0001-01-01", "D").astype(np.int64)
    last = np.datetime64(deadline.valid_until or "9999-12-31", "D").astype(np.int64)
    return begun & (days >= first) & (days <= last)


def _after_hours(start: NDArray[np.int64], span: int, stops: _Stops | None) -> NDArray[np.int64]:
    if stops is None:
        return start + span
    begins = np.maximum(stops.begins, start[stops.of])
    lasts = np.maximum(stops.ends - begins, 0)
    return start + span + _moved(stops.of, begins - start[stops.of], lasts, limit=span, cases=len(start))


def _after_days(
    start: NDArray[np.int64], deadline: Deadline, sites: tuple[Site, ...], stops: _Stops | None
) -> NDArray[np.int64]:
    zone = _zone(deadline, sites)
    wanted = deadline.days or deadline.working_days or 0
    latest = max(int(start.max()), int(stops.ends.max()) if stops and len(stops.ends) else 0)
    last = min(year_of(latest) + 2 + wanted // _FEWEST_A_YEAR, LAST_YEAR)
    place = _place(deadline, sites) if deadline.working_days else ""
    try:
        days = counted_days(place, zone, first=year_of(int(start.min())) - 1, last=last)
    except ParameterError as error:
        raise deadline.refused(f"'calendar': {error}") from None
    day_one = np.searchsorted(days.number, local_days(start, zone), side="right")
    at = day_one + wanted - 1
    if stops is not None:
        first = np.maximum(np.searchsorted(days.opens, stops.begins, side="left"), day_one[stops.of])
        lost = np.maximum(np.searchsorted(days.closes, stops.ends, side="right") - first, 0)
        at = at + _moved(stops.of, first - day_one[stops.of], lost, limit=wanted, cases=len(start))
    within = at < len(days.number)
    ends = day_starts(days.number[np.where(within, at, 0)] + 1, zone) - 1
    return np.where(within, ends, NAT)


def _moved(
    of: NDArray[np.intp], gap: NDArray[np.int64], lost: NDArray[np.int64], *, limit: int, cases: int
) -> NDArray[np.int64]:
    """Return by how much each case's due time moves: what is lost in stops that begin before `limit` has been used up.

    `gap` is how much lies between the beginning and each stop, earlier stops included.
    """
    moved = np.zeros(cases, np.int64)
    if not len(of):
        return moved
    total = np.cumsum(lost)
    begins_case = np.concatenate(([True], of[1:] != of[:-1]))
    before_case = np.maximum.accumulate(np.where(begins_case, total - lost, 0))
    counts = gap - (total - lost - before_case) < limit
    np.add.at(moved, of[counts], lost[counts])
    return moved


def _stops(pauses: pd.DataFrame, after: pd.Series) -> _Stops:
    """Return the pauses of the cases at hand, joined where they overlap or touch."""
    of = after.index.get_indexer(pd.Index(pauses["case_id"]))
    begins, ends = micros(pauses["paused_at"]), micros(pauses["resumed_at"])
    keep = (of >= 0) & (begins != NAT) & (ends > begins)
    table = pd.DataFrame({"of": of[keep], "begins": begins[keep], "ends": ends[keep]}).sort_values(["of", "begins"])
    until = table.groupby("of")["ends"].cummax()
    before = until.groupby(table["of"]).shift(fill_value=NAT)
    joined = table.groupby([table["of"], (table["begins"] > before).cumsum().rename("nth")])
    merged = joined.agg(begins=("begins", "first"), ends=("ends", "max")).reset_index()
    return _Stops(merged["of"].to_numpy(), merged["begins"].to_numpy(), merged["ends"].to_numpy())


def _zone(deadline: Deadline, sites: tuple[Site, ...]) -> str:
    place = _place(deadline, sites)
    zone = deadline.zone or ("" if isinstance(place, str) else place.zone)
    if not zone:
        raise deadline.refused('its days need a place at whose midnight they end: add zone, as in "Asia/Jakarta".')
    return zone


def _place(deadline: Deadline, sites: tuple[Site, ...]) -> Site | str:
    return next((site for site in sites if site.name == deadline.calendar), deadline.calendar)


def _new_year(year: int) -> int:
    return int(np.datetime64(f"{year}-01-01", "us").astype(np.int64))
