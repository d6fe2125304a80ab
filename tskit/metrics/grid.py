"""What figures are computed from: one row for each group and period, its numbers as plain arrays.

A report asks a hundred questions whose answers have a few hundred rows each. A frame for every step of every answer
would cost more than the counting itself, so that an answer becomes a frame once, when it is whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from tskit.metrics.request import INDEX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["Grid"]


@dataclass(frozen=True, slots=True)
class Grid:
    """Groups and periods: the names of each row's group by column, the position of its period, and numbers by name."""

    names: Mapping[str, Any]
    period: NDArray[np.int64]
    numbers: Mapping[str, NDArray[Any]]

    @classmethod
    def of(cls, frame: pd.DataFrame, by: Sequence[str]) -> Grid:
        """Return the rows of an engine's answer; what it leaves empty is NaN."""
        names = {name: frame[name].array for name in by}
        rest = [name for name in frame.columns if name != INDEX and name not in names]
        numbers = {name: frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in rest}
        return cls(names, frame[INDEX].to_numpy(dtype=np.int64), numbers)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.period)

    def __contains__(self, name: str) -> bool:
        """Return whether there are numbers of that name."""
        return name in self.numbers

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return the numbers of that name."""
        return self.numbers[name]

    def having(self, numbers: Mapping[str, NDArray[Any]]) -> Grid:
        """Return the grid with these numbers, too; they stand for those of the same names."""
        return replace(self, numbers={**self.numbers, **numbers})
