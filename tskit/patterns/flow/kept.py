"""Tables that the embedded engine keeps, so that several questions read them once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis.common.exceptions import IbisError

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["kept"]


def kept(table: ir.Table) -> ir.Table:
    """Return the table as the embedded engine keeps it, so that several questions read it once; elsewhere as it is."""
    try:
        is_embedded = table.get_backend().name == "duckdb"
    except IbisError:  # tables of no engine
        is_embedded = False
    return table.cache() if is_embedded else table
