"""Text that people wrote, made comparable: one spelling for what reads the same."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

__all__ = ["normalise", "unstacked"]

# What is drawn as nothing (Unicode's default ignorables), other controls, and the colours of emoji: people put them
# between letters to get past a filter, and programs put them there unasked.
_IGNORED = (
    (0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C),
    (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
    (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xD800, 0xDFFF),
    (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0x1F3FB, 0x1F3FF), (0xE0000, 0xE0FFF),
)  # fmt: skip
_ZEROS = (0x660, 0x6F0, 0x966, 0x9E6, 0xBE6, 0xE50, 0xED0, 0x1040, 0x17E0)
"""The digit zero of the scripts of our markets; nine more digits follow each."""

# A mark that composes with no letter is decoration (as in text that drips over its neighbours).
_DECORATION = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")
# Putting a stack of marks in order takes the square of its height.
_MARK = (
    r"[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u06d6-\u06ed\u0e31-\u0e4e"
    r"\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_TALL_STACK = re.compile(f"({_MARK}{{30}}){_MARK}+")
_LONG_RUN = re.compile(r"(\D)\1{2,}")
_SPACE = re.compile(r"\s+")

# Compatibility forms take Thai's SARA AM apart, which no dictionary does; two SARA E are typed for one SARA AE; a tone
# belongs after the vowel above its letter, and a mark typed twice shows once. (None looks back into a run of marks from
# its middle, so that time grows with the text and no faster.)
_ANY_THAI = re.compile(r"[\u0e00-\u0e7f]")
_SARA_AM = re.compile(r"(?<![\u0e48-\u0e4b])([\u0e48-\u0e4b]*)\u0e4d([\u0e48-\u0e4b]*)\u0e32")
_TONE_FIRST = re.compile(r"(?<![\u0e48-\u0e4c])([\u0e48-\u0e4c]+)([\u0e31\u0e34-\u0e37]+)")
_MARK_TWICE = re.compile(r"([\u0e31\u0e34-\u0e3a\u0e47-\u0e4e])\1+")

_MOST_PASSES = 8
_REMEMBERED = 1 << 16


def normalise(text: str) -> str:
    """Return `text` in one spelling: what reads the same in any case, width or encoding is equal.

    Compatibility forms (full width, mathematical letters, ligatures) and decomposed letters become plain ones, case is
    folded, digits of any script become 0 to 9, invisible characters, decoration and skin tones of emoji go, a character
    repeated three times or more stands twice (digits stay as they are), and white space is one blank. Doing it twice
    changes nothing. Look-alikes of other scripts are left to `skeleton`.

    >>> normalise("Ｆｒｅｅ  mo" + chr(0x200B) + "neyyyyy ๑๐๐")
    'free moneyy 100'
    """
    return " ".join(spelled for word in text.split() if (spelled := _spelled(word)))


def unstacked(text: str) -> str:
    """Return the text with no more than thirty marks in a row, so that putting them in order ends soon."""
    return _TALL_STACK.sub(r"\1", text)


@lru_cache(maxsize=_REMEMBERED)
def _spelled(word: str) -> str:
    """Return one word in its spelling; nothing here looks across a blank, and most words come back."""
    for _ in range(_MOST_PASSES):
        spelled = _one_pass(word)
        if spelled == word:
            break
        word = spelled
    return word


def _one_pass(text: str) -> str:
    if text.isascii():
        plain = text.translate(_plain()).casefold()
    else:
        # Folding a letter can leave one to compose, so that the order is: compose, fold, compose again.
        folded = unicodedata.normalize("NFKC", unstacked(text.translate(_plain()))).casefold()
        plain = _thai(_DECORATION.sub("", unicodedata.normalize("NFKC", folded).translate(_plain())))
    return _SPACE.sub(" ", _LONG_RUN.sub(r"\1\1", plain)).strip()


def _thai(text: str) -> str:
    if not _ANY_THAI.search(text):
        return text
    ordered = _MARK_TWICE.sub(r"\1", _TONE_FIRST.sub(r"\2\1", text))
    return _SARA_AM.sub("\\1\\2\u0e33", ordered).replace("\u0e40\u0e40", "\u0e41")


@cache
def _plain() -> dict[int, str | None]:
    ignored = dict.fromkeys(code for first, last in _IGNORED for code in range(first, last + 1))
    return ignored | {zero + digit: str(digit) for zero in _ZEROS for digit in range(10)}
