"""Cases joined with what their event log says, and conditions on them, read as the metrics of the same name read them.

Metrics and causes stand on one line and never import each other: the log is read below both (`tskit/cases/history.py`),
and `tests/spec/causes` holds the two to the same cases.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = [
    "bounced_rows",
    "either_of",
    "escalated_rows",
    "flagged",
    "has_value",
    "is_appeal",
    "is_child",
    "literal",
    "no",
    "one_of",
    "reopened_rows",
    "sure",
    "within_a_fortnight",
]

_FORTNIGHT = 14 * 24


def literal(value: object) -> ir.Value:
    """Return a value as the engine knows it."""
    import ibis  # noqa: PLC0415  # half a second that reading a taxonomy does not need

    return ibis.literal(value)


def no() -> ir.Value:
    """Return the condition that never holds."""
    return literal(value=False)


def either_of(first: ir.Value, second: ir.Value) -> ir.Value:
    """Return the first value, or the second where there is none."""
    return first.fill_null(second)


def sure(condition: ir.Value) -> ir.Value:
    """Return the condition with unknown taken as no."""
    return condition.fill_null(no())


def one_of(t: ir.Table, column: str, *values: str) -> ir.Value:
    """Return the condition that the column has one of the values; a source without the column has none."""
    return sure(t[column].isin(values)) if column in t.columns else no()


def has_value(t: ir.Table, column: str) -> ir.Value:
    """Return the condition that the column has a value."""
    return t[column].notnull()


def flagged(t: ir.Table, flag: str) -> ir.Value:
    """Return the condition that the loader flagged the row so."""
    return sure(t.dq_flags.contains(flag))


def is_appeal(t: ir.Table) -> ir.Value:
    """Hold for a case that is itself an appeal."""
    return one_of(t, "record_type", "appeal") | one_of(t, "source_type", "appeal")


def is_child(t: ir.Table) -> ir.Value:
    """Hold for a case that duplicates or belongs to another one; appeals are not among them."""
    if "parent_case_id" not in t.columns:
        return no()
    return t.parent_case_id.notnull() & ~is_appeal(t)


def within_a_fortnight(t: ir.Table, later: str, earlier: str) -> ir.Value:
    """Return the condition that one instant came at most 14 times 24 hours after another."""
    import ibis  # noqa: PLC0415  # as above

    # in hours: an interval of days would follow the clocks of the engine's own zone
    return sure((t[later] >= t[earlier]) & (t[later] <= t[earlier] + ibis.interval(hours=_FORTNIGHT)))


def reopened_rows(case_set: CaseSet) -> ir.Table:
    """Return the cases with `closed_at` as their first closing and `reopened_at`, where a log tells."""
    from tskit.cases.history import with_reopening  # noqa: PLC0415  # as above

    return with_reopening(case_set)


def escalated_rows(case_set: CaseSet) -> ir.Table:
    """Return the cases with the time of their first escalation as `_escalated_at`, where a log tells."""
    from tskit.cases.history import with_first_event  # noqa: PLC0415  # as above

    return case_set.cases if case_set.events is None else with_first_event(case_set, "escalated", name="_escalated_at")


def bounced_rows(case_set: CaseSet) -> ir.Table:
    """Return the cases with `_moves`, how often each effectively moved from a queue to another."""
    from tskit.cases.history import with_moves  # noqa: PLC0415  # as above

    return with_moves(case_set)
