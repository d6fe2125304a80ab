"""Whether a metric moved by more than noise between two windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.errors import ParameterError
from tskit.metrics import durations
from tskit.metrics.changes import Sides, change_of
from tskit.metrics.measure import measure
from tskit.metrics.metric import Kind, Metric
from tskit.metrics.mix import STRATA, adjust
from tskit.metrics.redefined import redefined_groups
from tskit.metrics.registry import columns_of, find
from tskit.metrics.request import Request, group_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.model import CaseSet, Window

__all__ = ["CHANGES", "compare"]

_OWN = ("change", "change_low", "change_high", "p_value", "method")
_ADJUSTED = ("adjusted_change", "adjusted_low", "adjusted_high", "adjusted_p")
_SIDE = ("value", "low", "high", "k", "n", "before", "before_low", "before_high", "before_k", "before_n")
_COUNTED = {Kind.COUNT, Kind.DISTINCT, Kind.LEVEL}
CHANGES = ("value", "low", "high", "n", "k", "before", "before_n", *_OWN, *_ADJUSTED, "note")


def compare(
    case_set: CaseSet,
    metric: str,
    *,
    window: Window,
    against: Window,
    by: Sequence[str] = (),
    strata: Sequence[str] = STRATA,
) -> pd.DataFrame:
    """Return how a metric differs between two windows, one row for each group that either has.

    `change` is the difference for shares (0.01 is one point) and the relative change for everything else (0.1 is 10 %
    more), with its 95 % interval, the p-value of no change, and the method in words. Cases of one day are alike and
    busy days follow busy days, so the noise is read from the days, weekdays held still. `adjusted_*` is the difference
    of shares with the mix of cases over `strata` held still. A backlog is counted, not estimated: it has a change, but
    no interval. Days that are not over are left out of the comparison of counts. A group that was redefined between the
    windows has its figures and no change.

    Raises:
        ParameterError: the metric or a column is unknown, or the metric has a shape of its own (`ageing`).
    """
    definition, names = find(metric), group_names(case_set, by)
    if definition.kind is Kind.AGEING:
        raise ParameterError(f"The metric {metric!r} is a table of its own; compare 'backlog' instead.")
    windows = (window, against)
    requests = tuple(Request(case_set, definition, part, names) for part in windows)
    both = _side_by_side([measure(case_set, metric, window=part, by=names) for part in windows], names)
    if definition.kind in _COUNTED and names:  # a group that only one window has had no case in the other
        both[list(_SIDE)] = both[list(_SIDE)].fillna(0.0)
    if definition.missing(columns_of(case_set)) or not len(both):
        return both[[*names, *CHANGES]]
    days = [_by_day(request, both) for request in requests]
    sides = [
        _sides(definition, row, [_of_group(part, row, names) for part in days], windows) for _, row in both.iterrows()
    ]
    changes = [change_of(definition.kind, side) for side in sides]
    both[list(_OWN)] = pd.DataFrame([change.as_tuple() for change in changes], index=both.index)
    for position, note in redefined_groups(case_set, both, by=names, window=window, against=against).items():
        both.loc[both.index[position], list(_OWN[:-1])] = np.nan
        both.loc[both.index[position], ["method", "note"]] = ["", note]
    usable = tuple(name for name in strata if case_set.has(name) and name not in names)
    if definition.kind is Kind.SHARE and usable and not definition.measured:
        within = adjust(requests, both, usable, [side.design_effect for side in sides])
        known = both["change"].notna().to_numpy()[:, None]  # what has no change yet has none within strata either
        both[list(_ADJUSTED)] = np.where(known, within, np.nan)
    return both[[*names, *CHANGES]]


def _side_by_side(figures: Sequence[pd.DataFrame], names: Sequence[str]) -> pd.DataFrame:
    """Return both windows' figures in one row a group; a count that one of them lacks is none."""
    now, then = figures
    past = then.drop(columns=["is_complete"]).rename(
        columns={"value": "before", "note": "_before_note", **{c: f"before_{c}" for c in ("low", "high", "k", "n")}}
    )
    both = now.merge(past, on=list(names), how="outer", sort=True) if names else pd.concat([now, past], axis=1)
    both["note"] = [_joined(*pair) for pair in zip(both["note"], both["_before_note"], strict=True)]
    empty = {**dict.fromkeys((*_OWN, *_ADJUSTED), np.nan), "method": ""}
    return both.assign(**empty).reset_index(drop=True)


def _joined(note: object, before: object) -> str:
    own = note if isinstance(note, str) else "no case in this window"
    past = before if isinstance(before, str) else "no case"
    if own == past or not past:
        return own
    return f"{own}; before: {past}" if own else f"before: {past}"


def _by_day(request: Request, both: pd.DataFrame) -> pd.DataFrame:
    """Return k and n of each group and day that is over; for durations, k counts cases slower than the middle."""
    daily = Request(request.case_set, request.metric, request.window, request.by, "day")
    if request.metric.kind is Kind.QUANTILE:
        return durations.slower_by_day(daily, both)
    if request.metric.kind in {Kind.LEVEL, Kind.MEAN}:
        return pd.DataFrame(columns=[*request.by, "k", "n", "is_complete"])
    return measure(request.case_set, request.metric.name, window=request.window, by=request.by, period="day")


def _of_group(days: pd.DataFrame, row: pd.Series, names: Sequence[str]) -> pd.DataFrame:
    keep = np.ones(len(days), dtype=bool)
    for name in names:
        same = days[name].isna() if pd.isna(row[name]) else days[name].eq(row[name])
        keep &= same.to_numpy(dtype=bool)
    return days[keep]


def _sides(metric: Metric, row: pd.Series, days: Sequence[pd.DataFrame], windows: Sequence[Window]) -> Sides:
    figures = {name: float(row[name]) for name in _SIDE}
    whole = [_whole_days(metric, part, window) for part, window in zip(days, windows, strict=True)]
    first = [window.start.weekday() for window in windows]
    weighted = "weighted by design" in str(row["note"])
    return Sides(
        **figures, days=whole[0], before_days=whole[1], weekday=first[0], before_weekday=first[1], is_weighted=weighted
    )


def _whole_days(metric: Metric, days: pd.DataFrame, window: Window) -> pd.DataFrame:
    if not len(days) and metric.kind in {Kind.COUNT, Kind.DISTINCT}:
        return pd.DataFrame({"k": np.zeros(window.days), "n": np.zeros(window.days)})
    return days[days["is_complete"].astype(bool)][["k", "n"]] if len(days) else days
