"""Bonds become clusters: those that share enough of their cases belong together, and a chain of them does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tskit.patterns.links.bursts import Bonds

__all__ = ["Joined", "joined"]

_OVERLAP = 3
"""Two bonds belong together where one in so many cases of the smaller one are in both, so that one case in common joins
pairs and threes, and no two large groups."""
_STEPS = 2
"""Bonds of a cluster are at most so many steps from the one that it is built around."""


@dataclass(frozen=True, slots=True)
class Joined:
    """The bonds of all reasons in one row, and which cluster (-1 for none) each bond and each case belongs to.

    Clusters are numbered from 0 in the order of how surprising the bond is that they are built around.
    """

    why: NDArray[np.object_] = field(repr=False)
    """The reason of each bond."""
    surprise: NDArray[np.float64] = field(repr=False)
    peaks: NDArray[np.int64] = field(repr=False)
    case: NDArray[np.int64] = field(repr=False)
    """The case of each entry, with its `bond` and the `weight` in it."""
    bond: NDArray[np.int64] = field(repr=False)
    weight: NDArray[np.float64] = field(repr=False)
    of_bond: NDArray[np.int64] = field(repr=False)
    of_case: NDArray[np.int64] = field(repr=False)


def joined(found: Sequence[Bonds], *, cases: int) -> Joined:
    """Return the clusters that bonds make; a case that several would hold belongs to the most surprising one."""
    sizes = np.concatenate([np.zeros(0, dtype=np.int64), *(one.sizes for one in found)])
    shifts = np.cumsum([0, *(len(one.sizes) for one in found)])
    bond = np.concatenate([np.zeros(0, dtype=np.int64), *(n.bond + by for n, by in zip(found, shifts, strict=False))])
    case = np.concatenate([np.zeros(0, dtype=np.int64), *(one.case for one in found)])
    weight = np.concatenate([np.zeros(0), *(one.weight for one in found)])
    surprise = np.concatenate([np.zeros(0), *(one.surprise for one in found)])
    peaks = np.concatenate([np.zeros(0, dtype=np.int64), *(one.peaks for one in found)])
    why = np.repeat(np.array([one.why for one in found], dtype=object), [len(one.sizes) for one in found])
    graph = _overlapping(case, bond, sizes, cases)
    # The larger of two equally surprising bonds leads, then the one whose first case was opened first.
    first = np.full(len(sizes), cases, dtype=np.int64)
    np.minimum.at(first, bond, case)
    order = np.lexsort((first, -sizes, -surprise))
    of_bond = _around_leaders(graph, order)
    return Joined(why, surprise, peaks, case, bond, weight, of_bond, _settled(case, of_bond[bond], cases))


def _overlapping(case: NDArray[np.int64], bond: NDArray[np.int64], sizes: NDArray[np.int64], cases: int) -> Any:  # noqa: ANN401  # a sparse matrix
    """Return which bonds belong together, as a symmetric matrix."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  # takes a tenth of a second to import

    held: Any = csr_matrix((np.ones(len(bond), dtype=np.int32), (bond, case)), shape=(len(sizes), cases))
    common: Any = (held @ held.T).tocoo()
    smaller = np.minimum(sizes[common.row], sizes[common.col])
    kept = (common.data * _OVERLAP >= smaller) & (common.row != common.col)
    ones = np.ones(int(kept.sum()), dtype=np.int8)
    return csr_matrix((ones, (common.row[kept], common.col[kept])), shape=(len(sizes), len(sizes)))


def _around_leaders(graph: Any, order: NDArray[np.int64]) -> NDArray[np.int64]:  # noqa: ANN401  # a sparse matrix
    """Return the cluster of each bond: the leader's own component, cut where it is more than some steps away."""
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415  # as above

    count, label = connected_components(graph, directed=False)
    sizes = np.bincount(label, minlength=count)
    of_bond = np.full(len(order), -1)
    cluster = 0
    for leader in order.tolist():
        if of_bond[leader] >= 0:
            continue
        of_bond[leader] = cluster
        edge = np.array([leader])
        for _ in range(_STEPS if sizes[label[leader]] > 1 else 0):
            near = np.unique(np.concatenate([graph.indices[slice(*graph.indptr[n : n + 2])] for n in edge]))
            edge = near[of_bond[near] < 0]
            of_bond[edge] = cluster
            if not len(edge):
                break
        cluster += 1
    return of_bond


def _settled(case: NDArray[np.int64], cluster: NDArray[np.int64], cases: int) -> NDArray[np.int64]:
    of_case = np.full(cases, np.iinfo(np.int64).max)
    np.minimum.at(of_case, case, cluster)
    return np.where(of_case == np.iinfo(np.int64).max, -1, of_case)
