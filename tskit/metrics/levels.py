"""How many cases are open at a point in time, and for how long they have been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any, Self

import ibis
import numpy as np
import pandas as pd

from tskit.cases.instants import SECOND, micros
from tskit.metrics.answers import answer, said
from tskit.metrics.conditions import is_blank, sure
from tskit.metrics.counting import Named, named_groups
from tskit.metrics.grid import Grid
from tskit.metrics.held import held_of
from tskit.metrics.periods import index_of, micros_of
from tskit.metrics.request import ROW, fetch, named
from tskit.metrics.values import spells_of

if TYPE_CHECKING:
    from datetime import datetime

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tskit.metrics.request import Request

    Counts = NDArray[np.int64]

__all__ = ["AGES", "ageing", "backlog"]

_HOUR = 3_600 * SECOND
_NEVER = np.iinfo(np.int64).min
_INSTANT = timedelta(microseconds=1)
AGES = ("0-4 h", "4-24 h", "1-3 d", "3-7 d", "over 7 d")
_EDGES = (4 * _HOUR, 24 * _HOUR, 72 * _HOUR, 168 * _HOUR)


@dataclass(frozen=True, slots=True)
class Spells:
    """Cases by group, position of opening (-1 before the window) and of closing (the number of spans: later).

    `names` holds the groups, and `unknown`, for each doubt, how many cases of each group nobody knows about.
    """

    names: pd.DataFrame | Named
    group: Counts
    entered: Counts
    left: Counts
    cases: Counts
    unknown: tuple[Counts, ...]

    @property
    def number(self) -> int:
        """Return the number of groups."""
        return self.names.number if isinstance(self.names, Named) else len(self.names)

    def named(self, place: Counts, *, is_bare: bool) -> dict[str, Any]:
        """Return the names of the groups at these places by column; those of held rows may be categories of text."""
        if isinstance(self.names, Named):
            return self.names.among(place) if is_bare else self.names.plain(place)
        return {str(name): part.array.take(place) for name, part in self.names.items()}

    @classmethod
    def of(cls, names: pd.DataFrame | Named, group: Counts, columns: tuple[Counts, ...], *, doubts: int) -> Self:
        """Return spells from why (the position of a doubt, or -1), opening, closing and number of cases."""
        why, entered, left, cases = columns
        sure = why < 0
        number = names.number if isinstance(names, Named) else len(names)
        unknown = (np.bincount(group[why == i], weights=cases[why == i], minlength=number) for i in range(doubts))
        return cls(names, group[sure], entered[sure], left[sure], cases[sure], tuple(unknown))


def backlog(request: Request) -> pd.DataFrame:
    """Return how many cases are open at the end of each period, or of the window; not an estimate, so no interval.

    One pass: cases are counted by the period in which they were opened and in which they were closed, and the sums run
    here. The end of a period that is not over is the last instant that the data knows of.
    """
    everything = _held_spells(request) or _by_opening_and_closing(request)
    last = len(request.spans)
    change = np.zeros((everything.number, last + 2))
    np.add.at(change, (everything.group, everything.entered + 1), everything.cases)
    np.add.at(change, (everything.group, everything.left + 1), -everything.cases)
    value = change[:, : last + 1].cumsum(axis=1)[:, 1:].reshape(-1)
    begun = (request.edges[:-1] <= micros_of(request.case_set.as_of))[np.arange(len(value)) % last]
    value = np.where(begun, value, np.nan)
    kept = np.flatnonzero(value > 0) if request.is_bare else np.arange(len(value))
    open_, nothing = value[kept], np.full(len(kept), np.nan)
    numbers = {"value": open_, "low": nothing, "high": nothing, "k": open_, "n": open_}
    numbers |= {f"_out_{i}": unknown[kept // last] for i, unknown in enumerate(everything.unknown)}
    grid = Grid(everything.named(kept // last, is_bare=request.is_bare), kept % last, numbers)
    return answer(request, grid, notes=[said(~begun[kept], "after the end of the data")])


def ageing(request: Request) -> pd.DataFrame:
    """Return the open cases at the end of the window by how long they have been open.

    Columns: the groups, `bucket`, `cases`, and `oldest_hours`, the age of the oldest case of the group. Each group has
    all five buckets.
    """
    found = _held_ages(request)
    if found is None:
        found = _ages(request)
    groups = _groups(request, found)
    whole = groups.merge(pd.DataFrame({"_bucket": np.arange(len(AGES))}), how="cross")
    whole = whole.merge(found, on=[*request.by, "_bucket"], how="left").fillna({"cases": 0})
    oldest = whole.groupby(list(request.by), dropna=False)["_oldest"] if request.by else None
    hours = (oldest.transform("max") if oldest is not None else whole["_oldest"].max()) / _HOUR
    named = whole.assign(oldest_hours=hours, bucket=[AGES[i] for i in whole["_bucket"]])
    return named.astype({"cases": "int64"})[[*request.by, "bucket", "cases", "oldest_hours"]]


def _ages(request: Request) -> pd.DataFrame:
    """Return the number of open cases by group and bucket, and the greatest age, counted by the engine."""
    at = min(request.window.ends_at, request.case_set.as_of)
    rows = _open_at(request, at)
    age = round(at.timestamp() * SECOND) - micros(rows.opened_at)
    bucket = ibis.cases(*((age < edge, i) for i, edge in enumerate(_EDGES)), else_=len(_EDGES))
    rows = rows.mutate(_bucket=bucket.cast("int64"), _age=age)
    return fetch(rows.group_by([*request.by, "_bucket"]).aggregate(cases=rows.count(), _oldest=rows["_age"].max()))


def _groups(request: Request, found: pd.DataFrame) -> pd.DataFrame:
    if not request.by:
        return pd.DataFrame(index=[0])
    names = list(request.by)
    return found[names].drop_duplicates().sort_values(names, ignore_index=True)


def _spells(request: Request, until: datetime) -> ir.Table:
    rows = request.case_set.cases
    keys = {name: named(rows[name]) for name in request.by}
    return spells_of(request, keys, [rows.created_at <= ibis.literal(until)])


def _open_at(request: Request, at: datetime) -> ir.Table:
    """Return the spells that are running: at the end of a window, or at the last instant that the data knows of."""
    rows = _spells(request, at)
    instant = ibis.literal(at)
    rows = rows.filter(rows["_why"] < 0)
    if at < request.window.ends_at:
        return rows.filter(rows.opened_at <= instant, is_blank(rows.closed_at) | (rows.closed_at > instant))
    return rows.filter(rows.opened_at < instant, is_blank(rows.closed_at) | (rows.closed_at >= instant))


def _by_opening_and_closing(request: Request) -> Spells:
    """Return the cases by opening and closing, counted by the engine."""
    bound = min(request.window.ends_at, request.case_set.as_of + _INSTANT).astimezone(UTC)  # the first instant not seen
    rows = _spells(request, bound)
    start, end = ibis.literal(request.window.starts_at), ibis.literal(bound)
    later = len(request.spans)
    opened = ibis.ifelse(rows.opened_at < start, -1, index_of(rows.opened_at, request.spans))
    closed = ibis.cases(
        (is_blank(rows.closed_at) | (rows.closed_at >= end), later),
        (rows.closed_at < start, -1),
        else_=index_of(rows.closed_at, request.spans),
    )
    # a case closed before it was opened was never open; of one in doubt nobody knows, so it is counted apart
    gone = sure((rows.closed_at < start) | (rows.closed_at < rows.opened_at))
    rows = rows.filter(rows.opened_at < end, ~gone | (rows["_why"] >= 0))
    rows = rows.mutate(_in=opened.cast("int64"), _out=closed.cast("int64"))
    found = fetch(rows.group_by([*request.by, "_why", "_in", "_out"]).aggregate(cases=rows.count()))
    names = _groups(request, found)
    number = np.zeros(len(found), dtype=np.int64)
    if request.by:
        found = found.merge(names.assign(_group=range(len(names))), on=list(request.by))
        number = found["_group"].to_numpy(dtype=np.int64)
    columns = (found[name].to_numpy(dtype=np.int64) for name in ("_why", "_in", "_out", "cases"))
    return Spells.of(names, number, tuple(columns), doubts=len(request.exclusions))


def _held_ages(request: Request) -> pd.DataFrame | None:
    """Return the same as `_ages`, counted in the held rows, or None where the engine must count."""
    found = held_of(request)
    if found is None:
        return None
    held, rows = found
    end = micros_of(request.window.ends_at)
    at = min(end, micros_of(request.case_set.as_of))
    opened, closed = rows["_opened"], rows["_closed"]
    running = (opened <= at) & (closed > at) if at < end else (opened < at) & (closed >= at)
    kept = np.flatnonzero(running & (rows["_at"] > _NEVER) & (rows["_at"] <= at) & (rows["_why"] < 0))
    group, names = named_groups(held, request, rows[ROW][kept])
    age = at - opened[kept]
    cell = group * len(AGES) + np.searchsorted(_EDGES, age, side="right")
    oldest = np.full(names.number * len(AGES), _NEVER)
    np.maximum.at(oldest, cell, age)
    cases = np.bincount(cell, minlength=len(oldest))
    some = np.flatnonzero(cases)
    columns = {"_bucket": some % len(AGES), "cases": cases[some], "_oldest": oldest[some]}
    return pd.DataFrame({**names.plain(some // len(AGES)), **columns})


def _held_spells(request: Request) -> Spells | None:
    """Return the cases by opening and closing, counted in the held rows, or None where the engine must count."""
    found = held_of(request)
    if found is None:
        return None
    held, rows = found
    bound = min(request.window.ends_at, request.case_set.as_of + _INSTANT)
    edges, end, later = request.edges, micros_of(bound), len(request.spans)
    at, opened, closed = rows["_at"], rows["_opened"], rows["_closed"]
    gone = (closed < edges[0]) | (closed < opened)
    kept = np.flatnonzero((at > _NEVER) & (at <= end) & (opened < end) & (~gone | (rows["_why"] >= 0)))
    group, names = named_groups(held, request, rows[ROW][kept])
    entered = np.searchsorted(edges[:-1], opened[kept], side="right") - 1
    left = np.where(closed[kept] >= end, later, np.searchsorted(edges[:-1], closed[kept], side="right") - 1)
    columns = (rows["_why"][kept], entered, left, np.ones(len(kept), dtype=np.int64))
    return Spells.of(names, group, columns, doubts=len(request.exclusions))
