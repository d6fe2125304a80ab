"""What each kind of metric reads of a case, beside whether it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tskit.cases.history import spells
from tskit.cases.instants import micros
from tskit.metrics.conditions import is_known, never
from tskit.metrics.metric import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir

    from tskit.metrics.metric import Metric
    from tskit.metrics.request import Request

__all__ = ["spells_of", "values_of"]


def values_of(metric: Metric, rows: ir.Table) -> dict[str, ir.Value]:
    """Return what a count, share, mean or quantile reads of each case.

    `_hit`, `_item`, `_weight` (with `_known`, whether there is one) and `_seen` where a share has these, `_item` of
    distinct things, `_value` of a mean and of a measured quantile, `_until` (in microseconds) and `_still` of a quantile
    between two instants.
    """
    if metric.kind is Kind.SHARE:
        return _of_share(metric, rows)
    if metric.kind is Kind.QUANTILE and not metric.measured:
        still = metric.still_open or never
        return {"_until": micros(rows[metric.until]), "_still": still(rows)}
    if not metric.measured:
        return {}
    value = metric.measured(rows)
    if metric.kind is Kind.DISTINCT:
        return {"_item": value}
    return {"_value": value.cast("float64") if metric.kind is Kind.MEAN else value}


def spells_of(request: Request, keys: Mapping[str, ir.Value], conditions: Sequence[ir.Value] = ()) -> ir.Table:
    """Return the times in which the cases that count were open, one row each, with these keys.

    `_why` is the position of the reason why nobody knows about the case, or -1.
    """
    rows = request.case_set.cases
    reasons = [(condition(rows), i) for i, condition in enumerate(request.exclusions.values())]
    known = rows.filter(request.metric.counted(rows), *conditions)
    why = ibis.cases(*reasons, else_=-1).cast("int64")
    return spells(request.case_set, known.select("case_id", "created_at", "closed_at", **keys, _why=why))


def _of_share(metric: Metric, rows: ir.Table) -> dict[str, ir.Value]:
    assert metric.hit
    values = {"_hit": metric.hit(rows)}
    if metric.measured:
        values["_item"] = metric.measured(rows)
    if metric.weight in rows.columns:
        values |= {"_weight": rows[metric.weight], "_known": is_known(rows[metric.weight])}
    if metric.seen:
        values["_seen"] = metric.seen(rows)
    return values
