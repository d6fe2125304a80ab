"""Segments around a change as a chart draws them: what each is, how far it lies from what was expected, and its group."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2
from typing import TYPE_CHECKING, Literal

from tskit.charts.frames import number
from tskit.charts.wording import named, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["MOST_CAUSES", "NEEDS", "ROLES", "Group", "Part", "groups", "parts", "spoken"]

NEEDS = ("segment", "role", "number", "layer", "seen", "expected")
ROLES = {
    "cause": "cause",
    "runner-up": "cannot be told from it",
    "ripple": "moves only with it",
    "left": "moves, and it does not explain that",
    "wider": "holds it, not clear alone",
}
_MOST = {"cause": (4, 4), "runner-up": (3, 2), "ripple": (5, 2), "left": (3, 2), "wider": (3, 1)}
"""So many of a group are drawn on a wide and on a narrow sheet."""
MOST_CAUSES = 3
_CLEAR = 1.25
"""Times as much, or as little, from which on a dot has a colour."""


@dataclass(frozen=True, slots=True)
class Part:
    """One segment: the cause that it goes with, what it is to that, and what was seen and expected of it."""

    segment: str
    role: str
    number: int
    layer: int
    relation: str
    seen: float
    expected: float

    @property
    def away(self) -> Literal["more", "fewer", "as"]:
        """Return on which side of the expected it lies, if it clearly does."""
        if self.seen > 0 and self.seen >= self.expected * _CLEAR:
            return "more"
        return "fewer" if self.seen * _CLEAR <= self.expected else "as"

    @property
    def strength(self) -> float:
        """Return how dense its colour is: full from four times as much, or as little, on."""
        step = abs(log2((self.seen + 0.5) / (self.expected + 0.5)))
        return round(min(0.35 + 0.3 * step, 0.95), 2)


@dataclass(frozen=True, slots=True)
class Group:
    """Segments of one layer that are the same to one cause, and how many more of them are not drawn."""

    role: str
    number: int
    layer: int
    parts: tuple[Part, ...]
    more: int


def parts(frame: pd.DataFrame) -> list[Part]:
    """Return the rows of which seen and expected are known, in their order."""
    relations = frame["relation"] if "relation" in frame.columns else [""] * len(frame)
    names = ("segment", "role", "number", "layer", "seen", "expected")
    rows = zip(*(frame[name] for name in names), relations, strict=True)
    found: list[Part] = []
    for segment, role, of, layer, seen, expected, relation in rows:
        values = number(seen), number(expected)
        if values[0] is not None and values[1] is not None and str(role) in ROLES:
            found.append(Part(named(segment), str(role), int(of), int(layer), str(relation), values[0], values[1]))
    return found


def groups(found: Sequence[Part], *, few: bool) -> list[Group]:
    """Return what is drawn: of the first causes, by layer, and in each layer by cause and by what they are to it."""
    kept = sorted({part.number for part in found if part.role == "cause"})[:MOST_CAUSES]
    order = {role: i for i, role in enumerate(ROLES)}
    keys = sorted(
        {(part.layer, part.number, part.role) for part in found if part.number in kept or part.role == "left"},
        key=lambda key: (key[0], key[1] or len(kept) + 1, order[key[2]]),
    )
    made: list[Group] = []
    for layer, of, role in keys:
        own = [part for part in found if (part.layer, part.number, part.role) == (layer, of, role)]
        most = _MOST[role][few]
        most = len(own) if len(own) == most + 1 else most
        made.append(Group(role, of, layer, tuple(own[:most]), len(own) - min(most, len(own))))
    return made


def spoken(part: Part) -> dict[str, str]:
    """Return what is written at a segment, and what a pointer is told of it."""
    seen, expected = shown(round(part.seen), "cases"), shown(_rounded(part.expected), "cases")
    times = f"{part.seen / part.expected:,.1f} times" if part.expected > 0 else "none expected"
    short = f"{seen} for {expected}" + (f" · {times}" if part.seen > 0 and part.expected > 0 else "")
    return {
        "t": part.segment,
        "role": ROLES[part.role],
        "tv": seen,
        "tx": expected,
        "tt": times,
        "short": short,
    }


def _rounded(value: float) -> float:
    return round(value, 1) if value < 10 else float(round(value))
