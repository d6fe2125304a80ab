"""Small counts in sentences, covered by the same rule as in tables, so that the words still read as such.

* A count from 1 to n-1 reads "fewer than n": before what is counted, before what became of it, and, in a text that
  comes with the values that it quotes, wherever such a value stands.
* Where one part of a whole is covered, the next smallest of its parts reads "some": the whole stands beside them.
* A share in brackets behind a covered count reads "share hidden".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["covered_sentence"]

_NOUN = "case|appeal|decision|review|report|action|escalation|hand-off|takedown|request|order|promise|account|reporter"
_NOUNS = rf"(?:{_NOUN})s?"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_OTHER_THINGS = (
    r"[A-Z]|of\b|days?|weeks?|months?|years?|hours?|points?|h\b|%|queues?|markets?|policies|policy|segments?|values?"
)
_NO_PEOPLE = (
    rf"{_MONTHS}|(?:earlier |further |such )?(?:days?|weeks?|months?|years?|hours?|minutes?|min|h|d|s|times?|points?"
    r"|items?|episodes?|tracks?|messages?|profiles?|things?|markets?|languages?|versions?|queues?|polic(?:y|ies)"
    r"|deadlines?|questions?|answers?|comparisons?|streams?|listeners?|segments?|values?)\b|speaks?\b|would be\b|more\b|(?:of \d+ )?missed over all|%"
)
_NUMBERED = re.compile(r"(?:\b(?:version|policy|queue|tier|level|up to|severity)|\w [A-Z][\w'-]*) $")
"""What a number stands behind that names and does not count: version 3, in Tier 2, on Sunday 1."""
_STATE = (
    r"(?:is|are|was|were|has|have|differs?|missed (?:it|its|their)|named|overturned|reversed|upheld|pending|in (?:full|part)"
    r"|of (?:them|these|those))\b"
)
_QUOTED = re.compile(
    rf"(?<![\w.,\u202f\u00a0-])(\d+)"
    rf"(?= (?:(?:[a-z]+ ){{0,2}}(?:{_NOUNS})\b|of \d[\d,]* (?:[a-z]+ ){{0,2}}(?:{_NOUNS})\b|against \d|expected\b))"
    rf"|(?:(?<=\bfrom )|(?<!\bup to )(?<=\bto )|(?<=\bagainst ))(\d+)(?=[,;.)]?(?: |$))(?! (?:{_OTHER_THINGS}))"
    rf"|(?<![\w.,\u202f\u00a0-])(?P<state>\d+)(?= {_STATE})|(?<=[a-z] \()(\d+)(?=\))"
    r"|(?<=[a-z] in )(\d+)(?=[,;.](?: |$)| and\b)|(?<=\d and )(\d+)(?= more\b)"
)
_BARE = re.compile(rf"(?:(?<=^)|(?<=[ (]))(\d+(?:,\d{{3}})*)(?=[,.;:)]?(?: |$))(?! (?:{_NO_PEOPLE}))")
_ENDS = re.compile(r"\bdecided(?: alike)?: ")
"""After it stand the ends that decisions came to, each with its number."""
_END = re.compile(r"(?:(?<=: )|(?<=, )|(?<= and ))(\d+)(?= [a-z])")
_ONE = re.compile(
    rf"(?<=fewer than )(\d+ (?:(?!with)[a-z]+ ){{0,2}}(?:{_NOUN}))\b((?: [a-z]+){{0,3}}? (?:is|was|has)\b)?"
)
_ALONE = re.compile(
    rf"(?<=fewer than )(\d+(?: of \d[\d,]* (?:[a-z]+ ){{0,2}}(?:{_NOUNS}))?) (is|was|has|differs|action rests)\b"
)
_OTHER_PART = {"open": "decided", "decided": "open"}
"""Two values that make up a third, which is told beside them."""
_FIRST, _MOST_NAMES = 0xE001, 6_000
_FEWER = "\ue000"
"""Stands for a covered count until all are found."""
_VERBS = {
    "is": "are",
    "was": "were",
    "has": "have",
    "differs": "differ",
    "action rests": "actions rest",
}
_BEGUN = re.compile(r"(?:^|(?<=[.!?] ))(?:fewer than(?= \d)|some(?= ))")
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z\ue001-\uf8ff])")
_SHARE = re.compile(r"\(\d[\d.]*\s?%[^()]*\)")
_COUNT = r"(\d+(?:,\d{3})*|fewer than \d+)"
_WHOLES = (
    (re.compile(r"^Of the cases "), re.compile(rf"(?:^Of the cases |, |and ){_COUNT}(?= (?:in|elsewhere)\b)")),
    (re.compile(r"^Actions that stand: "), re.compile(rf"\({_COUNT}(?= cases?\))")),
    (re.compile(r" decided.*still open: "), re.compile(rf"(?:^Of \d[\d,]* cases |still open: ){_COUNT}(?= )")),
    (_ENDS, re.compile(rf"(?:(?<=: )|(?<=, )|(?<= and )){_COUNT}(?= [a-z])")),
    (re.compile(r"^Appealed: "), re.compile(rf"(?:upheld|overturned|pending): {_COUNT}")),
    (re.compile(r"\brests? on .*\band .*\brests? on "), re.compile(rf"{_COUNT}(?= actions? rests? )")),
)
"""Sentences that tell all parts of a whole, and where each part stands in them."""


def covered_sentence(text: str, *, smallest: int, values: Mapping[str, object] | None = None) -> str:
    """Return a text with every small count of cases covered.

    Args:
        text: one sentence or several.
        smallest: the smallest count that may be shown.
        values: what the text quotes, where that is known; its names, as those of a queue, are left as they are.

    >>> covered_sentence("3 cases of severity S3, against 1 in the period before; 12 cases are open", smallest=5)
    'Fewer than 5 cases of severity S3, against fewer than 5 in the period before; 12 cases are open'
    """
    names = [value for value in (values or {}).values() if isinstance(value, str) and any(map(str.isdigit, value))]
    swaps = _swaps(values or {}, smallest)
    held, kept = _held(text, names)
    parts = [_covered(part, smallest, swaps) for part in _SENTENCE.split(held)]
    covered = _BEGUN.sub(lambda match: f"{match[0][:1].upper()}{match[0][1:]}", " ".join(parts))
    return _let_go(covered, kept) if parts != _SENTENCE.split(held) else text


def _covered(sentence: str, smallest: int, swaps: Mapping[int, str]) -> str:
    """Return one sentence with its small counts covered, and what would give them away."""

    def cover(match: re.Match[str]) -> str:
        is_name = match.lastgroup == "state" and _NUMBERED.search(match.string, 0, match.start())
        return _FEWER if 0 < int(match[0]) < smallest and not is_name else match[0]

    def cover_value(match: re.Match[str]) -> str:
        is_name = _NUMBERED.search(match.string, 0, match.start())
        return match[0] if is_name else swaps.get(int(match[0].replace(",", "")), match[0])

    covered = _BARE.sub(cover_value, _QUOTED.sub(cover, sentence))
    covered = _END.sub(cover, covered) if _ENDS.search(sentence) else covered
    if _FEWER not in covered:
        return covered
    covered = _with_second(covered.replace(_FEWER, f"fewer than {smallest}"))
    # What was one is now fewer than some.
    covered = _ALONE.sub(lambda match: f"{match[1]} {_VERBS[match[2]]}", covered)
    covered = _ONE.sub(lambda match: f"{match[1]}s{_of_several(match[2])}", covered)
    return _SHARE.sub("(share hidden)", covered)


def _swaps(values: Mapping[str, object], smallest: int) -> dict[int, str]:
    """Return what stands for a value that is quoted: those that are small, and the other part of a whole of two."""
    numbers = {name: value for name, value in values.items() if type(value) is int and value > 0}
    others = [_OTHER_PART[name] for name, value in numbers.items() if value < smallest and name in _OTHER_PART]
    away = {numbers[name]: "some" for name in others if name in numbers}
    return away | {value: _FEWER for value in numbers.values() if value < smallest}


def _with_second(sentence: str) -> str:
    """Return the sentence with the next smallest part of a whole covered, where a single one is."""
    for whole, part in _WHOLES:
        if not whole.search(sentence):
            continue
        found = list(part.finditer(sentence))
        shown = {int(match[1].replace(",", "")): match for match in found if match[1][0].isdigit()}
        shown = {number: match for number, match in shown.items() if number}
        if shown and sum(match[1].startswith("fewer") for match in found) == 1:
            match = shown[min(shown)]
            sentence = f"{sentence[: match.start(1)]}some{sentence[match.end(1) :]}"
    return sentence


def _of_several(words: str | None) -> str:
    before, _, verb = (words or "").rpartition(" ")
    return f"{before} {_VERBS[verb]}" if verb else ""


def _held(text: str, names: Sequence[str]) -> tuple[str, list[str]]:
    """Return the text with names in it set aside, the longest first, and the names by their place."""
    # What begins with a digit could be a count that looks like a name.
    kept = sorted({name for name in names if not name[0].isdigit()}, key=len, reverse=True)[:_MOST_NAMES]
    for number, name in enumerate(kept):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", chr(_FIRST + number), text)
    return text, kept


def _let_go(text: str, kept: Sequence[str]) -> str:
    for number, name in enumerate(kept):
        text = text.replace(chr(_FIRST + number), name)
    return text
