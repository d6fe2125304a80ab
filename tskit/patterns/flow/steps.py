"""Every change of who holds a case, in order: made in the engine, by the rules that `stays` and `handoffs` go by.

Most cases lie in one queue until they are closed: an aggregate tells of these. Only those that moved, or were reopened,
are put in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tskit.cases.instants import SECOND, micros
from tskit.patterns.flow.codes import NO_QUEUE, coded, named, queue_codes
from tskit.patterns.flow.kept import kept
from tskit.patterns.flow.order import in_order

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = ["STEPS", "as_of_micros", "stays_of", "steps"]

STEPS: Mapping[str, str] = {
    "case_id": "string",
    "nth": "int64",
    "kind": "string",
    "at": "int64",
    "source": "string",
    "queue": "string",
    "held": "int64",
    "next_at": "int64",
    "next_kind": "string",
    "is_open": "boolean",
    "stay": "int64",
    "visit": "int64",
    "is_return": "boolean",
    "is_single": "boolean",
}
"""The columns of `steps`; times are microseconds since 1970."""

_NO, _YES = ibis.literal(value=False), ibis.literal(value=True)
_STATES = ("created", "closed", "reopened")


def steps(case_set: CaseSet) -> ir.Table:
    """Return each opening, effective move, closing and reopening up to `as_of`, one row each.

    Columns (`STEPS`): `kind` ("opened", "moved", "closed", "reopened"), `source` and `queue` (who held the case before
    and after; "" where nobody knows), `held` (how long it had lain in `source`; missing where it was not open),
    `next_at` and `next_kind` of the step that follows ("unknown" for a case that was closed, nobody knows when),
    `is_open` (afterwards), `stay` (the number of the stay that begins here, from 0), `visit` (how often the queue had
    held the case before) `is_return` (a move straight back) and `is_single` (of a case that lay in one queue until it was
    closed, if it was). It is read once, where the engine may keep it.
    """
    key = ("flow", id(case_set.events), id(case_set.cases), case_set.as_of)
    if key not in case_set.held:
        # The entry keeps both tables, so nothing else can come by their ids.
        case_set.held[key] = kept(_steps(case_set)), case_set.events, case_set.cases
    found: ir.Table = case_set.held[key][0]  # type: ignore[index]  # the shape of this key's entries
    return found


def stays_of(told: ir.Table, *, as_of: int) -> ir.Table:
    """Return the stays that steps begin, with `hours` until they end or what is known does.

    Columns: `case_id`, `queue`, `stay`, `visit`, `kind` (what began it), `began` and `ended` (microseconds), `next_kind`,
    `done` (it has ended) and `seen` (it is open, and so far seen for that long). Neither holds where nobody knows the
    end, or where it lies before the beginning.
    """
    begun = told.filter(told.is_open)
    ended = ibis.coalesce(begun.next_at, ibis.literal(as_of, "int64"))
    is_sound = ended >= begun.at
    names = ("case_id", "queue", "stay", "visit", "kind", "next_kind")
    return begun.select(
        *names,
        began=begun["at"],
        ended=ended,
        done=is_sound & begun.next_at.notnull(),
        seen=is_sound & begun.next_kind.isnull(),
    )


def as_of_micros(case_set: CaseSet) -> int:
    """Return the end of what is known, in microseconds."""
    return round(case_set.as_of.timestamp() * SECOND)


def _steps(case_set: CaseSet) -> ir.Table:
    codes, log = queue_codes(case_set), _told(case_set)
    cases = coded(_cases(case_set), codes, "_queue")
    nothing = ibis.null("int64")
    if log is None:
        found = _plain(cases.mutate(_single=nothing, _log_closed=nothing))
    else:
        # Asked for several times: an engine would count the whole log as often.
        whole = kept(_with_log(cases, coded(log, codes, "source", "queue")))
        found = _plain(whole.filter(~whole["_is_moved"])).union(_moved(whole, log, codes))
    return named(found, codes, "source", "queue").select(*STEPS)


def _moved(whole: ir.Table, log: ir.Table, codes: ir.Table) -> ir.Table:
    """Return the steps of the cases that moved or were reopened."""
    moved = whole.filter(whole["_is_moved"])
    # Numbers are cheaper to put in order than ids; the ids come back in the end.
    moved = kept(moved.mutate(_number=ibis.row_number().over(ibis.window(order_by="case_id"))))
    ids = moved.select("case_id", "_number")
    own = log.join(ids, "case_id").drop("case_id").rename(case_id="_number")
    told = in_order(moved.drop("case_id").rename(case_id="_number"), kept(coded(own, codes, "source", "queue")))
    told = told.rename(_number="case_id").join(moved.select("case_id", "_number", "_is_lost"), "_number")
    is_last = told.next_kind.isnull() & told.is_open & told["_is_lost"]
    return told.mutate(next_kind=ibis.ifelse(is_last, "unknown", told.next_kind), is_single=_NO).select(*STEPS)


def _cases(case_set: CaseSet) -> ir.Table:
    """Return the cases with what their own columns say of opening, closing and queue."""
    cases, end = case_set.cases, as_of_micros(case_set)
    nothing, nobody = ibis.null("int64"), ibis.null("string")
    closed = micros(cases.closed_at) if "closed_at" in cases.columns else nothing
    unknown = cases.is_closed.fill_null(_NO) & closed.isnull() if "is_closed" in cases.columns else _NO
    found = cases.select(
        "case_id",
        _opened=micros(cases.created_at) if "created_at" in cases.columns else nothing,
        _closed=ibis.ifelse(closed <= end, closed, nothing),
        _queue=_filled(cases.queue) if "queue" in cases.columns else nobody,
        _is_lost=unknown,
    )
    return found.mutate(_opened=found["_opened"].cast("int64"), _closed=found["_closed"].cast("int64"))


def _told(case_set: CaseSet) -> ir.Table | None:
    """Return what the log says of openings, closings, reopenings and queues, without second rows of one change."""
    events = case_set.events
    if events is None:
        return None
    sources = _filled(events.from_queue) if "from_queue" in events.columns else ibis.null("string")
    queues = _filled(events.to_queue) if "to_queue" in events.columns else ibis.null("string")
    told = events.filter(
        ~events.is_paired_id_row,
        events.event_type.isin(_STATES) | queues.notnull(),
        events.occurred_at <= ibis.literal(case_set.as_of),
    )
    seq = told.seq if "seq" in told.columns else ibis.literal(0, "int64")
    return told.select(
        "case_id", "event_type", at=micros(told.occurred_at).cast("int64"), seq=seq, source=sources, queue=queues
    )


def _filled(text: ir.Value) -> ir.Value:
    return text.nullif("")


def _with_log(cases: ir.Table, log: ir.Table) -> ir.Table:
    """Return the cases with what an aggregate of the log says of each: enough for those that never moved."""
    came_from = ibis.ifelse(log.queue.notnull(), ibis.coalesce(log.source, log.queue), ibis.null("int64"))
    told = log.mutate(_least=ibis.least(came_from, log.queue), _most=ibis.greatest(came_from, log.queue))
    per_case = told.group_by("case_id").aggregate(
        _log_opened=told["at"].min(where=told.event_type == "created"),
        _log_closed=told["at"].min(where=told.event_type == "closed"),
        _reopened=(told.event_type == "reopened").any(),
        _least=told["_least"].min(),
        _single=told["_most"].max(),
    )
    joined = cases.left_join(per_case, "case_id")
    joined = joined.drop("case_id_right") if "case_id_right" in joined.columns else joined
    is_moved = joined["_reopened"].fill_null(_NO) | (joined["_least"] != joined["_single"]).fill_null(_NO)
    return joined.mutate(
        _opened=ibis.coalesce(joined["_log_opened"], joined["_opened"]),
        _is_lost=joined["_is_lost"] & joined["_log_closed"].isnull(),
        _is_moved=is_moved,
    )


def _plain(cases: ir.Table) -> ir.Table:
    """Return the steps of cases that lie in one queue: opened, and closed once or not yet."""
    known = cases.filter(cases["_opened"].notnull())
    nothing = ibis.null("int64")
    closed = ibis.coalesce(known["_log_closed"], known["_closed"])
    queue = ibis.coalesce(known["_single"], known["_queue"], NO_QUEUE)
    seen = known.select("case_id", "_opened", "_is_lost", _closed=closed, _queue=queue)
    opened = seen.select(
        "case_id",
        nth=ibis.literal(0, "int64"),
        kind=ibis.literal("opened"),
        at=seen["_opened"],
        source=ibis.null("int64"),
        queue=seen["_queue"],
        held=nothing,
        next_at=seen["_closed"],
        next_kind=_ending(seen["_closed"], seen["_is_lost"]),
        is_open=_YES,
        stay=ibis.literal(0, "int64"),
        visit=ibis.literal(0, "int64"),
        is_return=_NO,
        is_single=_YES,
    )
    ended = seen.filter(seen["_closed"].notnull())
    closings = ended.select(
        "case_id",
        nth=ibis.literal(1, "int64"),
        kind=ibis.literal("closed"),
        at=ended["_closed"],
        source=ended["_queue"],
        queue=ended["_queue"],
        held=ended["_closed"] - ended["_opened"],
        next_at=nothing,
        next_kind=ibis.null("string"),
        is_open=_NO,
        stay=nothing,
        visit=nothing,
        is_return=_NO,
        is_single=_YES,
    )
    return opened.union(closings)


def _ending(closed: ir.Value, is_lost: ir.Value) -> ir.Value:
    return ibis.cases((closed.notnull(), "closed"), (is_lost, "unknown"), else_=ibis.null("string"))
