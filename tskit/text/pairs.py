"""All pairs of texts that are nearly the same, among a million, without comparing each with each.

Equal texts are found first, by their letters. Of the others, those that share several sampled runs which few texts have
are compared; where nearly all runs of a text are shared by many, as in a campaign, it is compared with its neighbours in
a few sorted orders of its smallest runs (min-hashes in bands), which join the campaign though not each pair of it. What
is compared is compared in full: two texts are as alike as their sets of runs of six letters overlap (Jaccard), where a
run counts the more, the fewer texts have it, so that a form or a stock phrase in common makes no two texts alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from tskit.text.letters import letters
from tskit.text.rarity import rarity
from tskit.text.runs import contents, run_sets, sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tskit.text.letters import Letters
    from tskit.text.rarity import Rarity
    from tskit.text.runs import RunSets, Sample

__all__ = ["FEW", "NEAR", "Pairs", "likeness", "near_pairs", "pairs_of"]

FEW = 32
"""A run that at most so many different texts have finds each pair of them; above it, neighbours only."""
NEAR = 0.3
"""Texts are nearly the same from here on. With a quarter of its words edited a copy has six in ten of the runs of six
left, (3/4)^(1 + 5/6) for words of six letters, and their overlap is 0.6 / 1.4 = 0.4; less where others have them too."""
_COMMON = 0.15
"""The share of sampled runs that two texts have in common for them to be compared. Of runs of twelve that copy has four
in ten, (3/4)^(1 + 11/6); to share fewer than 4 of 24 is then three standard deviations away."""
_HEAVY = 0.2
"""From this share of runs that many have on, a text is also sought among its neighbours."""
_BANDS, _ROWS, _NEXT = 8, 2, 4
_AGREE = 3
"""Min-hashes of all that two neighbours share before they are compared."""
_ROWS_AT_ONCE, _PAIRS_AT_ONCE = 20_000, 100_000
_LOW = np.uint64(0xFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of texts by position, the first one before the second, ascending, and how alike they are (0 to 1)."""

    first: NDArray[np.int64] = field(repr=False)
    second: NDArray[np.int64] = field(repr=False)
    likeness: NDArray[np.float64] = field(repr=False)

    def __len__(self) -> int:
        return len(self.first)


def near_pairs(texts: Sequence[str], *, at_least: float = NEAR) -> Pairs:
    """Return the pairs of texts that are alike by at least this share of their runs, a rare one counting more.

    Of texts with equal letters each is paired with the first of them, and that one alone with others. Where more than
    `FEW` texts are alike, enough of their pairs are given to join them. A text with fewer than six letters is like none.
    """
    read = letters(texts)
    return pairs_of(read, rarity(read), at_least=at_least)


def pairs_of(read: Letters, rare: Rarity, *, at_least: float = NEAR) -> Pairs:
    """Return what `near_pairs` does for texts whose letters are at hand."""
    firsts, equal, told = _distinct(contents(read))
    own = sample(read.only(firsts))
    keys = np.concatenate([_by_few(own, len(firsts)), *_by_neighbours(own, len(firsts))])
    del own  # of a million texts, a third of a gigabyte
    # Sorted, as `np.unique` hashes, which takes several times as long for tens of millions.
    keys.sort()
    keys = keys[np.diff(keys, prepend=~keys[:1]) != 0]
    first, second = firsts[(keys >> np.uint64(32)).astype(np.int64)], firsts[(keys & _LOW).astype(np.int64)]
    shares = likeness(read, rare, first, second)
    is_near = shares >= at_least
    first, second = np.append(first[is_near], told), np.append(second[is_near], equal)
    shares = np.append(shares[is_near], np.ones(len(equal)))
    order = np.lexsort((second, first))
    return Pairs(first[order], second[order], shares[order])


def _distinct(
    numbers: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the first text of each content, ascending, the others, and the first text of each of these."""
    places = np.flatnonzero(numbers)
    _, first, which = np.unique(numbers[places], return_index=True, return_inverse=True)
    firsts = places[first[which]]
    return np.sort(places[first]), places[places != firsts], firsts[places != firsts]


def _by_few(own: Sample, texts: int) -> NDArray[np.uint64]:
    """Return the pairs that share enough of the runs that few texts have, as two numbers of 32 bits in one."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  # takes a tenth of a second to import

    sizes, group = own.sizes()
    is_few = (sizes > 1) & (sizes <= FEW)
    kept = is_few[group]
    columns, rows = (np.cumsum(is_few) - 1)[group[kept]].astype(np.int32), own.owner[kept]
    shape = (texts, int(is_few.sum()))
    table: Any = csr_matrix((np.ones(len(rows), dtype=np.int16), (rows, columns)), shape=shape)
    turned: Any = table.T.tocsr()
    usable = np.diff(table.indptr)
    found = [np.zeros(0, dtype=np.uint64)]
    for start in range(0, texts, _ROWS_AT_ONCE):
        common: Any = table[start : start + _ROWS_AT_ONCE] @ turned
        first = np.repeat(np.arange(start, start + common.shape[0]), np.diff(common.indptr))
        second = common.indices
        wanted = _COMMON * np.minimum(usable[first], usable[second])
        kept = (first < second) & (common.data >= wanted)
        found.append(_keys(first[kept], second[kept]))
    return np.concatenate(found)


def _by_neighbours(own: Sample, texts: int) -> list[NDArray[np.uint64]]:
    """Return the pairs of neighbours in each band, for texts of which many runs are had by many."""
    sizes, group = own.sizes()
    all_runs = np.bincount(own.owner, minlength=texts)
    heavy = np.bincount(own.owner[sizes[group] > FEW], minlength=texts) > np.maximum(_HEAVY * all_runs, 0)
    kept = np.flatnonzero(heavy[own.owner])
    kept = kept[np.argsort(own.owner[kept], kind="stable")]
    owner, runs = own.owner[kept], own.runs[kept]
    starts = np.flatnonzero(np.diff(owner, prepend=-1))
    if not len(starts):
        return []
    least = _least(runs, starts)
    found = [np.zeros(0, dtype=np.uint64)]
    for band in range(_BANDS):
        one, two = least[band * _ROWS].astype(np.uint64), least[band * _ROWS + 1]
        key = (one << np.uint64(32)) | two
        order = np.argsort(key, kind="stable")
        for step in range(1, _NEXT + 1):
            near, far = order[:-step], order[step:]
            same = key[near] == key[far]
            near, far = near[same], far[same]
            agree = (least[:, near] == least[:, far]).sum(axis=0) >= _AGREE
            found.append(_keys(owner[starts[near[agree]]], owner[starts[far[agree]]]))
    return found


def _least(runs: NDArray[np.uint32], starts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Return the smallest run of each text under several orders, one row an order."""
    rows: list[NDArray[np.uint32]] = []
    for turn in range(_BANDS * _ROWS):
        # Odd factors put all numbers of 32 bits in another order; the lower half is mixed in before.
        factor = np.uint32((0x9E3779B1 * (2 * turn + 1) + turn * 0x85EBCA6A) & 0xFFFFFFFF | 1)
        spread = (runs ^ (runs >> np.uint32(15))) * factor
        spread ^= spread >> np.uint32(13)
        rows.append(np.minimum.reduceat(spread * np.uint32(0xC2B2AE35), starts))
    return np.stack(rows)


def _keys(first: NDArray[Any], second: NDArray[Any]) -> NDArray[np.uint64]:
    return (first.astype(np.uint64) << np.uint64(32)) | second.astype(np.uint64)


def likeness(read: Letters, rare: Rarity, first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how alike the texts of each pair of places are, by all of their runs; without runs they are not alike."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  # as above

    is_asked = np.zeros(len(read.ends), dtype=np.bool_)
    is_asked[first] = is_asked[second] = True
    places, place = np.flatnonzero(is_asked), np.cumsum(is_asked) - 1
    sets = run_sets(read, places)
    roots, totals = _weighed(sets, rare)
    table: Any = csr_matrix((roots, sets.runs, sets.starts), shape=(len(places), np.iinfo(np.int32).max))
    shares = [np.zeros(0)]
    left, right = place[first], place[second]
    for start in range(0, len(first), _PAIRS_AT_ONCE):
        one, two = left[start : start + _PAIRS_AT_ONCE], right[start : start + _PAIRS_AT_ONCE]
        common = np.asarray(table[one].multiply(table[two]).sum(axis=1, dtype=np.float64)).ravel()
        whole = totals[one] + totals[two] - common
        shares.append(np.divide(common, whole, out=np.zeros(len(one)), where=whole > 0))
    return np.minimum(np.concatenate(shares), 1.0)  # roots of 32 bits may make a whole a little more than one


def _weighed(sets: RunSets, rare: Rarity) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the root of the weight of each run, since what is multiplied later is one with itself, and their sum by text."""
    roots, totals = np.empty(len(sets.runs), dtype=np.float32), np.zeros(len(sets.starts) - 1)
    for start in range(0, len(totals), _ROWS_AT_ONCE):
        ends = sets.starts[start : start + _ROWS_AT_ONCE + 1]
        weights = rare.of(sets.runs[ends[0] : ends[-1]])
        has = np.diff(ends) > 0
        if len(weights):
            sums = np.add.reduceat(weights, (ends[:-1] - ends[0])[has], dtype=np.float64)
            totals[start : start + _ROWS_AT_ONCE][has] = sums
        np.sqrt(weights, out=roots[ends[0] : ends[-1]])
    return roots, totals
