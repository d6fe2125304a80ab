"""Groups of held cases by the values of their columns, as codes; names are made of them for the few rows of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa

from tskit.metrics.request import BLANK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Codes = NDArray[np.int64]

__all__ = ["Arrow", "Groups", "coded", "joined"]

Arrow: TypeAlias = Any
"""A table or column of pyarrow, which is not typed."""


@dataclass(frozen=True, slots=True)
class Groups:
    """Which group each case lies in, in the order of the groups' values, and by column each group's code and the values."""

    of: Codes
    codes: Mapping[str, Codes]
    values: Mapping[str, Arrow]
    number: int

    def names(self, groups: Codes) -> dict[str, Arrow]:
        """Return the values of these groups by column."""
        return {name: values.take(pa.array(self.codes[name][groups])) for name, values in self.values.items()}

    def labels(self, groups: Codes) -> dict[str, tuple[Codes, Arrow]]:
        """Return of these groups by column the place of each among the values that they have, and those values."""
        found: dict[str, tuple[Codes, Arrow]] = {}
        for name, values in self.values.items():
            some = np.bincount(self.codes[name][groups], minlength=len(values)) > 0
            there = values.take(pa.array(np.flatnonzero(some)))
            found[name] = (np.cumsum(some) - 1)[self.codes[name][groups]], there
        return found


def coded(column: Arrow) -> tuple[Codes, Arrow]:
    """Return the code of each value and the values, in alphabetical order and what is missing last."""
    whole = column.combine_chunks()
    if pa.types.is_string(whole.type):
        whole = whole.fill_null(BLANK)
    coded = whole.dictionary_encode()
    plain = coded.dictionary.to_pylist()
    order = np.array(sorted(range(len(plain)), key=plain.__getitem__), dtype=np.int64)
    rank = np.full(len(order) + 1, len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    codes = rank[coded.indices.cast(pa.int64()).fill_null(len(order)).to_numpy(zero_copy_only=False)]
    values = coded.dictionary.take(pa.array(order))
    return codes, pa.concat_arrays([values, pa.nulls(1, values.type)]) if whole.null_count else values


def joined(columns: list[tuple[Codes, Arrow]], by: tuple[str, ...], length: int) -> Groups:
    """Return the groups of several columns together."""
    whole = np.zeros(length, dtype=np.int64)
    for codes, values in columns:
        whole = _dense(whole * len(values) + codes)
    some = np.zeros(int(whole.max(initial=-1)) + 1, dtype=np.int64)
    some[whole] = np.arange(length)  # any case of a group has the group's values
    own = {name: codes[some] for name, (codes, _) in zip(by, columns, strict=True)}
    return Groups(whole, own, {name: values for name, (_, values) in zip(by, columns, strict=True)}, len(some))


def _dense(codes: Codes) -> Codes:
    """Return codes from 0 up without a gap, in the same order."""
    size = int(codes.max(initial=-1)) + 1
    if size > 4 * len(codes) + 1000:
        return np.unique(codes, return_inverse=True)[1]
    return (np.cumsum(np.bincount(codes, minlength=size) > 0) - 1)[codes]
