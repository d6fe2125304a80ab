"""Ratios of two risks, with the score interval of Miettinen and Nurminen: sound for few cases, and where one side has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tskit.stats import z_value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["risk_ratio"]

_FAR = 20.0
"""Ratios beyond e to this power are without bound."""
_HALVINGS = 60


def risk_ratio(
    k: ArrayLike, n: ArrayLike, other_k: ArrayLike, other_n: ArrayLike, *, level: float = 0.95
) -> tuple[Floats, Floats, Floats]:
    """Return (k / n) / (other_k / other_n) with its interval; numbers need not be whole.

    Without a denominator, or where neither side has a hit, all three are NaN; where only the other side has none, the
    ratio and its upper bound are infinite.

    >>> [round(float(x), 2) for x in risk_ratio(20, 100, 10, 100)]
    [2.0, 1.01, 4.03]
    """
    k, n, q, m = np.broadcast_arrays(*(np.asarray(x, dtype=np.float64) for x in (k, n, other_k, other_n)))
    is_known = (n > 0) & (m > 0) & (k + q > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        value = (k / n) / (q / m)
    z = z_value(level)
    low = _bound(k, n, q, m, z)
    high = _bound(k, n, q, m, -z)
    low, high = np.where(k == 0, 0.0, low), np.where(q == 0, np.inf, high)
    return tuple(np.where(is_known, x, np.nan) for x in (value, low, high))  # type: ignore[return-value]  # three of them


def _bound(k: Floats, n: Floats, q: Floats, m: Floats, z: float) -> Floats:
    """Return the ratio at which the score is z, by halving; the score falls as the ratio grows."""
    low, high = np.full(k.shape, -_FAR), np.full(k.shape, _FAR)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_above = _score(k, n, q, m, np.exp(middle)) > z
        low, high = np.where(is_above, middle, low), np.where(is_above, high, middle)
    return np.exp((low + high) / 2)


def _score(k: Floats, n: Floats, q: Floats, m: Floats, ratio: Floats) -> Floats:
    """Return how many standard errors k / n lies above ratio times q / m, if that were the true ratio."""
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b, c = (n + m) * ratio, -(n * ratio + k + m + q * ratio), k + q
        other = (-b - np.sqrt(np.maximum(b * b - 4 * a * c, 0.0))) / (2 * a)
        own = np.minimum(other * ratio, 1.0)
        variance = own * (1 - own) / n + ratio * ratio * other * (1 - other) / m
        score = (k / n - ratio * q / m) / np.sqrt(np.maximum(variance * (n + m) / (n + m - 1), 1e-300))
    return np.nan_to_num(score)
