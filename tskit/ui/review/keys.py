"""Which key stands for which cause: the digit that its id ends with, so that the page and the taxonomy agree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.causes import Cause, Taxonomy

__all__ = ["key_plan"]

# What follows 9 on a keyboard, once a digit is taken: RC10 lies on the key beside 0, which is RC0.
_SPARE = ("-", "=", "[", "]")
_DIGITS = "1234567890"
_NUMBER = re.compile(r"(\d+)$")


def key_plan(taxonomy: Taxonomy) -> list[dict[str, Any]]:
    """Return the causes on offer as plain values: level 1 in order with its key, and below it level 2 with theirs.

    A cause that finds no free key has an empty one; it is reached by search and by mouse.
    """
    offered = [cause for cause in taxonomy.causes if not cause.is_retired]
    tops = [cause for cause in offered if cause.level == 1]
    keyed = zip(tops, _keys(tops), strict=True)
    return [_entry(top, key) | {"children": _children(top, offered)} for top, key in keyed]


def _children(top: Cause, offered: Sequence[Cause]) -> list[dict[str, Any]]:
    below = [cause for cause in offered if cause.parent == top.id]
    return [_entry(cause, key) for cause, key in zip(below, _keys(below), strict=True)]


def _entry(cause: Cause, key: str) -> dict[str, Any]:
    return {
        "id": cause.id,
        "key": key,
        "name": cause.name,
        "definition": cause.definition,
        "example": cause.example,
        "is_trigger": cause.is_trigger,
        "needs_why": cause.needs_why,
    }


def _keys(causes: Sequence[Cause]) -> list[str]:
    """Return a key for each: its own number where that is one digit, else what is free."""
    own = [_number(cause.id) for cause in causes]
    taken = [number if number in _DIGITS and own.index(number) == place else "" for place, number in enumerate(own)]
    free = iter([key for key in (*_SPARE, *_DIGITS) if key not in taken])
    return [key or next(free, "") for key in taken]


def _number(cause_id: str) -> str:
    found = _NUMBER.search(cause_id)
    # A text that is no single digit, such as 10, is looked up in the digits and must not be found there.
    return found[1] if found and len(found[1]) == 1 else f"none:{cause_id}"
