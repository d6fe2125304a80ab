"""Events and cases out of a log that holds one row per change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.sql import literal, name

if TYPE_CHECKING:
    from tskit.cases.mapping import ColumnMap

__all__ = ["changes", "last_rows", "order_of_rows"]

_TYPES = {"queue": "queue_moved", "status": "status_changed", "priority": "priority_changed", "owner_id": "assigned"}
"""The event that a change of a column is; a change of status to a closed or reopened state has a name of its own."""


def order_of_rows(mapping: ColumnMap) -> list[str]:
    """Return SQL for the order of a case's rows: by time, then as the log numbers them, then as they stand in the file."""
    # Where the log numbers its rows within a case, that number is the order: times have minutes only.
    numbered = [name("seq")] if mapping.has("seq") else []
    return [name("occurred_at"), *numbered, "_source", "_source_row"]


def last_rows(rows: str, mapping: ColumnMap) -> str:
    """Return SQL for the last row of each case: what earlier rows say of the end is knowledge from the future."""
    order = ", ".join(f"{text} DESC NULLS LAST" for text in order_of_rows(mapping))
    return f"SELECT * FROM ({rows}) QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY {order}) = 1"


def changes(rows: str, mapping: ColumnMap) -> str:
    """Return SQL for the events: one `created` per case, and one for each change of a watched column."""
    log = mapping.profile.log
    watched = [column for column in (log.changes if log else ()) if mapping.has(column)]
    window = f"WINDOW w AS (PARTITION BY case_id ORDER BY {', '.join(order_of_rows(mapping))})"
    before = [f"lag({name(c)} IGNORE NULLS) OVER w AS {name(f'before:{c}')}" for c in watched]
    seq = "coalesce(seq, row_number() OVER w)" if mapping.has("seq") else "row_number() OVER w"
    inner = f"SELECT *, {', '.join([*before, f'{seq} AS place', 'row_number() OVER w AS nth'])} FROM ({rows}) {window}"
    created = _event("'created'", column="", mapping=mapping)
    opened = f"SELECT {created} FROM ({inner}) WHERE nth = 1"
    if mapping.has("event_type"):
        opened += f" UNION ALL SELECT {_activity(mapping)} FROM ({inner}) WHERE nth > 1 OR {_KIND} <> 'created'"
    each = [f"SELECT {_change(c, mapping)} FROM ({inner}) WHERE {_differs(c)}" for c in watched]
    found = " UNION ALL ".join([opened, *each])
    identity = "left(sha256(concat_ws('|', case_id, event_type, epoch_us(occurred_at), seq, field)), 24) AS event_id"
    return f"SELECT {identity}, *, false AS is_paired_id_row FROM ({found})"


_KIND = "coalesce(event_type, 'status_changed')"


def _activity(mapping: ColumnMap) -> str:
    """Return the SQL select list of what a row says that happened; a case is created once, by its first row."""
    kind = f"CASE WHEN {_KIND} = 'created' THEN 'status_changed' ELSE {_KIND} END"
    return _event(kind, column="activity", mapping=mapping)


def _differs(column: str) -> str:
    text, before = name(column), name(f"before:{column}")
    return f"{text} IS NOT NULL AND {before} IS NOT NULL AND {text} <> {before}"


def _change(column: str, mapping: ColumnMap) -> str:
    kind = literal(_TYPES.get(column, "policy_changed" if column == "policy_id" else "status_changed"))
    text, before = name(column), name(f"before:{column}")
    if column == "status":
        closed = ", ".join(map(literal, mapping.profile.closed))
        kind = (
            f"CASE WHEN {text} IN ('closed', 'cancelled') THEN 'closed' "
            f"WHEN {text} = 'escalated' THEN 'escalated' "
            f"WHEN {before} IN ({closed}) AND {text} NOT IN ({closed}) THEN 'reopened' ELSE {kind} END"
        )
    return _event(kind, column=column, mapping=mapping)


def _event(kind: str, *, column: str, mapping: ColumnMap) -> str:
    """Return the SQL select list of one event; without a column it is the opening of the case."""
    queue = column == "queue"
    text, before = (name(column), name(f"before:{column}")) if queue else ("NULL", "NULL")
    opened = "coalesce(created_at, occurred_at)" if mapping.has("created_at") else "occurred_at"
    actor = "actor_id" if mapping.has("actor_id") and column else "CAST(NULL AS VARCHAR)"
    return ", ".join(
        (
            f"case_id, {kind} AS event_type",
            f"{'occurred_at' if column else opened} AS occurred_at",
            f"CAST({'place' if column else '-1'} AS BIGINT) AS seq",
            f"{actor} AS actor_id",
            f"CAST({before if queue else 'NULL'} AS VARCHAR) AS from_queue",
            f"CAST({text if queue else 'NULL'} AS VARCHAR) AS to_queue",
            f"{literal(column) if column else 'CAST(NULL AS VARCHAR)'} AS field",
            "CAST([] AS VARCHAR[]) AS dq_flags, _source, _source_row",
        )
    )
