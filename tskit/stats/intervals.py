"""Intervals for proportions, counts, rates and quantiles: short vectorised formulas, 95 % unless told.

Every function takes numbers or arrays and returns arrays of the same shape. Where the denominator is zero, the answer
is NaN: never 0, never 1. `scipy.stats` would cost 0.7 s of a kernel's start; `scipy.special` does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Bounds = tuple[Floats, Floats]
    Weighted = tuple[Floats, Floats, Floats, Floats]  # sums of w, w*y, w*w and w*w*y

__all__ = [
    "binomial_at_most",
    "clopper_pearson",
    "mean_interval",
    "newcombe",
    "poisson",
    "proportion",
    "quantile_ranks",
    "weighted_proportion",
    "wilson",
    "z_value",
]

_SMALL = 40
"""Below so many cases, and at 0 % and 100 %, Wilson's interval is too short; the exact one is taken."""


def z_value(level: float = 0.95) -> float:
    """Return the normal quantile of a two-sided interval.

    >>> round(z_value(), 2)
    1.96
    """
    return float(special.ndtri((1 + level) / 2))


def wilson(k: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Bounds:
    """Return Wilson's score interval of k / n.

    >>> low, high = wilson(81, 263)
    >>> round(float(low), 4), round(float(high), 4)
    (0.2553, 0.3662)
    """
    k, n = _pair(k, n)
    z = z_value(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = k / n
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return _known(np.where(k == 0, 0.0, middle - half), n), _known(np.where(k == n, 1.0, middle + half), n)


def clopper_pearson(k: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Bounds:
    """Return the exact interval of k / n, from the quantiles of the beta distribution."""
    k, n = _pair(k, n)
    tail = (1 - level) / 2
    safe_k, safe_rest = np.maximum(k, 1e-300), np.maximum(n - k, 1e-300)
    low = np.where(k == 0, 0.0, special.betaincinv(safe_k, n - k + 1, tail))
    high = np.where(k == n, 1.0, special.betaincinv(k + 1, safe_rest, 1 - tail))
    return _known(low, n), _known(high, n)


def proportion(k: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Bounds:
    """Return Wilson's interval of k / n, or the exact one where n is below 40 or k is none or all."""
    k, n = _pair(k, n)
    exact = ((n < _SMALL) | (k == 0) | (k == n)) & (n > 0)
    low, high = wilson(k, n, level=level)
    if exact.any():  # quantiles of the beta distribution are dear, so only where they are wanted
        low, high = np.array(low), np.array(high)
        low[exact], high[exact] = clopper_pearson(k[exact], n[exact], level=level)
    return low, high


def weighted_proportion(weights: Weighted, *, level: float = 0.95) -> tuple[Floats, Floats, Floats, Floats]:
    """Return share, low, high and effective number of cases of a sample drawn with unequal probabilities.

    The share is the ratio of weighted totals, its variance the linearised one, and the interval Wilson's (or the exact
    one) at the effective number of cases: the number whose simple random sample would be as precise.
    """
    w, wy, ww, wwy = weights
    with np.errstate(divide="ignore", invalid="ignore"):
        p = wy / w
        variance = (wwy * (1 - 2 * p) + p * p * ww) / (w * w)
        kish = w * w / ww
        effective = np.where(variance > 0, p * (1 - p) / variance, kish)
    low, high = proportion(p * effective, effective, level=level)
    return _known(p, w), low, high, _known(effective, w)


def newcombe(
    k: ArrayLike, n: ArrayLike, before_k: ArrayLike, before_n: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Return the difference k / n - before_k / before_n with Newcombe's interval (his method 10).

    >>> change, low, high = newcombe(56, 70, 48, 80)
    >>> [round(float(x), 4) for x in (change, low, high)]
    [0.2, 0.0524, 0.3339]
    """
    k, n = _pair(k, n)
    before_k, before_n = _pair(before_k, before_n)
    low, high = wilson(k, n, level=level)
    before_low, before_high = wilson(before_k, before_n, level=level)
    with np.errstate(divide="ignore", invalid="ignore"):
        p, q = k / n, before_k / before_n
        change = _known(p - q, np.minimum(n, before_n))
        return (
            change,
            change - np.sqrt((p - low) ** 2 + (before_high - q) ** 2),
            change + np.sqrt((high - p) ** 2 + (q - before_low) ** 2),
        )


def poisson(count: ArrayLike, *, level: float = 0.95) -> Bounds:
    """Return the exact interval of the mean of a Poisson count (Garwood).

    >>> [round(float(x), 3) for x in poisson(10)]
    [4.795, 18.39]
    """
    counts = np.asarray(count, dtype=np.float64)
    k, place = np.unique(counts, return_inverse=True)  # many groups share few counts, and the function is dear
    tail = (1 - level) / 2
    low = np.where(k == 0, 0.0, special.gammaincinv(np.maximum(k, 1e-300), tail))
    high = np.asarray(special.gammaincinv(k + 1, 1 - tail), dtype=np.float64)
    return low[place].reshape(counts.shape), high[place].reshape(counts.shape)


def mean_interval(n: ArrayLike, total: ArrayLike, squares: ArrayLike, *, level: float = 0.95) -> Bounds:
    """Return Student's interval of a mean from the number, sum and sum of squares of its values."""
    n, total, squares = (np.asarray(x, dtype=np.float64) for x in (n, total, squares))
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = total / n
        variance = np.maximum(squares - n * mean * mean, 0) / (n - 1)
        half = special.stdtrit(np.maximum(n - 1, 1e-9), (1 + level) / 2) * np.sqrt(variance / n)
    known = np.where(n > 1, n, 0)
    return _known(mean - half, known), _known(mean + half, known)


def quantile_ranks(n: ArrayLike, q: float, *, level: float = 0.95) -> Bounds:
    """Return the ranks (1 is the smallest) of the two values that enclose the quantile q of n values.

    The chance that they do is at least `level`, whatever the distribution; a rank of NaN says that no value is far
    enough out, as with fewer than six values around a median.

    >>> [float(r) for r in quantile_ranks(100, 0.5)]
    [40.0, 61.0]
    """
    n = np.asarray(n, dtype=np.float64)
    tail = (1 - level) / 2
    below = _binomial_quantile(n, q, tail)
    above = _binomial_quantile(n, q, 1 - tail) + 1
    return np.where(below >= 1, below, np.nan), np.where(above <= n, above, np.nan)


def binomial_at_most(k: ArrayLike, n: ArrayLike, q: float) -> Floats:
    """Return the chance of at most k among n when each has the chance q; n need not be whole."""
    k, n = _pair(k, n)
    inside = special.betainc(np.maximum(n - k, 1e-300), np.maximum(k + 1, 1e-300), 1 - q)
    return np.where(k >= n, 1.0, np.where(k < 0, 0.0, inside))


def _binomial_quantile(n: Floats, q: float, tail: float) -> Floats:
    """Return the smallest k with P(X <= k) >= tail."""
    spread = np.sqrt(n * q * (1 - q))
    k = np.clip(np.floor(n * q + spread * special.ndtri(tail)), 0, n)
    for _ in range(8):  # the normal guess is off by a rank or two
        k = np.where((k < n) & (binomial_at_most(k, n, q) < tail), k + 1, k)
        k = np.where((k > 0) & (binomial_at_most(k - 1, n, q) >= tail), k - 1, k)
    return k


def _pair(k: ArrayLike, n: ArrayLike) -> Bounds:
    known_k, known_n = np.broadcast_arrays(np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64))
    return known_k, known_n


def _known(values: ArrayLike, n: Floats) -> Floats:
    return np.where(n > 0, np.asarray(values, dtype=np.float64), np.nan)
