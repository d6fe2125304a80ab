"""Before the fact: how small an effect so many periods would show."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.model import Pattern
from tskit.patterns.impact.change import Change
from tskit.patterns.impact.design import columns_of, design_of
from tskit.patterns.impact.effect import CHANCE, contrast_of, detectable
from tskit.patterns.impact.model import fit, inverse_link, spread_of
from tskit.patterns.impact.noise import planned
from tskit.patterns.impact.series import following, series_of
from tskit.patterns.impact.study import LEAST
from tskit.patterns.impact.wording import amount
from tskit.stats import one_thread

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from tskit.patterns.impact.change import Outcome
    from tskit.patterns.impact.design import Shape
    from tskit.patterns.impact.model import Fit
    from tskit.patterns.impact.series import Series

    Floats = NDArray[np.float64]

__all__ = ["power_before"]


@one_thread
def power_before(
    frame: pd.DataFrame,
    *,
    outcome: Outcome,
    after: Sequence[int] = (14, 28, 56),
    shape: Shape = "level and slope",
    holidays: Collection[date] = (),
) -> Pattern:
    """Return the smallest effect that so many periods after a change would show with a chance of 80 %.

    The change is taken to come after the last period of the frame. Noise, and how alike neighbours are, are read from the
    periods before; the periods to come are taken to be as large as those of the same weekday. The effect is
    (t(0.975) + t(0.8)) standard errors of the estimate that `before_and_after` would make.

    The table has a row a length: `periods`, `smallest` (the outcome's own unit; of counts a share of what is expected) and
    `expected`, the mean that it is held against. There is no interval.

    Raises:
        ParameterError: as `before_and_after`.
    """
    series = series_of(frame, outcome)
    usable = [n for n in sorted(set(after)) if n >= LEAST]
    columns = (
        columns_of(series, np.arange(len(series), dtype=np.float64), holidays) if len(series) else np.empty((0, 1))
    )
    settings = {"outcome": outcome.label, "kind": outcome.kind, "shape": shape, "before": len(series), "chance": CHANCE}
    if len(series) < LEAST or len(series) - columns.shape[1] < LEAST or not usable:
        needed = f"at least {LEAST} {series.period}s are needed on each side, and more where weekdays differ"
        empty = pd.DataFrame(columns=["periods", "smallest", "expected"])
        words = f"Cannot tell what a change of {outcome.label} would have to be to be seen: {needed}."
        return Pattern("power", words, empty, settings=settings)
    found = fit(series, columns)
    rows = [(n, *_smallest(found, n, shape, holidays)) for n in usable]
    table = pd.DataFrame(rows, columns=["periods", "smallest", "expected"])
    return Pattern("power", _words(rows, outcome, series.period), table, settings=settings)


def _smallest(found: Fit, periods: int, shape: Shape, holidays: Collection[date]) -> tuple[float, float]:
    series = found.series
    future = following(series, periods)
    both = _joined(series, future)
    on = Change(future.starts[0].astype(object))
    design = design_of(both, on, shape=shape, holidays=holidays)
    line = np.append(found.columns @ found.regression.mean, _line(found, future))
    expected = inverse_link(series.kind, line)[design.is_after]
    steepness = _steepness(series.kind, expected)
    weight = (both.size[design.is_after] if series.kind == "rate" else np.ones(periods)) * steepness
    along = planned(
        found.regression, columns=design.columns, spread=spread_of(both, line), places=both.places,
        contrast=contrast_of(design, weight),
    )  # fmt: skip
    moved = detectable(along)
    mean = float(expected.mean())
    if series.kind == "count":
        return float(np.expm1(moved)), mean
    return float(inverse_link(series.kind, line[design.is_after] + moved).mean()) - mean, mean


def _steepness(kind: str, seen: Floats) -> Floats:
    if kind == "value":
        return np.ones(len(seen))
    return seen if kind == "count" else seen * (1 - seen)


def _joined(series: Series, future: Series) -> Series:
    names = ("starts", "ends", "places", "total", "size")
    return replace(series, **{name: np.append(getattr(series, name), getattr(future, name)) for name in names})


def _line(found: Fit, future: Series) -> Floats:
    """Return the line of the periods to come: the mean of the last ones of the same weekday."""
    series = found.series
    seen = found.columns @ found.regression.mean
    of_day = series.starts.astype(np.int64) % 7
    whole = float(seen[-28:].mean())
    if series.period != "day":
        return np.full(len(future), whole)
    known = {day: float(seen[of_day == day][-4:].mean()) for day in np.unique(of_day)}
    return np.array([known.get(day, whole) for day in future.starts.astype(np.int64) % 7])


def _words(rows: Sequence[tuple[int, float, float]], outcome: Outcome, period: str) -> str:
    def size(value: float) -> str:
        if outcome.kind == "count":
            return f"{100 * value:.3g} %"
        return amount(value, outcome).replace(" %", " points")

    first, *more = [f"{n} {period}s after a change would show an effect of {size(least)}" for n, least, _ in rows]
    rest = "".join(f"; {text.replace(' after a change would show an effect of', ',')}" for text in more)
    return f"On {outcome.label}, {first} or more in four of five cases{rest}."
