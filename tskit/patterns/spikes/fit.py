"""The usual course of many series at once: over-dispersed counts and rates, fitted to all their histories in one go.

Every judged period of every series is a row with a history of its own. The design is told backwards from the judged
period, so that all rows share it, and the normal equations of all of them are one product of matrices. The model is
quasi-Poisson with a log link for counts (variance: dispersion times mean) and quasi-binomial with a logit link for
rates. Effects have normal priors, wide where there is data and what keeps a short history from telling stories where
there is little. Histories are fitted anew, and again, with what stood out weighing less (Noufaily et al. 2013).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tskit.patterns.spikes.outlying import TRIMMED, score_of, usual_up_to, weights_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.spikes.design import Design

    Floats = NDArray[np.float64]

__all__ = ["Fit", "Histories", "fit"]

_PASSES = 2
"""Histories are weighed twice: the first time, the dispersion that decides what stands out is still that of all counts,
outbreaks included, and some hide behind it (masking)."""
_PSEUDO = 0.5
"""Cases added to a history in all (Jeffreys): a series of n empty periods expects 0.5 / n, and not 0 for sure."""
_TINY = 1e-300
_RIDGE = 1e-8
"""What keeps an effect at nought of which a history says nothing, where no prior does."""
_SURE = 16.0
"""The logit of a share is held within: one in nine million. Beyond, nothing would be left for chance."""
_NEAR, _ROUNDS = 1e-3, 30
_STRIDE = 2.0
"""The linear predictor moves at most so far in a round, so that no first step leaves the ground."""
_CELLS = 1 << 18
"""Rows are taken in bundles of so many cells, which stay in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Histories:
    """Rows to fit: counts by periods, NaN where nothing is known.

    `exposure` multiplies the mean of a count and, for rates, is the denominator. `holidays` has one column more than
    `counts`, that of the judged period, or is none at all. `penalty` is rows by columns of the design: the inverse
    variances of the priors. `ahead` is rows by looks by periods, the judged one the last of them: each look is a sum of
    these periods, weighed by their exposure.
    """

    counts: Floats = field(repr=False)
    exposure: Floats = field(repr=False)
    holidays: Floats | None = field(repr=False)
    penalty: Floats = field(repr=False)
    ahead: Floats = field(repr=False)
    is_rate: bool = False

    def bundle(self, rows: slice) -> Histories:
        """Return some of the rows."""
        holidays = None if self.holidays is None else self.holidays[rows]
        parts = self.counts[rows], self.exposure[rows], holidays, self.penalty[rows], self.ahead[rows]
        return Histories(*parts, self.is_rate)


class Fit(NamedTuple):
    """What each row should bring: the count or share of each look, how unsure it is, and how counts spread.

    `mean` and `variance` are rows by looks; `variance` is that of the log of a mean, or of the logit of a share.
    `freedom` are the effective degrees of freedom behind `dispersion`. `effects` has a column for each one of the
    design, and one more where there are holidays.
    """

    mean: Floats
    variance: Floats
    dispersion: Floats
    freedom: Floats
    effects: Floats

    def look(self, number: int) -> Fit:
        """Return the fit of one look, with a mean and a variance for each row."""
        return self._replace(mean=self.mean[:, number], variance=self.variance[:, number])


def fit(histories: Histories, design: Design) -> Fit:
    """Return the fit of every row; rows do not know of each other, so their order and company change nothing."""
    rows, periods = histories.counts.shape
    size = max(1, _CELLS // max(periods, 1))
    parts = [_fit(histories.bundle(slice(at, at + size)), design) for at in range(0, rows, size)]
    if not parts:
        nothing = np.zeros((0, histories.ahead.shape[1]))
        return Fit(nothing, nothing, np.zeros(0), np.zeros(0), np.zeros(histories.penalty.shape))
    return Fit(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


class _Data(NamedTuple):
    """A bundle without its gaps: a period that is not known weighs nothing."""

    counts: Floats
    exposure: Floats
    known: Floats
    is_rate: bool

    def mean(self, linear: Floats) -> Floats:
        if self.is_rate:
            return self.exposure / (1 + np.exp(-np.clip(linear, -_SURE, _SURE)))
        return self.exposure * np.exp(linear)

    def spread(self, mean: Floats) -> Floats:
        """Return the variance of a count with this mean, but for the dispersion."""
        return mean * (1 - mean / self.exposure) if self.is_rate else mean


class _Solution(NamedTuple):
    effects: Floats
    mean: Floats
    spread: Floats
    inverse: Floats


def _fit(histories: Histories, design: Design) -> Fit:
    data, matrix = _data(histories), _Matrix(design, histories.holidays)
    found = _solve(data, matrix, histories.penalty, weights=data.known, start=None)
    dispersion, freedom = _dispersion(data, found, data.known, matrix)
    for _ in range(_PASSES):
        weights = data.known * _down(data, found, dispersion, matrix)
        penalty = histories.penalty * dispersion[:, None]
        found = _solve(data, matrix, penalty, weights=weights, start=found.effects)
        ordinary = data.known * (weights == 1)
        dispersion, freedom = _dispersion(data, found, ordinary, matrix)
    mean, lean = matrix.ahead(found.effects, histories.ahead, is_rate=data.is_rate)
    variance = dispersion[:, None] * ((lean @ found.inverse) * lean).sum(axis=2)
    return Fit(mean, variance, dispersion, freedom, found.effects)


def _data(histories: Histories) -> _Data:
    known = ~(np.isnan(histories.counts) | np.isnan(histories.exposure)) & (histories.exposure > 0)
    share = _PSEUDO / np.maximum(known.sum(axis=1, keepdims=True), 1)
    counts = np.where(known, histories.counts + share, 0.0)
    exposure = np.where(known, histories.exposure + 2 * share * histories.is_rate, 1.0)
    return _Data(counts, exposure, known.astype(np.float64), histories.is_rate)


class _Matrix:
    """The design of a bundle: columns that all rows share, and at the end the holidays, which are each row's own."""

    def __init__(self, design: Design, holidays: Floats | None) -> None:
        self._shared, self._whole = design.history, design.whole
        self._products, self._upper = design.products, design.upper
        self._own = None if holidays is None else holidays[:, :-1]
        self._holidays = holidays

    def ahead(self, effects: Floats, looks: Floats, *, is_rate: bool) -> tuple[Floats, Floats]:
        """Return what each look of each row should bring, and how its log (or logit) leans on each effect."""
        longest, columns = looks.shape[2], self._whole.shape[1]
        design = self._whole[-longest:]
        linear = effects[:, :columns] @ design.T
        if self._holidays is not None:
            linear += effects[:, columns:] * self._holidays[:, -longest:]
        mean = 1 / (1 + np.exp(-linear)) if is_rate else np.exp(linear)
        each = looks * mean[:, None]
        found = total = each.sum(axis=2)
        if is_rate:
            found = total / np.maximum(looks.sum(axis=2), _TINY)
            each, total = each * (1 - mean[:, None]), total * (1 - found)
        lean = each @ design
        if self._holidays is not None:
            lean = np.concatenate(
                [lean, (each * self._holidays[:, None, -longest:]).sum(axis=2, keepdims=True)], axis=2
            )
        # A look at periods of which nothing is known expects nothing, and leans on nothing.
        return found, lean / np.maximum(total, _TINY)[:, :, None]

    def linear(self, effects: Floats) -> Floats:
        columns = self._shared.shape[1]
        found = effects[:, :columns] @ self._shared.T
        return found if self._own is None else found + effects[:, columns:] * self._own

    def score(self, values: Floats) -> Floats:
        found = values @ self._shared
        return found if self._own is None else np.hstack([found, (values * self._own).sum(axis=1, keepdims=True)])

    def normal(self, weights: Floats) -> Floats:
        """Return the normal matrix of each row."""
        columns = self._shared.shape[1]
        size = columns + (self._own is not None)
        found = np.zeros((len(weights), size, size))
        first, second = self._upper
        found[:, first, second] = found[:, second, first] = weights @ self._products
        if self._own is not None:
            mine = weights * self._own
            found[:, columns, :columns] = found[:, :columns, columns] = mine @ self._shared
            found[:, columns, columns] = (mine * self._own).sum(axis=1)
        return found

    def leverage(self, weights: Floats, inverse: Floats) -> Floats:
        """Return how much each count pulls at its own mean."""
        columns = self._shared.shape[1]
        first, second = self._upper
        twice = np.where(first == second, 1.0, 2.0)
        found = (inverse[:, first, second] * twice) @ self._products.T
        if self._own is not None:
            found += 2 * self._own * (inverse[:, columns, :columns] @ self._shared.T)
            found += self._own**2 * inverse[:, columns, columns, None]
        return weights * found


def _solve(data: _Data, matrix: _Matrix, penalty: Floats, *, weights: Floats, start: Floats | None) -> _Solution:
    effects = _start(data, weights, penalty) if start is None else start
    linear = matrix.linear(effects)
    for _ in range(_ROUNDS):
        mean = data.mean(linear)
        normal = _ridged(matrix.normal(weights * data.spread(mean)), penalty)
        score = matrix.score(weights * (data.counts - mean)) - penalty * effects
        step = np.asarray(np.linalg.solve(normal, score[:, :, None])[:, :, 0], dtype=np.float64)
        moved = matrix.linear(step)
        reach = np.abs(moved * weights).max(axis=1, initial=0.0)
        share = np.minimum(1.0, _STRIDE / np.maximum(reach, _STRIDE))[:, None]
        effects, linear = effects + step * share, linear + moved * share
        if reach.max(initial=0.0) < _NEAR:
            break
    mean = data.mean(linear)
    spread = data.spread(mean)
    normal = _ridged(matrix.normal(weights * spread), penalty)
    return _Solution(effects, mean, spread, np.asarray(np.linalg.inv(normal), dtype=np.float64))


def _ridged(normal: Floats, penalty: Floats) -> Floats:
    diagonal = np.arange(penalty.shape[1])
    normal[:, diagonal, diagonal] += penalty + _RIDGE
    return normal


def _start(data: _Data, weights: Floats, penalty: Floats) -> Floats:
    share = (weights * data.counts).sum(axis=1) / np.maximum((weights * data.exposure).sum(axis=1), 1e-9)
    share = np.maximum(share, 1e-9)
    effects = np.zeros(penalty.shape)
    effects[:, 0] = np.log(share / np.maximum(1 - share, 1e-9)) if data.is_rate else np.log(share)
    return effects


def _dispersion(data: _Data, found: _Solution, weights: Floats, matrix: _Matrix) -> tuple[Floats, Floats]:
    """Return Fletcher's (2012) estimate, which also holds for sparse counts, and the degrees of freedom behind it."""
    away = data.counts - found.mean
    known = weights.sum(axis=1)
    parts = matrix.leverage(weights * found.spread, found.inverse).sum(axis=1)
    freedom = np.maximum(known - parts, 1.0)
    pearson = (weights * away**2 / found.spread).sum(axis=1) / freedom
    # For a share, the variance grows with the mean only up to a half.
    slope = 1 - 2 * found.mean / data.exposure if data.is_rate else 1.0
    lean = (weights * slope * away / found.spread).sum(axis=1) / np.maximum(known, 1.0)
    lost = np.where((weights < data.known).any(axis=1), TRIMMED, 1.0)
    dispersion = np.maximum(lost * pearson / np.maximum(1 + lean, 0.5), 1.0)
    middle = _middle(data, found, weights)
    peaked = (6 * (dispersion - 1) + 1 / dispersion) / np.maximum(middle, 1e-9)
    return dispersion, np.maximum(2 * freedom / (2 + peaked), 1.0)


def _middle(data: _Data, found: _Solution, weights: Floats) -> Floats:
    return (weights * found.spread).sum(axis=1) / np.maximum((weights * data.known).sum(axis=1), 1.0)


def _down(data: _Data, found: _Solution, dispersion: Floats, matrix: _Matrix) -> Floats:
    """Return weights below 1 for counts that stood out either way."""
    pull = np.clip(matrix.leverage(data.known * found.spread, found.inverse), 0.0, 0.99)
    score = score_of(data.counts, found.mean, found.spread, is_rate=data.is_rate)
    score /= np.sqrt(dispersion[:, None] * (1 - pull))
    return weights_of(score, data.counts, usual_up_to(_middle(data, found, data.known), dispersion))
