"""Texts as the letters that a reader sees: one code a letter, with disguise folded away, for many texts at once.

Look-alikes, accents, capitals, figures that stand for letters, spaces, punctuation and letters typed again and again are
folded, so that "p a y o u t", "p4y0ut" and "pаyoooout" with a Greek or Cyrillic letter in it are the same letters.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from tskit.text.confusables import skeleton
from tskit.text.scripts import HAN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["Letters", "letters"]

_CODES = 0x110000
_TOGETHER = 1_000_000
"""Characters that are folded at a time, so that the work stays in the processor's cache."""
_HAN = re.compile(f"[{HAN}]")
_SIGNS = {"@": "a", "$": "s", "!": "l", "|": "l"}
"""Signs that may stand for a letter; only beside letters are they one. Codes 1 to 4 stand for them on the way."""
_DOLLAR = 2
# An m is drawn as r and n, a w as two v; repeated letters count once, and so do these.
_DRAWN = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "w": "v"})


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of many texts, one after another, as 16 bits each; a Chinese character stands twice."""

    codes: NDArray[np.uint16] = field(repr=False)
    ends: NDArray[np.int64] = field(repr=False)
    """Where the letters of each text end in `codes`."""

    @property
    def counts(self) -> NDArray[np.int64]:
        """Return how many letters each text has."""
        return np.diff(self.ends, prepend=0)

    def only(self, places: NDArray[np.int64]) -> Letters:
        """Return the letters of the texts at these places alone, which ascend."""
        is_kept = np.zeros(len(self.ends), dtype=np.bool_)
        is_kept[places] = True
        counts = self.counts
        return Letters(self.codes[np.repeat(is_kept, counts)], np.cumsum(counts[places]))

    def of(self, places: NDArray[np.int64]) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
        """Return the letters of the texts at these places, in their order, with the number of letters of each."""
        counts = self.counts[places]
        shifts = self.ends[places] - np.cumsum(counts)
        return self.codes[np.repeat(shifts, counts) + np.arange(int(counts.sum()))], counts


def letters(texts: Sequence[str]) -> Letters:
    """Return the letters of each text; what is neither letter nor figure in any script has none."""
    lengths = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    folds = _Folds.empty()
    parts, counts = [np.zeros(0, dtype=np.uint16)], [np.zeros(0, dtype=np.int64)]
    block = np.cumsum(lengths) // _TOGETHER
    starts = np.flatnonzero(np.diff(block, prepend=-1, append=-1))
    for start, end in pairwise(starts.tolist()):
        codes, count = _folded(texts[start:end], lengths[start:end], folds)
        parts.append(codes)
        counts.append(count)
    return Letters(np.concatenate(parts), np.cumsum(np.concatenate(counts)))


@dataclass(frozen=True, slots=True)
class _Folds:
    """What each character that was met becomes, and how often it counts."""

    known: NDArray[np.bool_]
    becomes: NDArray[np.uint16]
    counts: NDArray[np.uint8]

    @classmethod
    def empty(cls) -> _Folds:
        return cls(np.zeros(_CODES, np.bool_), np.zeros(_CODES, np.uint16), np.zeros(_CODES, np.uint8))

    def meet(self, codes: NDArray[np.uint32]) -> None:
        present = np.zeros(_CODES, dtype=np.bool_)
        present[codes] = True
        for code in np.flatnonzero(present & ~self.known).tolist():
            plain = _plain(chr(code))
            self.becomes[code] = _code(plain)
            # What lies beyond 16 bits shares a code with something else, and is rare.
            self.counts[code] = 2 if _HAN.match(plain) else 1
        self.known[codes] = True


def _code(plain: str) -> int:
    if plain in _SIGNS:
        return list(_SIGNS).index(plain) + 1
    return max(ord(plain) & 0xFFFF, 32) if plain else 0


def _plain(character: str) -> str:
    """Return the letter that a character is read as; a sign that may stand for one comes back, others are nothing."""
    if character in _SIGNS:
        return character
    drawn = unicodedata.normalize("NFKD", skeleton(character)).casefold().translate(_DRAWN)
    return next((letter for letter in drawn if letter.isalnum()), "")


def _folded(
    texts: Sequence[str], lengths: NDArray[np.int64], folds: _Folds
) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    # A line's end between two texts keeps the signs at their edges apart.
    joined = "\n".join(texts) + "\n"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    folds.meet(codes)
    becomes = folds.becomes[codes]
    _read_signs(becomes, codes)
    kept = np.flatnonzero(becomes)
    owner = np.repeat(np.arange(len(texts), dtype=np.int32), lengths + 1)[kept]
    becomes, counts = becomes[kept], folds.counts[codes[kept]]
    is_new = _is_new(becomes, owner)
    becomes, owner, counts = becomes[is_new], owner[is_new], counts[is_new]
    if counts.size and counts.max() > 1:
        becomes, owner = np.repeat(becomes, counts), np.repeat(owner, counts)
    return becomes, np.bincount(owner, minlength=len(texts)).astype(np.int64)


def _read_signs(becomes: NDArray[np.uint16], codes: NDArray[np.uint32]) -> None:
    """Put a letter or nothing where a sign stands; the array ends with a line's end, which is nothing.

    The first two, an at and a dollar, are a letter beside a letter; a mark that may also part letters only between two
    of them, and not where it parts them one by one. A dollar at a number is a price.
    """
    most = len(_SIGNS)
    places = np.flatnonzero((becomes > 0) & (becomes <= most))
    signs = becomes[places]
    before, after = becomes[places - 1] > most, becomes[np.minimum(places + 1, len(becomes) - 1)] > most
    parts = (becomes[np.maximum(places - 2, 0)] == signs) | (becomes[np.minimum(places + 2, len(becomes) - 1)] == signs)
    is_letter = np.where(signs <= 2, before | after, before & after & ~parts)
    is_letter[signs == _DOLLAR] &= ~_is_price(becomes, codes, places[signs == _DOLLAR])
    spelled = np.array([0, *(ord(letter) for letter in _SIGNS.values())], dtype=np.uint16)
    becomes[places] = np.where(is_letter, spelled[signs], 0)


def _is_price(becomes: NDArray[np.uint16], codes: NDArray[np.uint32], dollars: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which dollars stand before figures or after them that are no part of a word: $500, US$500 and 500$."""
    if not len(dollars):
        return np.zeros(0, dtype=np.bool_)
    most = len(_SIGNS)
    others = np.flatnonzero((codes < ord("0")) | (codes > ord("9")))
    # The last of all is a line's end, which is also what stands before the first.
    end, start = others[np.searchsorted(others, dollars + 1)], others[np.searchsorted(others, dollars) - 1]
    leads = (end > dollars + 1) & (becomes[end] <= most)
    follows = (start != dollars - 1) & (becomes[start] <= most) & (becomes[dollars + 1] <= most)
    return leads | follows


def _is_new(codes: NDArray[np.uint16], owner: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which letters are not the one before again, nor the n of an r and n that may be an m."""
    is_new = np.ones(len(codes), dtype=np.bool_)
    same = owner[1:] == owner[:-1]
    again = (codes[1:] == codes[:-1]) | ((codes[1:] == ord("n")) & (codes[:-1] == ord("r")))
    is_new[1:] = ~(same & again)
    return is_new
