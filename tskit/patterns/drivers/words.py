"""Drivers in words: a sentence for each cause, and one for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.patterns.drivers.explain import Cause, Kind

__all__ = ["NOTHING", "sentence", "statement", "worded"]

NOTHING = "No segment moved beyond noise against all others."
_BIG = 1000
"""Factors beyond this come from nearly nothing before and are not told to the digit."""


def statement(causes: Sequence[Cause], kind: Kind) -> str:
    """Return what moved, or that nothing did beyond noise."""
    return " ".join(sentence(cause, kind) for cause in causes) or NOTHING


def sentence(cause: Cause, kind: Kind) -> str:
    """Return what moved where, by how much, and what the data cannot tell it from."""
    if kind == "value":
        return f"The value with {worded(cause.where)} is {cause.seen:,.0f} for a forecast of {cause.expected:,.0f}."
    what = {"count": "Cases", "rate": "The rate"}[kind]
    told = f"{what} with {worded(cause.where)} changed to {_times(cause.factor)} of what all else would make of it"
    told += f" (95 % {_times(cause.low)} to {_times(cause.high)}): {cause.seen:,.0f} cases for {cause.expected:,.0f}"
    if not cause.runners_up:
        return f"{told}."
    others = " or ".join(worded(where) for where, _ in cause.runners_up)
    return f"{told}; the data cannot tell it from {others}."


def worded(where: Mapping[str, object]) -> str:
    """Return a segment as text: each dimension with its value."""
    return " and ".join(f"{name} {value}" for name, value in where.items())


def _times(factor: float) -> str:
    return f"{factor:.2f} times" if factor < _BIG else f"over {_BIG:,} times"
