"""What only the event log knows: closings before a reopening, moves between queues, escalations.

Salesforce clears the closing time on reopening and overwrites it at the next closing, so history drawn from the case
table alone changes afterwards. Only cases that were ever reopened differ, and they are few: the rest is never joined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = ["has_events", "spells", "with_first_closing", "with_first_event", "with_moves"]


def has_events(case_set: CaseSet) -> bool:
    """Return whether the case set knows when its cases were closed and reopened."""
    return case_set.events is not None and case_set.has("closed_at")


def with_first_closing(case_set: CaseSet) -> ir.Table:
    """Return the cases with `closed_at` as their first closing, and the first time they were opened again."""
    cases, events = case_set.cases, case_set.events
    if events is None or not case_set.has("closed_at"):
        return cases
    reopened = _first(events, "reopened", "reopened_at")
    closings = events.filter(events.event_type == "closed").semi_join(reopened, "case_id")
    first = _first(closings, "closed", "_first_closed_at")
    history = reopened.left_join(first, "case_id").select("case_id", "reopened_at", "_first_closed_at")
    joined = _left(cases, history)
    closed_at = ibis.coalesce(joined["_first_closed_at"], joined.closed_at)
    return joined.mutate(closed_at=closed_at).drop("_first_closed_at")


def with_first_event(case_set: CaseSet, event_type: str, *, name: str) -> ir.Table:
    """Return the cases with the first time that such an event happened, as the column `name`."""
    assert case_set.events is not None
    return _left(case_set.cases, _first(case_set.events, event_type, name))


def with_moves(case_set: CaseSet) -> ir.Table:
    """Return the cases with `_moves`, effective moves between queues, and `_returns`, moves straight back.

    Rows that write a change a second time by id are skipped, and so are rows without a queue: from A to nobody to A is
    no move. A -> B -> A holds one return.
    """
    assert case_set.events is not None
    events = case_set.events
    queued = events.filter(~events.is_paired_id_row, events.to_queue.notnull())
    order = ibis.window(group_by="case_id", order_by=["occurred_at", "seq"])
    source = queued.from_queue if "from_queue" in queued.columns else ibis.null("string")
    steps = queued.mutate(_from=ibis.coalesce(queued.to_queue.lag().over(order), source))
    moves = steps.filter(steps["_from"].notnull(), steps["_from"] != steps.to_queue)
    back = moves.mutate(_before=moves["_from"].lag().over(order))
    per_case = back.group_by("case_id").aggregate(
        _moves=back.count(), _returns=back.count(where=back["_before"] == back.to_queue)
    )
    joined = _left(case_set.cases, per_case)
    return joined.mutate(_moves=joined["_moves"].fill_null(0), _returns=joined["_returns"].fill_null(0))


def spells(case_set: CaseSet, rows: ir.Table) -> ir.Table:
    """Return the times in which cases were open, one row each: the columns of `rows`, `opened_at` and `closed_at`.

    A case is open once, from its creation to its closing; with events, a reopened case is open several times.
    """
    single = rows.mutate(opened_at=rows.created_at)
    if case_set.events is None:
        return single
    events = case_set.events.filter(case_set.events.event_type.isin(["closed", "reopened"]))
    reopened = events.filter(events.event_type == "reopened").select("case_id").distinct()
    often = rows.semi_join(reopened, "case_id")
    order = ibis.window(group_by="case_id", order_by=["_at", "_seq"])
    born = often.select("case_id", _type=ibis.literal("reopened"), _at=often.created_at, _seq=ibis.literal(-1, "int64"))
    told = events.semi_join(reopened, "case_id")
    told = told.select("case_id", _type=told.event_type, _at=told.occurred_at, _seq=told.seq.cast("int64"))
    steps = born.union(told)
    # a closing of what is closed already, or a reopening of what is open, changes nothing
    steps = steps.mutate(_last=steps["_type"].lag().over(order))
    steps = steps.filter(steps["_last"].isnull() | (steps["_last"] != steps["_type"]))
    steps = steps.mutate(_until=steps["_at"].lead().over(order))
    opened = steps.filter(steps["_type"] == "reopened").select("case_id", opened_at="_at", _until="_until")
    several = often.inner_join(opened, "case_id").drop("closed_at").rename(closed_at="_until")
    return single.anti_join(reopened, "case_id").union(several.select(*single.columns))


def _first(events: ir.Table, event_type: str, name: str) -> ir.Table:
    chosen = events.filter(events.event_type == event_type)
    return chosen.group_by("case_id").aggregate(**{name: chosen.occurred_at.min()})


def _left(cases: ir.Table, per_case: ir.Table) -> ir.Table:
    joined = cases.left_join(per_case, "case_id")
    return joined.drop("case_id_right") if "case_id_right" in joined.columns else joined
