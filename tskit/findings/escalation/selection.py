"""Which cases an escalation is about: named ones, those that a query finds, and the cluster that they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tskit.calendars import moment_of
from tskit.errors import ParameterError
from tskit.findings.session import read_where
from tskit.findings.where import check_values
from tskit.model import Kind
from tskit.patterns import cluster, found_by, named_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.model import CaseSet, Column
    from tskit.patterns import Wordings

__all__ = ["Selected", "as_moment", "selected"]

_KINDS = (Kind.TEXT, Kind.CATEGORY, Kind.ORDERED, Kind.BOOLEAN)
_TIMES = ("since", "before")
_WRITTEN = "Write the query as in: policy_id=DAN-THREATS; market=SG,MY; since=2026-11-01T08:00."


@dataclass(frozen=True, slots=True)
class Selected:
    """The cases of an escalation in the order in which they were opened, those named first.

    `named` are those that somebody named, `found` how many the query found and `linked` how many came in by what ties
    them to the others; `where` is the query as it was written.
    """

    case_ids: tuple[str, ...]
    named: tuple[str, ...] = ()
    where: str = ""
    found: int = 0
    linked: int = 0


def selected(
    case_set: CaseSet,
    named: Sequence[str],
    *,
    where: str,
    texts: Wordings | None,
    is_linked: bool,
    until: datetime,
) -> Selected:
    """Return the cases that were named or that a query finds, with the cluster that they belong to where that is asked.

    Cases opened after `until` are none, and an appeal is one only where it is named: it belongs to the case that it is
    against. The cluster holds what is opened within 14 days of the first and the last of these cases and has the same
    item or account, what says nearly the same as one of these, and what has the item or the account of that.

    Raises:
        ParameterError: nothing was named, an id or a column is unknown, a query cannot be read or finds nothing.
    """
    if not named and not where.strip():
        raise ParameterError(f"Name a case with case_id, or ask with where. {_WRITTEN}")
    ids = named_ids(case_set, named) if named else []
    query = _asked(case_set, where, until) if where.strip() else []
    if where.strip() and not query:
        raise ParameterError(f"No case fits the query {where!r} at that moment. Check its values and its times.")
    seeds = list(dict.fromkeys([*ids, *query]))
    others = cluster(case_set, seeds, texts=texts, until=until) if is_linked else []
    every = list(dict.fromkeys([*seeds, *others]))
    return Selected(tuple(every), tuple(ids), where.strip(), len(query), len(every) - len(seeds))


def as_moment(name: str, text: str, *, zone: str) -> datetime | None:
    """Return the moment that a parameter names, or None for an empty one; a day alone means its end.

    Raises:
        ParameterError: it is no day and no time.
    """
    try:
        at = moment_of(text, zone=zone)
    except ParameterError:
        at = 0
    if isinstance(at, int):
        raise ParameterError(
            f"The parameter {name!r} is no moment; write it as in 2026-03-31 or 2026-03-31T09:00."
        ) from None
    return at


def _asked(case_set: CaseSet, where: str, until: datetime) -> list[str]:
    """Return the cases that a query finds, as they were opened."""
    values, times = dict[str, tuple[str, ...]](), dict[str, datetime]()
    zone = case_set.scope.window.zone
    for column, given in _read(where):
        if column in _TIMES:
            times[column] = _time(column, given, zone)
        else:
            what = "column to ask by in 'where'"
            check_values(case_set, column, given, what=what, may=_may_be_asked_by, besides=_TIMES)
            values[column] = given
    return found_by(case_set, values, until=until, since=times.get("since"), before=times.get("before"))


def _read(where: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    try:
        return read_where(where)
    except ParameterError:
        raise ParameterError(f"The query in 'where' cannot be read. {_WRITTEN}") from None


def _time(name: str, values: Sequence[str], zone: str) -> datetime:
    """Return the instant that a query names; a day alone means its beginning."""
    text = values[0]
    at = as_moment(f"where: {name}", text, zone=zone) if len(values) == 1 else None
    if at is None:
        raise ParameterError(f"The query takes one time for {name!r}, as in {name}=2026-03-31T09:00.")
    is_day = "T" not in text and " " not in text
    # The end of a day is a microsecond before the next begins.
    return at + timedelta(microseconds=1) - timedelta(days=1) if is_day else at


def _may_be_asked_by(column: Column) -> bool:
    return column.kind in _KINDS
