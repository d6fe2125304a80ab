"""A series around a change, ready to be fitted, or the reason why it cannot be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.patterns.impact.design import Design, design_of
from tskit.patterns.impact.ground import SOLID, unknown_sides
from tskit.patterns.impact.model import fit
from tskit.patterns.impact.series import series_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    import pandas as pd
    from numpy.typing import NDArray

    from tskit.patterns.impact.change import Change, Outcome
    from tskit.patterns.impact.design import Shape
    from tskit.patterns.impact.ground import Ground
    from tskit.patterns.impact.model import Fit
    from tskit.patterns.impact.series import Series

__all__ = ["FEW_CASES", "LEAST", "Study", "study_in", "study_of"]

LEAST = 8
"""Periods on each side, and degrees of freedom: fewer points make no trend."""
FEW_CASES = 10
"""Below so many cases (or hits, or misses) on a side, the normal approximation behind the regression is poor."""


@dataclass(frozen=True, slots=True)
class Study:
    """A series, its design, which periods count (those in the washout do not), and why it cannot be judged ("").

    `unknown` counts the periods without a figure within it, before and after the change.
    """

    series: Series
    change: Change
    outcome: Outcome
    design: Design
    counts: NDArray[np.bool_]
    lacks: str
    unknown: tuple[int, int] = (0, 0)

    @property
    def is_sparse(self) -> bool:
        """Return whether one side has too few cases for a regression."""
        if self.series.kind == "value":
            return False
        sides = (self.series.where(side & self.counts) for side in (self.design.is_before, self.design.is_after))
        return any(_fewest(side) < FEW_CASES for side in sides)

    @property
    def judged(self) -> Design:
        """Return the rows of the design that count."""
        return self.design.where(self.counts)

    def fitted(self) -> Fit:
        """Return the fit over the periods that count."""
        return fit(self.series.where(self.counts), self.judged.columns)


def study_of(
    frame: pd.DataFrame,
    change: Change,
    *,
    outcome: Outcome,
    shape: Shape,
    holidays: Collection[date] = (),
    ground: Ground = SOLID,
) -> Study:
    """Return the study of a change in a series.

    Raises:
        ParameterError: as `series_of`.
    """
    series = series_of(frame, outcome)
    return study_in(series, change, outcome=outcome, shape=shape, holidays=holidays, ground=ground)


def study_in(
    series: Series,
    change: Change,
    *,
    outcome: Outcome,
    shape: Shape,
    holidays: Collection[date] = (),
    ground: Ground = SOLID,
) -> Study:
    """Return the study of a change in a series that was read before, as far as its data is known."""
    series = _known(series, ground)
    counts = ~change.washed(series.starts, series.ends)
    kept = series.where(counts)
    if not len(kept):
        none = Design(np.empty((0, 1)), 1, counts, counts)
        return Study(series, change, outcome, none, counts, "there is no period with a figure")
    design = design_of(series, change, shape=shape, holidays=holidays)
    judged, unknown = design.where(counts), unknown_sides(series, change.on)
    lacks = ground.broken(series) or _lacking(series.period, judged) or _holed(series.period, judged, unknown)
    return Study(series, change, outcome, design, counts, lacks, unknown)


def _known(series: Series, ground: Ground) -> Series:
    known = ground.known(series)
    return replace(series.where(known), left_out=series.left_out + int((~known).sum()))


def _holed(period: str, design: Design, unknown: tuple[int, int]) -> str:
    sides = (design.is_before, "before"), (design.is_after, "after")
    for holes, (side, name) in zip(unknown, sides, strict=True):
        if holes > side.sum():
            return f"of the {period}s {name} it more are unknown ({holes}) than known ({side.sum()})"
    return ""


def _lacking(period: str, design: Design) -> str:
    for side, name in ((design.is_before, "before"), (design.is_after, "after")):
        if side.sum() < LEAST:
            had = f"{side.sum()} {period}{'' if side.sum() == 1 else 's'} with a figure {name} it"
            return f"there are {had}, and at least {LEAST} are needed on each side"
    if len(design.columns) - design.columns.shape[1] < LEAST:
        return f"{len(design.columns)} {period}s are too few to hold trend and weekdays still"
    return ""


def _fewest(side: Series) -> float:
    hits = float(side.total.sum())
    return min(hits, float(side.size.sum()) - hits) if side.kind == "rate" else hits
