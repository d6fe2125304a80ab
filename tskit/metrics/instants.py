"""Microseconds of an instant as a whole number, at no more cost than the engine itself asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis.common.exceptions import IbisError
from ibis.expr import datatypes as dt

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["SECOND", "micros"]

SECOND = 1_000_000
"""A second in the unit of `micros`."""


@ibis.udf.scalar.builtin(name="epoch_us", signature=((dt.Timestamp(timezone="UTC"),), dt.int64))
def _epoch(at: object) -> int:  # type: ignore[empty-body]  # DuckDB's own function
    ...


def micros(at: ir.Value) -> ir.Value:
    """Return the microseconds since 1970 of an instant; engines other than DuckDB cut off fractions of a second.

    On DuckDB Ibis would first take the zone off every value, which runs calendar code and costs ten times as much.
    Whole numbers because DuckDB takes several quantiles of these at once in a seventh of the time that floats need.
    """
    try:
        engine = at.get_backend().name
    except IbisError:  # an expression of no table, as a literal is
        engine = ""
    return _epoch(at) if engine == "duckdb" else at.epoch_seconds() * SECOND
