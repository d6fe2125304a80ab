"""Segments: which cases a number is about, and which segments hold which."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

__all__ = ["EVERYTHING", "Segment", "levels"]


@dataclass(frozen=True, slots=True)
class Segment:
    """The cases that have these values, as pairs of column and value; without any pair it is all cases."""

    items: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, columns: Sequence[str], values: Iterable[object]) -> Self:
        """Return the segment of one value by column."""
        return cls(tuple((column, str(value)) for column, value in zip(columns, values, strict=True)))

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns that the segment fixes."""
        return tuple(column for column, _ in self.items)

    @property
    def fixed(self) -> Mapping[str, str]:
        """Return the value by column."""
        return dict(self.items)

    @property
    def key(self) -> str:
        """Return the segment as one plain string, for tables and values; empty for all cases."""
        return " · ".join(value for _, value in self.items)

    def holds(self, other: Segment) -> bool:
        """Return whether every case of the other segment lies in this one."""
        return set(self.items) <= set(other.items)

    def excludes(self, other: Segment) -> bool:
        """Return whether no case can lie in both."""
        mine = self.fixed
        return any(column in mine and mine[column] != value for column, value in other.items)

    def select(self, cube: pd.DataFrame) -> pd.Series[bool]:
        """Return which rows of a frame with segment columns lie in this segment."""
        mask = cube.iloc[:, 0].notna() | True
        for column, value in self.items:
            mask &= cube[column].astype("string").eq(value).fillna(value=False).astype(bool)
        return mask


EVERYTHING = Segment()


def levels(by: Sequence[str], *, depth: int = 2) -> tuple[tuple[str, ...], ...]:
    """Return the combinations of columns to look into: all cases, each column, then each pair.

    >>> levels(["market", "queue"])
    ((), ('market',), ('queue',), ('market', 'queue'))
    """
    return tuple(columns for size in range(min(depth, len(by)) + 1) for columns in combinations(by, size))
