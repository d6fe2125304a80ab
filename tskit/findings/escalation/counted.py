"""Counts in sentences: the number with its noun, none for nothing, and the verb that goes with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tskit.findings.cards import Draft

__all__ = ["some", "things", "were"]


def things(draft: Draft, name: str, number: int, one: str, many: str = "") -> str:
    """Quote a number of things with their noun: 1 case, 12 cases, no cases.

    >>> from tskit.findings.cards import Draft
    >>> draft = Draft()
    >>> things(draft, "a", 1, "case"), things(draft, "b", 12, "case"), things(draft, "c", 0, "case"), draft.values
    ('1 case', '12 cases', 'no cases', {'a': 1, 'b': 12, 'c': 0})
    """
    text = draft.number(name, number)
    noun = one if number == 1 else many or f"{one}s"
    return f"{text if number else 'no'} {noun}"


def some(draft: Draft, name: str, number: int) -> str:
    """Quote how many of some things there are; nothing is "none"."""
    text = draft.number(name, number)
    return text if number else "none"


def were(number: int) -> str:
    """Return "was" for one, "were" for none and for more."""
    return "was" if number == 1 else "were"
