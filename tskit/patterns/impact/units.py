"""How sure a difference between units is, when units rather than days are what chance drew."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from tskit.stats import student_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.impact.sides import Sides

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["Clustered", "Permuted", "clustered", "difference_in", "permuted"]

_ENOUGH = 10
"""Units on each side from which on their own spread is a better guide than that of the days."""
_MOST = 20_000
"""Choices of units; with more, there are enough units for an interval."""


@dataclass(frozen=True, slots=True)
class Clustered:
    """A difference in differences with its interval, each unit drawn by chance."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Permuted:
    """How many of all `choices` of units give a difference as large as the real one, the real one among them."""

    choices: int
    as_large: int

    @property
    def p_value(self) -> float:
        """Return the share."""
        return self.as_large / self.choices if self.choices else float("nan")


def difference_in(sides: Sides, is_before: Flags, is_after: Flags, treated: Flags) -> float:
    """Return the change of the treated units minus that of the others: of counts, as a log ratio of ratios.

    With effects of unit and period, this is what Poisson regression (counts) and least squares (values in a complete table)
    give. Half a case is added where a sum is none.
    """
    moved = [_moved(sides, is_before, is_after, which) for which in (treated, ~treated)]
    return moved[0] - moved[1]


def clustered(sides: Sides, is_before: Flags, is_after: Flags) -> Clustered | None:
    """Return the difference with its jackknife interval over units (CR3), None with fewer than ten on a side.

    Degrees of freedom are Welch's, from the spread of both sides.
    """
    if min(sides.is_treated.sum(), (~sides.is_treated).sum()) < _ENOUGH:
        return None
    value = difference_in(sides, is_before, is_after, sides.is_treated)
    parts: list[tuple[float, int]] = []
    for group in (sides.is_treated, ~sides.is_treated):
        places = np.flatnonzero(group).tolist()
        without = np.array([_moved(sides, is_before, is_after, _but(group, place)) for place in places])
        parts.append(((len(places) - 1) / len(places) * float(((without - without.mean()) ** 2).sum()), len(places)))
    variance = sum(part for part, _ in parts)
    freedom = variance**2 / max(sum(part**2 / (n - 1) for part, n in parts), 1e-300)
    half = student_quantile(0.975, max(freedom, 1.0)) * float(np.sqrt(variance))
    return Clustered(value, value - half, value + half)


def permuted(sides: Sides, is_before: Flags, is_after: Flags) -> Permuted:
    """Return the rank of the real difference among those of all choices of as many units; none where there are too many."""
    units, treated = len(sides.names), int(sides.is_treated.sum())
    if comb(units, treated) > _MOST:
        return Permuted(0, 0)
    real = abs(difference_in(sides, is_before, is_after, sides.is_treated))
    found = np.zeros(comb(units, treated))
    for i, chosen in enumerate(combinations(range(units), treated)):
        group = np.zeros(units, dtype=bool)
        group[list(chosen)] = True
        found[i] = abs(difference_in(sides, is_before, is_after, group))
    return Permuted(len(found), int((found >= real * (1 - 1e-9)).sum()))


def _but(group: Flags, place: int) -> Flags:
    left = group.copy()
    left[place] = False
    return left


def _moved(sides: Sides, is_before: Flags, is_after: Flags, which: Flags) -> float:
    then, now = (_level(sides, which, side) for side in (is_before, is_after))
    return float(np.log(now / then)) if sides.base.kind == "count" else now - then


def _level(sides: Sides, which: Flags, side: Flags) -> float:
    total, size = sides.total[np.ix_(which, side)], sides.size[np.ix_(which, side)]
    if sides.base.kind == "value":
        return float((total * size).sum() / size.sum())
    least = 0.5 if sides.base.kind == "count" else 0.0
    return max(float(total.sum()), least) / float(size.sum())
