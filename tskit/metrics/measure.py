"""The one question that every metric answers: how much, by what, over which time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from tskit.metrics import durations, levels, shares
from tskit.metrics.answers import answer, lacking, said
from tskit.metrics.counting import judged, labelled, tallied_apart
from tskit.metrics.cubes import added_up
from tskit.metrics.doubts import flags_that_touch
from tskit.metrics.grid import Grid
from tskit.metrics.held import held
from tskit.metrics.metric import Kind, Metric
from tskit.metrics.periods import Span
from tskit.metrics.registry import columns_of, find
from tskit.metrics.request import INDEX, Request, group_names
from tskit.metrics.tallies import Tally
from tskit.stats import rate_ratio

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tskit.metrics.periods import Period
    from tskit.model import CaseSet, Window

__all__ = ["cells", "cells_now_and_before", "matured", "measure"]

_WEEK = timedelta(days=7)


def measure(
    case_set: CaseSet,
    metric: str,
    *,
    window: Window,
    by: Sequence[str] = (),
    period: Period = "",
) -> pd.DataFrame:
    """Return a metric of the cases in a window, one row for each group and period.

    Columns are the groups, `period_start` (the first day; only with a period), `value`, `low` and `high` (95 %), `k`
    of `n`, `is_complete` (the period is over and its cohort has been followed long enough) and `note`, which says why a
    value is missing, what was left out, and how it was computed. Shares run from 0 to 1 and durations are in hours,
    handle time in minutes. `ageing` has its own columns: `bucket`, `cases` and `oldest_hours`.

    Raises:
        ParameterError: the metric, the period or a column to group by is unknown, or not one to group by.
    """
    return _answered(Request(case_set, find(metric), window, group_names(case_set, by), period))


def cells(
    case_set: CaseSet, metric: str, *, window: Window, by: Sequence[str] = (), period: Period = ""
) -> pd.DataFrame:
    """Return the rows of `measure` that hold a case, without notes and without the intervals of counts and shares.

    For adding up: most of a fine grid is empty, and nobody reads the interval of a single cell of it. The groups are
    categories of text.

    Raises:
        ParameterError: as `measure`.
    """
    request = Request(case_set, find(metric), window, group_names(case_set, by), period, is_bare=True)
    return labelled(_answered(request), request.by)


def cells_now_and_before(
    case_set: CaseSet, metric: str, *, window: Window, by: Sequence[str] = ()
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cells of a window and those of the one before it; of a count or a share an engine is asked once for both.

    Raises:
        ParameterError: as `measure`.
    """
    both = window.stretched(days_before=window.days)
    request = Request(case_set, find(metric), both, group_names(case_set, by), "half", is_bare=True)
    adds_up = (
        request.metric.kind in {Kind.COUNT, Kind.SHARE}
        and not request.metric.measured
        and not request.metric.missing(columns_of(case_set))
    )
    if adds_up and held(case_set) is None:
        added_up(request, shares.tallies_of(request), rows_of=judged)  # its answer holds those to both windows
    return cells(case_set, metric, window=window, by=by), cells(case_set, metric, window=window.before(), by=by)


def _answered(request: Request) -> pd.DataFrame:
    """Return the answer to a request; what was asked before of held rows is answered from memory."""
    missing = request.metric.missing(columns_of(request.case_set))
    if missing:
        return lacking(request, missing)
    rows = held(request.case_set)
    if rows is None:
        return _BY_KIND[request.metric.kind](request)
    flags = flags_that_touch(request.case_set, request.metric)
    asked = (request.metric.name, flags, request.case_set.as_of, request.window, request.by, request.period)
    key = (*asked, request.is_bare)
    if key not in rows.answers:
        rows.answers[key] = _BY_KIND[request.metric.kind](request)
    return rows.answers[key].copy(deep=False)


def matured(case_set: CaseSet, metric: str, *, window: Window) -> Window:
    """Return the part of the window whose cohort has been followed for long enough to have a figure.

    A metric that follows each case for 14 days has no figure for the last two weeks. As many whole weeks as that takes
    are cut off the end; the window `before()` the part is then its fair comparison, equally long, on the same weekdays,
    and matured, too. Where no part is left, it is the latest earlier window of the full length. Metrics without
    follow-up keep theirs.
    """
    days = find(metric).follow_up_days
    part = window
    while days and not _has_matured(part, case_set, days) and part.days > _WEEK.days:
        part = replace(part, end=part.end - _WEEK)
    if not days or _has_matured(part, case_set, days):
        return part
    part = window
    while not _has_matured(part, case_set, days):
        part = replace(part, start=part.start - _WEEK, end=part.end - _WEEK)
    return part


def _has_matured(window: Window, case_set: CaseSet, days: int) -> bool:
    return Span(window.start, window, is_whole=True).has_matured(case_set.as_of, days)


def _ratio(request: Request) -> pd.DataFrame:
    """Return a count over another count, each placed by its own instant."""
    above, below = (_part(request, find(name)) for name in request.metric.parts)
    keys = [*request.by, INDEX]
    if above.empty and below.empty:  # pandas 3.0 cannot merge two empty columns of text
        found = above.assign(k_below=above["k"])
    else:
        found = above.merge(below, on=keys, how="outer", suffixes=("", "_below")).fillna({"k": 0.0, "k_below": 0.0})
    found = request.on_grid(found[[*keys, "k", "k_below"]], zero=["k", "k_below"])
    pairs = [rate_ratio(k, n) for k, n in zip(found["k"], found["k_below"], strict=True)]
    some = found["k_below"] > 0
    figures = found.assign(
        n=found["k_below"],
        value=(found["k"] / found["k_below"].where(some)),
        low=pd.Series([pair.low for pair in pairs], index=found.index, dtype="float64").where(some),
        high=pd.Series([pair.high for pair in pairs], index=found.index, dtype="float64").where(some),
    )
    note = said(~some.to_numpy(), "no case to divide by")
    return answer(request, Grid.of(figures, request.by), notes=[note])


def _part(request: Request, metric: Metric) -> pd.DataFrame:
    part = Request(request.case_set, metric, request.window, request.by, request.period)
    return tallied_apart(part, {"k": Tally(("_counted",))})


_BY_KIND: Mapping[Kind, Callable[[Request], pd.DataFrame]] = {
    Kind.COUNT: shares.count,
    Kind.DISTINCT: shares.distinct,
    Kind.SHARE: shares.share,
    Kind.QUANTILE: durations.quantile,
    Kind.MEAN: shares.mean,
    Kind.RATIO: _ratio,
    Kind.LEVEL: levels.backlog,
    Kind.AGEING: levels.ageing,
}
