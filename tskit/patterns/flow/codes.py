"""Queues as whole numbers: what is grouped, compared and put in order by these costs less than by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis

from tskit.patterns.flow.kept import kept

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = ["NO_QUEUE", "coded", "named", "queue_codes"]

NO_QUEUE = 1
"""The code of the empty name, which comes before all others: nobody knows the queue."""


def queue_codes(case_set: CaseSet) -> ir.Table:
    """Return the names of all queues (`_name`), each with its `_code` from 1; read once, where the engine may keep it."""
    key = ("flow queues", id(case_set.events), id(case_set.cases))
    if key not in case_set.held:
        case_set.held[key] = _codes(case_set), case_set.events, case_set.cases
    found: Any = case_set.held[key]
    return found[0]


def coded(table: ir.Table, codes: ir.Table, *columns: str) -> ir.Table:
    """Return a table with the codes of queues instead of their names; an empty name has none."""
    for column in columns:
        own = codes.filter(codes["_name"] != "").select(_name="_name", **{f"_of_{column}": "_code"})
        joined = table.left_join(own, table[column] == own["_name"]).drop("_name", column)
        table = joined.rename({column: f"_of_{column}"})
    return table


def named(table: ir.Table, codes: ir.Table, *columns: str) -> ir.Table:
    """Return a table with the names of queues instead of their codes."""
    for column in columns:
        own = codes.select("_code", **{f"_of_{column}": "_name"})
        joined = table.left_join(own, table[column] == own["_code"]).drop("_code", column)
        table = joined.rename({column: f"_of_{column}"})
    return table


def _codes(case_set: CaseSet) -> ir.Table:
    held = [(case_set.cases, "queue"), *((case_set.events, name) for name in ("from_queue", "to_queue"))]
    parts = [
        table.select(_name=table[name].cast("string").fill_null("")).distinct()
        for table, name in held
        if table is not None and name in table.columns
    ]
    blank = case_set.cases.select(_name=ibis.literal("")).distinct()
    names = ibis.union(blank, *parts, distinct=True)
    return kept(names.mutate(_code=ibis.row_number().over(ibis.window(order_by="_name")).cast("int64") + 1))
