"""Segments: which cases a number is about, and which segments hold which."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd

from tskit.metrics import labelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["EVERYTHING", "Segment", "codes_of", "levels"]

_NOWHERE = -2


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
        mask = np.ones(len(cube), dtype=bool)
        for column, value in self.items:
            codes, labels = codes_of(cube[column])
            mask &= codes == (labels.index(value) if value in labels else _NOWHERE)
        selected: pd.Series[bool] = pd.Series(mask, index=cube.index).astype(bool)
        return selected


EVERYTHING = Segment()


def codes_of(column: pd.Series[Any]) -> tuple[NDArray[np.int64], list[str]]:
    """Return the position of each row's value among the labels, and these as text in order; a missing value has -1."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        (column,) = (part for _, part in labelled(column.to_frame("_"), ["_"]).items())
    values = pd.Categorical(column)
    return np.asarray(values.codes, dtype=np.int64), list(values.categories)


def levels(by: Sequence[str], *, depth: int = 2) -> tuple[tuple[str, ...], ...]:
    """Return the combinations of columns to look into: all cases, each column, then each pair.

    >>> levels(["market", "queue"])
    ((), ('market',), ('queue',), ('market', 'queue'))
    """
    return tuple(columns for size in range(min(depth, len(by)) + 1) for columns in combinations(by, size))
