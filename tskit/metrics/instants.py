"""Seconds of an instant, at no more cost than the engine itself asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis.common.exceptions import IbisError
from ibis.expr import datatypes as dt

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["seconds"]


@ibis.udf.scalar.builtin(name="epoch", signature=((dt.Timestamp(timezone="UTC"),), dt.float64))
def _epoch(at: object) -> float:  # type: ignore[empty-body]  # DuckDB's own function
    ...


def seconds(at: ir.Value) -> ir.Value:
    """Return the seconds since 1970 of an instant, with fractions.

    On DuckDB Ibis would first take the zone off every value, which runs calendar code and costs ten times as much.
    """
    try:
        engine = at.get_backend().name
    except IbisError:  # an expression of no table, as a literal is
        engine = ""
    return _epoch(at) if engine == "duckdb" else at.epoch_seconds()
