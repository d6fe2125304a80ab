"""Ranges of ids: an object that is too large for one query is asked for in parts that neither overlap nor leave a gap."""

from __future__ import annotations

import string
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["WHOLE", "Range", "halves", "in_order", "parts"]

_DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase
_LENGTH = 15


@dataclass(frozen=True, slots=True)
class Range:
    """Ids from `low` to below `high`, in the order of digits, capitals and small letters; empty is open."""

    low: str = ""
    high: str = ""

    def holds(self, one: str) -> bool:
        """Return whether an id lies in the range; the three characters that 18 have over 15 say nothing about that."""
        short = one[:_LENGTH]
        return (not self.low or short >= self.low) and (not self.high or short < self.high)


WHOLE = Range()


def parts(first: str, last: str, *, count: int) -> tuple[Range, ...]:
    """Return up to `count` ranges of like width, together all ids: the first begins and the last ends open.

    `first` and `last` are the smallest and the largest id that there is, of 15 or 18 characters.

    >>> parts("500000000000000", "50000000000000z", count=2)
    (Range(low='', high='50000000000000U'), Range(low='50000000000000U', high=''))
    """
    low, high = _number(first), _number(last)
    edges = sorted({low + (high - low) * step // count for step in range(1, count)} - {low})
    cuts = ["", *(_id(edge) for edge in edges), ""]
    return tuple(Range(*pair) for pair in pairwise(cuts))


def halves(whole: Range, first: str, last: str) -> tuple[Range, ...]:
    """Return a range as two; as itself where it cannot be cut. `first` and `last` stand for its open ends."""
    low, high = _number(whole.low or first), _number(whole.high or last)
    middle = (low + high) // 2
    if middle in (low, high):
        return (whole,)
    return Range(whole.low, _id(middle)), Range(_id(middle), whole.high)


def in_order(ids: Sequence[str]) -> bool:
    """Return whether ids rise as ranges count on it: digits before capitals before small letters."""
    numbers = [_number(one) for one in ids]
    return all(low < high for low, high in pairwise(numbers))


def _number(text: str) -> int:
    number = 0
    for letter in text[:_LENGTH]:
        number = number * len(_DIGITS) + _DIGITS.index(letter)
    return number


def _id(number: int) -> str:
    letters: list[str] = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, len(_DIGITS))
        letters.append(_DIGITS[digit])
    return "".join(reversed(letters))
