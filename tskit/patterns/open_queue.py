"""What is open at a moment, and who holds it then: the engine looks for it, and only that comes into memory."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import ibis
import pandas as pd

from tskit.cases.copied import require_copy
from tskit.cases.history import spells
from tskit.model import CASES, Kind
from tskit.patterns.due import deadline_columns
from tskit.patterns.rows import fetched, filled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = ["COLUMNS", "is_appeal", "of_open", "open_cases", "open_pauses", "open_queue", "undatable"]

COLUMNS = (
    *("case_id", "case_number", "parent_case_id", "record_type", "source_type", "created_at", "severity", "priority"),
    *("queue", "market", "policy_id", "abuse_type_reported", "content_id", "entity_type", "subject_account_id"),
    *(
        "content_language",
        "reach",
        "status",
        "owner_id",
        "is_escalated",
        "tier",
        "decided_at",
        "first_assigned_at",
        "appeal_status",
    ),
    *("sla_target_at", "paused_minutes"),
)
"""Canonical columns of an open case; no case text is among them."""
_FROM: Mapping[str, tuple[str, ...]] = {
    "first_assigned_at": (),
    "decided_at": ("policy_id", "reach"),
    "appealed_at": ("appeal_status",),
}
"""What a source knows only from the moment in that column on, as `known` takes it."""
_UNDATED = ("status", "owner_id", "is_escalated", "tier", "paused_minutes")
"""What a source says of the end of the data alone."""
_STEADY = ("channel", "source_identity", "component", "ingestion_route", "content_duration_s", "content_type")
"""What else is known of a case when it is opened."""
_FEW = 500
_STATE = ("closed_at", "is_closed")
_DOUBTS = ("close_time_on_open_case", "look_ahead", "bad_value:created_at", "bad_value:closed_at")
"""Flags of rows of which nobody can tell whether they are open; the backlog leaves them out, too."""
_TOLD = ("case_id", "event_type", "occurred_at", "seq", "from_queue", "to_queue")
_NOBODY, _NO_ANSWERS = pd.Series(dtype=object), pd.Series(dtype=bool)
_NO_TIMES = pd.Series(dtype="datetime64[us, UTC]")
_DTYPES = {Kind.TIME: "datetime64[us, UTC]", Kind.INTEGER: "float64", Kind.NUMBER: "float64"}


def open_queue(case_set: CaseSet, *, until: datetime | None = None, queues: Sequence[str] = ()) -> pd.DataFrame:
    """Return the cases that are open at `until`, or at the end of the data, one row each, the oldest first.

    Columns: `COLUMNS`, missing where the source has none; what else the casebook's deadlines read, where there is such a
    column; and `age_hours` since the case was opened, `is_reopened` (missing where nobody can tell), and `apart`:
    "appeal" or "child case" for what the backlog leaves out, or "". `queues` keeps what these hold at that moment.

    With a log, a case is open by its events: one that was reopened is open, one that was closed later is still open,
    and `queue` is the one that held it then. Without one, a case is open from its creation to its last closing, and
    `queue` is the last that held it: `attrs["loss"]` says so, and is empty otherwise. At an earlier moment, whatever
    tells of later is blank. Cases of which nobody can tell whether they are open are not among them; `attrs["unknown"]`
    counts them.

    Raises:
        SourceError: the source is asked in place, where single cases stay.
    """
    require_copy(case_set)
    moment = case_set.as_of if until is None else min(until, case_set.as_of)
    frame = _with_all_columns(fetched(open_cases(case_set, at=moment)))
    told = _told(case_set, frame, at=moment)
    frame = frame.assign(queue=_holders(frame, told, at=moment))
    if moment < case_set.as_of:
        frame = _without_the_future(frame, told, at=moment, has_log=case_set.events is not None)
    wanted = frame["queue"].isin(list(queues)) if queues else pd.Series(data=True, index=frame.index)
    found = frame[wanted].sort_values(["created_at", "case_id"], ignore_index=True)
    age = (pd.Timestamp(moment) - found["created_at"]).dt.total_seconds() / 3600
    asked = [name for name in _asked(case_set) if name in found and name not in COLUMNS]
    found = found.assign(age_hours=age)[[*COLUMNS, *asked, "age_hours", "is_reopened", "apart"]]
    found.attrs = {"unknown": _counted(undatable(case_set, at=moment)), "loss": _loss(case_set)}
    return found


def open_cases(case_set: CaseSet, *, at: datetime) -> ir.Table:
    """Return the cases that are open at an instant as a lazy table: those of `COLUMNS` that there are, and `apart`.

    `is_reopened` tells of the log; without one, of the source's count.
    """
    cases = filled(case_set.cases, "created_at")
    instant = ibis.literal(at)
    held = [name for name in (*COLUMNS, *_also(case_set)) if name in cases.columns]
    born = cases.filter(cases.created_at <= instant, ~_is_undatable(cases, case_set))
    if "closed_at" not in cases.columns:
        born = born.mutate(closed_at=ibis.null("timestamp('UTC')"))
        # Nobody knows since when a closed case is closed: only those that are open still are certainly open.
        born = born.filter(~_sure(born.is_closed)) if "is_closed" in cases.columns else born
    told = spells(case_set, born.select(*held, "closed_at", apart=_apart(born)))
    running = told.filter(told.opened_at <= instant, _is_blank(told.closed_at) | (told.closed_at > instant))
    return running.mutate(is_reopened=_is_reopened(running, case_set, at=at)).select(*held, "apart", "is_reopened")


def undatable(case_set: CaseSet, *, at: datetime) -> ir.Table:
    """Return the cases opened by then of which nobody can tell whether they are open: closed without a time, in doubt."""
    cases = filled(case_set.cases, "created_at")
    return cases.filter(cases.created_at <= ibis.literal(at), _is_undatable(cases, case_set))


def of_open(column: ir.Value, cases: pd.DataFrame, case_set: CaseSet, *, at: datetime) -> ir.Value:
    """Return the condition that a column of any table has a value that open cases have in the column of that name.

    `cases` are all of those that are open at the instant. Few values are named; of many the engine asks its own tables.
    """
    name = column.get_name()
    values = cases[name].dropna().unique().tolist()
    if len(values) <= _FEW:
        return column.isin(values) if values else ibis.literal(value=False)
    rows = open_cases(case_set, at=at)
    return column.isin(rows.filter(~_is_blank(rows[name]))[name])


def open_pauses(case_set: CaseSet, cases: pd.DataFrame | None = None, *, until: datetime | None = None) -> pd.DataFrame:
    """Return the times in which the clocks of cases open at `until` stood still, as `pauses` does of known cases.

    `cases` are those that `open_queue` gives, where they are at hand. Columns: `case_id`, `paused_at`, `resumed_at`, and `is_open` for a
    pause that still lasts then; none without a log.
    """
    moment = case_set.as_of if until is None else min(until, case_set.as_of)
    if case_set.events is None:
        return pd.DataFrame(
            {"case_id": _NOBODY, "paused_at": _NO_TIMES, "resumed_at": _NO_TIMES, "is_open": _NO_ANSWERS}
        )
    events = case_set.events
    rows = open_cases(case_set, at=moment)
    asked = events.case_id.isin(rows.case_id) if cases is None else of_open(events.case_id, cases, case_set, at=moment)
    told = events.filter(asked)
    told = told.filter(told.event_type.isin(["paused", "resumed", "closed"]), told.occurred_at <= ibis.literal(moment))
    steps = fetched(told.select("case_id", "event_type", "occurred_at", "seq"))
    steps = steps.sort_values(["case_id", "occurred_at", "seq"]).assign(
        is_pause=lambda found: found["event_type"].eq("paused")
    )
    # Of several stops in a row the first counts; what goes on without having stopped changes nothing.
    steps = steps[steps["is_pause"].ne(steps.groupby("case_id")["is_pause"].shift(fill_value=False))]
    ends = steps.groupby("case_id")["occurred_at"].shift(-1)
    found = pd.DataFrame(
        {
            "case_id": steps["case_id"],
            "paused_at": steps["occurred_at"],
            "resumed_at": ends.fillna(pd.Timestamp(moment)),
            "is_open": ends.isna(),
        }
    )
    return found[steps["is_pause"]].reset_index(drop=True)


def is_appeal(cases: ir.Table) -> ir.Value:
    """Return the condition that a case is itself an appeal."""
    told = [name for name in ("record_type", "source_type") if name in cases.columns]
    return reduce(or_, (_sure(cases[name] == "appeal") for name in told), ibis.literal(value=False))


def _asked(case_set: CaseSet) -> tuple[str, ...]:
    """Return the columns that deadlines read; of an open case nobody need be told that it is."""
    return tuple(name for name in deadline_columns(case_set.casebook) if name not in _STATE)


def _also(case_set: CaseSet) -> tuple[str, ...]:
    """Return the columns that are read besides: for deadlines, and to tell what was known when."""
    names = dict.fromkeys((*_asked(case_set), "appealed_at", "appeal_decided_at", "reopened_count"))
    return tuple(name for name in names if case_set.has(name) and name not in COLUMNS)


def _is_undatable(cases: ir.Table, case_set: CaseSet) -> ir.Value:
    reasons = [ibis.literal(value=False)]
    if {"is_closed", "closed_at"} <= set(cases.columns):
        reasons.append(_sure(cases.is_closed) & _is_blank(cases.closed_at))
    # Flags that no row carries are not asked for: reading the lists costs more than all the rest.
    carried = [flag for flag in _DOUBTS if flag in case_set.quality.flags and "dq_flags" in cases.columns]
    return reduce(or_, (*reasons, *(_sure(cases.dq_flags.contains(flag)) for flag in carried)))


def _apart(cases: ir.Table) -> ir.Value:
    """Return what the backlog leaves out, in words: appeals, and children of other cases."""
    child = ~_is_blank(cases.parent_case_id) if "parent_case_id" in cases.columns else ibis.literal(value=False)
    return ibis.cases((is_appeal(cases), "appeal"), (child, "child case"), else_="")


def _is_reopened(running: ir.Table, case_set: CaseSet, *, at: datetime) -> ir.Value:
    if case_set.events is not None:
        return running.opened_at > running.created_at
    if at < case_set.as_of or "reopened_count" not in running.columns:
        return ibis.null("boolean")
    return running.reopened_count > 0


def _sure(condition: ir.Value) -> ir.Value:
    return condition.fill_null(ibis.literal(value=False))


def _is_blank(value: ir.Value) -> ir.Value:
    return value.isnull()  # noqa: PD003  # Ibis, which knows no isna


def _with_all_columns(frame: pd.DataFrame) -> pd.DataFrame:
    kinds = {name: _DTYPES.get(CASES[name].kind, "object") for name in (*COLUMNS, "appealed_at", "appeal_decided_at")}
    missing = {name: pd.Series(index=frame.index, dtype=kind) for name, kind in kinds.items() if name not in frame}
    return frame.assign(**missing)


def _told(case_set: CaseSet, cases: pd.DataFrame, *, at: datetime) -> pd.DataFrame:
    """Return what the log tells of the moves and escalations of these cases, in order; none where there is no log."""
    events = case_set.events
    if events is None:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in _TOLD} | {"occurred_at": _NO_TIMES})
    missing = {name: ibis.null("string") for name in _TOLD if name not in events.columns}
    told = events.mutate(**missing).filter(~events.is_paired_id_row)
    told = told.filter(~_is_blank(told.to_queue) | (told.event_type == "escalated"))
    found = fetched(told.filter(of_open(told.case_id, cases, case_set, at=at)).select(*_TOLD))
    return found.sort_values(["case_id", "occurred_at", "seq"], ignore_index=True)


def _holders(frame: pd.DataFrame, told: pd.DataFrame, *, at: datetime) -> pd.Series[str]:
    """Return the queue that each case was last moved to by then; one that never moved lies where the source has it."""
    moves = told[told["to_queue"].notna()]
    has_come = moves["occurred_at"] <= pd.Timestamp(at)
    held = frame["case_id"].map(moves[has_come].groupby("case_id")["to_queue"].last())
    # The first move of all names the queue that the case had lain in until then.
    first = moves[~has_come].drop_duplicates("case_id").set_index("case_id")
    waited = frame["case_id"].map(first["from_queue"].fillna(first["to_queue"]))
    return held.astype(object).fillna(waited.astype(object)).fillna(frame["queue"].astype(object))


def _without_the_future(frame: pd.DataFrame, told: pd.DataFrame, *, at: datetime, has_log: bool) -> pd.DataFrame:
    """Return the columns as they stood at the moment; what nobody can date is left out."""
    moment = pd.Timestamp(at)
    for time, columns in _FROM.items():
        has_come = frame[time].notna() & (frame[time] <= moment)
        frame = frame.assign(**{name: frame[name].where(has_come) for name in (time, *columns)})
    others = [str(name) for name in frame if name in CASES and name not in (*COLUMNS, *_STEADY)]
    frame = frame.assign(**{name: _by_then(frame[name], CASES[name].kind, moment) for name in others})
    is_pending = frame["appealed_at"].notna() & frame["appeal_decided_at"].isna()
    status = pd.Series("open", index=frame.index, dtype=object).mask(frame["is_reopened"].eq(other=True), "reopened")
    frame = frame.assign(appeal_status=frame["appeal_status"].mask(is_pending, "pending"))
    frame = frame.assign(**{name: _blank(frame[name]) for name in _UNDATED})
    escalated = told.loc[told["event_type"].eq("escalated") & (told["occurred_at"] <= moment), "case_id"]
    is_escalated = frame["case_id"].isin(escalated).astype(object) if has_log else frame["is_escalated"]
    return frame.assign(status=status, is_escalated=is_escalated)


def _by_then(column: pd.Series, kind: Kind, moment: pd.Timestamp) -> pd.Series:
    """Return a column that tells of later as far as it can be dated: times up to the moment, and nothing else."""
    return column.where(column <= moment) if kind is Kind.TIME else _blank(column)


def _blank(column: pd.Series) -> pd.Series:
    return pd.Series(index=column.index, dtype=column.dtype)


def _counted(table: ir.Table) -> int:
    return int(table.count().to_pyarrow().as_py())


def _loss(case_set: CaseSet) -> str:
    if case_set.events is not None:
        return ""
    return (
        "The source keeps no log: a case counts as open until its last closing, also where it was closed and reopened "
        "meanwhile, and its queue is the last that held it."
    )
