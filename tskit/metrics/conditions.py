"""Conditions on cases that several metrics share; each takes a table and returns a boolean expression without nulls."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

import ibis

from tskit.cases.instants import SECOND, micros

if TYPE_CHECKING:
    from collections.abc import Callable

    import ibis.expr.types as ir

    from tskit.metrics.metric import Condition

__all__ = [
    "both",
    "closed_without_time",
    "decision_made",
    "either",
    "every",
    "flagged",
    "intake",
    "is_appeal",
    "is_blank",
    "is_child",
    "is_known",
    "negated",
    "never",
    "one_of",
    "present",
    "sure",
    "within",
]

DAY = 86_400 * SECOND
_TRUE, _FALSE = ibis.literal(value=True), ibis.literal(value=False)


def sure(condition: ir.Value) -> ir.Value:
    """Return the condition with unknown taken as no."""
    return condition.fill_null(ibis.literal(False))  # noqa: FBT003  # a literal of the engine


def every(_: ir.Table) -> ir.Value:
    """Hold for every case."""
    return _TRUE


def never(_: ir.Table) -> ir.Value:
    """Hold for no case."""
    return _FALSE


def both(*conditions: Condition) -> Condition:
    """Return the condition that all of these hold."""
    return lambda t: reduce(and_, [condition(t) for condition in conditions])


def either(*conditions: Condition) -> Condition:
    """Return the condition that any of these holds."""
    return lambda t: reduce(or_, [condition(t) for condition in conditions])


def negated(condition: Condition) -> Condition:
    """Return the condition that this one does not hold."""
    return lambda t: ~condition(t)


def is_blank(value: ir.Value) -> ir.Value:
    """Return the condition that an expression has no value."""
    return value.isnull()


def is_known(value: ir.Value) -> ir.Value:
    """Return the condition that an expression has a value."""
    return value.notnull()


def present(column: str) -> Condition:
    """Return the condition that the column has a value."""
    return lambda t: t[column].notnull()


def one_of(column: str, *values: str) -> Condition:
    """Return the condition that the column has one of the values; a source without the column has none."""
    return lambda t: sure(t[column].isin(values)) if column in t.columns else never(t)


def is_appeal(t: ir.Table) -> ir.Value:
    """Hold for a case that is itself an appeal."""
    return one_of("record_type", "appeal")(t) | one_of("source_type", "appeal")(t)


def is_child(t: ir.Table) -> ir.Value:
    """Hold for a case that duplicates or belongs to another one; appeals are not among them."""
    if "parent_case_id" not in t.columns:
        return never(t)
    return t.parent_case_id.notnull() & ~is_appeal(t)


def intake(t: ir.Table) -> ir.Value:
    """Hold for a case that came in as work of its own: neither an appeal nor a child case."""
    if "parent_case_id" not in t.columns:
        return ~is_appeal(t)
    return ~is_appeal(t) & t.parent_case_id.isnull()


def flagged(*flags: str) -> Condition:
    """Return the condition that the loader flagged the row with any of these."""
    return lambda t: reduce(or_, [sure(t.dq_flags.contains(flag)) for flag in flags])


def closed_without_time(t: ir.Table) -> ir.Value:
    """Hold for a case that is closed while nobody knows since when."""
    return sure(t.is_closed) & t.closed_at.isnull() if "is_closed" in t.columns else never(t)


def decision_made(t: ir.Table) -> ir.Value:
    """Return the decision as it was made: the first one where the source keeps it, else the current one."""
    if "decision_initial" not in t.columns:
        return t.decision
    return ibis.coalesce(t.decision_initial, t.decision) if "decision" in t.columns else t.decision_initial


def within(later: str, earlier: str, *, days: int) -> Condition:
    """Return the condition that one instant came at most so many days after another."""

    def holds(t: ir.Table) -> ir.Value:
        passed = micros(t[later]) - micros(t[earlier])
        return sure((passed >= 0) & (passed <= days * DAY))

    return holds


def decided_as(*values: str) -> Condition:
    """Return the condition that the decision, as it was made, is one of the values."""
    return lambda t: sure(decision_made(t).isin(values))


def attribute(read: Callable[[ir.Table], ir.Value]) -> Condition:
    """Return a condition whose unknowns are taken as no."""
    return lambda t: sure(read(t))
