"""Texts of cases for `links.py`: with forms and stock phrases in common as reports have, and planted copies of some."""

# ruff: noqa: PLC0415 - only whoever makes a corpus pays for the Thai dictionary

from __future__ import annotations

import csv
import json
import random
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["KINDS", "corpus"]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
KINDS = ("words", "characters", "homoglyphs", "thai", "mixed", "real thai", "real vietnamese")
CAMPAIGN = 2_000
_COPIES = 0.2
_EDITED = (0.05, 0.25)
"""The share of a copy's words that are edited, drawn for each copy from between these."""
_FORMS = 0.1
"""The share of the other texts that are a form with a few words of one's own."""
_LEET = {"a": "4@", "b": "8", "e": "3", "i": "1!", "l": "1", "o": "0", "s": "5$", "t": "7"}
_GLYPHS = {
    "a": "аɑａ",
    "c": "сｃ",
    "e": "еｅ",
    "i": "іｉ",
    "j": "ј",
    "o": "оοｏ",
    "p": "рρ",
    "s": "ѕ",
    "x": "х",
    "y": "у",
    "h": "һ",
}
_BETWEEN = (" ", ".", "-", "_", "*", "\u200b", "\u200d", "\u2060", "\u202e", "🙂", ". ")


@dataclass(frozen=True, slots=True)
class Language:
    """What texts of one language are made of: words, the most frequent first, and what many texts have in common."""

    words: Sequence[str]
    joint: str
    openings: Sequence[Sequence[str]]
    closings: Sequence[Sequence[str]]
    phrases: Sequence[Sequence[str]]
    forms: Sequence[Sequence[str]]


def language(chance: random.Random, words: Sequence[str], joint: str) -> Language:
    """Return a language with its standard sentences: 20 openings, 10 closings, 200 phrases and 40 forms."""

    def some(count: int, low: int, high: int) -> list[list[str]]:
        return [drawn(chance, words, chance.randint(low, high)) for _ in range(count)]

    return Language(words, joint, some(20, 6, 12), some(10, 5, 10), some(200, 3, 8), some(40, 10, 14))


def drawn(chance: random.Random, words: Sequence[Any], size: int) -> list[Any]:
    """Return words of a text, rare ones as rare as in language (Zipf, the most frequent one in thirty)."""
    return chance.choices(words, cum_weights=_ranked(len(words)), k=size)


@cache
def _ranked(size: int) -> list[float]:
    return list(accumulate(1 / (rank + 3) for rank in range(size)))


def invented(chance: random.Random) -> list[str]:
    """Return 30,000 words of no language, those that are used most being short."""
    heads, tails = [*"bcdfghjklmnprstvw", "sh", "ch", "tr", "st", "pl", "gr"], [*"aeiou", "ai", "ou", "ea"]
    ends = ["", "", "n", "r", "s", "t", "l", "ng", "ck"]
    found: dict[str, None] = {}
    while len(found) < 30_000:
        parts = range(chance.choice((1, 2, 2, 3)))
        found["".join(chance.choice(heads) + chance.choice(tails) for _ in parts) + chance.choice(ends)] = None
    words = list(found)
    usual = sorted(words, key=len)[:300]
    chance.shuffle(usual)
    taken = set(usual)
    return usual + [word for word in words if word not in taken]


def thai_words() -> list[str]:
    """Return words of Thai in an order of chance, from the dictionary of PyThaiNLP."""
    from pythainlp.corpus import thai_words as listed

    words = sorted(word for word in listed() if 2 <= len(word) <= 8 and " " not in word)
    random.Random(5).shuffle(words)
    return words


def written(chance: random.Random, own: Language) -> list[str]:
    """Return the words of a report: 12 to 60 of its own, stock phrases among them, an opening and a closing."""
    words = drawn(chance, own.words, chance.randint(12, 60))
    for phrase in drawn(chance, own.phrases, chance.randint(0, 3)):
        at = chance.randint(0, len(words))
        words[at:at] = phrase
    opening = list(chance.choice(own.openings)) if chance.random() < 0.7 else []
    closing = list(chance.choice(own.closings)) if chance.random() < 0.4 else []
    return opening + words + closing


def filled_in(chance: random.Random, own: Language) -> list[str]:
    """Return the words of a form with 8 to 14 of its own."""
    words = list(chance.choice(own.forms))
    return (
        words[:6]
        + drawn(chance, own.words, chance.randint(4, 7))
        + words[6:]
        + drawn(chance, own.words, chance.randint(4, 7))
    )


def edited(words: Sequence[str], chance: random.Random, names: Sequence[str]) -> list[str]:
    """Return the words with a twentieth to a quarter of them substituted, left out, put in or moved."""
    changed = list(words)
    for _ in range(max(1, round(chance.uniform(*_EDITED) * len(words)))):
        at = chance.randrange(len(changed))
        what = chance.randrange(4)
        [new] = drawn(chance, names, 1)
        if what == 0:
            changed[at] = new
        elif what == 1 and len(changed) > 5:
            del changed[at]
        elif what == 2:
            changed.insert(at, new)
        elif what == 3:
            changed.insert(chance.randrange(len(changed)), changed.pop(at))
    return changed


def disguised(text: str, chance: random.Random) -> str:
    """Return the text with figures for letters, and letters set apart or repeated."""
    words: list[str] = []
    for word in text.split(" "):
        how, at = chance.random(), chance.randrange(len(word))
        if how < 0.35:
            words.append("".join(chance.choice(_LEET[c]) if c in _LEET and chance.random() < 0.6 else c for c in word))
        elif how < 0.6:
            words.append(chance.choice(_BETWEEN).join(word))
        else:
            words.append(word[:at] + word[at] * chance.choice((1, 1, 1, 3)) + word[at + 1 :])
    return " ".join(words)


def looking_alike(text: str, chance: random.Random) -> str:
    """Return the text with letters of other scripts in it."""
    return "".join(chance.choice(_GLYPHS[c]) if c in _GLYPHS and chance.random() < 0.5 else c for c in text)


def parted(text: str, chance: random.Random) -> str:
    """Return the text with a zero-width space after a tenth of its characters."""
    return "".join(c + "\u200b" * (chance.random() < 0.1) for c in text)


def real(kind: str) -> list[str]:
    """Return the real texts of a language; none where the files are absent."""
    path = DATA / ("thai/wisesight_valid.jsonl" if kind == "real thai" else "vietnamese/vihos_dev.csv")
    if not path.exists():
        return []
    if kind == "real thai":
        found = [str(json.loads(line)["texts"]) for line in path.read_text(encoding="utf-8").splitlines()]
    else:
        with path.open(encoding="utf-8", newline="") as file:
            found = [row["content"] for row in csv.DictReader(file)]
    return [text for text in dict.fromkeys(found) if len(text) > 60]


def corpus(rows: int, *, seed: int) -> dict[str, Any]:
    """Return texts in an order of chance, which pairs were planted by kind, and the places of the campaign."""
    chance = random.Random(seed)
    latin, thai = language(chance, invented(chance), " "), language(chance, thai_words(), "")
    texts: list[str] = []
    pairs: list[tuple[int, int, str]] = []
    for each in range(int(rows * _COPIES / 2)):
        kind = KINDS[each % 5]
        own = thai if kind == "thai" else latin
        words = written(chance, own)
        pairs.append((len(texts), len(texts) + 1, kind))
        texts += [own.joint.join(words), _copy(words, kind, chance, own)]
    for kind in KINDS[5:]:
        for text in real(kind):
            pairs.append((len(texts), len(texts) + 1, kind))
            texts += [text, _real_copy(text, kind, chance)]
    base = written(chance, latin)
    campaign = list(range(len(texts), len(texts) + CAMPAIGN))
    texts += [" ".join([*drawn(chance, latin.words, 2), *edited(base, chance, latin.words)]) for _ in campaign]
    while len(texts) < rows:
        own = thai if chance.random() < 0.25 else latin
        texts.append(own.joint.join((filled_in if chance.random() < _FORMS else written)(chance, own)))
    order = list(range(len(texts)))
    chance.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    return {
        "texts": [texts[old] for old in order],
        "pairs": [(place[a], place[b], kind) for a, b, kind in pairs],
        "campaign": [place[n] for n in campaign],
    }


def _copy(words: Sequence[str], kind: str, chance: random.Random, own: Language) -> str:
    if kind == "thai":
        return parted("".join(edited(words, chance, own.words)), chance)
    text = " ".join(edited(words, chance, own.words) if kind in {"words", "mixed"} else words)
    text = disguised(text, chance) if kind in {"characters", "mixed"} else text
    return looking_alike(text, chance) if kind in {"homoglyphs", "mixed"} else text


def _real_copy(text: str, kind: str, chance: random.Random) -> str:
    """Return the text with edits in its words or, where these are not told apart, in pieces of five characters."""
    spaced = kind == "real vietnamese"
    parts = text.split(" ") if spaced else [text[at : at + 5] for at in range(0, len(text), 5)]
    return parted((" " if spaced else "").join(edited(parts, chance, parts)), chance)
