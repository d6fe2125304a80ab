"""Cases that moved or were reopened, put in order by windows over their events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tskit.patterns.flow.codes import NO_QUEUE

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["in_order"]

_NO = ibis.literal(value=False)
_STATED, _NAMED = 0, 1
"""Of what happens at one place of the order, a change of state comes before a queue."""
_SHUT, _AGAIN = 1, 2
_OPENING, _LOG, _COLUMN = 0, 1, 2
"""An opening comes first, whatever its time; a closing that only the case itself tells of comes last."""
_PLACES = 2**31
"""More than there are queues: a place and a queue in one number."""
_ORDER = ("_rank", "at", "seq", "_within", "_turn")
"""Which comes first; of equals, of which nobody can know it, the order of their names decides."""


def in_order(cases: ir.Table, log: ir.Table) -> ir.Table:
    """Return the steps of some cases, linked to the steps before and after them.

    `cases` has `_opened`, `_closed` (by its own column), `_log_closed` and `_queue`; `log` has `case_id`,
    `event_type`, `at`, `seq`, `source` and `queue`. Times are microseconds, queues are codes.
    """
    return _numbered(_linked(_changes(cases.filter(cases["_opened"].notnull()), log)))


def _changes(cases: ir.Table, log: ir.Table) -> ir.Table:
    """Return the opening, each effective move and change of state, and the closing of a case without one in its log."""
    told = _turns(log)
    first = told.filter(told["_within"] == _NAMED, told["_turn"] == 0)
    opened = _left(cases, first.select("case_id", _first=ibis.coalesce(first.source, first["_told"])))
    queue = ibis.coalesce(opened["_first"], opened["_queue"], NO_QUEUE)
    openings = _change(opened.mutate(_named=queue), "opened", _OPENING, "_opened")
    unsaid = cases.filter(cases["_log_closed"].isnull(), cases["_closed"].notnull())
    closings = _change(unsaid, "closed", _COLUMN, "_closed")
    return openings.union(_moves(told), *_states(told), closings)


def _turns(log: ir.Table) -> ir.Table:
    """Return what the log says of queues and of states, each with what it had said of the same before, in one pass."""
    queued = log.filter(log.queue.notnull())
    stated = log.filter(log.event_type.isin(["closed", "reopened"]))
    state = ibis.ifelse(stated.event_type == "closed", _SHUT, _AGAIN).cast("int64")
    parts = [
        rows.select("case_id", "at", "seq", "source", _within=ibis.literal(within, "int64"), _told=told)
        for rows, within, told in ((queued, _NAMED, queued.queue), (stated, _STATED, state))
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
    changed = told.filter(told["_within"] == _STATED, told["_last"].fill_null(_AGAIN) != told["_told"])
    kinds = {"closed": _SHUT, "reopened": _AGAIN}
    return [_change(changed.filter(changed["_told"] == code), kind, _LOG, "at") for kind, code in kinds.items()]


def _change(rows: ir.Table, kind: str, rank: int, at: str) -> ir.Table:
    """Return rows as changes of one kind; what a kind does not tell of is missing."""

    def told(name: str, otherwise: ir.Value) -> ir.Value:
        return rows[name] if name in rows.columns else otherwise

    nobody = ibis.null("int64")
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


def _linked(changes: ir.Table) -> ir.Table:
    """Return the changes with who holds the case, whether it is open, for how long it had been held, and what follows."""
    order = ibis.window(group_by="case_id", order_by=_ORDER)
    so_far = ibis.cumulative_window(group_by="case_id", order_by=_ORDER)
    turn = ibis.cases((changes.kind == "closed", -1), (changes.kind == "moved", 0), else_=1)
    following = changes.kind.lead().over(order)
    # A closing and a reopening name no queue: the one that was named last holds the case.
    place = ibis.ifelse(changes.kind == "opened", 0, changes["_turn"] + 1) * _PLACES + changes.queue
    found = changes.mutate(
        nth=ibis.row_number().over(order),
        _open=turn.sum().over(so_far),
        _turned=turn,
        _held=changes["at"] - changes["at"].lag().over(order),
        next_at=changes["at"].lead().over(order),
        next_kind=following,
        _place=place.max().over(so_far),
    )
    is_open, queue = found["_open"] > 0, (found["_place"] % _PLACES).cast("int64")
    return found.select(
        *("case_id", "nth", "kind", "at", "next_at", "next_kind", "is_return"),
        source=ibis.ifelse(found.kind == "closed", queue, found.source),
        queue=queue,
        held=ibis.ifelse(found["_open"] > found["_turned"], found["_held"], ibis.null("int64")),
        is_open=is_open,
    )


def _numbered(linked: ir.Table) -> ir.Table:
    """Return the steps with the number of the stay that begins at each, and of the visit to its queue."""
    stay, visit = (
        ibis.row_number().over(ibis.window(group_by=["case_id", *keys, "is_open"], order_by="nth"))
        for keys in ((), ("queue",))
    )
    nothing = ibis.null("int64")
    return linked.mutate(
        stay=ibis.ifelse(linked.is_open, stay, nothing), visit=ibis.ifelse(linked.is_open, visit, nothing)
    )


def _left(rows: ir.Table, more: ir.Table) -> ir.Table:
    joined = rows.left_join(more, "case_id")
    return joined.drop("case_id_right") if "case_id_right" in joined.columns else joined
