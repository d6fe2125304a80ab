"""Cases that moved or were reopened, put in order by windows over their events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["in_order"]

_NO = ibis.literal(value=False)
_STATED, _NAMED = 0, 1
"""Of what happens at one place of the order, a change of state comes before a queue."""
_OPENING, _LOG, _COLUMN = 0, 1, 2
"""An opening comes first, whatever its time; a closing that only the case itself tells of comes last."""
_ORDER = ("_rank", "at", "seq", "_within", "_turn")


def in_order(cases: ir.Table, log: ir.Table) -> ir.Table:
    """Return the steps of some cases, linked to the steps before and after them.

    `cases` has `_opened`, `_closed` (by its own column), `_log_closed`, `_queue` and `_is_lost`; `log` has `case_id`,
    `event_type`, `at`, `seq`, `source` and `queue`. Times are microseconds.
    """
    known = cases.filter(cases["_opened"].notnull())
    changes = _changes(known, log)
    so_far = ibis.cumulative_window(group_by="case_id", order_by=_ORDER)
    turn = ibis.cases((changes.kind == "closed", -1), (changes.kind == "moved", 0), else_=1)
    begun = changes.mutate(
        nth=ibis.row_number().over(ibis.window(group_by="case_id", order_by=_ORDER)),
        is_open=turn.sum().over(so_far) > 0,
        # A closing and a reopening name no queue: the one that was named last holds the case.
        _named=changes.queue.count().over(so_far),
    )
    named = begun.mutate(queue=begun.queue.max().over(ibis.window(group_by=["case_id", "_named"])))
    lost = known.filter(known["_is_lost"]).select("case_id", _lost="case_id")
    return _visited(_linked(_left(named, lost)))


def _changes(cases: ir.Table, log: ir.Table) -> ir.Table:
    """Return the opening, each effective move and change of state, and the closing of a case without one in its log."""
    told = _turns(log)
    first = told.filter(told["_within"] == _NAMED, told["_turn"] == 0)
    opened = _left(cases, first.select("case_id", _first=ibis.coalesce(first.source, first["_told"])))
    queue = ibis.coalesce(opened["_first"], opened["_queue"], "")
    openings = _change(opened.mutate(_named=queue), "opened", _OPENING, "_opened")
    unsaid = cases.filter(cases["_log_closed"].isnull(), cases["_closed"].notnull())
    closings = _change(unsaid, "closed", _COLUMN, "_closed")
    return openings.union(_moves(told), *_states(told), closings)


def _turns(log: ir.Table) -> ir.Table:
    """Return what the log says of queues and of states, each with what it had said of the same before, in one pass."""
    queued = log.filter(log.queue.notnull())
    stated = log.filter(log.event_type.isin(["closed", "reopened"]))
    parts = [
        rows.select("case_id", "at", "seq", "source", _within=ibis.literal(within, "int64"), _told=told)
        for rows, within, told in ((queued, _NAMED, queued.queue), (stated, _STATED, stated.event_type))
    ]
    both = parts[0].union(parts[1])
    order = ibis.window(group_by=["case_id", "_within"], order_by=["at", "seq", "_told"])
    return both.mutate(_turn=ibis.row_number().over(order), _last=both["_told"].lag().over(order))


def _moves(told: ir.Table) -> ir.Table:
    """Return the effective moves: from nobody, to nobody and to the same queue are none."""
    named = told.filter(told["_within"] == _NAMED)
    named = named.mutate(_source=ibis.coalesce(named["_last"], named.source), _named=named["_told"])
    moves = named.filter(named["_source"].notnull(), named["_source"] != named["_named"])
    before = moves["_source"].lag().over(ibis.window(group_by="case_id", order_by="_turn"))
    return _change(moves.mutate(_is_return=(before == moves["_named"]).fill_null(_NO)), "moved", _LOG, "at")


def _states(told: ir.Table) -> list[ir.Table]:
    """Return the closings and the reopenings that change something; every case begins open."""
    # One that changes nothing leaves the state as the one before it did, so the row before is the state before.
    changed = told.filter(told["_within"] == _STATED, told["_last"].fill_null("reopened") != told["_told"])
    return [_change(changed.filter(changed["_told"] == kind), kind, _LOG, "at") for kind in ("closed", "reopened")]


def _change(rows: ir.Table, kind: str, rank: int, at: str) -> ir.Table:
    """Return rows as changes of one kind; what a kind does not tell of is missing."""

    def told(name: str, otherwise: ir.Value) -> ir.Value:
        return rows[name] if name in rows.columns else otherwise

    nobody = ibis.null("string")
    return rows.select(
        "case_id",
        _rank=ibis.literal(rank, "int64"),
        _within=told("_within", ibis.literal(0, "int64")),
        _turn=told("_turn", ibis.literal(0, "int64")),
        kind=ibis.literal(kind),
        at=rows[at],
        seq=told("seq", ibis.literal(0, "int64")),
        source=told("_source", nobody),
        queue=told("_named", nobody),
        is_return=told("_is_return", _NO),
    )


def _linked(named: ir.Table) -> ir.Table:
    """Return the steps with the next one's time and kind, how long the case had been held, and the stay that begins."""
    order = ibis.window(group_by="case_id", order_by="nth")
    so_far = ibis.cumulative_window(group_by="case_id", order_by="nth")
    begins = named.is_open.cast("int64")
    was_open = named.is_open.lag().over(order).fill_null(_NO)
    following = named.kind.lead().over(order)
    is_last = following.isnull() & named.is_open & named["_lost"].notnull()
    return named.mutate(
        source=ibis.ifelse(named.kind == "closed", named.queue, named.source),
        held=ibis.ifelse(was_open, named["at"] - named["at"].lag().over(order), ibis.null("int64")),
        next_at=named["at"].lead().over(order),
        next_kind=ibis.ifelse(is_last, "unknown", following),
        stay=ibis.ifelse(named.is_open, begins.sum().over(so_far) - 1, ibis.null("int64")).cast("int64"),
        _begins=begins,
    )


def _visited(linked: ir.Table) -> ir.Table:
    """Return the steps with how often the queue had held the case before the stay that begins at each."""
    by_queue = ibis.cumulative_window(group_by=["case_id", "queue"], order_by="nth")
    earlier = linked["_begins"].sum().over(by_queue) - 1
    return linked.mutate(visit=ibis.ifelse(linked.is_open, earlier, ibis.null("int64")).cast("int64"))


def _left(rows: ir.Table, more: ir.Table) -> ir.Table:
    joined = rows.left_join(more, "case_id")
    return joined.drop("case_id_right") if "case_id_right" in joined.columns else joined
