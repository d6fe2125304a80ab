"""What stood out in the past weighs less, so that outbreaks of then do not hide those of now.

Counts are skewed where they are few: three cases where a tenth of a case is usual are far out, measured in standard
deviations, but not rare enough to be odd. Weighed down, they make the rest look lower and calmer than it is, and the next
three a false alarm. So a high count stands out only where it is as rare as it is far out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["TRIMMED", "score_of", "usual_up_to", "weights_of"]

_OUT = 2.58
"""A standardised residual beyond it weighs its inverse square: Noufaily et al. 2013, who found that 1 weakens too much."""
_RARE = 0.01
"""The chance of a normal residual beyond `_OUT`, either way."""
TRIMMED = 1.0806
"""What stood out says nothing of how ordinary counts spread, and is left out of the dispersion. That takes as much from
normal residuals: 1 / E[z^2 | z within 2.58]."""
_FEW, _COUNTS = 12.0, 128
"""Above this mean residuals are close to normal; below it, hardly any count lies beyond so many."""
_HALF = 0.5
"""Counts are whole but for the part of a case that is added to a history."""


def score_of(counts: Floats, mean: Floats, spread: Floats, *, is_rate: bool) -> Floats:
    """Return residuals that are close to standard normal but for the dispersion: Anscombe's of counts, Pearson's of shares."""
    if is_rate:
        return (counts - mean) / np.sqrt(spread)
    return 1.5 * (np.cbrt(counts) ** 2 / mean ** (1 / 6) - np.sqrt(mean))


def weights_of(score: Floats, counts: Floats, usual: Floats) -> Floats:
    """Return weights below 1 for what stood out either way, rows by periods; `usual` is as `usual_up_to` gives it."""
    size: Floats = np.abs(score)
    is_out = (size > _OUT) & ((score < 0) | (counts > usual[:, None] + _HALF))
    lighter: Floats = 1 / np.maximum(size, 1.0) ** 2
    return np.where(is_out, lighter, 1.0)


def usual_up_to(level: Floats, dispersion: Floats) -> Floats:
    """Return the highest count of each row that is not rare, for negative binomial counts of this mean and dispersion.

    It is nought where counts are many, whose residuals say by themselves how rare they are, and never less than one where
    they are few: a single case is no outbreak.
    """
    usual = np.zeros(len(level))
    few = np.flatnonzero(level < _FEW)
    beyond = 1 - np.cumsum(_chances(level[few, None], dispersion[few, None]), axis=1)
    usual[few] = np.maximum((beyond > _RARE).sum(axis=1), 1)
    return usual


def _chances(level: Floats, dispersion: Floats) -> Floats:
    """Return the chances of 0, 1, 2 .. cases; a dispersion of 1 is Poisson's."""
    more = np.maximum(dispersion - 1, 1e-9)
    before = np.arange(_COUNTS - 1, dtype=np.float64)
    ratios = (level + before * more) / ((before + 1) * dispersion)
    none: Floats = np.exp(-level * np.log1p(more) / more)
    others: Floats = none * np.cumprod(ratios, axis=1)
    return np.concatenate([none, others], axis=1)
