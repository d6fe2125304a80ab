"""Which rows cannot be used, and which are kept but marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.casting import broken_id, is_checked
from tskit.cases.profile import SHEET
from tskit.cases.sql import literal, name
from tskit.model import Kind

if TYPE_CHECKING:
    from tskit.cases.mapping import ColumnMap
    from tskit.model import Column

__all__ = ["EARLIER", "NEEDED", "faults", "first_fault", "flag_list", "marks", "needs", "value", "worked_out"]

EARLIER = (
    ("closed_before_created", "closed_at", "created_at"),
    ("decided_before_created", "decided_at", "created_at"),
    ("decided_before_content", "decided_at", "content_created_at"),
    ("assigned_before_created", "first_assigned_at", "created_at"),
    ("appealed_before_decided", "appealed_at", "decided_at"),
    ("ended_before_started", "occurred_at", "started_at"),
)
"""A flag, and the two times of which the first must not lie before the second."""

NEEDED = {
    "cases": ("case_id", "created_at"),
    "events": ("case_id", "event_type", "occurred_at"),
    "reviews": ("item_id", "rater_id", "label"),
    "milestones": ("milestone_id", "case_id"),
}
"""Columns without which a row can be counted nowhere: blank or unreadable ones reject the row."""


def needs(mapping: ColumnMap) -> tuple[str, ...]:
    """Return the columns whose blank or unreadable value rejects a row of this mapping."""
    log = ("occurred_at",) if mapping.profile.log else ("_count",) if mapping.profile.count else ()
    needed = ("case_id",) if mapping.profile.table == SHEET else NEEDED[mapping.table.name]
    return (*needed, *log)


def value(column: str) -> str:
    """Return the SQL name under which a column's value stands beside its text."""
    return name(f"value:{column}")


def worked_out(column: str) -> str:
    """Return the SQL name under which a derived value stands beside the mapped one."""
    return name(f"derived:{column}")


def faults(mapping: ColumnMap) -> list[tuple[str, str, str]]:
    """Return why a row of the table is rejected: column, reason code, SQL condition; the first that holds counts."""
    found: list[tuple[str, str, str]] = []
    needed = needs(mapping)
    found += _other_rows(mapping)
    for column in mapping.columns:
        if column.name not in needed:
            continue
        text, typed = name(column.name), value(column.name)
        blank = "missing_key" if column.kind is Kind.TEXT else "missing_value"
        found.append((column.name, blank, f"{text} IS NULL"))
        if is_checked(column):
            wrong = "not_a_time" if column.kind is Kind.TIME else "unknown_value"
            found.append((column.name, wrong, f"{typed} IS NULL"))
    return found


def _other_rows(mapping: ColumnMap) -> list[tuple[str, str, str]]:
    """Return why a row of a table of counts is none of those asked for, or counts less than nothing."""
    only = [f"_record.{name(column)} = {literal(said)}" for column, said in mapping.profile.only.items()]
    found = [
        (column, "other_breakdown", f"NOT coalesce({' AND '.join(only)}, false)") for column in mapping.profile.only
    ]
    counted = [("_count", "negative_count", f"{value('_count')} < 0")] if mapping.has("_count") else []
    return [*found[:1], *counted]


def marks(mapping: ColumnMap) -> list[tuple[str, str]]:
    """Return what makes a kept row suspicious: flag and SQL condition."""
    needed = needs(mapping)
    found = [_bad(column) for column in mapping.columns if is_checked(column) and column.name not in needed]
    found += [
        (flag, f"{value(late)} < {value(early)}")
        for flag, late, early in EARLIER
        if mapping.has(late, early) and flag not in mapping.profile.usual
    ]
    if mapping.table.name == "cases" and mapping.has("closed_at") and mapping.has("status"):
        # A log repeats final values on every row: a closing time beside an open state is knowledge from the future.
        early = "look_ahead" if mapping.profile.log else "close_time_on_open_case"
        found += [
            ("closed_without_time", f"{worked_out('is_closed')} AND {name('closed_at')} IS NULL"),
            (early, f"NOT {worked_out('is_closed')} AND {value('closed_at')} IS NOT NULL"),
        ]
    if mapping.profile.salesforce_ids and mapping.has("case_id"):
        # The row's facts stand; only what joins by this id, or links to it, may miss.
        found.append(("wrong_id_checksum", broken_id(value("case_id"))))
    if mapping.profile.salesforce_ids and mapping.has("created_at", "closed_at"):
        # Salesforce marks such cases itself; they were typed in or imported when the work was over.
        found.append(("closed_on_create", f"{value('closed_at')} = {value('created_at')}"))
    return found


def _bad(column: Column) -> tuple[str, str]:
    return f"bad_value:{column.name}", f"{name(column.name)} IS NOT NULL AND {value(column.name)} IS NULL"


def first_fault(found: list[tuple[str, str, str]]) -> tuple[str, str]:
    """Return SQL for the column and the reason of the first fault that holds, null where none does."""
    if not found:
        return "CAST(NULL AS VARCHAR)", "CAST(NULL AS VARCHAR)"
    column = " ".join(f"WHEN {condition} THEN {literal(name)}" for name, _, condition in found)
    reason = " ".join(f"WHEN {condition} THEN {literal(code)}" for _, code, condition in found)
    return f"CASE {column} END", f"CASE {reason} END"


def flag_list(found: list[tuple[str, str]]) -> str:
    """Return SQL for the list of flags that hold, empty where none does."""
    if not found:
        return "CAST([] AS VARCHAR[])"
    # Building a list is slow and most rows carry no flag, so the conditions are first joined by OR.
    some = " OR ".join(f"({condition})" for _, condition in found)
    each = ", ".join(f"CASE WHEN {condition} THEN {literal(flag)} END" for flag, condition in found)
    return f"CASE WHEN {some} THEN list_filter([{each}], lambda flag: flag IS NOT NULL) ELSE CAST([] AS VARCHAR[]) END"
