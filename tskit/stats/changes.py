"""Whether two proportions or two counts differ by more than chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from tskit.stats.intervals import binomial_at_most, clopper_pearson, z_value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["Ratio", "fisher_p", "interval_of", "normal_p", "quasi_poisson_ratio", "rate_ratio", "two_proportion_p"]

_WEEK = 7
_FEW = 10
"""Below so many cases on one side, the normal approximation of a log ratio is poor; the exact interval is taken."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """How many times as many: the ratio, its interval, the p-value of no difference, and the over-dispersion.

    `dispersion` is how many times larger the variance of the counts is than that of Poisson counts.
    """

    value: float
    low: float
    high: float
    p_value: float
    dispersion: float = 1.0
    is_exact: bool = False


def normal_p(z: ArrayLike) -> Floats:
    """Return the two-sided p-value of a standard normal value.

    >>> round(float(normal_p(1.96)), 3)
    0.05
    """
    return np.asarray(2 * special.ndtr(-np.abs(np.asarray(z, dtype=np.float64))), dtype=np.float64)


def two_proportion_p(k: ArrayLike, n: ArrayLike, before_k: ArrayLike, before_n: ArrayLike) -> Floats:
    """Return the two-sided p-value of equal proportions: chi-square with N - 1, or Fisher's exact test for few cases.

    Fisher's test is taken where an expected count lies below one (Campbell 2007).
    """
    k, n, q, m = (np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in (k, n, before_k, before_n))
    k, n, q, m = np.broadcast_arrays(k, n, q, m)
    with np.errstate(divide="ignore", invalid="ignore"):
        total, hits = n + m, k + q
        square = (total - 1) * (k * (m - q) - q * (n - k)) ** 2 / (n * m * hits * (total - hits))
        p = np.where((hits == 0) | (hits == total), 1.0, normal_p(np.sqrt(square)))
        expected = np.minimum(n, m) * np.minimum(hits, total - hits) / total
    for i in np.flatnonzero((expected < 1) & (n > 0) & (m > 0)):
        p[i] = fisher_p(float(k[i]), float(n[i]), float(q[i]), float(m[i]))
    return np.where((n > 0) & (m > 0), p, np.nan)


def rate_ratio(count: float, before: float, *, exposure: float = 1.0, level: float = 0.95) -> Ratio:
    """Return the ratio of two Poisson rates with its exact conditional interval and p-value.

    `exposure` says how many times as long the first count was collected as the one before.

    >>> ratio = rate_ratio(60, 30)
    >>> round(ratio.value, 2), round(ratio.low, 2), round(ratio.high, 2)
    (2.0, 1.27, 3.21)
    """
    if count + before == 0:
        return Ratio(np.nan, np.nan, np.nan, 1.0, is_exact=True)
    low, high = (float(bound) for bound in clopper_pearson(count, count + before, level=level))
    with np.errstate(divide="ignore"):
        value, low, high = (float(np.divide(s, 1 - s)) / exposure for s in (count / (count + before), low, high))
    chance = exposure / (1 + exposure)
    below = float(binomial_at_most(count, count + before, chance))
    above = 1 - float(binomial_at_most(count - 1, count + before, chance))
    return Ratio(value, low, high, min(1.0, 2 * min(below, above)), is_exact=True)


def quasi_poisson_ratio(counts: ArrayLike, before: ArrayLike, *, first_weekday: tuple[int, int] = (0, 0)) -> Ratio:
    """Return the ratio of the daily level of two runs of daily counts, with the noise that the days themselves show.

    Days differ by weekday, and beyond that by more than Poisson counts would: both are read from the two runs (levels
    and weekdays multiply), and so is the tendency of busy days to follow busy days. `first_weekday` says on which
    weekday each run begins (0 is Monday). With fewer than ten cases on a side, or too few days to read the noise
    from, the exact Poisson ratio is returned.
    """
    now, then = np.asarray(counts, dtype=np.float64), np.asarray(before, dtype=np.float64)
    days = np.concatenate([then, now])
    run = np.repeat([0, 1], [len(then), len(now)])
    weekday = np.concatenate([np.arange(len(then)) + first_weekday[1], np.arange(len(now)) + first_weekday[0]]) % _WEEK
    freedom = len(days) - 1 - len(np.unique(weekday))
    if min(now.sum(), then.sum()) < _FEW or freedom < _WEEK:
        return rate_ratio(float(now.sum()), float(then.sum()), exposure=len(now) / max(len(then), 1))
    levels, expected = _fit(days, run, weekday)
    dispersion = _dispersion(days, expected, run, freedom)
    log_ratio = float(np.log(levels[1] / levels[0]))
    error = float(np.sqrt(dispersion * (1 / now.sum() + 1 / then.sum())))
    half = float(special.stdtrit(freedom, (1 + 0.95) / 2)) * error
    p = 2 * float(special.stdtr(freedom, -abs(log_ratio / error)))
    return Ratio(
        float(np.exp(log_ratio)), float(np.exp(log_ratio - half)), float(np.exp(log_ratio + half)), p, dispersion
    )


def _fit(days: Floats, run: NDArray[np.int_], weekday: NDArray[np.int_]) -> tuple[Floats, Floats]:
    """Return the level of each run, and the expected count of each day, of the multiplicative Poisson model."""
    levels, shape = np.ones(2), np.ones(_WEEK)
    for _ in range(50):  # proportional fitting; exact after one round when both runs are whole weeks
        levels = np.bincount(run, days, 2) / np.maximum(np.bincount(run, shape[weekday], 2), 1e-12)
        shape = np.bincount(weekday, days, _WEEK) / np.maximum(np.bincount(weekday, levels[run], _WEEK), 1e-12)
    return levels, levels[run] * shape[weekday]


def _dispersion(days: Floats, expected: Floats, run: NDArray[np.int_], freedom: int) -> float:
    """Return the variance of the counts over that of Poisson counts, neighbours' likeness included, at least 1."""
    residual = np.divide(days - expected, np.sqrt(expected), out=np.zeros_like(days), where=expected > 0)
    own = float(residual @ residual) / freedom
    together = own + 2 * sum(
        (1 - lag / _WEEK) * float(residual[lag:] @ (residual[:-lag] * (run[lag:] == run[:-lag]))) / freedom
        for lag in range(1, _WEEK)
    )
    return max(1.0, own, together)


def fisher_p(k: float, n: float, q: float, m: float) -> float:
    """Return the two-sided p-value of Fisher's exact test that k of n and q of m are equal proportions; NaN without cases.

    A correction for hundreds of comparisons reads far out in the tail, where chi-square is several times too small.

    >>> round(fisher_p(3, 5, 0, 18), 5)
    0.00565
    """
    if not (n > 0 and m > 0):
        return float("nan")
    hits = k + q
    support = np.arange(max(0.0, hits - m), min(n, hits) + 1)
    log_p = _log_choose(n, support) + _log_choose(m, hits - support) - _log_choose(n + m, np.asarray(hits))
    own = log_p[int(k - support[0])]
    return float(min(1.0, np.exp(log_p[log_p <= own + 1e-7]).sum()))


def _log_choose(n: float, k: Floats) -> Floats:
    return np.asarray(special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1), dtype=np.float64)


def interval_of(value: ArrayLike, error: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Return the normal interval around a value with that standard error."""
    value, error = np.asarray(value, dtype=np.float64), np.asarray(error, dtype=np.float64)
    half = z_value(level) * error
    return value - half, value + half
