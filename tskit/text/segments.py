"""Words of a text, also in languages that write none apart: Thai by dictionary, Chinese by overlapping pairs."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from tskit.text.normal import normalise
from tskit.text.scripts import HAN, THAI

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

__all__ = ["thai_edges", "words"]

# Thai and other marks are no letters to `re`, and belong to their word; an apostrophe may stand within one.
_PART = re.compile(rf"(?P<thai>[{THAI}]+)|(?P<han>[{HAN}]+)|[^\W{THAI}{HAN}_]+(?:['’][^\W{THAI}{HAN}_]+)*")
_READ_ONLY = "PYTHAINLP_READ_ONLY"


def words(text: str) -> list[str]:
    """Return the words of `text`, normalised and in order; punctuation and pictures are none.

    Thai is cut by the dictionary of PyThaiNLP (newmm), Chinese into overlapping pairs of characters, and everything
    else (English, Malay, Indonesian, Vietnamese, Tagalog) where it is written apart.

    >>> words("Pay NOW, อาหารไทย 反詐騙")
    ['pay', 'now', 'อาหาร', 'ไทย', '反詐', '詐騙']
    """
    return [word for part in _PART.finditer(normalise(text)) for word in _cut(part)]


def thai_edges(text: str) -> frozenset[int]:
    """Return the places in normalised `text` at which a Thai word begins or ends, by the dictionary.

    >>> sorted(thai_edges("กิน อาหารไทย"))
    [0, 3, 4, 9, 12]
    """
    found: set[int] = set()
    for part in re.finditer(rf"[{THAI}]+", text):
        ends = accumulate((len(word) for word in _thai_words()(part[0])), initial=part.start())
        found.update(ends)
    return frozenset(found)


def _cut(part: re.Match[str]) -> list[str]:
    run = part[0]
    if part.lastgroup == "thai":
        return _thai_words()(run)
    if part.lastgroup == "han" and len(run) > 1:
        return [run[place : place + 2] for place in range(len(run) - 1)]
    return [run]


@cache
def _thai_words() -> Callable[[str], list[str]]:
    """Return the cutter of Thai; the dictionary is read from the installed package when it is first needed."""
    with _read_only():
        from pythainlp.tokenize.newmm import segment  # noqa: PLC0415  # reads a dictionary of 60,000 words

        segment("คำ")
    return segment


@contextmanager
def _read_only() -> Generator[None]:
    """Keep PyThaiNLP from making a folder of its own in the home of whoever runs this."""
    said = os.environ.get(_READ_ONLY)
    os.environ[_READ_ONLY] = said or "1"
    try:
        yield
    finally:
        if said is None:
            del os.environ[_READ_ONLY]
