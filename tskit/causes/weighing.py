"""Shares of a weighted sample: how large, how sure, and whether two differ by more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.stats import binomial_at_most, fisher_p, proportion, weighted_proportion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

__all__ = ["LEVEL", "Share", "differ", "lead", "share"]

LEVEL = 0.05 / 3
"""A session looks in three ways: which causes lead, where they concentrate, and how they move. Its error of 5 % is shared."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval: `k` of `n` cases, and the effective number of cases behind it."""

    value: float
    low: float
    high: float
    k: int
    n: int
    effective: float


def share(hit: Bools, weight: Floats) -> Share:
    """Return the share of cases that hit, weighted; Wilson's or the exact interval where all weights are equal."""
    n, k = len(hit), int(hit.sum())
    if not n or not weight.sum() > 0:
        return Share(np.nan, np.nan, np.nan, k, n, 0.0)
    if np.ptp(weight) <= 1e-9 * weight.max():
        low, high = proportion(k, n)
        return Share(k / n, float(low), float(high), k, n, float(n))
    square = weight * weight
    sums = tuple(np.atleast_1d(x) for x in (weight.sum(), weight[hit].sum(), square.sum(), square[hit].sum()))
    value, low, high, effective = (float(x[0]) for x in weighted_proportion(sums))  # type: ignore[arg-type]  # a tuple of four
    return Share(value, low, high, k, n, effective)


def differ(hit: Bools, inside: Bools, weight: Floats) -> float:
    """Return the p-value that a cause is as frequent inside a segment as outside, by Fisher's exact test.

    It is exact however few the cases: a session corrects for hundreds of comparisons, and chi-square would tell about
    twice as many stories of chance as it says. With unequal weights each side counts as many cases as it is worth
    (Kish), rounded down.
    """
    sides = [_worth(hit[side], weight[side]) for side in (inside, ~inside)]
    (k, n), (q, m) = sides
    return fisher_p(k, n, q, m)


def lead(first: Bools, second: Bools, weight: Floats) -> float:
    """Return the p-value that two causes are equally frequent, from the cases that have one of them."""
    either = first | second
    k, n = _worth(first[either], weight[either], whole=False)
    if not n:
        return np.nan
    return min(1.0, 2 * min(float(binomial_at_most(k, n, 0.5)), float(binomial_at_most(n - k, n, 0.5))))


def _worth(hit: Bools, weight: Floats, *, whole: bool = True) -> tuple[float, float]:
    """Return hits and cases as an unweighted sample of the same worth would have them."""
    total = weight.sum()
    if not total > 0:
        return 0.0, 0.0
    effective = total * total / (weight * weight).sum()
    hits = weight[hit].sum() / total * effective
    return (
        (float(np.floor(hits + 1e-9)), float(np.floor(effective + 1e-9))) if whole else (float(hits), float(effective))
    )
