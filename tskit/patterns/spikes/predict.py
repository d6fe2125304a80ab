"""What chance makes of what is expected: tails and bounds of a count or of k of n, with all that is not known for sure.

The mean (or share) has the gamma (or beta) distribution of the fit's mean and variance, which makes the count negative
binomial (or beta-binomial) and its tails exact sums. How much counts spread is not known for sure either: the tails are
averaged over the dispersion's own uncertainty by Gauss and Hermite's rule, which matters where the history is short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from scipy import special

from tskit.stats import count_at_least, count_at_most

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from tskit.patterns.spikes.fit import Fit

    Floats = NDArray[np.float64]

__all__ = ["Bounds", "Counts", "Shares", "bounds", "middle"]

_WIDEST = 1.0
"""The log of the dispersion is unsure by no more than that, whatever the formula for large histories says."""
_GRID = np.linspace(-8, 8, 97)
"""Standard deviations of the logit between which a share is summed over."""
_SURE = 1e-9


class Predicted(Protocol):
    """The predictive distribution of a row of counts."""

    @property
    def mean(self) -> Floats: ...
    @property
    def spread(self) -> Floats: ...
    def at_least(self, count: Floats) -> Floats: ...
    def at_most(self, count: Floats) -> Floats: ...


class Bounds(NamedTuple):
    """The whole numbers between which a count is within chance."""

    lower: Floats
    upper: Floats


class Counts:
    """Counts of periods of which a share (`part`) has passed or is known."""

    def __init__(self, fit: Fit, *, part: Floats) -> None:
        self.mean = fit.mean * part
        # Each case of an over-dispersed count is seen with this chance: what it spreads beyond Poisson shrinks with it.
        self._spreads = [
            (self.mean * (1 + part * (dispersion - 1)) + self.mean**2 * fit.variance, weight)
            for dispersion, weight in _dispersions(fit, nodes=5)
        ]
        self.spread = np.sqrt(_average(self._spreads))

    def at_least(self, count: Floats) -> Floats:
        """Return the chance of so many cases or more."""
        return _average((count_at_least(count, mean=self.mean, variance=v), w) for v, w in self._spreads)

    def at_most(self, count: Floats) -> Floats:
        """Return the chance of so many cases or fewer."""
        return _average((count_at_most(count, mean=self.mean, variance=v), w) for v, w in self._spreads)


class Shares:
    """Cases of so many (`out_of`)."""

    def __init__(self, fit: Fit, *, out_of: Floats) -> None:
        share = np.clip(fit.mean, 1e-12, 1 - 1e-12)
        self._n, self.mean = out_of, out_of * share
        each = share * (1 - share)
        parts = [
            (np.clip((d - 1 + out_of * each * fit.variance) / np.maximum(out_of - 1, 1), _SURE, 0.99), w)
            for d, w in _dispersions(fit, nodes=3)
        ]
        self.spread = np.sqrt(out_of * each * (1 + (out_of - 1) * _average(parts)))
        self._grids = [(*_grid(share, rho), w) for rho, w in parts]

    def at_least(self, count: Floats) -> Floats:
        """Return the chance of so many of them or more."""
        k = np.clip(count, 1, np.maximum(self._n, 1))[:, None]
        chance = _average(
            ((mass * special.betainc(k, self._n[:, None] - k + 1, p)).sum(axis=1), w) for p, mass, w in self._grids
        )
        return np.where(count <= 0, 1.0, np.where(count > self._n, 0.0, chance))

    def at_most(self, count: Floats) -> Floats:
        """Return the chance of so many of them or fewer."""
        k = np.clip(count, 0, np.maximum(self._n - 1, 0))[:, None]
        rest = np.maximum(self._n[:, None] - k, 1)
        chance = _average(((mass * special.betaincc(k + 1, rest, p)).sum(axis=1), w) for p, mass, w in self._grids)
        return np.where(count < 0, 0.0, np.where(count >= self._n, 1.0, chance))


def middle(predicted: Predicted, count: Floats) -> tuple[Floats, Floats]:
    """Return the chance of more (and of fewer) cases, and half that of just as many.

    Without the half, small counts would hardly ever be beyond their bounds, and far less often than was asked for.
    """
    more, fewer = predicted.at_least(count), predicted.at_most(count)
    return (more + predicted.at_least(count + 1)) / 2, (fewer + predicted.at_most(count - 1)) / 2


def bounds(predicted: Predicted, *, level: float, top: Floats | None = None) -> Bounds:
    """Return the smallest and the largest count that chance alone makes, each side at `level`."""
    reach = predicted.spread * -special.ndtri(level)
    guess = predicted.mean

    def is_usual_high(count: Floats) -> NDArray[np.bool_]:
        return (predicted.at_least(count) + predicted.at_least(count + 1)) / 2 >= level

    def is_usual_low(count: Floats) -> NDArray[np.bool_]:
        return (predicted.at_most(count) + predicted.at_most(count - 1)) / 2 >= level

    upper = _last(is_usual_high, guess + reach, predicted.spread)
    lower = -_last(lambda count: is_usual_low(-count), -(guess - reach), predicted.spread)
    return Bounds(np.maximum(lower, 0.0), upper if top is None else np.minimum(upper, top))


def _last(is_usual: Callable[[Floats], NDArray[np.bool_]], guess: Floats, spread: Floats) -> Floats:
    """Return the largest whole number that is usual, from a guess: widen until it is between two, then halve."""
    start = np.floor(guess)
    width = np.ceil(1 + spread / 8)
    low, high = start - width, start + width
    for _ in range(64):
        is_low, is_high = is_usual(low), ~is_usual(high)
        if (is_low & is_high).all():
            break
        width *= 2
        low, high = np.where(is_low, low, low - width), np.where(is_high, high, high + width)
    while (high - low > 1).any():
        half = np.floor((low + high) / 2)
        usual = is_usual(half)
        low, high = np.where(usual, half, low), np.where(usual, high, half)
    return low


def _average(parts: Iterable[tuple[Floats, float]]) -> Floats:
    return np.asarray(sum(weight * values for values, weight in parts), dtype=np.float64)


def _dispersions(fit: Fit, *, nodes: int) -> list[tuple[Floats, float]]:
    at, weights = np.polynomial.hermite_e.hermegauss(nodes)
    unsure = np.minimum(np.sqrt(2 / fit.freedom), _WIDEST)
    shares = weights / weights.sum()
    return [(np.maximum(fit.dispersion * np.exp(unsure * z), 1.0), float(w)) for z, w in zip(at, shares, strict=True)]


def _grid(share: Floats, rho: Floats) -> tuple[Floats, Floats]:
    """Return shares, and how likely each is, for beta distributions with this mean and intra-class correlation."""
    a, b = share * (1 - rho) / rho, (1 - share) * (1 - rho) / rho
    centre = special.digamma(a) - special.digamma(b)
    width = np.sqrt(special.polygamma(1, a) + special.polygamma(1, b))
    logit = centre[:, None] + width[:, None] * _GRID
    log_mass = a[:, None] * -np.logaddexp(0, -logit) + b[:, None] * -np.logaddexp(0, logit)
    mass = np.exp(log_mass - log_mass.max(axis=1, keepdims=True))
    return special.expit(logit), mass / mass.sum(axis=1, keepdims=True)
