"""Microseconds of an instant as a whole number, at no more cost than the engine itself asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis.common.exceptions import IbisError
from ibis.expr import datatypes as dt

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["SECOND", "micros", "whole_steps"]

SECOND = 1_000_000
"""A second in the unit of `micros`."""


@ibis.udf.scalar.builtin(name="epoch_us", signature=((dt.Timestamp(timezone="UTC"),), dt.int64))
def _epoch(at: object) -> int:  # type: ignore[empty-body]  # DuckDB's own function
    ...


@ibis.udf.scalar.builtin(name="divide", signature=((dt.int64, dt.int64), dt.int64))
def _divide(count: object, by: object) -> int:  # type: ignore[empty-body]  # DuckDB's own function
    ...


def micros(at: ir.Value) -> ir.Value:
    """Return the microseconds since 1970 of an instant; engines other than DuckDB cut off fractions of a second.

    On DuckDB Ibis would first take the zone off every value, which runs calendar code and costs ten times as much.
    Whole numbers because DuckDB takes several quantiles of these at once in a seventh of the time that floats need.
    """
    return _epoch(at) if _is_duckdb(at) else at.epoch_seconds() * SECOND


def whole_steps(passed: ir.Value, length: int) -> ir.Value:
    """Return how many whole steps of a length lie in a number that is not negative.

    On DuckDB Ibis would divide as floats, round down and cast, which a count by week would feel.
    """
    return _divide(passed, length) if _is_duckdb(passed) else passed // length


def _is_duckdb(value: ir.Value) -> bool:
    try:
        return value.get_backend().name == "duckdb"
    except IbisError:  # an expression of no table, as a literal is
        return False
