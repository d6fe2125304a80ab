"""How alike neighbouring periods are: regression with noise that is part white and part remembers itself.

The residual of a period is white noise (what counting alone brings, larger where there are few cases) plus a level that
decays towards zero by a share `memory` from one period to the next. With no share of the level this is quasi-Poisson
noise, with a level that forgets at once it is a negative binomial count, and otherwise it is Zeger's model (1988): a
first-order autoregression seen through counting noise, which is ARMA(1, 1). A plain first-order autoregression is the
case without white noise.

Nobody knows memory and share, and the usual single estimate of them is too low in short series, which is why intervals
from plain Newey-West or Prais-Winsten are too short there (Turner et al. 2021). So every pair of a grid is fitted by
generalised least squares, and pairs count by their restricted likelihood (Harville 1974), which is free of that bias.
The intervals are those of the weighted mixture. One pass of a Kalman filter whitens all columns for all pairs at once;
periods that are missing make the memory of a longer step and need no filling.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.stats import StudentMixture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["GRID", "Regression", "Seen", "planned", "regress"]

_MEMORIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_SHARES = (0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0)
GRID: Floats = np.array([(0.0, 0.0), *((memory, share) for share in _SHARES for memory in _MEMORIES)])
"""Pairs of memory and share, all equally likely before the data is seen; no share needs no memory."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a regression is fitted to: `response` (T), `columns` (T, p), white-noise `spread` (T) up to a factor, `places` (T).

    `places` holds the place of each period on the calendar, so that gaps count. `least` is the variance, as a multiple of
    `spread`, that counting alone brings: no noise is taken to be smaller.
    """

    response: Floats
    columns: Floats
    spread: Floats
    places: NDArray[np.int64]
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Regression:
    """The fits of all pairs: `weights` (G), `coefficients` (G, p), `covariances` (G, p, p) and `variances` (G).

    `variances` belong to a period whose white noise has the `middle` spread. `best` is the likeliest pair, and `response`
    and `columns` are the data whitened by it.
    """

    grid: Floats
    weights: Floats
    coefficients: Floats
    covariances: Floats
    variances: Floats
    freedom: int
    middle: float
    response: Floats
    columns: Floats

    @property
    def best(self) -> int:
        """Return the position of the likeliest pair."""
        return int(np.argmax(self.weights))

    @property
    def mean(self) -> Floats:
        """Return the coefficients, averaged over the pairs."""
        return self.weights @ self.coefficients

    def along(self, contrast: Floats) -> StudentMixture:
        """Return what is known of a linear combination of the coefficients."""
        errors = np.sqrt(np.einsum("i,gij,j->g", contrast, self.covariances, contrast))
        return StudentMixture(self.weights, self.coefficients @ contrast, np.maximum(errors, 1e-150), self.freedom)

    def of_one(self, contrasts: Floats, spread: Floats) -> Floats:
        """Return the variance of single periods around rows of `contrasts` (T, p): that of the line, and their own."""
        line = np.einsum("g,ti,gij,tj->t", self.weights, contrasts, self.covariances, contrasts)
        share = self.grid[:, 1]
        own = np.outer(spread / self.middle, self.weights * self.variances * (1 - share)).sum(axis=1)
        return line + own + float(self.weights @ (self.variances * share))


def regress(seen: Seen, *, grid: Floats = GRID) -> Regression:
    """Return the regression of the response on the columns under every pair of the grid."""
    freedom = len(seen.response) - seen.columns.shape[1]
    middle = float(np.median(seen.spread))
    white, log_spread = _whiten(np.column_stack([seen.response, seen.columns]), seen.spread / middle, seen.places, grid)
    response, columns = white[:, :, 0], white[:, :, 1:]
    gram = columns.transpose(0, 2, 1) @ columns
    inverse = np.linalg.inv(gram)
    coefficients = (inverse @ (columns.transpose(0, 2, 1) @ response[:, :, None]))[:, :, 0]
    left = response - (columns @ coefficients[:, :, None])[:, :, 0]
    tiny = 1e-24 * max(float((seen.response**2).sum()), 1e-200)  # a series without any noise has a likelihood, too
    squares = np.maximum((left**2).sum(axis=1), tiny)
    likelihood = -0.5 * (log_spread + np.linalg.slogdet(gram)[1] + freedom * np.log(squares))
    weights = np.exp(likelihood - likelihood.max())
    variances = np.maximum(squares / freedom, seen.least * middle)
    best = int(np.argmax(weights))
    return Regression(
        grid, weights / weights.sum(), coefficients, inverse * variances[:, None, None], variances, freedom, middle,
        response[best], columns[best],
    )  # fmt: skip


def planned(
    past: Regression, *, columns: Floats, spread: Floats, places: NDArray[np.int64], contrast: Floats
) -> StudentMixture:
    """Return how well a combination of coefficients will be known, around zero, with the noise of the past."""
    white, _ = _whiten(columns, spread / past.middle, places, past.grid)
    inverse = np.linalg.inv(white.transpose(0, 2, 1) @ white)
    errors = np.sqrt(np.einsum("i,gij,j->g", contrast, inverse, contrast) * past.variances)
    return StudentMixture(past.weights, np.zeros(len(errors)), errors, len(columns) - columns.shape[1])


def _whiten(data: Floats, spread: Floats, places: NDArray[np.int64], grid: Floats) -> tuple[Floats, Floats]:
    """Return the columns with the noise of each pair made white, (G, T, m), and the log determinants, (G)."""
    memory, share = grid[:, 0], grid[:, 1]
    level, doubt = np.zeros((len(grid), data.shape[1])), share.copy()
    white, log_spread = np.empty((len(grid), *data.shape)), np.zeros(len(grid))
    steps = np.diff(places, prepend=places[0])
    decays = {int(step): memory**step for step in np.unique(steps)}
    for t, row in enumerate(data):
        decay = decays[int(steps[t])]
        if t:
            level *= decay[:, None]
            doubt = share + decay * decay * (doubt - share)
        total = doubt + (1 - share) * spread[t]
        surprise = row - level
        white[:, t] = surprise / np.sqrt(total)[:, None]
        log_spread += np.log(total)
        gain = doubt / total
        level += gain[:, None] * surprise
        doubt = doubt * (1 - gain)
    return white, log_spread
