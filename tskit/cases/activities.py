"""Cases out of a log of activities: each row says what happened, and what a case is follows from all of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.sql import literal, name, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.cases.profile import ChangeLog, Profile
    from tskit.cases.staging import Staged

__all__ = ["STEP", "TRANSITIONS", "activity_text", "columns_told", "summed_up", "told_by"]

TRANSITIONS: Mapping[str, str] = {
    "assign": "assigned",
    "reassign": "assigned",
    "start": "accepted",
    "suspend": "paused",
    "resume": "resumed",
    "autoskip": "skipped",
    "manualskip": "skipped",
    "schedule": "status_changed",
    "withdraw": "status_changed",
    "ate_abort": "status_changed",
    "pi_abort": "status_changed",
}
"""What a step in the life of an activity is, by the lifecycle extension of XES; only `complete` is the activity itself."""

_OF_TYPES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "decided_at": ("max(occurred_at)", ("decided", "decision_changed")),
    "first_assigned_at": ("min(occurred_at)", ("assigned", "accepted")),
    "first_response_at": ("min(occurred_at)", ("email_out", "notified")),
    "appealed_at": ("min(occurred_at)", ("appealed",)),
    "appeal_decided_at": ("max(occurred_at)", ("appeal_decided",)),
    "reopened_count": ("count(*)", ("reopened",)),
    "is_escalated": ("bool_or(event_type = 'escalated')", ("escalated",)),
}
"""Case columns that follow from events: how, and from which kinds; a source has them where a kind can occur in it."""


def activity_text(log: ChangeLog) -> str:
    """Return SQL for what happened in a row: the activity once it is complete, else the step in its life."""
    activity = name(log.activity)
    if not log.transition:
        return activity
    step = f"lower(trim({name(log.transition)}))"
    return (
        f"CASE WHEN {step} IN ({words(TRANSITIONS)}) THEN {literal(STEP)} || {step} "
        f"WHEN {step} IS NULL OR {step} IN ('', 'complete') THEN {activity} ELSE {literal(STEP)} || 'other' END"
    )


STEP = "step: "
"""Stands before a step of the lifecycle, so that no activity of the same name is taken for one."""


def told_by(staged: Staged) -> tuple[str, ...]:
    """Return the case columns that `summed_up` gives for a log of activities, those that rows carry first."""
    kept = [column for column in staged.columns if column not in _OF_ROWS]
    return tuple(dict.fromkeys([*kept, *columns_told(staged.mapping.profile)]))


def columns_told(profile: Profile) -> tuple[str, ...]:
    """Return the case columns that follow from a log of activities; none for any other source."""
    log = profile.log
    if log is None or not log.activity:
        return ()
    types = {*profile.activities.values(), *(TRANSITIONS.values() if log.transition else ())}
    told = [column for column, (_, kinds) in _OF_TYPES.items() if types & set(kinds)]
    return ("created_at", "closed_at", "status", "status_raw", "is_closed", *told)


_OF_ROWS = ("occurred_at", "seq", "actor_id", "event_type")


def summed_up(rows: str, staged: Staged, *, order: Sequence[str]) -> str:
    """Return SQL for one row a case: the last value of each column, and what its events tell.

    A case begins with its first row and is closed by its last closing, unless it was reopened afterwards. What rows say
    themselves, such as a state or a closing time, stands before what follows from the events.
    """
    columns = told_by(staged)
    numbered = f"SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY {', '.join(order)}) AS _place FROM ({rows})"
    mapped = [column for column in staged.columns if column not in (*_OF_ROWS, "case_id")]
    last = [f"arg_max({name(column)}, _place) AS {name(column)}" for column in mapped]
    each = [f"{how} FILTER (WHERE event_type IN ({words(kinds)})) AS {name(f'told:{column}')}"
            for column, (how, kinds) in _OF_TYPES.items() if column in columns]  # fmt: skip
    grouped = ", ".join([*last, *each, *_MARKS])
    inner = f"SELECT case_id, {grouped} FROM ({numbered}) GROUP BY case_id"
    closing = (
        f"SELECT *, _closed IS NOT NULL AND (_reopened IS NULL OR _closed > _reopened) AS _is_closed FROM ({inner})"
    )
    listed = ", ".join(_told(column, mapped) for column in columns if column != "case_id")
    return f"SELECT case_id, {listed}, dq_flags, _source, _source_row FROM ({closing})"


_MARKS = (
    "min(occurred_at) AS _first_at",
    "max(_place) FILTER (WHERE event_type = 'closed') AS _closed",
    "max(occurred_at) FILTER (WHERE event_type = 'closed') AS _closed_at",
    "max(_place) FILTER (WHERE event_type = 'reopened') AS _reopened",
    "max(_place) FILTER (WHERE event_type = 'paused') AS _paused",
    "max(_place) FILTER (WHERE event_type IN ('resumed', 'accepted', 'decided')) AS _resumed",
    "bool_or(event_type = 'escalated') AS _escalated",
    "bool_or(event_type IN ('assigned', 'accepted', 'decided')) AS _begun",
    "list_distinct(flatten(list(dq_flags))) AS dq_flags",
    "arg_max(_source, _place) AS _source",
    "arg_max(_source_row, _place) AS _source_row",
)
_STATE = (
    "CASE WHEN _is_closed THEN 'closed' WHEN coalesce(_paused, 0) > coalesce(_resumed, 0) THEN 'waiting' "
    "WHEN _reopened IS NOT NULL THEN 'reopened' WHEN _escalated THEN 'escalated' WHEN _begun THEN 'in_progress' "
    "ELSE 'open' END"
)
_WORKED_OUT: Mapping[str, str] = {
    "created_at": "_first_at",
    "closed_at": "CASE WHEN _is_closed THEN _closed_at END",
    "status": _STATE,
    "status_raw": _STATE,
    "is_closed": "_is_closed",
}


def _told(column: str, mapped: Sequence[str]) -> str:
    """Return SQL for one column of a case; what the rows carry comes first, and what they lack is worked out."""
    ways = [name(column)] if column in mapped else []
    if column in _WORKED_OUT:
        ways.append(_WORKED_OUT[column])
    elif column in _OF_TYPES:
        ways.append(name(f"told:{column}"))
        ways += ["false"] if column == "is_escalated" else []
    return f"coalesce({', '.join(ways)}) AS {name(column)}"
