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


@ibis.udf.scalar.builtin(name="unix_micros", signature=((dt.Timestamp(timezone="UTC"),), dt.int64))
def _unix(at: object) -> int:  # type: ignore[empty-body]  # Spark's own function
    ...


@ibis.udf.scalar.builtin(name="divide", signature=((dt.int64, dt.int64), dt.int64))
def _divide(count: object, by: object) -> int:  # type: ignore[empty-body]  # DuckDB's own function
    ...


def micros(at: ir.Value) -> ir.Value:
    """Return the microseconds since 1970 of an instant.

    On DuckDB Ibis would first take the zone off every value, which runs calendar code and costs ten times as much; of
    Spark it asks whole seconds only. Elsewhere seconds and what is beyond them are asked one by one: an engine may
    round where it makes whole seconds. Whole numbers because DuckDB takes several quantiles of these at once in a
    seventh of the time that floats need.
    """
    engine = _engine(at)
    if engine == "duckdb":
        return _epoch(at)
    if engine in {"pyspark", "databricks"}:
        return _unix(at)
    return at.truncate("s").epoch_seconds() * SECOND + at.microsecond()


def whole_steps(passed: ir.Value, length: int) -> ir.Value:
    """Return how many whole steps of a length lie in a number that is not negative.

    On DuckDB Ibis would divide as floats, round down and cast, which a count by week would feel.
    """
    return _divide(passed, length) if _engine(passed) == "duckdb" else passed // length


def _engine(value: ir.Value) -> str:
    try:
        return value.get_backend().name
    except IbisError:  # an expression of no table, as a literal is
        return ""
