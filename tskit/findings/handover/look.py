"""Everything that a handover looks at, worked out once: every table, chart and finding of it is taken from here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from tskit.calendars import duty_site, last_turn, moment_of, next_turn, turns
from tskit.cases.copied import require_copy
from tskit.duty import ESCALATIONS, SHIFTS, checks, duty_state, escalations, handovers, promises
from tskit.errors import ParameterError
from tskit.findings.handover.noticed import Notice, notices
from tskit.findings.wording import day
from tskit.model import Site
from tskit.patterns import (
    Expected,
    Unusual,
    arrivals,
    deadlines_of,
    expected,
    expected_in_all,
    next_due,
    open_pauses,
    open_queue,
    unjudged_deadlines,
    unusual,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.calendars import Turn
    from tskit.duty import DutyState
    from tskit.model import CaseSet

__all__ = ["BINDING", "Duty", "Handover", "handover", "inputs"]

BINDING = ("statutory", "contractual")
"""Deadlines that somebody outside the team holds it to."""
_DRAWN = timedelta(hours=24)
_EARLY = timedelta(hours=1)
"""Whoever comes on duty goes through the list up to so long before."""
_WEEK = 7
_LEAST, _MOST = timedelta(hours=12), timedelta(days=7)
"""A handover looks back at least and at most so far: what began in the shift before is no less news."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What the logs of duty say: escalations in flight, promises, what was checked, and the last handover."""

    escalations: pd.DataFrame = field(repr=False)
    promises: pd.DataFrame = field(repr=False)
    checks: pd.DataFrame = field(repr=False)
    state: DutyState
    """How far the logs were read."""
    handed_at: datetime | None
    handed_by: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Handover:
    """What the next person on duty must know, as of `until`.

    `turn` is the shift that takes over. `queue` has the open cases that it answers for, with their next deadline:
    `due_at`, `due_name`, `due_kind` and `hours_left`; `binding` and `own` are the next deadlines of law and contract and
    of the team itself, one row a case each. `hours` are the arrivals hour by hour, seen and expected, and
    `work` is what to expect of the whole shift.
    """

    case_set: CaseSet
    site: Site
    turn: Turn
    until: datetime
    since: datetime
    zone: ZoneInfo
    queue: pd.DataFrame = field(repr=False)
    binding: pd.DataFrame = field(repr=False)
    own: pd.DataFrame = field(repr=False)
    unusual: Unusual = field(repr=False)
    notices: tuple[Notice, ...] = field(repr=False)
    hours: pd.DataFrame = field(repr=False)
    work: Expected
    duty: Duty = field(repr=False)

    @property
    def hours_left(self) -> float:
        """Return the hours of the shift that are still to come."""
        return (self.turn.ends_at - max(self.turn.begins_at, self.until)).total_seconds() / 3600

    @property
    def knows_severity(self) -> bool:
        """Say whether the source tells how grave an open case is."""
        return self.case_set.has("severity") and self._tells("severity")

    @property
    def knows_deadlines(self) -> bool:
        """Say whether the source or the casebook tells by when anything is due; else nothing can be late, or in time."""
        if self.case_set.has("sla_target_at") and self._tells("due_at"):
            return True
        book, lacking = self.case_set.casebook, unjudged_deadlines(self.case_set)
        # A new casebook brings presets along; those that fit no case for want of a column tell nothing.
        judged = len(book.deadlines) - int(lacking["why"].eq("fits no case").sum())
        return judged > 0 or any(all(map(self.case_set.has, clock.where)) for clock in book.clocks)

    def _tells(self, column: str) -> bool:
        return self.queue.empty or bool(self.queue[column].notna().any())

    def words(self, value: object) -> str:
        """Return what the casebook calls a value, or the value with spaces."""
        return self.case_set.casebook.labels.get(str(value), str(value).replace("_", " "))

    def soon(self, at: datetime) -> str:
        """Return a moment as people on a shift say it: Monday 09:00; with its date where that may be another Monday."""
        local = at.astimezone(self.zone)
        days = (local.date() - self.until.astimezone(self.zone).date()).days
        return f"{local:%A %H:%M}" if abs(days) < _WEEK else f"{day(local.date(), weekday=True)}, {local:%H:%M}"

    def spoken(self, at: datetime) -> str:
        """Return a moment as it stands in a sentence: Sunday 1 November 2026, 19:40."""
        local = at.astimezone(self.zone)
        return f"{day(local.date(), weekday=True, year=True)}, {local:%H:%M}"

    def due_within(self, hours: float, *, of: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return the rows whose deadline passes in so many hours from now; passed ones are not among them."""
        rows = self.queue if of is None else of
        return rows[rows["hours_left"].between(0, hours)]

    def overdue(self, *, of: pd.DataFrame | None = None) -> pd.DataFrame:
        """Return the rows whose deadline has passed, the longest ago first."""
        rows = self.queue if of is None else of
        return rows[rows["hours_left"] < 0].sort_values("hours_left", kind="stable")


def handover(
    case_set: CaseSet, *, site: str = "", shift: str = "", until: str = "", zone: str = "", log_until: str = ""
) -> Handover:
    """Return the handover to a shift of a site.

    Args:
        case_set: the loaded cases.
        site: a site of the casebook; empty for the first that has shifts, or everybody where the casebook names none.
        shift: a shift of the site that is on or begins next; empty for whichever begins next.
        until: the moment to look from, as 2026-11-01T20:45; empty for the end of the data, and then the logs of duty
            are read to their end, since they are written while the data waits.
        zone: the zone that times are told in; empty for the site's.
        log_until: as of when the logs of duty are read instead: a moment, or "#12/#30" for the first 12 entries of
            escalations and 30 of shifts; see `duty_state`.

    Raises:
        ParameterError: a site, a shift, a moment or a zone is unknown.
    """
    placed = _with_a_place(case_set)
    place = duty_site(placed.casebook, site)
    reader = _zone(zone or place.zone)
    asked = _moment(until, reader)
    moment = case_set.as_of if asked is None else min(asked, case_set.as_of)
    turn = _turn(placed, place, shift, at=moment)
    state = duty_state(case_set.casebook, (ESCALATIONS, SHIFTS), zone=reader.key, until=asked, log_until=log_until)
    duty = _duty(state, turn, at=moment)
    require_copy(case_set)
    queue, deadlines = _open(case_set, turn, at=moment)
    # The same hours of earlier weeks are those of the site: where somebody reads it must not change what is usual.
    arrived = arrivals(case_set, until=moment, queues=turn.queues, zone=place.zone)
    since = _since(placed, place, duty, at=moment, ends_at=arrived.ends_at)
    stands_out = unusual(arrived, since=since)
    is_binding = deadlines["kind"].isin(BINDING)
    return Handover(
        case_set, place, turn, moment, since, reader, queue,
        binding=next_due(deadlines[is_binding]),
        own=next_due(deadlines[~is_binding]),
        unusual=stands_out,
        notices=notices(case_set, stands_out, queues=turn.queues, until=moment),
        hours=expected(arrived, starts_at=moment - _DRAWN, ends_at=turn.ends_at),
        work=expected_in_all(arrived, starts_at=max(turn.begins_at, moment), ends_at=turn.ends_at),
        duty=duty,
    )  # fmt: skip


def inputs(look: Handover) -> CaseSet:
    """Return the cases that were read, with the days that the handover looks back on."""
    first = look.since.astimezone(look.zone).date()
    last = (look.until - timedelta(seconds=60)).astimezone(look.zone).date()
    scope = replace(look.case_set.scope, start=first, end=max(first, last) + timedelta(days=1))
    return replace(look.case_set, scope=scope)


def _with_a_place(case_set: CaseSet) -> CaseSet:
    """Return the case set with the whole day in its zone as one shift, where the casebook names no site.

    What is open, late and unusual can be told before anybody wrote down who is where.
    """
    book = case_set.casebook
    if book.sites:
        return case_set
    anywhere = Site("everybody", "", book.zone, workdays=tuple(range(1, 8)), opens="00:00", closes="00:00")
    return replace(case_set, casebook=replace(book, sites=(anywhere,)))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ParameterError("The parameter 'zone' is no time zone; write it as in Asia/Singapore.") from None


def _moment(text: str, zone: ZoneInfo) -> datetime | None:
    at = moment_of(text, zone=zone.key)
    if isinstance(at, int):
        raise ParameterError("The parameter 'until' is a day (2026-11-01) or a time (2026-11-01T20:45).")
    return at


def _since(case_set: CaseSet, place: Site, duty: Duty, *, at: datetime, ends_at: datetime) -> datetime:
    """Return since when there is news: the last handover, else the beginning of the shift that is on.

    It is 12 hours at least and a week at most before arrivals are counted to: where nobody wrote a handover down for
    longer, what came in between is no news any more.
    """
    before = last_turn(case_set.casebook, place.name, at=at)
    told = duty.handed_at or (before.begins_at if before else at)
    return max(min(told, ends_at - _LEAST), ends_at - _MOST).astimezone(UTC)


def _turn(case_set: CaseSet, place: Site, shift: str, *, at: datetime) -> Turn:
    """Return the turn of the named shift that is on, or the one that begins next."""
    book, yesterday = case_set.casebook, at - timedelta(days=1)
    begun = turns(book, place.name, begin_after=yesterday, begin_until=at)
    on = [turn for turn in begun if turn.shift.name == shift and turn.ends_at > at]
    return on[-1] if on else next_turn(book, place.name, at=at, shift=shift)


def _duty(state: DutyState, turn: Turn, *, at: datetime) -> Duty:
    with state.reading():
        return _read(state, turn, at=at)


def _read(state: DutyState, turn: Turn, *, at: datetime) -> Duty:
    log, until, site = state.log, state.until, turn.shift.site
    handed = handovers(log, site=site, until=until)
    handed = handed[handed["at"] < pd.Timestamp(at)]
    last = handed.iloc[-1] if len(handed) else None
    found = escalations(log, until=until)
    return Duty(
        found[found["state"].eq("open")].reset_index(drop=True),
        promises(log, site=site, until=until, now=at),
        checks(log, site=site, shift=turn.shift.name, since=turn.begins_at - _EARLY, until=until),
        state,
        None if last is None else last["at"].to_pydatetime(),
        "" if last is None else str(last["by"]),
    )


def _open(case_set: CaseSet, turn: Turn, *, at: datetime) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the open cases with their next deadline, and all deadlines of them."""
    found = open_queue(case_set, until=at, queues=turn.queues)
    stopped = open_pauses(case_set, found, until=at)
    deadlines = deadlines_of(found, casebook=case_set.casebook, until=at, pauses=stopped)
    first = next_due(deadlines).set_index("case_id")[["due_at", "name", "kind", "hours_left"]]
    named: Mapping[str, str] = {"name": "due_name", "kind": "due_kind"}
    queue = found.join(first.rename(columns=named), on="case_id")
    queue["is_stopped"] = queue["case_id"].isin(stopped.loc[stopped["is_open"], "case_id"])
    queue.attrs = found.attrs
    return queue.sort_values(["hours_left", "case_id"], na_position="last", ignore_index=True), deadlines
