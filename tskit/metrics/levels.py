"""How many cases are open at a point in time, and for how long they have been."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from tskit.cases.history import spells
from tskit.metrics.answers import answer
from tskit.metrics.conditions import is_blank, sure
from tskit.metrics.instants import SECOND, micros
from tskit.metrics.periods import index_of
from tskit.metrics.request import INDEX, fetch, named

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import ibis.expr.types as ir

    from tskit.metrics.request import Request

__all__ = ["AGES", "ageing", "backlog"]

_HOUR = 3_600 * SECOND
_INSTANT = timedelta(microseconds=1)
AGES = ("0-4 h", "4-24 h", "1-3 d", "3-7 d", "over 7 d")
_EDGES = (4 * _HOUR, 24 * _HOUR, 72 * _HOUR, 168 * _HOUR)


def backlog(request: Request) -> pd.DataFrame:
    """Return how many cases are open at the end of each period, or of the window; not an estimate, so no interval.

    One pass: the engine counts cases by the period in which they were opened and in which they were closed, and the
    sums run here. The end of a period that is not over is the last instant that the data knows of.
    """
    everything, spans = _by_opening_and_closing(request), request.spans
    found = everything[everything["_why"] < 0].reset_index(drop=True)
    last = len(spans)
    groups = _groups(request, everything)
    number = np.zeros(len(found), dtype=np.int64)
    if request.by:
        found = found.merge(groups.assign(_group=range(len(groups))), on=list(request.by))
        number = found["_group"].to_numpy(dtype=np.int64)
    change = np.zeros((len(groups), last + 2))
    np.add.at(change, (number, found["_in"].to_numpy(dtype=np.int64) + 1), found["cases"])
    np.add.at(change, (number, found["_out"].to_numpy(dtype=np.int64) + 1), -found["cases"])
    level = change[:, : last + 1].cumsum(axis=1)[:, 1:]
    grid = groups.merge(pd.DataFrame({INDEX: np.arange(last)}), how="cross")
    value = pd.Series(level.reshape(-1), index=grid.index)
    begun = np.array([span.window.starts_at <= request.case_set.as_of for span in spans])[grid[INDEX]]
    value = value.where(begun)
    grid = grid.assign(value=value, low=np.nan, high=np.nan, k=value, n=value)
    for i in range(len(request.exclusions)):
        unknown = everything[everything["_why"] == i]
        grid[f"_out_{i}"] = _counted(grid, unknown, request.by) if request.by else float(unknown["cases"].sum())
    return answer(request, grid, notes=[pd.Series(np.where(begun, "", "after the end of the data"), index=grid.index)])


def ageing(request: Request) -> pd.DataFrame:
    """Return the open cases at the end of the window by how long they have been open.

    Columns: the groups, `bucket`, `cases`, and `oldest_hours`, the age of the oldest case of the group. Each group has
    all five buckets.
    """
    at = min(request.window.ends_at, request.case_set.as_of)
    rows = _open_at(request, at)
    age = round(at.timestamp() * SECOND) - micros(rows.opened_at)
    bucket = ibis.cases(*((age < edge, i) for i, edge in enumerate(_EDGES)), else_=len(_EDGES))
    rows = rows.mutate(_bucket=bucket.cast("int64"), _age=age)
    found = fetch(rows.group_by([*request.by, "_bucket"]).aggregate(cases=rows.count(), _oldest=rows["_age"].max()))
    groups = _groups(request, found)
    whole = groups.merge(pd.DataFrame({"_bucket": np.arange(len(AGES))}), how="cross")
    whole = whole.merge(found, on=[*request.by, "_bucket"], how="left").fillna({"cases": 0})
    oldest = whole.groupby(list(request.by), dropna=False)["_oldest"] if request.by else None
    hours = (oldest.transform("max") if oldest is not None else whole["_oldest"].max()) / _HOUR
    named = whole.assign(oldest_hours=hours, bucket=[AGES[i] for i in whole["_bucket"]])
    return named.astype({"cases": "int64"})[[*request.by, "bucket", "cases", "oldest_hours"]]


def _counted(grid: pd.DataFrame, unknown: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    counts = unknown.groupby(list(by), dropna=False, as_index=False)["cases"].sum()
    return grid[list(by)].merge(counts, on=list(by), how="left")["cases"].fillna(0).set_axis(grid.index)


def _groups(request: Request, found: pd.DataFrame) -> pd.DataFrame:
    if not request.by:
        return pd.DataFrame(index=[0])
    names = list(request.by)
    return found[names].drop_duplicates().sort_values(names, ignore_index=True)


def _spells(request: Request, until: datetime) -> ir.Table:
    rows = request.case_set.cases
    reasons = [(condition(rows), i) for i, condition in enumerate(request.exclusions.values())]
    keys = {name: named(rows[name]) for name in request.by}
    known = rows.filter(request.metric.counted(rows), rows.created_at <= ibis.literal(until))
    known = known.select(
        "case_id", "created_at", "closed_at", **keys, _why=ibis.cases(*reasons, else_=-1).cast("int64")
    )
    return spells(request.case_set, known)


def _open_at(request: Request, at: datetime) -> ir.Table:
    """Return the spells that are running: at the end of a window, or at the last instant that the data knows of."""
    rows = _spells(request, at)
    instant = ibis.literal(at)
    rows = rows.filter(rows["_why"] < 0)
    if at < request.window.ends_at:
        return rows.filter(rows.opened_at <= instant, is_blank(rows.closed_at) | (rows.closed_at > instant))
    return rows.filter(rows.opened_at < instant, is_blank(rows.closed_at) | (rows.closed_at >= instant))


def _by_opening_and_closing(request: Request) -> pd.DataFrame:
    """Return cases by group, position of opening (-1 before the window) and of closing (the number of spans: later)."""
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
    return fetch(rows.group_by([*request.by, "_why", "_in", "_out"]).aggregate(cases=rows.count()))
