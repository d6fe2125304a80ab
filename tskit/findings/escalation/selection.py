"""Which cases an escalation is about: named ones, those that a query finds, and the cluster that they belong to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd

from tskit.calendars import moment_of
from tskit.errors import ParameterError
from tskit.findings.session import read_where
from tskit.model import CASES, Kind
from tskit.patterns import DAYS, named_ids

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from tskit.model import CaseSet
    from tskit.patterns import Wordings

__all__ = ["Selected", "as_moment", "selected"]

_NAMES = frozenset(column.name for column in CASES.columns)
_KINDS = (Kind.TEXT, Kind.CATEGORY, Kind.ORDERED, Kind.BOOLEAN)
_TIMES = ("since", "before")
_WRITTEN = "Write the query as in: policy_id=DAN-THREATS; market=SG,MY; since=2026-11-01T08:00."
_APPEAL = "appeal"
_DAY = 86_400_000_000


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
    opened = _reports(case_set, until)
    query = _ids(_asked(case_set, opened, where)) if where.strip() else []
    if where.strip() and not query:
        raise ParameterError(f"No case fits the query {where!r} at that moment. Check its values and its times.")
    seeds = list(dict.fromkeys([*ids, *query]))
    cluster = _cluster(case_set, opened, seeds, texts) if is_linked else []
    every = list(dict.fromkeys([*seeds, *cluster]))
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


def _asked(case_set: CaseSet, opened: ir.Table, where: str) -> ir.Table:
    times = {}
    for column, values in _read(where):
        if column in _TIMES:
            times[column] = values
            continue
        _check(case_set, column, values)
        opened = opened.filter(opened[column].cast("string").isin(list(values)))
    zone = case_set.scope.window.zone
    if "since" in times:
        opened = opened.filter(opened.created_at >= _time("since", times["since"], zone))
    if "before" in times:
        opened = opened.filter(opened.created_at < _time("before", times["before"], zone))
    return opened.order_by("created_at", "case_id")


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


def _check(case_set: CaseSet, column: str, values: Sequence[str]) -> None:
    columns = [n for n in case_set.cases.columns if n in _NAMES and CASES[n].kind in _KINDS]
    if column not in columns:
        raise ParameterError.unknown(column, [*columns, *_TIMES], what="column to ask by in 'where'")
    cases = case_set.cases
    texts = cases.select(value=cases[column].cast("string"))
    there = set(texts.filter(texts.value.isin(list(values))).distinct().to_pyarrow()["value"].to_pylist())
    for value in values:
        if value not in there:  # the value is what the person typed, and may be named to them
            raise ParameterError(f"No case has {value!r} in {column}. Values are written as the source writes them.")


def _reports(case_set: CaseSet, until: datetime) -> ir.Table:
    opened = case_set.cases.filter(case_set.cases.created_at <= until)
    if not case_set.has("record_type"):
        return opened
    return opened.filter(opened.record_type.fill_null("") != _APPEAL)


def _cluster(case_set: CaseSet, opened: ir.Table, seeds: Sequence[str], texts: Wordings | None) -> list[str]:
    """Return the other cases of the cluster: by item and account, by wording, then by item and account of these."""
    around = _around(case_set, opened, seeds)
    tied = _of_the_same(case_set, around, seeds)
    worded = _worded(list(dict.fromkeys([*seeds, *tied])), texts)
    near = _ids(around.filter(around.case_id.isin(worded))) if worded else []
    further = _of_the_same(case_set, around, near) if near else []
    found = (set(tied) | set(near) | set(further)) - set(seeds)
    return [case_id for case_id in _ids(around.order_by("created_at", "case_id")) if case_id in found]


def _around(case_set: CaseSet, opened: ir.Table, seeds: Sequence[str]) -> ir.Table:
    mine = case_set.cases.filter(case_set.cases.case_id.isin(list(seeds)))
    span = mine.aggregate(first=mine.created_at.min(), last=mine.created_at.max()).to_pyarrow().to_pylist()[0]
    days = timedelta(days=DAYS)
    return opened.filter(opened.created_at.between(span["first"] - days, span["last"] + days))


def _of_the_same(case_set: CaseSet, around: ir.Table, seeds: Sequence[str]) -> list[str]:
    """Return the cases around that have the item or the account of one of these."""
    cases, found = case_set.cases, list[str]()
    for column in ("content_id", "subject_account_id"):
        if case_set.has(column):
            mine = cases.filter(cases.case_id.isin(list(seeds))).select(column).drop_null().distinct()
            found += _ids(around.semi_join(mine, column))
    return found


def _worded(seeds: Sequence[str], texts: Wordings | None) -> list[str]:
    """Return the cases that say nearly what one of these says, opened within the days around it."""
    told = [case_id for case_id in seeds if texts is not None and case_id in texts.places]
    if texts is None or not told:
        return []
    return sorted({str(other) for others in texts.company(told, within=DAYS * _DAY) for other in others})


def _ids(cases: ir.Table) -> list[str]:
    column = cases.select("case_id").to_pyarrow().column("case_id")
    return [str(value) for value in pd.unique(column.to_pandas())]
