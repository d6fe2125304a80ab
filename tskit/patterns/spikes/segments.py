"""Where the level of a count or a share changed: the cheapest cut into stretches of one level each.

The cut is the exact optimum of the penalised likelihood (optimal partitioning, Jackson et al. 2005), found one period
after the other. A change costs what chance alone would pay for the best of all places to cut once in 1 / level series
(Miller and Siegmund 1982), so that a series in which nothing changed stays whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

__all__ = ["Course", "chance_of_change", "cut", "likely_places", "price"]

_LIKELY = 7.35
"""Twice the log-likelihood that places of a change may lie below the best one (Hansen 2000, 95 %)."""


class Course(NamedTuple):
    """A series to cut: counts, what they are out of or would be at level 1, the dispersion, and whether it is a share.

    A period that is not known has a count and an exposure of 0.
    """

    counts: Floats
    exposure: Floats
    dispersion: float
    is_rate: bool

    def totals(self) -> tuple[Floats, Floats]:
        """Return the running sums of counts and exposure, from 0."""
        return np.pad(self.counts, (1, 0)).cumsum(), np.pad(self.exposure, (1, 0)).cumsum()

    def cost(self, counts: Floats, exposure: Floats) -> Floats:
        """Return minus twice the log-likelihood of stretches with these sums at their own level."""
        found = special.xlogy(counts, counts) - special.xlogy(counts, exposure)
        if self.is_rate:
            rest = np.maximum(exposure - counts, 0.0)
            found = found + special.xlogy(rest, rest) - special.xlogy(rest, exposure)
        return -2 * found / self.dispersion


def cut(course: Course, *, shortest: int, penalty: float) -> list[int]:
    """Return the places at which a new level begins."""
    counts, exposure = course.totals()
    size = len(counts) - 1
    best = np.full(size + 1, np.inf)
    best[0] = -penalty
    last = np.zeros(size + 1, dtype=np.int64)
    for end in range(shortest, size + 1):
        starts = np.r_[0, np.arange(shortest, end - shortest + 1)]
        costs = course.cost(counts[end] - counts[starts], exposure[end] - exposure[starts])
        found = best[starts] + costs + penalty
        at = int(np.argmin(found))
        best[end], last[end] = found[at], starts[at]
    places: list[int] = []
    at = int(last[size])
    while at > 0:
        places.append(at)
        at = int(last[at])
    return places[::-1]


def gain(course: Course, start: int, end: int, *, shortest: int) -> Floats:
    """Return what a cut at each place of a stretch gains in twice the log-likelihood; nothing too near its ends."""
    counts, exposure = course.totals()
    at = np.arange(start, end + 1)
    left = course.cost(counts[at] - counts[start], exposure[at] - exposure[start])
    right = course.cost(counts[end] - counts[at], exposure[end] - exposure[at])
    found = course.cost(counts[[end]] - counts[start], exposure[[end]] - exposure[start]) - left - right
    found[(at - start < shortest) | (end - at < shortest)] = -np.inf
    return found


def likely_places(course: Course, start: int, at: int, end: int, *, shortest: int) -> tuple[float, int, int]:
    """Return what a change gains, and the first and last place where it may as well have been (95 %)."""
    found = gain(course, start, end, shortest=shortest)
    near = np.flatnonzero(found >= found[at - start] - _LIKELY) + start
    return float(found[at - start]), int(near[0]), int(near[-1])


def chance_of_change(gained: float, *, periods: int, shortest: int) -> float:
    """Return how likely the best of all places to cut gains so much where nothing changed.

    >>> round(chance_of_change(9.0, periods=100, shortest=10), 3)
    0.058
    """
    edge = min(shortest / periods, 0.49)
    b = np.sqrt(max(gained, 1.0))
    density = np.exp(-b * b / 2) / np.sqrt(2 * np.pi)
    return float(min(1.0, density * ((b - 1 / b) * 2 * np.log((1 - edge) / edge) + 4 / b)))


def price(level: float, *, periods: int, shortest: int) -> float:
    """Return the gain that chance makes with this level."""
    low, high = 1.0, 200.0
    while high - low > 1e-6:
        half = (low + high) / 2
        is_common = chance_of_change(half, periods=periods, shortest=shortest) > level
        low, high = (half, high) if is_common else (low, half)
    return high
