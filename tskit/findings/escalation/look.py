"""Everything that the brief of an escalation looks at, worked out once: every answer, table and text is taken from here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tskit.errors import ParameterError
from tskit.findings.dive.judged import unjudged
from tskit.findings.dive.look import Course, Dive
from tskit.findings.escalation.logged import logged
from tskit.findings.escalation.selection import Selected, as_moment, selected
from tskit.findings.escalation.telling import most_telling
from tskit.patterns import (
    Exposure,
    Known,
    crowding,
    deadlines_of,
    exposure,
    gaps,
    handoffs,
    known,
    links,
    pauses,
    policy_versions,
    reopenings,
    sla_clock,
    stays,
    taken_up,
    timeline,
    wordings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import pandas as pd

    from tskit.duty import DutyState
    from tskit.model import CaseSet
    from tskit.patterns import Crowd, Wordings

__all__ = ["AUDIENCES", "Escalation", "Reader", "escalate"]

AUDIENCES = ("executive", "policy", "legal", "communications", "vendor")
_MOST_FOLLOWED = 100
"""Cases whose whole course is worked out; of all others the counts are told."""
_MOST_RULES = 5
_MOST_TOLD = 5
"""Cases that are told one by one, as many as a chart of courses has room for."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the brief, by when something has to be answered, in which zone, and how far the log is read.

    `deadline` is a moment as in 2026-11-02T09:00, or empty; `zone` is empty for that of the casebook. `log_until` is as
    of when the log of escalations is read: empty for the moment of the brief, a moment, or "#12" for its first 12 entries.
    """

    audience: str = "executive"
    deadline: str = ""
    zone: str = ""
    log_until: str = ""

    def __post_init__(self) -> None:
        """Refuse an audience that nothing is written for, and a zone that there is not."""
        if self.audience not in AUDIENCES:
            raise ParameterError.unknown(self.audience, AUDIENCES, what="audience")
        try:
            ZoneInfo(self.zone or "UTC")
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ParameterError(f"There is no time zone {self.zone!r}; write it as in Asia/Singapore.") from None


@dataclass(frozen=True, slots=True)
class Escalation:
    """Some cases that somebody asks about, as they were known at a moment, and who asks.

    `known`, `exposure`, `deadlines` (as `deadlines_of` gives them), `log` (their decision log with what was replaced,
    read as far as `logs` says), `rows` (their escalations in it, one row a case) and `handed` (as `taken_up` gives them) are of all cases. `course` is that of the most telling ones, of which `dive`
    tells at most five one by one.
    """

    case_set: CaseSet
    selected: Selected
    reader: Reader
    deadline: datetime | None
    known: Known
    exposure: Exposure
    deadlines: pd.DataFrame = field(repr=False)
    logs: DutyState
    log: pd.DataFrame = field(repr=False)
    rows: pd.DataFrame = field(repr=False)
    handed: pd.DataFrame = field(repr=False)
    course: Course = field(repr=False)
    dive: Dive
    texts: Wordings | None = field(default=None, repr=False)

    @property
    def case_ids(self) -> tuple[str, ...]:
        """Return all cases: those named first, then the others as they were opened."""
        return self.known.case_ids

    @property
    def followed(self) -> tuple[str, ...]:
        """Return the cases whose course is worked out."""
        return tuple(dict.fromkeys(self.course.clock["case_id"]))

    @property
    def whole(self) -> Dive:
        """Return the dive into all cases whose course is worked out, for tables of several cases."""
        return replace(self.dive, known=part(self.known, self.followed), course=self.course)

    @property
    def is_one(self) -> bool:
        """Say whether this is about one case only."""
        return len(self.case_ids) == 1

    @property
    def cases(self) -> pd.DataFrame:
        """Return the cases as they were known, one row each."""
        return self.known.cases

    @property
    def until(self) -> datetime:
        """Return the moment that all of this is seen from, in UTC."""
        return self.known.until

    @property
    def audience(self) -> str:
        """Return who reads it."""
        return self.reader.audience

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone that times are told in."""
        return self.dive.zone

    @property
    def versions(self) -> Mapping[str, pd.DataFrame]:
        """Return the versions of each policy that was applied."""
        return self.dive.versions

    @property
    def tied(self) -> pd.DataFrame:
        """Return what ties the cases that are told one by one to others."""
        return self.dive.tied

    @property
    def crowds(self) -> tuple[Crowd, ...]:
        """Return whether these cases have more company than chance gives."""
        return self.dive.crowds

    def words(self, value: object) -> str:
        """Return what the casebook calls a value, or the value with spaces."""
        return self.dive.words(value)

    def local(self, at: datetime | None) -> str | None:
        """Return an instant as people read it in a table: 2026-10-20 09:05."""
        return self.dive.local(at)

    def spoken(self, at: datetime) -> str:
        """Return an instant as it stands in a sentence: Tuesday 20 October 2026, 09:05."""
        return self.dive.spoken(at)


def escalate(
    case_set: CaseSet,
    case_id: Sequence[str] | str = (),
    *,
    where: str = "",
    linked: bool = False,
    reader: Reader | None = None,
    until: str = "",
) -> Escalation:
    """Return what is known of the cases that somebody asks about.

    Args:
        case_set: the loaded cases.
        case_id: ids, or case numbers; one text may hold several with commas.
        where: a query instead, or beside them: columns with values, and times of opening, as in
            "policy_id=DAN-THREATS; market=SG,MY; since=2026-11-01T08:00".
        linked: whether the cluster of these cases is meant, not they alone.
        reader: who reads it, by when, and in which zone; by default an executive in the casebook's.
        until: the moment to look from, as 2026-10-20 or 2026-10-20T09:00; nothing later is known. Empty: the end.

    Raises:
        ParameterError: an id, a column or a value is unknown, or a moment cannot be read.
    """
    reader = reader or Reader()
    case_set = _told_in(case_set, reader.zone)
    zone = case_set.scope.window.zone
    moment = as_moment("until", until, zone=zone)
    deadline = as_moment("deadline", reader.deadline, zone=zone)
    texts = wordings(case_set, until=moment) if case_set.text_path is not None else None
    asked = selected(
        case_set, _names(case_id), where=where, texts=texts, is_linked=linked, until=moment or case_set.as_of
    )
    now = known(case_set, asked.case_ids, until=moment)
    handed = taken_up(now)
    some = most_telling(now, handed, named=asked.named, most=_MOST_FOLLOWED)
    course = _course(case_set, part(now, some))
    told = _dive(case_set, part(now, some[:_MOST_TOLD]), course, texts)
    logs, log, rows = logged(case_set, now.case_ids, until=moment, log_until=reader.log_until)
    return Escalation(
        case_set,
        asked,
        reader,
        deadline,
        now,
        exposure(now.cases),
        deadlines_of(now.cases, casebook=case_set.casebook, until=now.until, pauses=_stopped(now)),
        logs,
        log,
        rows,
        handed,
        course,
        replace(told, versions=_versions(case_set, now)),
        texts,
    )


def _told_in(case_set: CaseSet, zone: str) -> CaseSet:
    """Return the case set with the reader's zone as the one that times are told in."""
    return replace(case_set, scope=replace(case_set.scope, zone=zone)) if zone else case_set


def _names(given: Sequence[str] | str) -> list[str]:
    names = given.split(",") if isinstance(given, str) else list(given)
    return [name for name in names if name.strip()]


def part(now: Known, case_ids: Sequence[str]) -> Known:
    """Return what is known of some of the cases."""
    ids = list(case_ids)
    events = now.events[now.events["case_id"].isin(ids)]
    later = {case_id: number for case_id, number in now.later.items() if case_id in ids}
    place = events["case_id"].map({case_id: n for n, case_id in enumerate(ids)})
    ordered = events.assign(_place=place).sort_values("_place", kind="stable").drop(columns="_place")
    return replace(
        now, case_ids=tuple(ids), cases=now.cases.loc[ids], events=ordered.reset_index(drop=True), later=later
    )


def _stopped(now: Known) -> pd.DataFrame:
    """Return the times in which clocks stood still, of the few cases whose log tells of any."""
    told = set(now.events.loc[now.events["event_type"].eq("paused"), "case_id"])
    return pauses(part(now, [case_id for case_id in now.case_ids if case_id in told]))


def _course(case_set: CaseSet, now: Known) -> Course:
    casebook = case_set.casebook
    return Course(
        timeline(now),
        stays(now),
        handoffs(now),
        gaps(now, casebook=casebook),
        pauses(now),
        reopenings(now),
        sla_clock(now, casebook=casebook),
    )


def _dive(case_set: CaseSet, now: Known, course: Course, texts: Wordings | None) -> Dive:
    """Return the deep dive into the cases that are told one by one."""
    moment = now.until
    tied = links(case_set, now.case_ids, texts=texts, until=moment)
    crowds = crowding(case_set, tied, texts=texts, until=moment)
    frames = (course.events, course.stays, course.moves, course.gaps, course.pauses, course.reopenings, course.clock)
    own = Course(*(frame[frame["case_id"].isin(now.case_ids)].reset_index(drop=True) for frame in frames))
    return Dive(case_set, now, own, {}, tied, crowds, unjudged(case_set), texts is not None)


def _versions(case_set: CaseSet, now: Known) -> dict[str, pd.DataFrame]:
    """Return the versions of the rules that were applied most."""
    if "policy_id" not in now.cases:
        return {}
    applied = now.cases["policy_id"].dropna().astype(str).value_counts()
    return {str(name): policy_versions(case_set, str(name), until=now.until) for name in applied.index[:_MOST_RULES]}
