"""Corrections for looking at many figures at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["benjamini_hochberg", "holm"]


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted for the false discovery rate, in the order given; NaN stays and does not count.

    >>> [round(float(q), 3) for q in benjamini_hochberg([0.01, 0.02, 0.03, 0.5])]
    [0.04, 0.04, 0.04, 0.5]
    """
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    falling = known[np.argsort(-p[known], kind="stable")]
    ranks = np.arange(len(falling), 0, -1)
    adjusted[falling] = np.minimum(np.minimum.accumulate(p[falling] * len(falling) / np.maximum(ranks, 1)), 1)
    return adjusted


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Return p-values adjusted for the chance of any false claim at all (Holm), in the order given.

    >>> [round(float(q), 3) for q in holm([0.01, 0.02, 0.03, 0.5])]
    [0.04, 0.06, 0.06, 0.5]
    """
    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p))
    rising = known[np.argsort(p[known], kind="stable")]
    steps = np.arange(len(rising), 0, -1)
    adjusted[rising] = np.minimum(np.maximum.accumulate(p[rising] * steps), 1)
    return adjusted
