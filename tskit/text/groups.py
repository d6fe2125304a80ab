"""Groups of texts that are nearly the same, each around the text in its middle, so that no chain of small steps is one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tskit.text.letters import letters
from tskit.text.pairs import NEAR, likeness, pairs_of
from tskit.text.rarity import rarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tskit.text.letters import Letters
    from tskit.text.rarity import Rarity

__all__ = ["NEAR_THE_MIDDLE", "Groups", "near_groups"]

NEAR_THE_MIDDLE = 0.2
"""Whoever is tied to a member of a group also shares so much with the text in its middle, or belongs elsewhere."""
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Groups:
    """For each text by position its group (-1 for none), the text in the middle of it, and how alike it is to that."""

    group: NDArray[np.int64] = field(repr=False)
    middle: NDArray[np.int64] = field(repr=False)
    likeness: NDArray[np.float64] = field(repr=False)


def near_groups(texts: Sequence[str], *, at_least: float = NEAR) -> Groups:
    """Return groups of texts in which each is alike to another by `at_least` and to the middle by `NEAR_THE_MIDDLE`.

    The middle is the text with the most texts alike to it, the first of several. Who is too far from it forms further
    groups with others of its kind. Groups are numbered by the first text of each.
    """
    read = letters(texts)
    rare = rarity(read)
    pairs = pairs_of(read, rare, at_least=at_least)
    middle = np.arange(len(texts))
    shares = np.ones(len(texts))
    first, second = pairs.first, pairs.second
    for _ in range(_ROUNDS):
        if not len(first):
            break
        own, of_own, alike = _around_middles(read, rare, first, second)
        is_near = alike >= NEAR_THE_MIDDLE
        middle[own[is_near]], shares[own[is_near]] = of_own[is_near], alike[is_near]
        is_left = np.zeros(len(texts), dtype=np.bool_)
        is_left[own[~is_near]] = True
        both = is_left[first] & is_left[second]
        first, second = first[both], second[both]
    return _numbered(middle, shares)


def _around_middles(
    read: Letters, rare: Rarity, first: NDArray[np.int64], second: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the texts that are tied, the middle of the component of each, and how alike the two are."""
    from scipy.sparse import coo_matrix  # noqa: PLC0415  # takes a tenth of a second to import
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415  # as above

    size = len(read.ends)
    degree = np.bincount(first, minlength=size) + np.bincount(second, minlength=size)
    graph: Any = coo_matrix((np.ones(len(first), dtype=np.int8), (first, second)), shape=(size, size))
    _, label = connected_components(graph, directed=False)
    own = np.flatnonzero(degree)
    order = own[np.lexsort((own, -degree[own], label[own]))]
    begins = np.flatnonzero(np.diff(label[order], prepend=-1))
    middle_of = np.zeros(int(label.max()) + 1, dtype=np.int64)
    middle_of[label[order[begins]]] = order[begins]
    of_own = middle_of[label[own]]
    return own, of_own, np.where(own == of_own, 1.0, likeness(read, rare, own, of_own))


def _numbered(middle: NDArray[np.int64], shares: NDArray[np.float64]) -> Groups:
    sizes = np.bincount(middle, minlength=len(middle))
    is_in = sizes[middle] > 1
    group = np.full(len(middle), -1)
    if is_in.any():
        _, begins, which = np.unique(middle[is_in], return_index=True, return_inverse=True)
        group[is_in] = np.argsort(np.argsort(begins))[which]
    return Groups(group, middle, shares)
