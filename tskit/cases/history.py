"""What only the event log knows of a case: closings before a reopening, moves between queues, escalations.

Metrics count these, and problem sets are made of them: both read them here.

Salesforce clears the closing time on reopening and overwrites it at the next closing, so history drawn from the case
table alone changes afterwards. Only cases that were ever reopened differ, and they are few: the rest is never joined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
from ibis.expr import operations as ops

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = [
    "OF_REOPENED",
    "READ_OF_REOPENED",
    "histories",
    "reopened",
    "spells",
    "with_first_closing",
    "with_first_event",
    "with_moves",
    "with_reopening",
]

OF_REOPENED = ("case_id", "event_type", "occurred_at", "seq")
"""The columns of `reopened`."""


def with_first_closing(case_set: CaseSet) -> ir.Table:
    """Return the cases with `closed_at` as their first closing."""
    cases, events = case_set.cases, _closings(case_set)
    if events is None or not case_set.has("closed_at"):
        return cases
    often = events.filter(events.event_type == "reopened").select("case_id")
    closings = events.filter(events.event_type == "closed").semi_join(often, "case_id")
    return _closed_first(_left(cases, _first(closings, "closed", "_first_closed_at")))


def with_reopening(case_set: CaseSet) -> ir.Table:
    """Return the cases with `closed_at` as their first closing, and `reopened_at`, when they were first open again."""
    cases, events = case_set.cases, _closings(case_set)
    if events is None or not case_set.has("closed_at"):
        return cases
    again = _first(events, "reopened", "reopened_at")
    closings = events.filter(events.event_type == "closed").select("case_id", _closed_at="occurred_at")
    both = _left(again, closings)
    history = both.group_by("case_id").aggregate(
        reopened_at=both.reopened_at.min(), _first_closed_at=both["_closed_at"].min()
    )
    return _closed_first(_left(cases, history))


def _closed_first(joined: ir.Table) -> ir.Table:
    closed_at = ibis.coalesce(joined["_first_closed_at"], joined.closed_at)
    return joined.mutate(closed_at=closed_at).drop("_first_closed_at")


def reopened(events: ir.Table) -> ir.Table:
    """Return the closings and reopenings of the cases that were ever reopened: a small part of a log.

    `with_first_closing`, `with_reopening` and `spells` say the same of these as of the whole log.
    """
    often = events.filter(events.event_type == "reopened").select("case_id").distinct()
    told = events.filter(events.event_type.isin(["closed", "reopened"])).semi_join(often, "case_id")
    return told.select(*(name for name in OF_REOPENED if name in told.columns))


def histories(case_set: CaseSet) -> dict[str, str]:
    """Return where the query for `reopened` is kept: under an empty name, once somebody knows it.

    A load knows it from the start. Case sets with other cases, yet the same log, share it.
    """
    key = ("log", id(case_set.events))
    if key not in case_set.held:  # the entry keeps the log, so nothing else can come by its id
        case_set.held[key] = dict[str, str](), case_set.events
    found: Any = case_set.held[key]
    return found[0]


def _closings(case_set: CaseSet) -> ir.Table | None:
    """Return the events that closings are read from: of a log of millions its small part, where that is kept.

    Each question about closings would read the whole log twice otherwise.
    """
    kept = histories(case_set).get("")
    if kept is None:
        return case_set.events
    key = ("closings", id(case_set.events))
    if key not in case_set.held:
        # What the text gives is known, so the engine need not be asked to describe it.
        assert case_set.events is not None
        schema = reopened(case_set.events).schema()
        told = ops.SQLQueryResult(kept, schema, case_set.cases.get_backend()).to_expr()
        case_set.held[key] = told, case_set.events
    found: Any = case_set.held[key]
    return found[0]


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
    read = [name for name in ("case_id", "occurred_at", "seq", "from_queue", "to_queue") if name in events.columns]
    queued = events.filter(~events.is_paired_id_row, events.to_queue.notnull()).select(*read)
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
    """Return the times in which cases were open, one row each: the columns of `rows` and `opened_at`.

    A case is open once, from its creation to its closing; with events, a reopened case is open several times.
    """
    events = _closings(case_set)
    if events is None:
        return rows.mutate(opened_at=rows.created_at)
    joined = _left(rows, _several_spells(events))
    is_often = joined["_spell"].notnull()
    return joined.mutate(
        opened_at=ibis.coalesce(joined["_opened_at"], joined.created_at),
        closed_at=ibis.ifelse(is_often, joined["_until"], joined.closed_at),
    ).drop("_spell", "_opened_at", "_until")


def _several_spells(events: ir.Table) -> ir.Table:
    """Return the spells of reopened cases, `_opened_at` to `_until`; the first has no beginning, it is the creation."""
    told = reopened(events)
    order = ibis.window(group_by="case_id", order_by=["occurred_at", "seq"])
    # a closing of what is closed already, or a reopening of what is open, changes nothing; every case begins open
    steps = told.mutate(_last=told.event_type.lag().over(order).fill_null("reopened"))
    steps = steps.filter(steps["_last"] != steps.event_type)
    steps = steps.mutate(_spell=ibis.row_number().over(order), _next=steps.occurred_at.lead().over(order))
    found = steps.filter((steps.event_type == "reopened") | (steps["_spell"] == 0))
    return found.select(
        "case_id",
        "_spell",
        _opened_at=ibis.ifelse(found.event_type == "reopened", found.occurred_at, ibis.null()),
        _until=ibis.ifelse(found.event_type == "reopened", found["_next"], found.occurred_at),
    )


def _first(events: ir.Table, event_type: str, name: str) -> ir.Table:
    chosen = events.filter(events.event_type == event_type)
    return chosen.group_by("case_id").aggregate(**{name: chosen.occurred_at.min()})


def _left(cases: ir.Table, per_case: ir.Table) -> ir.Table:
    joined = cases.left_join(per_case, "case_id")
    return joined.drop("case_id_right") if "case_id_right" in joined.columns else joined


READ_OF_REOPENED = (with_first_closing, with_reopening)
"""Those of these functions that read nothing but `reopened`."""
