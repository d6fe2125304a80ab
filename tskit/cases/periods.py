"""The period and the filters of a scope, held against the data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tskit.errors import NoDataError, ParameterError
from tskit.model import CASES, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date, datetime

    import ibis.expr.types as ir

    from tskit.model import Scope

__all__ = ["filtered", "resolved", "settled"]

_WEEKS = 4
_SLACK = timedelta(hours=2)
"""How far before midnight the data of a Sunday may end and the day still counts as complete."""
_FEW = 60


def settled(scope: Scope, cases: ir.Table, *, as_of: datetime, zone: str) -> Scope:
    """Return the scope with a zone and dates that hold a case.

    Where the dates are open and no case was opened in the complete weeks, as in a young or a dormant source, the 28
    days up to the last opening are taken: stragglers that were closed later are no period to report on.

    Raises:
        NoDataError: no case was opened, decided or closed in the period.
    """
    found = resolved(scope, as_of=as_of, zone=zone)
    if scope.start is None and scope.end is None:
        if not _is_empty(cases, found, times=_openings(cases)):
            return found  # what was opened in the period lies in it, so the second question need not be asked
        end = _day_after(_last(cases, _openings(cases)) or as_of, zone)
        found = replace(found, start=end - timedelta(weeks=_WEEKS), end=end)
    if _is_empty(cases, found, times=_times(cases)):
        raise NoDataError(
            f"No case was opened, decided or closed from {found.start} to {found.last_day}"
            f"{' with these filters' if scope.filters else ''}. Ask for another period."
        )
    return found


def resolved(scope: Scope, *, as_of: datetime, zone: str) -> Scope:
    """Return the scope with a zone and both dates: open ones become the last four complete weeks of the data."""
    monday = _monday_after(as_of, zone)
    end = scope.end or (monday if not scope.start or scope.start < monday else _day_after(as_of, zone))
    start = scope.start or end - timedelta(weeks=_WEEKS)
    if end <= start:
        raise NoDataError(f"The data ends before {start}, the first day asked for. Ask for an earlier period.")
    return replace(scope, start=start, end=end, zone=zone)


def _monday_after(as_of: datetime, zone: str) -> date:
    """Return the Monday after the last complete week."""
    local = as_of.astimezone(ZoneInfo(zone)) + _SLACK
    return local.date() - timedelta(days=local.weekday())


def _day_after(as_of: datetime, zone: str) -> date:
    return as_of.astimezone(ZoneInfo(zone)).date() + timedelta(days=1)


def filtered(cases: ir.Table, scope: Scope, *, known: Mapping[str, Collection[str]] = MappingProxyType({})) -> ir.Table:
    """Return the cases that the scope's filters keep.

    Args:
        cases: one row a case.
        scope: the filters, by column.
        known: values that exist without a doubt, by column, such as the markets of the casebook: a month without a
            case from one of them is no mistake.

    Raises:
        ParameterError: a column is not there, or a value is not known and never occurs; the message names the nearest.
        NoDataError: all values asked for in a column are known, and none occurs in the data.
    """
    for column, values in scope.filters:
        if column not in cases.columns:
            raise ParameterError.unknown(column, (c for c in cases.columns if c in CASES), what="column to filter by")
        texts = cases[column].unnest() if _is_list(column) else cases[column].cast("string")
        _refuse_unknown(cases.select(value=texts), column, values, known=known.get(column, ()))
        cases = cases.filter(_keeps(cases, column, values))
    return cases


def _keeps(cases: ir.Table, column: str, values: Sequence[str]) -> ir.BooleanValue:
    if _is_list(column):
        kept = cases[column].contains(values[0])
        for value in values[1:]:
            kept |= cases[column].contains(value)
        return kept
    return cases[column].cast("string").isin(list(values))


def _is_list(column: str) -> bool:
    return column in CASES and CASES[column].kind is Kind.LIST


def _refuse_unknown(texts: ir.Table, column: str, values: Sequence[str], *, known: Collection[str]) -> None:
    # A query ends at a NUL, and no value of the data holds one.
    askable = [value for value in values if "\0" not in value]
    found = set(_listed(texts.filter(texts.value.isin(askable)).distinct()))
    unknown = [value for value in values if value not in found and value not in known]
    if not unknown:
        if values and not found:
            raise NoDataError(
                f"The data holds no case with the {column} asked for, which the casebook knows. "
                "If that is a surprise, check what the source was exported for."
            )
        return
    # Only values of open columns with few of them are words of the trade; any other could be somebody's.
    listed: list[str] = []
    if column in CASES and CASES[column].sensitivity is Sensitivity.OPEN:
        listed = _listed(texts.filter(texts.value.notnull()).distinct().limit(_FEW + 1))
    if 0 < len(listed) <= _FEW:
        raise ParameterError.unknown(unknown[0], listed, what=f"value of {column} in the data,")
    raise ParameterError(f"A value asked for in {column} never occurs in the data. Check how it is written.")


def _listed(texts: ir.Table) -> list[str]:
    return texts.to_pyarrow()["value"].to_pylist()


def _is_empty(cases: ir.Table, scope: Scope, *, times: Sequence[str]) -> bool:
    """Return whether none of these instants of any case lies within the period; undated cases are always within."""
    window = scope.window
    if not times:
        return cases.limit(1).count().to_pyarrow().as_py() == 0
    inside = None
    for column in times:
        within = (cases[column] >= window.starts_at) & (cases[column] < window.ends_at)
        inside = within if inside is None else inside | within
    return cases.filter(inside).limit(1).count().to_pyarrow().as_py() == 0


def _times(cases: ir.Table) -> list[str]:
    return [column for column in ("created_at", "decided_at", "closed_at") if column in cases.columns]


def _openings(cases: ir.Table) -> list[str]:
    """Return the column of openings, or all columns of time where there is none."""
    times = _times(cases)
    return [column for column in times if column == "created_at"] or times


def _last(cases: ir.Table, times: Sequence[str]) -> datetime | None:
    """Return the last of these instants of any case."""
    if not times:
        return None
    latest = cases.aggregate([cases[column].max().name(column) for column in times]).to_pyarrow().to_pylist()[0]
    return max((value for value in latest.values() if value is not None), default=None)
