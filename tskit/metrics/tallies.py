"""One number for each group and period: how it is asked of an engine, and how it is counted in arrays."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

__all__ = ["Tally"]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows fulfil all conditions of `where` (columns of yes and no), or what they have in `column`.

    `distinct` counts different values; `sum`, `squares`, `least` and `most` have no value where no row is counted.
    """

    where: tuple[str, ...]
    column: str = ""
    kind: Literal["count", "distinct", "sum", "squares", "least", "most"] = "count"

    def asked(self, rows: ir.Table) -> ir.Value:
        """Return the tally as an aggregate of a table of rows."""
        where = reduce(and_, [rows[name] for name in self.where])
        if self.kind == "count":
            return rows.count(where=where)
        value = rows[self.column]
        if self.kind == "distinct":
            return value.nunique(where=where)
        if self.kind == "squares":
            return (value * value).sum(where=where)
        return {"sum": value.sum, "least": value.min, "most": value.max}[self.kind](where=where)

    def counted(self, rows: Arrays, cell: NDArray[np.int64], size: int) -> NDArray[np.float64]:
        """Return the tally of each of `size` cells, given the cell that each row lies in."""
        kept = reduce(and_, [rows[name] for name in self.where])
        place = cell[kept]
        if self.kind == "count":
            return np.bincount(place, minlength=size).astype(np.float64)
        value = rows[self.column][kept]
        if self.kind == "distinct":  # codes of items, below 0 where there is none
            known = value >= 0
            pairs = np.unique(place[known] * (int(value.max(initial=0)) + 1) + value[known])
            return np.bincount(pairs // (int(value.max(initial=0)) + 1), minlength=size).astype(np.float64)
        known = ~np.isnan(value)
        return _REDUCED[self.kind](place[known], value[known], size)

    def merged(self, parts: NDArray[np.float64], cell: NDArray[np.int64], size: int) -> NDArray[Any]:
        """Return the tally of each of `size` cells that are made of smaller ones, given the tally of each of these.

        Numbers of distinct things do not add up.
        """
        assert self.kind != "distinct"
        if self.kind == "count":
            return np.bincount(cell, weights=parts, minlength=size).astype(np.int64)
        known = ~np.isnan(parts)
        return _REDUCED["sum" if self.kind == "squares" else self.kind](cell[known], parts[known], size)


def _sum(place: NDArray[np.int64], value: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    some = np.bincount(place, minlength=size) > 0
    return np.where(some, np.bincount(place, weights=value, minlength=size), np.nan)


def _squares(place: NDArray[np.int64], value: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    return _sum(place, value * value, size)


def _least(place: NDArray[np.int64], value: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    found = np.full(size, np.inf)
    np.minimum.at(found, place, value)
    return np.where(np.isinf(found), np.nan, found)


def _most(place: NDArray[np.int64], value: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    return -_least(place, -value, size)


_REDUCED = {"sum": _sum, "squares": _squares, "least": _least, "most": _most}
