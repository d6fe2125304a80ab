"""Differences of proportions with the mix of cases held still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.stats.changes import normal_p
from tskit.stats.intervals import z_value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["Difference", "mantel_haenszel"]


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference of two shares within strata; `covered` is the share of cases in strata that both sides have."""

    value: float
    low: float
    high: float
    p_value: float
    strata: int
    covered: float


def mantel_haenszel(
    k: ArrayLike, n: ArrayLike, before_k: ArrayLike, before_n: ArrayLike, *, inflation: float = 1.0
) -> Difference:
    """Return the Mantel-Haenszel difference of proportions over strata, one element each.

    A stratum weighs n * before_n / (n + before_n): those that only one side has say nothing about change and weigh
    nothing. The variance is Sato's, sound for few large and for many small strata; `inflation` multiplies it, for
    cases that are alike within days.
    """
    k, n, q, m = (np.asarray(x, dtype=np.float64) for x in (k, n, before_k, before_n))
    both = (n > 0) & (m > 0)
    covered = float((n + m)[both].sum() / max((n + m).sum(), 1.0))
    if not both.any():
        return Difference(np.nan, np.nan, np.nan, np.nan, 0, covered)
    k, n, q, m = k[both], n[both], q[both], m[both]
    total = n + m
    weight = float((n * m / total).sum())
    value = float(((k * m - q * n) / total).sum()) / weight
    within = (n * n * q - m * m * k + n * m * (m - n) / 2) / (total * total)
    across = (k * (m - q) + q * (n - k)) / (2 * total)
    variance = max(float(value * within.sum() + across.sum()), 0.0) / (weight * weight) * inflation
    error = float(np.sqrt(variance))
    half = z_value() * error
    p = float(normal_p(value / error)) if error > 0 else (1.0 if value == 0 else 0.0)
    return Difference(value, max(value - half, -1.0), min(value + half, 1.0), p, int(both.sum()), covered)
