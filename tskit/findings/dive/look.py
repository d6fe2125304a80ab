"""Everything that a deep dive looks at, worked out once: every table, chart and finding of it is taken from here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tskit.errors import ParameterError
from tskit.findings.dive.judged import Judged, judged
from tskit.findings.wording import day
from tskit.patterns import (
    crowding,
    gaps,
    handoffs,
    known,
    links,
    pauses,
    policy_versions,
    reopenings,
    sla_clock,
    stays,
    timeline,
    wordings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from tskit.model import CaseSet
    from tskit.patterns import Crowd, Known

__all__ = ["Course", "Dive", "dive", "inputs"]


@dataclass(frozen=True, slots=True)
class Course:
    """What happened to the cases: events, stays in queues, moves between them, standstills, pauses, reopenings."""

    events: pd.DataFrame = field(repr=False)
    stays: pd.DataFrame = field(repr=False)
    moves: pd.DataFrame = field(repr=False)
    gaps: pd.DataFrame = field(repr=False)
    pauses: pd.DataFrame = field(repr=False)
    reopenings: pd.DataFrame = field(repr=False)
    clock: pd.DataFrame = field(repr=False)

    def of(self, case_id: str) -> Course:
        """Return the course of one case."""
        frames = (self.events, self.stays, self.moves, self.gaps, self.pauses, self.reopenings, self.clock)
        return Course(*(frame[frame["case_id"].eq(case_id)] for frame in frames))


@dataclass(frozen=True, slots=True)
class Dive:
    """Some cases, what happened to them, what ties them to others, and what people say of them.

    `versions` holds the versions of each policy that was applied, `tied` the links to other cases and `crowds` whether
    there are more of them than chance gives.
    """

    case_set: CaseSet
    known: Known
    course: Course
    versions: Mapping[str, pd.DataFrame] = field(repr=False)
    tied: pd.DataFrame = field(repr=False)
    crowds: tuple[Crowd, ...] = field(repr=False)
    judged: Judged = field(repr=False)
    has_text: bool = True

    @property
    def case_ids(self) -> tuple[str, ...]:
        """Return the cases in the order in which they were named."""
        return self.known.case_ids

    @property
    def is_one(self) -> bool:
        """Say whether this is about one case only."""
        return len(self.case_ids) == 1

    @property
    def zone(self) -> ZoneInfo:
        """Return the zone that times are told in."""
        return ZoneInfo(self.case_set.scope.window.zone)

    def words(self, value: object) -> str:
        """Return what the casebook calls a value, or the value with spaces."""
        return self.case_set.casebook.labels.get(str(value), str(value).replace("_", " "))

    def local(self, at: datetime | None) -> str | None:
        """Return an instant as people read it in a table: 2026-10-20 09:05."""
        return None if at is None or at != at else f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"  # noqa: PLR0124  # NaT

    def spoken(self, at: datetime) -> str:
        """Return an instant as it stands in a sentence: Tuesday 20 October 2026, 09:05."""
        local = at.astimezone(self.zone)
        return f"{day(local.date(), weekday=True, year=True)}, {local:%H:%M}"


def dive(case_set: CaseSet, case_id: Sequence[str] | str, *, until: str = "", tags_until: str = "") -> Dive:
    """Return the deep dive into a case or several.

    Args:
        case_set: the loaded cases; links and company are looked for among all of them.
        case_id: ids, or case numbers; one text may hold several with commas.
        until: the moment to look from, as 2026-10-20 or 2026-10-20T09:00; nothing later is known. Empty: the end.
        tags_until: as of when people's tags are read, or "#412" for the first 412 of the log; empty: as of `until`.

    Raises:
        ParameterError: an id is unknown, or a moment cannot be read.
    """
    zone = ZoneInfo(case_set.scope.window.zone)
    moment = _moment("until", until, zone)
    # Cases are looked up in the whole source: what is not in the period may still be tied to them.
    now = known(case_set, _names(case_id), until=moment)
    told = Course(
        timeline(now),
        stays(now),
        handoffs(now),
        gaps(now, casebook=case_set.casebook),
        pauses(now),
        reopenings(now),
        sla_clock(now, casebook=case_set.casebook),
    )
    texts = wordings(case_set, until=moment) if case_set.text_path is not None else None
    tied = links(case_set, now.case_ids, texts=texts, until=moment)
    crowds = crowding(case_set, tied, texts=texts, until=moment)
    told_by = tags_until or ("" if moment is None else moment.isoformat())
    judgements = judged(case_set, now.case_ids, until=told_by)
    return Dive(case_set, now, told, _versions(case_set, now), tied, crowds, judgements, texts is not None)


def inputs(dive: Dive) -> CaseSet:
    """Return the cases that were read, with the days that the dive is about: from the first opening to its moment."""
    scope = dive.case_set.scope
    opened = dive.known.cases["created_at"].min().astimezone(dive.zone).date()
    # The last instant of the data may be the first of a new day.
    last = (dive.known.until.astimezone(dive.zone) - timedelta(seconds=60)).date()
    window = replace(scope, start=opened, end=max(opened, last) + timedelta(days=1))
    return replace(dive.case_set, scope=window)


def _names(given: Sequence[str] | str) -> list[str]:
    return given.split(",") if isinstance(given, str) else list(given)


def _moment(name: str, text: str, zone: ZoneInfo) -> datetime | None:
    """Return the moment that a parameter names; a day alone means its end."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ParameterError(
            f"The parameter {name!r} is no moment; write it as in 2026-03-31 or 2026-03-31T09:00."
        ) from None
    if "T" not in text and " " not in text:
        at = at.replace(hour=23, minute=59, second=59, microsecond=999_999)
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def _versions(case_set: CaseSet, now: Known) -> dict[str, pd.DataFrame]:
    if "policy_id" not in now.cases:
        return {}
    policies = [str(name) for name in dict.fromkeys(now.cases["policy_id"].dropna())]
    return {name: policy_versions(case_set, name, until=now.until) for name in policies}
