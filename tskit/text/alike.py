"""Texts that are nearly the same, found among hundreds of thousands without comparing each with each.

A text becomes the set of its runs of a few characters, with look-alikes, accents, spaces and punctuation folded away, so
that "p a y o u t" and a "payout" with a Greek letter in it read the same. Two texts are as alike as their sets overlap
(Jaccard). One run in a few, chosen by its hash and therefore the same in every text, goes into an index; only texts
that share enough of those, or whose least run is the same, are compared in full.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tskit.text.confusables import skeleton
from tskit.text.scripts import HAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Alike", "alike"]

_RUN = 6
"""Characters a run, a Chinese one counting for two: long enough that common words alone make no two texts alike."""
_ONE_IN = 4
_SLACK = 0.25
"""How far the share of common runs in the index may lie below the limit before a text is not worth comparing."""
_CHUNK = 20_000
_HAN = re.compile(f"[{HAN}]")
_MIX = np.uint64(0x9E3779B97F4A7C15)
_CODES = 0x110000
_NONE = np.uint64(0xFFFFFFFFFFFFFFFF)
"""Stands for the least run of a text that has none."""


@dataclass(frozen=True, slots=True)
class Alike:
    """An index of texts by position: which of them are nearly the same as a given one."""

    texts: Sequence[str] = field(repr=False)
    runs: NDArray[np.uint64] = field(repr=False)
    """The runs in the index in ascending order."""
    owner: NDArray[np.int64] = field(repr=False)
    """The position of the text of each of `runs`; those of one run in ascending order."""
    sizes: NDArray[np.int64] = field(repr=False)
    """How many runs of each text are in the index."""
    least: NDArray[np.uint64] = field(repr=False)
    """The run of each text with the smallest hash: of two texts it is the same as often as they are alike."""

    def near(
        self, position: int, *, at_least: float, between: tuple[int, int] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the positions of the other texts that are alike by at least this share, and by how much each.

        Only texts `between` two positions, the second one left out, are compared; all are where it is not given.
        """
        [found] = self.near_each([position], at_least=at_least, between=[between] if between else None)
        return found

    def near_each(
        self, positions: Sequence[int], *, at_least: float, between: Sequence[tuple[int, int]] | None = None
    ) -> list[tuple[NDArray[np.int64], NDArray[np.float64]]]:
        """Return what `near` does for each of these positions, each with a range of its own, many times as fast."""
        ranges = between or [(0, len(self.texts))] * len(positions)
        own = _sets([self.texts[n] for n in positions])
        found = [
            self._candidates(position, runs, at_least - _SLACK, within)
            for position, runs, within in zip(positions, own, ranges, strict=True)
        ]
        places = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *found]))
        sets = _sets([self.texts[int(n)] for n in places])
        shares = [
            _shares(runs, [sets[n] for n in np.searchsorted(places, others)])
            for runs, others in zip(own, found, strict=True)
        ]
        return [
            (others[share >= at_least], share[share >= at_least]) for others, share in zip(found, shares, strict=True)
        ]

    def _candidates(
        self, position: int, every: NDArray[np.uint64], at_least: float, between: tuple[int, int]
    ) -> NDArray[np.int64]:
        own = every[_is_indexed(every)]
        owners = self._owners(own, between)
        others, common = np.unique(owners[owners != position], return_counts=True)
        shares = common / (len(own) + self.sizes[others] - common)
        start, end = between
        same = np.flatnonzero(self.least[start:end] == self.least[position]) + start if len(every) else others[:0]
        return np.union1d(others[shares >= max(at_least, 0.0)], same[same != position])

    def _owners(self, runs: NDArray[np.uint64], between: tuple[int, int]) -> NDArray[np.int64]:
        """Return the positions of the texts in that range that have one of these runs, once for each that they have."""
        first, last = np.searchsorted(self.runs, runs, "left"), np.searchsorted(self.runs, runs, "right")
        parts = [self.owner[a:b] for a, b in zip(first, last, strict=True)]
        # The owners of one run stand in ascending order.
        within = [part[slice(*np.searchsorted(part, between))] for part in parts]
        return np.concatenate([np.zeros(0, dtype=np.int64), *within])


def alike(texts: Sequence[str]) -> Alike:
    """Return the index of texts; one that is too short to have a run is like no other."""
    parts = [_indexed(texts[start : start + _CHUNK], start) for start in range(0, len(texts), _CHUNK)]
    owner = np.concatenate([part[0] for part in parts] or [np.zeros(0, dtype=np.int64)])
    runs = np.concatenate([part[1] for part in parts] or [np.zeros(0, dtype=np.uint64)])
    least = np.concatenate([part[2] for part in parts] or [np.zeros(0, dtype=np.uint64)])
    order = np.argsort(runs, kind="stable")
    return Alike(texts, runs[order], owner[order], np.bincount(owner, minlength=len(texts)), least)


def _indexed(texts: Sequence[str], start: int) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.uint64]]:
    owner, runs = _runs(texts)
    least = np.full(len(texts), _NONE)
    if len(owner):
        begins = np.flatnonzero(np.diff(owner, prepend=-1))
        least[owner[begins]] = np.minimum.reduceat(runs, begins)
    kept = _is_indexed(runs)
    owner, runs = _distinct(owner[kept], runs[kept])
    return owner + start, runs, least


def _sets(texts: Sequence[str]) -> list[NDArray[np.uint64]]:
    """Return the distinct runs of each text in ascending order."""
    owner, runs = _distinct(*_runs(texts))
    return np.split(runs, np.searchsorted(owner, np.arange(1, len(texts)))) if texts else []


def _shares(own: NDArray[np.uint64], others: Sequence[NDArray[np.uint64]]) -> NDArray[np.float64]:
    """Return how alike a set of runs is to each of the others."""
    sizes = np.array([len(other) for other in others], dtype=np.int64)
    if not len(own) or not len(sizes):
        return np.zeros(len(sizes))
    runs, owner = np.concatenate(others), np.repeat(np.arange(len(sizes)), sizes)
    is_common = own[np.minimum(np.searchsorted(own, runs), len(own) - 1)] == runs
    common = np.bincount(owner[is_common], minlength=len(sizes))
    return common / (len(own) + sizes - common)


def _is_indexed(runs: NDArray[np.uint64]) -> NDArray[np.bool_]:
    return (runs >> np.uint64(40)) % np.uint64(_ONE_IN) == 0


def _runs(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Return the runs of the texts as hashes, with the position of each one's text; several times what stands so."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    folded, counts = _folded(codes)
    folded, owner = np.repeat(folded, counts).astype(np.uint64), np.repeat(owner, counts)
    if len(folded) < _RUN:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint64)
    count = len(folded) - _RUN + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for n in range(_RUN):
        hashes = (hashes + folded[n : n + count]) * _MIX
        hashes ^= hashes >> np.uint64(29)
    whole = owner[:count] == owner[_RUN - 1 :]
    return owner[:count][whole], hashes[whole]


def _distinct(owner: NDArray[np.int64], hashes: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    order = np.lexsort((hashes, owner))
    owner, hashes = owner[order], hashes[order]
    is_new = np.ones(len(owner), dtype=np.bool_)
    is_new[1:] = (owner[1:] != owner[:-1]) | (hashes[1:] != hashes[:-1])
    return owner[is_new], hashes[is_new]


def _folded(codes: NDArray[np.uint32]) -> tuple[NDArray[np.uint32], NDArray[np.uint8]]:
    """Return the characters with look-alikes, capitals and accents folded, and how often each one counts.

    What is neither letter nor figure does not count.
    """
    present = np.zeros(_CODES, dtype=np.bool_)
    present[codes] = True
    table, counts = np.zeros(_CODES, dtype=np.uint32), np.zeros(_CODES, dtype=np.uint8)
    for code in np.flatnonzero(present):
        plain = _plain(chr(code))
        table[code] = ord(plain) if plain else 0
        counts[code] = 0 if not plain else 2 if _HAN.match(plain) else 1
    return table[codes], counts[codes]


def _plain(character: str) -> str:
    letters = unicodedata.normalize("NFKD", skeleton(character)).casefold()
    return next((letter for letter in letters if letter.isalnum()), "")
