"""Tables that DuckDB and Spark keep, so that several questions read them once."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any
from weakref import finalize

from ibis.common.exceptions import IbisError
from ibis.util import gen_name

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["kept"]


def kept(table: ir.Table) -> ir.Table:
    """Return the table as the engine keeps it, so that several questions read it once; where it may not, as it is.

    DuckDB keeps a temporary table, Spark a cached one of its session; both are freed when nobody holds the table any more.
    """
    try:
        engine = table.get_backend()
    except IbisError:  # tables of no engine
        return table
    if engine.name == "duckdb":
        return table.cache()
    return _in_session(table, engine) if engine.name == "pyspark" else table


def _in_session(table: ir.Table, engine: Any) -> ir.Table:  # noqa: ANN401  # Spark is an extra
    """Return the table as the session of a Spark keeps it in its memory, or on its disks where that is full.

    Ibis can do this as well, but not before the first question, and it fails loudly where the session ends first.
    """
    name = gen_name("flow")
    try:
        frame = engine.raw_sql(engine.compile(table)).cache()
        frame.createTempView(name)
        # Now: what this reads may be freed before the first question comes.
        frame.count()
        found = engine.table(name)
    except Exception:  # noqa: BLE001  # whatever a cluster refuses, the question itself may be answered
        return table
    freeing = finalize(found.op(), _free, frame, name)
    freeing.atexit = False  # the session ends as well
    # Spark tells of shorter whole numbers than Ibis had meant.
    return found.cast(table.schema())


def _free(frame: Any, name: str) -> None:  # noqa: ANN401  # as above
    with suppress(Exception):  # the session may have ended before
        frame.sparkSession.catalog.dropTempView(name)
        frame.unpersist()
