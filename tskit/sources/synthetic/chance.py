"""Draws that depend on a row's own table of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from tskit.sources.synthetic.world import Bools, Floats, Ints

__all__ = ["even", "lognormal", "pick", "stream", "yes"]

_GOLDEN = 0.6180339887498949


def stream(seed: int, *path: int) -> np.random.Generator:
    """Return the random numbers of one part, independent of every other path."""
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *path])))


def pick(rng: np.random.Generator, weights: Floats, rows: Ints) -> Ints:
    """Return one column of `weights` a row, drawn by the weights of the table's line that `rows` names."""
    cumulative = np.cumsum(weights, axis=1)
    cumulative /= cumulative[:, -1:]
    cumulative[:, -1] = 2.0
    drawn = rng.random(len(rows))
    chosen = np.zeros(len(rows), dtype=np.int64)
    for column in range(cumulative.shape[1] - 1):
        chosen += drawn >= cumulative[rows, column]
    return chosen


def yes(rng: np.random.Generator, share: Floats | float, n: int) -> Bools:
    """Return n answers of which about `share` are yes."""
    return rng.random(n) < share


def lognormal(rng: np.random.Generator, median: Floats | float, sigma: float, n: int) -> Floats:
    """Return n values around `median` with the long tail that waiting and handling times have."""
    return median * np.exp(sigma * rng.standard_normal(n))


def even(rng: np.random.Generator, order: Ints, groups: Ints) -> Floats:
    """Return numbers in [0, 1) that spread evenly within each group when taken by `order`.

    A share drawn from them is the same in every stretch of time, up to rounding: this is how a rate stays flat by
    construction and not merely on average.
    """
    out = np.empty(len(order))
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        ranked = members[np.argsort(order[members], kind="stable")]
        out[ranked] = (rng.random() + _GOLDEN * np.arange(len(ranked))) % 1.0
    return out
