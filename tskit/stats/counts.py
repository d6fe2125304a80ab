"""Counts that vary more than chance alone: negative binomial tails and bounds, Poisson where the variance is the mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["count_at_least", "count_at_most", "count_interval"]

_POISSON = 1.000001
"""A variance of at most so many times the mean is taken for that of a Poisson count."""


def count_at_least(count: ArrayLike, *, mean: ArrayLike, variance: ArrayLike) -> Floats:
    """Return the chance of so many or more, for a count with this mean and variance.

    >>> round(float(count_at_least(5, mean=2.0, variance=2.0)), 4)
    0.0527
    """
    k, mu, size, share = _parts(count, mean, variance)
    above = np.maximum(k, 1)
    chance = np.where(size > 0, special.betainc(above, np.where(size > 0, size, 1), share), special.gammainc(above, mu))
    return np.where(k <= 0, 1.0, chance)


def count_at_most(count: ArrayLike, *, mean: ArrayLike, variance: ArrayLike) -> Floats:
    """Return the chance of so many or fewer, for a count with this mean and variance.

    >>> round(float(count_at_most(0, mean=3.0, variance=3.0)), 4)
    0.0498
    """
    k, mu, size, share = _parts(count, mean, variance)
    below = np.maximum(k, 0)
    heavy = special.betainc(np.where(size > 0, size, 1), below + 1, 1 - share)
    return np.where(k < 0, 0.0, np.where(size > 0, heavy, special.gammaincc(below + 1, mu)))


def count_interval(*, mean: ArrayLike, variance: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the whole numbers between which a count lies in at least `level` of all cases.

    >>> low, high = count_interval(mean=10.0, variance=10.0)
    >>> int(low), int(high)
    (4, 17)
    """
    mu, spread = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(variance, np.float64))
    tail = (1 - level) / 2
    return _quantile(tail, mu, spread), _quantile(1 - tail, mu, spread)


def _quantile(chance: float, mean: Floats, variance: Floats) -> Floats:
    """Return the smallest k with a chance of at most k of at least `chance`, by halving."""
    low = np.full(mean.shape, -1.0)
    high = np.ceil(mean + 12 * np.sqrt(np.maximum(variance, mean)) + 12)
    while np.any(high - low > 1):
        middle = np.floor((low + high) / 2)
        is_enough = count_at_most(middle, mean=mean, variance=variance) >= chance
        low, high = np.where(is_enough, low, middle), np.where(is_enough, middle, high)
    return high


def _parts(count: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """Return count, mean, and the size and share of a negative binomial; a size of 0 stands for a Poisson count."""
    k, mu, spread = np.broadcast_arrays(*(np.asarray(value, np.float64) for value in (count, mean, variance)))
    mu = np.maximum(mu, 1e-12)
    is_heavy = spread > mu * _POISSON
    size = np.where(is_heavy, mu**2 / np.where(is_heavy, spread - mu, 1.0), 0.0)
    return k, mu, size, mu / (mu + np.where(is_heavy, size, 1.0))
