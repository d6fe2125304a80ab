"""The rows of a table as canonical columns, as an expression of its engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tskit.model import TABLES, Kind, Sensitivity

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import Column

__all__ = ["rows_of"]

_TYPES = {
    Kind.TIME: "timestamp('UTC')",
    Kind.INTEGER: "int64",
    Kind.NUMBER: "float64",
    Kind.BOOLEAN: "boolean",
    Kind.LIST: "array<string>",
}


def rows_of(raw: ir.Table, *, table: str) -> ir.Table:
    """Return the canonical columns of a table; case text is not among them."""
    known = [column for column in TABLES[table].columns if column.name in raw.columns]
    shown = [column for column in known if column.sensitivity is not Sensitivity.HIDDEN]
    values = {column.name: _typed(raw[column.name], column) for column in shown}
    flags = raw.dq_flags if "dq_flags" in raw.columns else ibis.array([]).cast("array<string>")
    return raw.select(**values, dq_flags=flags)


def _typed(value: ir.Value, column: Column) -> ir.Value:
    wanted = _TYPES.get(column.kind, "string")
    return value if str(value.type()) == wanted else value.cast(wanted)
