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
    """The position of the text of each of `runs`."""
    sizes: NDArray[np.int64] = field(repr=False)
    """How many runs of each text are in the index."""
    least: NDArray[np.uint64] = field(repr=False)
    """The run of each text with the smallest hash: of two texts it is the same as often as they are alike."""

    def near(
        self, position: int, *, at_least: float, among: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the positions of the other texts that are alike by at least this share, and by how much each.

        `among` says of each text whether it is to be compared at all; all are where it is not given.
        """
        found = self._candidates(position, at_least - _SLACK, among)
        if not len(found):
            return found, np.zeros(0)
        owners, runs = _distinct(*_runs([self.texts[n] for n in (position, *found)]))
        sizes = np.bincount(owners, minlength=len(found) + 1)
        own = runs[owners == 0]
        common = np.bincount(owners[np.isin(runs, own)], minlength=len(found) + 1)[1:]
        shares = common / np.maximum(sizes[0] + sizes[1:] - common, 1)
        kept = shares >= at_least
        return found[kept], shares[kept]

    def _candidates(self, position: int, at_least: float, among: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        _, every = _runs([self.texts[position]])
        own = np.unique(every[_is_indexed(every)])
        first, last = np.searchsorted(self.runs, own, "left"), np.searchsorted(self.runs, own, "right")
        parts = [self.owner[a:b] for a, b in zip(first, last, strict=True)]
        owners = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
        owners = owners[owners != position] if among is None else owners[among[owners] & (owners != position)]
        others, common = np.unique(owners, return_counts=True)
        shares = common / (len(own) + self.sizes[others] - common)
        same = self.least == self.least[position] if len(every) else np.zeros(len(self.least), dtype=np.bool_)
        same &= among if among is not None else same
        same[position] = False
        return np.union1d(others[shares >= max(at_least, 0.0)], np.flatnonzero(same))


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
