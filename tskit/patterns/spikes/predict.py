"""What chance makes of what is expected: tails and bounds of a count or of k of n, with all that is not known for sure.

The mean (or share) has the gamma (or beta) distribution of the fit's mean and variance, which makes the count negative
binomial (or beta-binomial) and its tails exact sums. How much counts spread is not known for sure either: the tails are
averaged over the dispersion's own uncertainty by Gauss and Hermite's rule, which matters where the history is short.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from scipy import special

from tskit.stats import count_at_least, count_at_most

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from tskit.patterns.spikes.fit import Fit

    Floats = NDArray[np.float64]
    Rows = NDArray[np.int64] | NDArray[np.bool_]
    IsUsual = Callable[[Floats, NDArray[np.int64]], NDArray[np.bool_]]

__all__ = ["Bounds", "Counts", "Predicted", "Shares", "Tails", "bounds", "reach", "tails"]

_WIDEST = 1.0
"""The log of the dispersion is unsure by no more than that, whatever the formula for large histories says."""
_GRID = np.linspace(-8, 8, 97)
"""Standard deviations of the logit between which a share is summed over."""
_SURE = 1e-9
_STRIDES = 2.0 ** np.arange(1, 54)
"""Up to the last count that a number tells from the next one."""
_NODES = 3
"""Of Gauss and Hermite: with a fourth, no tail of a thousandth changes by a twentieth of itself."""


class Predicted(Protocol):
    """The predictive distribution of a row of counts."""

    @property
    def mean(self) -> Floats:
        """Return the mean of each row."""
        ...

    @property
    def spread(self) -> Floats:
        """Return the standard deviation of each row."""
        ...

    def at(self, rows: Rows) -> Predicted:
        """Return the predictions of some of the rows."""
        ...

    def at_least(self, count: Floats) -> Floats:
        """Return the chance of so many cases or more."""
        ...

    def at_most(self, count: Floats) -> Floats:
        """Return the chance of so many cases or fewer."""
        ...


class Bounds(NamedTuple):
    """The whole numbers between which a count is within chance."""

    lower: Floats
    upper: Floats


class Tails(NamedTuple):
    """The chance of so many cases or more, of so many or fewer, and both with half that of just as many.

    Without the half, small counts would hardly ever be beyond their bounds, and far less often than was asked for.
    """

    more: Floats
    fewer: Floats
    middle_more: Floats
    middle_fewer: Floats


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts: their mean, and nodes by rows, what their variance may be."""

    mean: Floats = field(repr=False)
    variance: Floats = field(repr=False)
    weights: Floats = field(repr=False)

    @classmethod
    def of(cls, fit: Fit, *, part: Floats) -> Counts:
        """Return the counts of periods of which a share (`part`) has passed or is known; the mean is that of this share."""
        # Each case of an over-dispersed count is seen with this chance: what it spreads beyond Poisson shrinks with it.
        dispersions, weights = _dispersions(fit)
        variance = fit.mean * (1 + part * (dispersions - 1)) + fit.mean**2 * fit.variance
        return cls(fit.mean, variance, weights)

    @property
    def spread(self) -> Floats:
        """Return the standard deviation of each count."""
        return np.sqrt(self.weights @ self.variance)

    def at(self, rows: Rows) -> Counts:
        """Return the predictions of some of the rows."""
        return Counts(self.mean[rows], self.variance[:, rows], self.weights)

    def at_least(self, count: Floats) -> Floats:
        """Return the chance of so many cases or more."""
        return self.weights @ count_at_least(count, mean=self.mean, variance=self.variance)

    def at_most(self, count: Floats) -> Floats:
        """Return the chance of so many cases or fewer."""
        return self.weights @ count_at_most(count, mean=self.mean, variance=self.variance)


@dataclass(frozen=True, slots=True)
class Shares:
    """Cases of so many (`out_of`): the shares, nodes by rows by grid, that they may come from, and the mass of each."""

    mean: Floats = field(repr=False)
    spread: Floats = field(repr=False)
    out_of: Floats = field(repr=False)
    shares: Floats = field(repr=False)
    mass: Floats = field(repr=False)
    weights: Floats = field(repr=False)

    @classmethod
    def of(cls, fit: Fit, *, out_of: Floats) -> Shares:
        """Return the cases of so many."""
        share = np.clip(fit.mean, 1e-12, 1 - 1e-12)
        each, others = share * (1 - share), np.maximum(out_of - 1, 0)
        dispersions, weights = _dispersions(fit)
        rho = (dispersions - 1 + out_of * each * fit.variance) / np.maximum(others, 1)
        rho = np.clip(rho, _SURE, 0.99)
        spread = np.sqrt(out_of * each * (1 + others * (weights @ rho)))
        return cls(out_of * share, spread, out_of, *_grid(share, rho), weights)

    def at(self, rows: Rows) -> Shares:
        """Return the predictions of some of the rows."""
        per_row = self.mean[rows], self.spread[rows], self.out_of[rows]
        return Shares(*per_row, self.shares[:, rows], self.mass[:, rows], self.weights)

    def at_least(self, count: Floats) -> Floats:
        """Return the chance of so many of them or more."""
        k = np.clip(count, 1, np.maximum(self.out_of, 1))[:, None]
        each = special.betainc(k, self.out_of[:, None] - k + 1, self.shares)
        chance = self.weights @ (self.mass * each).sum(axis=2)
        return np.where(count <= 0, 1.0, np.where(count > self.out_of, 0.0, chance))

    def at_most(self, count: Floats) -> Floats:
        """Return the chance of so many of them or fewer."""
        k = np.clip(count, 0, np.maximum(self.out_of - 1, 0))[:, None]
        each = special.betaincc(k + 1, np.maximum(self.out_of[:, None] - k, 1), self.shares)
        chance = self.weights @ (self.mass * each).sum(axis=2)
        return np.where(count < 0, 0.0, np.where(count >= self.out_of, 1.0, chance))


def tails(predicted: Predicted, count: Floats) -> Tails:
    """Return the chances of each count; the smaller tail is summed by itself, so that it is as exact as it is small."""
    is_high = count >= predicted.mean
    high, low = predicted.at(is_high), predicted.at(~is_high)
    least, most, above, below = (np.empty(count.shape) for _ in range(4))
    least[is_high], above[is_high] = high.at_least(count[is_high]), high.at_least(count[is_high] + 1)
    most[~is_high], below[~is_high] = low.at_most(count[~is_high]), low.at_most(count[~is_high] - 1)
    most[is_high], below[is_high] = 1 - above[is_high], 1 - least[is_high]
    least[~is_high], above[~is_high] = 1 - below[~is_high], 1 - most[~is_high]
    return Tails(least, most, (least + above) / 2, (most + below) / 2)


def reach(predicted: Predicted, level: float | Floats) -> tuple[Floats, Floats]:
    """Return about how far chance goes to either side: as for a normal value, with the skew of a count (Cornish, Fisher)."""
    far, spread = -special.ndtri(level), np.maximum(predicted.spread, _SURE)
    skew = 2 * spread / np.maximum(predicted.mean, _SURE) - 1 / spread
    bent = spread * skew * (far**2 - 1) / 6
    # Of sparse counts the skew bends both sides upwards, beyond the mean itself.
    return np.clip(predicted.mean - spread * far + bent, 0.0, predicted.mean), predicted.mean + spread * far + bent


def bounds(
    predicted: Predicted, *, level: float | Floats, top: Floats | None = None, near: Bounds | None = None
) -> Bounds:
    """Return the smallest and the largest count that chance alone makes, each side at `level`; no wider than `near`."""
    share = np.broadcast_to(np.asarray(level, dtype=np.float64), predicted.mean.shape)

    def is_usual_high(count: Floats, rows: Rows) -> NDArray[np.bool_]:
        some = predicted.at(rows)
        return (some.at_least(count) + some.at_least(count + 1)) / 2 >= share[rows]

    def is_usual_low(count: Floats, rows: Rows) -> NDArray[np.bool_]:
        some = predicted.at(rows)
        return (some.at_most(-count) + some.at_most(-count - 1)) / 2 >= share[rows]

    low, high = reach(predicted, share)
    if near is None:
        lower, upper = -_last(is_usual_low, -low), _last(is_usual_high, high)
    else:
        lower, upper = -_nearer(is_usual_low, -near.lower, -low), _nearer(is_usual_high, near.upper, high)
    return Bounds(np.maximum(lower, 0.0), upper if top is None else np.minimum(upper, top))


def _nearer(is_usual: IsUsual, near: Floats, guess: Floats) -> Floats:
    """Return `near` where it is usual, and the largest whole number that is where it is not."""
    found = near.copy()
    rest = np.flatnonzero(~is_usual(near, np.arange(len(near))))
    found[rest] = _last(lambda count, rows: is_usual(count, rest[rows]), np.minimum(guess[rest], near[rest] - 1))
    return found


def _last(is_usual: IsUsual, guess: Floats) -> Floats:
    """Return the largest whole number that is usual: from a guess go on in strides until past it, then halve."""
    rest = np.arange(len(guess))
    near = np.floor(guess)
    side = np.where(is_usual(near, rest), 1.0, -1.0)
    far = near + side
    for stride in _STRIDES:
        rest = rest[is_usual(far[rest], rest) == (side[rest] > 0)]
        if not len(rest):
            break
        near[rest], far[rest] = far[rest], far[rest] + side[rest] * stride
    low, high = np.minimum(near, far), np.maximum(near, far)
    while len(rest := np.flatnonzero(high - low > 1)):
        half = np.floor((low[rest] + high[rest]) / 2)
        usual = is_usual(half, rest)
        low[rest], high[rest] = np.where(usual, half, low[rest]), np.where(usual, high[rest], half)
    return low


def _dispersions(fit: Fit) -> tuple[Floats, Floats]:
    """Return what the dispersion may be, nodes by rows, and how likely each node is."""
    at, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    unsure = np.minimum(np.sqrt(2 / fit.freedom), _WIDEST)
    return np.maximum(fit.dispersion * np.exp(unsure * at[:, None]), 1.0), weights / weights.sum()


def _grid(share: Floats, rho: Floats) -> tuple[Floats, Floats]:
    """Return shares, and how likely each is, for beta distributions with this mean and intra-class correlation."""
    a, b = share * (1 - rho) / rho, (1 - share) * (1 - rho) / rho
    centre = special.digamma(a) - special.digamma(b)
    width = np.sqrt(special.polygamma(1, a) + special.polygamma(1, b))
    logit = centre[..., None] + width[..., None] * _GRID
    log_mass = a[..., None] * -np.logaddexp(0, -logit) + b[..., None] * -np.logaddexp(0, logit)
    mass = np.exp(log_mass - log_mass.max(axis=-1, keepdims=True))
    return special.expit(logit), mass / mass.sum(axis=-1, keepdims=True)
