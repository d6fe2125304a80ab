"""What became of an action: the figure that it was to move, measured again beside its baseline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tskit.causes.register import Baseline
from tskit.errors import ParameterError
from tskit.metrics import Kind, compare, find, measure
from tskit.model import Window
from tskit.stats import newcombe, rate_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tskit.causes.register import Action
    from tskit.metrics import Metric
    from tskit.model import CaseSet

__all__ = ["Effect", "Verdict", "baseline", "effect_of"]

Verdict = Literal["improved", "no change beyond noise", "worse", "changed", "too early", "dropped", "no figure"]

_FEWEST_DAYS = 14
"""So many whole days after an action before its effect is judged."""
_FEWEST_CASES = 20


@dataclass(frozen=True, slots=True)
class Effect:
    """An action with its figure as it is now; `now` is None where there is none yet, and `why` says why."""

    action: Action
    metric: Metric | None
    now: Baseline | None
    verdict: Verdict
    is_overdue: bool
    why: str = ""


def baseline(
    case_set: CaseSet, metric: str, *, where: Sequence[tuple[str, Sequence[str]]] = (), window: Window | None = None
) -> Baseline:
    """Return a metric of the catalogue as the baseline of an action: in a segment, over the period of the case set.

    Raises:
        ParameterError: the metric, or a column to select by, is unknown.
    """
    window = window or case_set.scope.window
    row = _measured(case_set, metric, where, window)
    value, low, high, k, n = (_number(row.get(name)) for name in ("value", "low", "high", "k", "n"))
    return Baseline(value, low, high, k, n, window.start, window.end)


def effect_of(case_set: CaseSet, action: Action) -> Effect:
    """Return an action with its figure measured again, after the day from which it is in effect, and the verdict."""
    today = _today(case_set)
    overdue = action.is_overdue(on=today)
    try:
        metric = find(action.metric)
    except ParameterError:  # the register must still be shown
        return Effect(action, None, None, "no figure", overdue, "the catalogue has no such metric any more")
    window, why = _after(case_set, action)
    now = baseline(case_set, action.metric, where=action.where, window=window or case_set.scope.window)
    if action.is_dropped:
        return Effect(action, metric, now, "dropped", is_overdue=False)
    if window is None:
        return Effect(action, metric, now, "too early", overdue, why)
    verdict, why = _judged(metric, action, now, case_set)
    return Effect(action, metric, now, verdict, overdue, why)


def _after(case_set: CaseSet, action: Action) -> tuple[Window | None, str]:
    """Return the whole days since the action is in effect, at most as many as its baseline has, or why there are none."""
    if action.done_on is None:
        return None, "not done yet"
    scope = case_set.scope.window
    end = min(scope.end, _today(case_set) + timedelta(days=1))
    length = (action.baseline.end - action.baseline.start).days if action.baseline else scope.days
    start = max(action.done_on, end - timedelta(days=length))
    if (end - start).days < _FEWEST_DAYS:
        return None, f"in effect for fewer than {_FEWEST_DAYS} days of this period"
    return Window(start, end, scope.zone), ""


def _today(case_set: CaseSet) -> date:
    """Return the last day that the data knows of, as it is where the period is told."""
    return case_set.as_of.astimezone(ZoneInfo(case_set.scope.window.zone)).date()


def _judged(metric: Metric, action: Action, now: Baseline, case_set: CaseSet) -> tuple[Verdict, str]:
    before = action.baseline
    if before is None or not (np.isfinite(before.value) and np.isfinite(now.value)):
        return "no figure", "there is no baseline" if before is None else "no value could be computed"
    if metric.kind is Kind.SHARE and min(before.n, now.n) < _FEWEST_CASES:
        return "too early", f"fewer than {_FEWEST_CASES} cases on a side"
    change = _by_day(case_set, action, before, now)
    if change is None:
        change = _change(metric, before, now)
    if change == 0:
        return "no change beyond noise", ""
    if metric.direction == 0:
        return "changed", "the metric has no good direction"
    return ("improved" if change == metric.direction else "worse"), ""


def _by_day(case_set: CaseSet, action: Action, before: Baseline, now: Baseline) -> int | None:
    """Return 1, -1 or 0 as `_change` does, or None where the source no longer tells the baseline.

    Cases of one day are alike and busy days follow busy days: only the days themselves tell how much a figure wavers.
    """
    zone = case_set.scope.window.zone
    windows = (Window(part.start, part.end, zone) for part in (now, before))
    part = _part(case_set, action.where)
    if part is None:
        return None
    row = compare(part, action.metric, window=next(windows), against=next(windows), strata=()).iloc[0]
    then, low, high = (_number(row.get(name)) for name in ("before", "change_low", "change_high"))
    if not np.isfinite(low) or not np.isclose(then, before.value, rtol=0.02):
        return None
    return int(low > 0) - int(high < 0)


def _change(metric: Metric, before: Baseline, now: Baseline) -> int:
    """Return 1 where the figure is higher by more than noise, -1 where it is lower, 0 where neither."""
    if metric.kind is Kind.SHARE:
        effective = [_effective(part) for part in (now, before)]
        _, low, high = newcombe(now.value * effective[0], effective[0], before.value * effective[1], effective[1])
        return int(low > 0) - int(high < 0)
    if metric.kind in {Kind.COUNT, Kind.DISTINCT}:
        days = (now.end - now.start).days / (before.end - before.start).days
        ratio = rate_ratio(now.value, before.value, exposure=days)
        return int(ratio.low > 1) - int(ratio.high < 1)
    # other figures differ beyond noise where their intervals have nothing in common
    return int(now.low > before.high) - int(now.high < before.low)


def _effective(part: Baseline) -> float:
    """Return how many cases a share is worth: fewer than there are where it was weighted by design."""
    half = (part.high - part.low) / 2
    if not half > 0 or not 0 < part.value < 1:
        return max(part.n, 1.0)
    return float(min(part.n, part.value * (1 - part.value) * (1.96 / half) ** 2))


def _measured(case_set: CaseSet, metric: str, where: Sequence[tuple[str, Sequence[str]]], window: Window) -> pd.Series:  # type: ignore[type-arg]  # one row of mixed columns
    part = _part(case_set, where)
    return pd.Series(dtype=object) if part is None else measure(part, metric, window=window).iloc[0]


def _part(case_set: CaseSet, where: Sequence[tuple[str, Sequence[str]]]) -> CaseSet | None:
    """Return the cases of a segment with their log, or None where the source lacks a column of it."""
    cases = case_set.cases
    for column, values in where:
        if column not in cases.columns:
            return None
        cases = cases.filter(cases[column].isin(list(values)))
    events = case_set.events
    return replace(case_set, cases=cases, events=None if events is None else events.semi_join(cases, "case_id"))


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float | np.number) and pd.notna(value) else float("nan")  # type: ignore[arg-type]
