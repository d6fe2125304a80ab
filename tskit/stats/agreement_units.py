"""Ratings as codes, and codes as the patterns that agreement is computed from.

Codes are an array of items by raters: the number of the category from 0, and a negative number for a missing rating.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

__all__ = ["Units", "checked_codes", "coded", "masi_distance", "masi_distances", "units_of"]


@dataclass(frozen=True, slots=True)
class Units:
    """Items with two ratings or more: distinct rows of counts by category, and how many items show each.

    `left_out` counts the items with a single rating, which say nothing about agreement.
    """

    counts: Floats
    copies: Floats
    left_out: int

    @property
    def sizes(self) -> Floats:
        """Return the number of ratings of an item, by pattern."""
        return self.counts.sum(axis=1)

    @property
    def items(self) -> int:
        """Return the number of items."""
        return int(self.copies.sum())

    @property
    def ratings(self) -> int:
        """Return the number of ratings of all these items."""
        return int(self.copies @ self.sizes)


def coded(
    rows: Iterable[Sequence[Hashable | None]], *, order: Sequence[Hashable] = ()
) -> tuple[Codes, tuple[Hashable, ...]]:
    """Return ratings as codes, with the categories that the codes stand for; None is a missing rating.

    Args:
        rows: one sequence an item, one rating a rater.
        order: the categories in their order, for ratings on a scale; else they stand as they first appear.

    Raises:
        ParameterError: a rating is not among the categories of `order`, or the rows differ in length.

    >>> coded([("a", "b"), ("b", None)])[0].tolist()
    [[0, 1], [1, -1]]
    """
    table = [tuple(row) for row in rows]
    if len({len(row) for row in table}) > 1:
        raise ParameterError("Every item needs one place for each rater; write None where a rater gave no rating.")
    number: dict[Hashable | None, int] = {None: -1} | {category: i for i, category in enumerate(order)}
    for rating in (rating for row in table for rating in row):
        if rating not in number and order:
            raise ParameterError("A rating is not among the categories of `order`; name every category there.")
        number.setdefault(rating, len(number) - 1)
    codes = np.array([[number[rating] for rating in row] for row in table], dtype=np.int64)
    return codes.reshape(len(table), len(table[0]) if table else 0), tuple(
        category for category in number if category is not None
    )


def checked_codes(codes: ArrayLike) -> Codes:
    """Return the codes as whole numbers.

    Raises:
        ParameterError: they are no table of items by raters, or no whole numbers.
    """
    table = np.asarray(codes)
    if table.size == 0:
        return np.empty((len(table), 1 if table.ndim < 2 else table.shape[1]), dtype=np.int64)
    if table.ndim != 2 or not np.issubdtype(table.dtype, np.integer):
        raise ParameterError("Ratings are a table of items by raters that holds whole numbers; `coded` makes one.")
    return table.astype(np.int64)


def units_of(codes: ArrayLike, *, categories: int = 0) -> Units:
    """Return the patterns of an array of codes; `categories` is their number where some were never used."""
    table = checked_codes(codes)
    width = max(categories, int(table.max(initial=-1)) + 1, 1)
    place, rater = np.nonzero(table >= 0)
    counts = np.bincount(place * width + table[place, rater], minlength=len(table) * width).reshape(-1, width)
    sizes = counts.sum(axis=1)
    patterns, copies = np.unique(counts[sizes >= 2], axis=0, return_counts=True)
    return Units(patterns.astype(np.float64), copies.astype(np.float64), int((sizes == 1).sum()))


def masi_distance(one: frozenset[str], other: frozenset[str]) -> float:
    """Return Passonneau's distance of two sets: 1 less the share in both, less again where neither contains the other.

    >>> round(masi_distance(frozenset({"RC2.1"}), frozenset({"RC2.1", "RC3.2"})), 4)
    0.6667
    """
    if one == other:
        return 0.0
    both = len(one & other)
    likeness = 2 / 3 if one <= other or other <= one else 1 / 3
    return 1 - both / len(one | other) * likeness


def masi_distances(sets: Sequence[frozenset[str]]) -> Floats:
    """Return the distance of each set to each other set, as `masi_distance` gives it."""
    members = sorted({member for one in sets for member in one})
    holds = np.array([[member in one for member in members] for one in sets], dtype=np.float64)
    holds = holds.reshape(len(sets), len(members))
    both, size = holds @ holds.T, holds.sum(axis=1)
    either = size[:, np.newaxis] + size - both
    contains = both == np.minimum(size[:, np.newaxis], size)
    likeness = np.where(both == either, 1.0, np.where(contains, 2 / 3, 1 / 3))
    share = np.divide(both, either, out=np.ones_like(both), where=either > 0)
    return 1 - share * likeness
