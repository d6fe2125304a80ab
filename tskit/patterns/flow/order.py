"""Cases that moved or were reopened, put in order by windows over their events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["in_order"]

_NO = ibis.literal(value=False)
_OPENING, _LOG, _COLUMN = 0, 1, 2
"""An opening comes first, whatever its time; a closing that only the case itself tells of comes last."""
_ORDER = ("_rank", "at", "seq", "_within")


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
    return _numbered(_linked(_left(named, lost)))


def _changes(cases: ir.Table, log: ir.Table) -> ir.Table:
    """Return the opening, each effective move and change of state, and the closing of a case without one in its log."""
    order = ibis.window(group_by="case_id", order_by=["at", "seq", "queue"])
    queued = log.filter(log.queue.notnull())
    queued = queued.mutate(
        _nth=ibis.row_number().over(order), _from=ibis.coalesce(queued.queue.lag().over(order), queued.source)
    )
    opened = _left(cases, queued.filter(queued["_nth"] == 0).select("case_id", _first=_origin(queued)))
    queue = ibis.coalesce(opened["_first"], opened["_queue"], "")
    openings = _change(opened.mutate(_named=queue), "opened", _OPENING, "_opened")
    unsaid = cases.filter(cases["_log_closed"].isnull(), cases["_closed"].notnull())
    closings = _change(unsaid, "closed", _COLUMN, "_closed")
    return openings.union(_moves(queued), _states(log), closings)


def _origin(queued: ir.Table) -> ir.Value:
    return ibis.coalesce(queued.source, queued.queue)


def _moves(queued: ir.Table) -> ir.Table:
    """Return the effective moves: from nobody, to nobody and to the same queue are none."""
    moves = queued.filter(queued["_from"].notnull(), queued["_from"] != queued.queue)
    order = ibis.window(group_by="case_id", order_by=["at", "seq", "queue"])
    is_return = (moves["_from"].lag().over(order) == moves.queue).fill_null(_NO)
    marked = moves.mutate(_is_return=is_return, _source=moves["_from"], _named=moves.queue)
    return _change(marked, "moved", _LOG, "at")


def _states(log: ir.Table) -> ir.Table:
    """Return the closings and reopenings that change something; every case begins open."""
    told = log.filter(log.event_type.isin(["closed", "reopened"]))
    order = ibis.window(group_by="case_id", order_by=["at", "seq", "event_type"])
    told = told.mutate(_last=told.event_type.lag().over(order).fill_null("reopened"))
    # One that changes nothing leaves the state as the one before it did, so the row before is the state before.
    changed = told.filter(told["_last"] != told.event_type)
    parts = [_change(changed.filter(changed.event_type == kind), kind, _LOG, "at") for kind in ("closed", "reopened")]
    return parts[0].union(parts[1])


def _change(rows: ir.Table, kind: str, rank: int, at: str) -> ir.Table:
    """Return rows as changes of one kind; what a kind does not tell of is missing."""

    def told(name: str, otherwise: ir.Value) -> ir.Value:
        return rows[name] if name in rows.columns else otherwise

    nobody = ibis.null("string")
    return rows.select(
        "case_id",
        _rank=ibis.literal(rank, "int64"),
        _within=ibis.literal(int(kind == "moved"), "int64"),
        kind=ibis.literal(kind),
        at=rows[at],
        seq=told("seq", ibis.literal(0, "int64")),
        source=told("_source", nobody),
        queue=told("_named", nobody),
        is_return=told("_is_return", _NO),
    )


def _linked(named: ir.Table) -> ir.Table:
    """Return the steps with the time and kind of the next one, and how long the case had been held at each."""
    order = ibis.window(group_by="case_id", order_by="nth")
    was_open = named.is_open.lag().over(order).fill_null(_NO)
    following = named.kind.lead().over(order)
    is_last = following.isnull() & named.is_open & named["_lost"].notnull()
    return named.mutate(
        source=ibis.ifelse(named.kind == "closed", named.queue, named.source),
        held=ibis.ifelse(was_open, named["at"] - named["at"].lag().over(order), ibis.null("int64")),
        next_at=named["at"].lead().over(order),
        next_kind=ibis.ifelse(is_last, "unknown", following),
        _begins=named.is_open.cast("int64"),
    )


def _numbered(linked: ir.Table) -> ir.Table:
    """Return the steps with the number of the stay that begins at each, and of the visit to its queue."""
    so_far = ibis.cumulative_window(group_by="case_id", order_by="nth")
    by_queue = ibis.cumulative_window(group_by=["case_id", "queue"], order_by="nth")
    nothing = ibis.null("int64")
    return linked.mutate(
        stay=ibis.ifelse(linked.is_open, linked["_begins"].sum().over(so_far) - 1, nothing).cast("int64"),
        visit=ibis.ifelse(linked.is_open, linked["_begins"].sum().over(by_queue) - 1, nothing).cast("int64"),
    )


def _left(rows: ir.Table, more: ir.Table) -> ir.Table:
    joined = rows.left_join(more, "case_id")
    return joined.drop("case_id_right") if "case_id_right" in joined.columns else joined
