"""Letters of other scripts that pass for Latin ones, taken back: Unicode's list of confusables (UTS 39)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from string import ascii_letters, digits

from tskit.text.normal import normalise, unstacked

__all__ = ["skeleton"]

# In these scripts people write whole reports; a letter of theirs is itself, whatever it looks like. (UTS 39 also takes
# Thai letters for one another that tell words apart.)
_WRITTEN = re.compile(
    r"(ARABIC|BENGALI|BOPOMOFO|CJK|DEVANAGARI|GUJARATI|GURMUKHI|HANGUL|HEBREW|HIRAGANA|IDEOGRAPHIC|KANNADA|KATAKANA|KHMER"
    r"|LAO|MALAYALAM|MYANMAR|ORIYA|SINHALA|TAMIL|TELUGU|THAI)\b"
)
_ALIKE = str.maketrans({"i": "l", "|": "l", "m": "rn"})
"""Capital I and small l look alike, and case is folded; r and n side by side look like m."""

_LEET = str.maketrans(
    {"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "@": "a", "$": "s", "!": "l"}
)
_REMEMBERED = 1 << 16
_LEET_WORD = re.compile(r"[\w@$](?:[\w@$!]*[\w@$])?")


def skeleton(text: str, *, leet: bool = False) -> str:
    """Return normalised `text` with every look-alike of a Latin letter or digit as that letter or digit.

    Two texts that look the same in Latin letters have the same skeleton; it is there to be compared, not to be read.
    Cyrillic, Greek, Armenian, Cherokee and other letters are taken back as Unicode's confusables say; letters of scripts
    that our markets write in stay.

    Args:
        text: what somebody wrote.
        leet: also take digits and signs within a word for the letters that they stand for; amounts may change with it.

    >>> skeleton("раураl") == skeleton("PAYPAI")  # the first one in Cyrillic, the second one with a capital I
    True
    >>> skeleton("un4l1ve", leet=True) == skeleton("unalive")
    True
    """
    return " ".join(bare for word in text.split() if (bare := _bare(word, leet=leet)))


@lru_cache(maxsize=_REMEMBERED)
def _bare(word: str, *, leet: bool) -> str:
    # Before case is folded: a capital may look like a Latin letter where its small form does not.
    plain = normalise(
        word if word.isascii() else unicodedata.normalize("NFKC", unstacked(word)).translate(_look_alikes())
    )
    if leet:
        plain = _LEET_WORD.sub(_without_leet, plain)
    alike = plain if plain.isascii() else plain.translate(_look_alikes())
    return normalise(alike.translate(_ALIKE))


def _without_leet(match: re.Match[str]) -> str:
    word = match[0]
    letters = sum(letter.isalpha() for letter in word)
    # Mostly digits is an amount or a number, not a word in disguise.
    return word.translate(_LEET) if letters and 2 * letters >= len(word) else word


@cache
def _look_alikes() -> dict[int, str]:
    """Return by code point what each look-alike of a Latin letter or digit stands for."""
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415  # reads a file of 900 kB

    # The library lists both directions; what stands under a Latin letter looks like it.
    alike = {"m": "rn"} | dict.fromkeys([*ascii_letters, *digits], "")
    found: dict[int, str] = {}
    for letter, drawn in alike.items():
        for entry in confusables_data.get(drawn or letter, ()):
            other: str = entry["c"]
            if len(other) == 1 and not other.isascii() and _passes_for_latin(other):
                found[ord(other)] = letter
    return found


def _passes_for_latin(letter: str) -> bool:
    if not unicodedata.is_normalized("NFKC", letter):
        return False  # normalising has its own answer, such as s for the long s
    return _WRITTEN.match(unicodedata.name(letter, "")) is None and unicodedata.category(letter)[0] in "LNS"
