"""The same estimate at dates on which nothing was changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.patterns.impact.design import Design, columns_of
from tskit.patterns.impact.effect import contrast_of
from tskit.patterns.impact.model import fit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from numpy.typing import NDArray

    from tskit.patterns.impact.series import Series
    from tskit.patterns.impact.study import Study

    Floats = NDArray[np.float64]

__all__ = ["Placebos", "placebos_of"]

_WANTED = 40
"""Dates: enough for a rank of 1 in 40, and few enough to be read."""
_FEWEST = 19
"""Dates: with fewer, even the largest of all has a rank above 5 %."""
_USUAL = 0.1
"""A change that at least a tenth of the dates show as well is what happens anyway."""
_SHORTEST = {"day": 14, "week": 8, "month": 8}


@dataclass(frozen=True, slots=True)
class Placebos:
    """The level change at the real date and at earlier ones, in windows of one length, on the scale of the link.

    `table` has `period_start`, `effect` and `is_real`. `larger` of `dates` earlier dates show a change as large as the
    real one or larger, either way; `p_value` is the rank, NaN where there is no room for earlier dates.
    """

    table: pd.DataFrame
    dates: int
    larger: int

    @property
    def p_value(self) -> float:
        """Return the share of dates, the real one among them, with a change as large."""
        return (1 + self.larger) / (1 + self.dates) if self.dates else float("nan")

    @property
    def is_usual(self) -> bool:
        """Return whether enough earlier dates show as large a change for it to be nothing out of the ordinary."""
        return self.dates >= _FEWEST and self.p_value > _USUAL

    @property
    def says(self) -> str:
        """Return the rank in words."""
        if not self.dates:
            return "The time before is too short to hold the same estimate at earlier dates beside it."
        had = "shows" if self.larger == 1 else "show"
        few = "" if self.dates >= _FEWEST else " (too few dates for more than a hint)"
        return (
            f"Of {self.dates} earlier dates on which nothing was changed, {self.larger} {had} as large a change{few}."
        )


def placebos_of(study: Study, *, grid: Floats, holidays: Collection[date] = ()) -> Placebos:
    """Return the change in level at the real date and at up to 40 dates before it.

    Every estimate is of one kind: a step between a stretch before and a stretch after of fixed numbers of periods, with
    trend, weekdays and holidays held still and the noise that `grid` gives. Earlier dates use periods before the change
    only. Since neighbouring dates share most of their periods, their ranks hang together: the rank is a check, not a test.
    """
    series, judged = study.series.where(study.counts), study.judged
    first = int(judged.is_before.sum())
    real = len(judged.is_before) - int(judged.is_after.sum())
    after = min(len(series) - real, first // 3)
    shortest = _SHORTEST[series.period]
    before = min(max(shortest, min(2 * after, first - after - _WANTED)), first - after)
    if before < shortest or after < 3:
        return Placebos(pd.DataFrame(columns=["period_start", "effect", "is_real"]), 0, 0)
    places = np.arange(before, first - after + 1)
    chosen = places[np.unique(np.linspace(0, len(places) - 1, min(_WANTED, len(places))).round().astype(int))]
    rows: list[tuple[object, float]] = [
        (series.starts[place], _step(_window(series, range(place - before, place + after)), before, grid, holidays))
        for place in chosen
    ]
    own = _step(_window(series, [*range(first - before, first), *range(real, real + after)]), before, grid, holidays)
    rows.append((np.datetime64(study.change.on, "D"), own))
    table = pd.DataFrame(rows, columns=["period_start", "effect"]).assign(is_real=[False] * len(chosen) + [True])
    size = table["effect"].abs().to_numpy()
    return Placebos(table, len(chosen), int((size[:-1] >= size[-1]).sum()))


def _window(series: Series, places: Collection[int]) -> Series:
    keep = np.zeros(len(series), dtype=bool)
    keep[list(places)] = True
    return series.where(keep)


def _step(window: Series, before: int, grid: Floats, holidays: Collection[date]) -> float:
    is_after = np.arange(len(window)) >= before
    since = (window.places - window.places[before]).astype(np.float64)
    columns = np.column_stack([columns_of(window, since, holidays), is_after.astype(np.float64)])
    design = Design(columns, 1, ~is_after, is_after)
    found = fit(window, columns, grid=grid)
    return float(found.regression.mean @ contrast_of(design, np.ones(int(is_after.sum()))))
