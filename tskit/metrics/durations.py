"""Quantiles of durations: exact ones with an interval of order statistics, Kaplan-Meier where many cases are open."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd

from tskit.cases.instants import SECOND, micros
from tskit.metrics.answers import answer, said
from tskit.metrics.conditions import is_blank, is_known, never, sure
from tskit.metrics.cubes import added_up
from tskit.metrics.grid import Grid
from tskit.metrics.orders import from_order, from_survival, timed
from tskit.metrics.ranks import from_ranks, ranked, takes_quantiles
from tskit.metrics.request import INDEX, fetch
from tskit.metrics.tallies import Tally
from tskit.stats import kaplan_meier_quantile, quantile_ranks

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from tskit.metrics.request import Request

__all__ = ["OPEN_SHARE", "quantile", "slower_by_day"]

OPEN_SHARE = 0.05
"""Above this share of open cases, the closed ones alone would make a cohort look faster than it is."""

_MANY = 12
_STEP = 1.06
_MINUTE, _HOUR, _DAY = 60 * SECOND, 3_600 * SECOND, 86_400 * SECOND


def quantile(request: Request) -> pd.DataFrame:
    """Return the quantile of a duration; `k` cases have ended of `n` in the cohort."""
    cohort = timed(request)
    if cohort is None:
        return _by_engine(request)
    told = {} if request.is_bare else cohort.told()
    counts = cohort.tally({"k": Tally(("_ended",)), "_open": Tally(("_running",)), **told})
    places = np.flatnonzero(counts["k"] + counts["_open"]) if request.is_bare else np.arange(cohort.size)
    found = cohort.bare(counts, places) if request.is_bare else cohort.grid(counts)
    found = found.having({"n": found["k"] + found["_open"]})
    censored = _is_censored(found)
    figures = np.full((len(found), 3), np.nan)
    q = request.metric.quantile
    ended = np.append(found["k"][~censored], 0.0)  # a cell without a case is left out of a bare frame only
    low, high = _bounds(ended if len(places) < cohort.size else ended[:-1], q)
    rest = int((~censored).sum())
    figures[~censored] = from_order(cohort, places[~censored], q=q, bounds=(low[:rest], high[:rest]))
    if censored.any():
        figures[censored] = from_survival(cohort, places[censored], q=q)
    return _answer(request, found, figures, censored)


def _by_engine(request: Request) -> pd.DataFrame:
    counts = {"k": Tally(("_ended",)), "_open": Tally(("_running",))}
    frame = request.on_grid(added_up(request, counts, rows_of=_timed), zero=["k", "_open"])
    found = Grid.of(frame, request.by)
    found = found.having({"n": found["k"] + found["_open"]})
    censored = _is_censored(found)
    figures = np.full((len(found), 3), np.nan)
    if (found["k"] > 0)[~censored].any():
        figures[~censored] = _from_order(request, _timed(request), frame[~censored])
    if censored.any():
        figures[censored] = _from_survival(request, _timed(request), frame[censored])
    return _answer(request, found, figures, censored)


def _is_censored(found: Grid) -> np.ndarray:
    return found["_open"] > OPEN_SHARE * found["n"]


def _answer(request: Request, found: Grid, figures: np.ndarray, censored: np.ndarray) -> pd.DataFrame:
    figures = figures * _scale(request)
    found = found.having({"value": figures[:, 0], "low": figures[:, 1], "high": figures[:, 2]})
    return answer(request, found, notes=[] if request.is_bare else [_method_note(found, censored)])


def slower_by_day(request: Request, groups: pd.DataFrame) -> pd.DataFrame:
    """Return by group and day how many cases of n took longer than the middle of both windows' quantiles."""
    middle = groups[["value", "before"]].mean(axis=1) / _scale(request)
    rows = _timed(request)
    known = rows["_ended"] | rows["_running"]
    limits = [
        (_is_group(rows, row, request.by), float(limit))
        for (_, row), limit in zip(groups.iterrows(), middle, strict=True)
    ]
    limits = [(group, limit) for group, limit in limits if not np.isnan(limit)]
    whole = float(np.nan_to_num(middle.mean()))
    limit = ibis.cases(*limits, else_=whole) if request.by and limits else ibis.literal(whole)
    fast = sure(rows["_value"] <= limit)
    found = request.grouped(rows, {"n": rows.count(where=known), "k": rows.count(where=known & ~fast)})
    grid = Grid.of(request.on_grid(found, zero=["k", "n"]), request.by)
    nothing = np.full(len(grid), np.nan)
    return answer(request, grid.having({"value": nothing, "low": nothing, "high": nothing}))


def _is_group(rows: ir.Table, row: pd.Series, by: Sequence[str]) -> ir.Value:
    conditions = [is_blank(rows[name]) if pd.isna(row[name]) else rows[name] == row[name] for name in by]
    return reduce(and_, conditions) if conditions else never(rows)


def _scale(request: Request) -> float:
    """Return what turns `_value` into the metric's unit: microseconds between instants, else seconds as they are."""
    per = {"hours": 3_600, "minutes": 60}.get(request.metric.unit, 1)
    return 1 / (per * (1 if request.metric.measured else SECOND))


def _timed(request: Request) -> ir.Table:
    """Return the judged cases with `_value`, `_at` (when each began) and whether they have `_ended` or are `_running`."""
    metric, rows = request.metric, request.cohort()
    if metric.measured:
        rows = request.judged(rows, {"_value": metric.measured(rows)})
        return rows.mutate(_ended=rows["_counted"] & is_known(rows["_value"]), _running=never(rows))
    ended = rows[metric.until] <= ibis.literal(request.case_set.as_of)
    began = micros(rows[metric.at])
    passed = ibis.ifelse(ended, micros(rows[metric.until]) - began, ibis.null())
    running = metric.still_open(rows) if metric.still_open else never(rows)
    rows = request.judged(rows, {"_value": passed, "_at": began, "_still": running})
    kept, blank = rows["_counted"], is_blank(rows["_value"])
    return rows.mutate(_ended=kept & ~blank, _running=kept & blank & rows["_still"])


def _from_order(request: Request, rows: ir.Table, found: pd.DataFrame) -> np.ndarray:
    """Return value, low and high of each row of the grid, from three or more quantiles that the engine takes at once."""
    q, n = request.metric.quantile, found["k"].to_numpy(dtype=np.float64)
    keys = [*request.by, *([INDEX] if request.period else [])]
    low, high = _bounds(n, q)
    asked = np.unique(np.concatenate([[q], low[~np.isnan(low)], high[~np.isnan(high)]]))
    taken = _taken(request, rows.filter(rows["_ended"]), [float(f) for f in asked])
    taken = found[keys].merge(taken, on=keys, how="left")["_quantiles"] if keys else taken["_quantiles"]
    nothing = np.full(len(asked), np.nan)
    known = np.array([nothing if values is None or np.ndim(values) == 0 else values for values in taken])
    rank = np.arange(len(found))
    columns = [np.searchsorted(asked, np.nan_to_num(f, nan=q)) for f in (np.full(len(found), q), low, high)]
    picked = np.stack([known[rank, column] for column in columns], axis=1).astype(np.float64)
    picked[:, 1:][np.isnan(np.stack([low, high], axis=1))] = np.nan
    return picked


def _taken(request: Request, ended: ir.Table, fractions: Sequence[float]) -> pd.DataFrame:
    """Return `_quantiles` by group and span: those of the engine, or counted from ranks where it takes none."""
    if takes_quantiles(ended):
        return request.grouped(ended, {"_quantiles": ended["_value"].quantile(fractions)})
    keys = [*request.by, *([INDEX] if request.period else [])]
    placed, measures = ranked(ended, "_value", keys, fractions=fractions)
    found = request.grouped(placed, measures)
    return found.assign(_quantiles=list(from_ranks(found, fractions)))


def _bounds(n: np.ndarray, q: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the fractions at which the interval's order statistics of n cases lie."""
    lower, upper = quantile_ranks(n, q)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _outwards((lower - 1) / (n - 1), (upper - 1) / (n - 1), q)


def _outwards(low: np.ndarray, high: np.ndarray, q: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the fractions, moved outwards to a few common ones where there are many groups.

    Each fraction is work for the engine; up to 6 % wider intervals are the price of one pass.
    """
    if len(np.unique(low)) <= _MANY:
        return low, high
    with np.errstate(divide="ignore", invalid="ignore"):
        below = _STEP ** np.ceil(np.log(q - low) / np.log(_STEP))
        above = _STEP ** np.ceil(np.log(high - q) / np.log(_STEP))
    return np.maximum(q - below, 0), np.minimum(q + above, 1)


def _from_survival(request: Request, rows: ir.Table, wanted: pd.DataFrame) -> np.ndarray:
    """Return value, low and high by Kaplan-Meier from counts in bins: a minute up to three days, ten up to 14, an hour after."""
    as_of = round(request.case_set.as_of.timestamp() * SECOND)
    known = rows.filter(rows["_ended"] | rows["_running"])
    if request.period:
        known = known.filter(known[INDEX].isin([int(i) for i in wanted[INDEX].unique()]))
    known = known.mutate(_time=_binned(ibis.coalesce(known["_value"], as_of - known["_at"])))
    measures = {"_done": known.count(where=known["_ended"]), "_seen": known.count(where=known["_running"])}
    keys = [*request.by, *([INDEX] if request.period else [])]
    bins = fetch(known.group_by([*keys, "_time"]).aggregate(**measures)).sort_values("_time")
    if not keys:
        return np.array([_survival(bins, request.metric.quantile)])
    by_key = {_key(key): part for key, part in bins.groupby(keys, dropna=False)}
    found = [by_key.get(_key(key)) for key in zip(*(wanted[name] for name in keys), strict=True)]
    return np.array([_survival(part, request.metric.quantile) for part in found])


def _key(values: Sequence[Any]) -> tuple[object, ...]:
    # A value that is missing is NaN, None or NA, by whoever made the frame, and none equals the others.
    return tuple(None if pd.isna(value) else value for value in values)


def _survival(bins: pd.DataFrame | None, q: float) -> tuple[float, float, float]:
    if bins is None:
        return np.nan, np.nan, np.nan
    return kaplan_meier_quantile(bins["_time"], bins["_done"], bins["_seen"], q=q)


def _binned(passed: ir.Value) -> ir.Value:
    """Return the bin that a duration falls into: its beginning for whole minutes, its middle for longer bins."""

    def start(width: int) -> ir.Value:
        return (passed // width) * width

    short, medium = passed < 3 * _DAY, passed < 14 * _DAY
    wide, hour = 10 * _MINUTE, _HOUR
    return ibis.cases((short, start(_MINUTE)), (medium, start(wide) + wide // 2), else_=start(hour) + hour // 2)


def _method_note(found: Grid, censored: np.ndarray) -> np.ndarray:
    note = said(~(found["n"] > 0), "no case to measure")
    some = np.flatnonzero(censored)
    note[some] = [
        ("so many are open that the quantile is not reached; " if is_unknown else "")
        + f"Kaplan-Meier, since {share:.0%} are still open"
        for share, is_unknown in zip(
            (found["_open"][some] / found["n"][some]), np.isnan(found["value"][some]), strict=True
        )
    ]
    return note
