"""How much of two texts is the same: sets of overlapping pieces, their Jaccard similarity, and near-duplicates among many."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import combinations, product
from math import ceil, log
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.text.confusables import skeleton

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["shingles", "similar_pairs", "similarity"]

_SIZE = 4
_MISSED = 0.001
"""How often a pair right at the limit may be missed."""
_MOST_HASHES = 200


def shingles(text: str) -> NDArray[np.uint64]:
    """Return the set of pieces of `text`: hashes of every four characters in a row, sorted, each once.

    The text is reduced to its skeleton first, and to letters, digits and pictures, so that case, look-alikes, invisible
    characters, spacing and punctuation make no difference. A Chinese character counts for two. A text of fewer than
    four characters is one piece, and one without any has none.
    """
    codes = _codes(text)
    length = max(codes.size - _SIZE + 1, 1)
    mixed = np.zeros(length if codes.size else 0, dtype=np.uint64)
    for place in range(min(_SIZE, codes.size)):
        mixed = _mix(mixed ^ codes[place : place + length])
    return np.unique(mixed)


def similarity(left: str, right: str) -> float:
    """Return the share of the pieces of two texts that both have (Jaccard), 0 to 1; 1 where neither has any.

    >>> similarity("Double your money", "DOUBLE  YOUR  money now!")
    0.8125
    """
    return _jaccard(shingles(left), shingles(right))


def similar_pairs(texts: Mapping[str, str], *, at_least: float = 0.6) -> pd.DataFrame:
    """Return the pairs of `texts` that share at least `at_least` of their pieces.

    Pairs are found by banded min-hashes, so that a hundred thousand texts need no comparison of all with all, and then
    measured exactly: no pair shown is below `at_least`, and of those at it one in a thousand is missed, of those above it
    fewer. Texts without a letter, digit or picture are left out.

    Args:
        texts: what is compared, by any key.
        at_least: the smallest share, from 0.3.

    Returns:
        one row a pair: a, b (keys, in the order of `texts`) and similarity, 0 to 1; the most similar first.
    """
    groups = _equal(texts)
    sets = [np.frombuffer(pieces, dtype=np.uint64) for pieces in groups]
    names = list(groups.values())
    found = [(a, b, 1.0) for group in names for a, b in combinations(group, 2)]
    for left, right in sorted(_candidates(sets, *_plan(at_least))):
        share = _jaccard(sets[left], sets[right])
        if share >= at_least:
            found += [(a, b, share) for a, b in product(names[left], names[right])]
    frame = _typed(pd.DataFrame(found, columns=["a", "b", "similarity"]))
    return frame.sort_values("similarity", ascending=False, kind="stable", ignore_index=True)


def _equal(texts: Mapping[str, str]) -> dict[bytes, list[str]]:
    """Return the keys of the texts by their set of pieces: three hundred copies of one report are compared once."""
    groups: dict[bytes, list[str]] = {}
    for name, text in texts.items():
        pieces = shingles(text)
        if pieces.size:
            groups.setdefault(pieces.tobytes(), []).append(name)
    return groups


def _plan(at_least: float) -> tuple[int, int]:
    """Return how many bands of how many min-hashes find a pair at the limit; longer bands bring fewer others along."""
    plans = [(ceil(log(_MISSED) / log(1 - min(at_least, 0.99) ** rows)), rows) for rows in range(1, 9)]
    return max((plan for plan in plans if plan[0] * plan[1] <= _MOST_HASHES), key=lambda plan: plan[1])


def _candidates(sets: Sequence[NDArray[np.uint64]], bands: int, rows: int) -> set[tuple[int, int]]:
    """Return the pairs of sets whose min-hashes agree in a whole band."""
    if not sets:
        return set()
    salts = _mix(np.arange(1, bands * rows + 1, dtype=np.uint64))
    least = np.stack([_mix(pieces[:, None] ^ salts[None, :]).min(axis=0) for pieces in sets])
    banded = least.reshape(len(sets), bands, rows)
    return {pair for band in range(bands) for pair in _sharing(banded[:, band, :])}


def _sharing(keys: NDArray[np.uint64]) -> Iterator[tuple[int, int]]:
    order = np.lexsort(keys.T)
    ends = np.flatnonzero((keys[order[1:]] != keys[order[:-1]]).any(axis=1)) + 1
    for bucket in np.split(order, ends):
        if bucket.size > 1:
            yield from combinations(sorted(bucket.tolist()), 2)


def _jaccard(left: NDArray[np.uint64], right: NDArray[np.uint64]) -> float:
    if not left.size and not right.size:
        return 1.0
    both = np.intersect1d(left, right, assume_unique=True).size
    return both / (left.size + right.size - both)


def _mix(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return well spread 64-bit hashes (the finaliser of SplitMix64), the same on every machine."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


class _Counting(dict[int, str | None]):
    """What a character counts as among pieces: itself, twice itself, or nothing; worked out when it is first met."""

    def __missing__(self, code: int) -> str | None:
        letter = chr(code)
        kind = unicodedata.category(letter)
        counts = kind[0] in "LMN" or kind == "So"
        # Chinese says in two characters what other scripts say in four.
        self[code] = letter * 2 if "CJK UNIFIED" in unicodedata.name(letter, "") else letter if counts else None
        return self[code]


@cache
def _counting() -> _Counting:
    return _Counting()


def _codes(text: str) -> NDArray[np.uint64]:
    kept = skeleton(text).translate(_counting())
    return np.frombuffer(kept.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype({name: float if name == "similarity" else "str" for name in frame.columns})
