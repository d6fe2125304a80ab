"""One scan of a source: every row cast, judged and written to a temporary table, which overflows to the load's folder.

The query has four layers, so that each value is computed once: the raw text under canonical names, the cleaned text,
the value beside the text, and the judgement of the row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.cases.casting import cleaned, trimmed, typed
from tskit.cases.crosswalk import breaks, version_text
from tskit.cases.dates import Clockwork, folds
from tskit.cases.sql import name, words
from tskit.cases.validate import faults, first_fault, flag_list, marks, value, worked_out
from tskit.model import Kind

if TYPE_CHECKING:
    from tskit.cases.mapping import ColumnMap
    from tskit.cases.sql import Database
    from tskit.model import Column

__all__ = ["Staged", "stage"]

ADDED = ("dq_flags", "_source", "_source_row")


@dataclass(frozen=True, slots=True)
class Staged:
    """A temporary table of rows, rejected ones among them: values under canonical names, `_reason`, `_column`, `_raw`, `_hash`."""

    scan: str
    mapping: ColumnMap
    columns: tuple[str, ...]
    rows: int


def stage(raw: str, mapping: ColumnMap, *, into: str, connection: Database) -> Staged:
    """Write all rows of the SQL relation `raw` to the temporary table `into` and return them staged."""
    derived = _derived(mapping)
    query = _judged(_worked_out(_valued(_named(raw, mapping), mapping), derived), mapping, derived)
    # Not a Parquet file: packing columns that are read back once or twice costs as much as casting them.
    ((rows,),) = connection.execute(f"CREATE OR REPLACE TEMP TABLE {name(into)} AS {query}").fetchall()
    columns = (*(column.name for column in mapping.columns), *derived)
    order = [column for column in (*mapping.table.names, *columns) if column in columns]
    return Staged(name(into), mapping, tuple(dict.fromkeys(order)), rows)


def _derived(mapping: ColumnMap) -> dict[str, str]:
    """Return SQL for the columns that the loader works out, by name."""
    found: dict[str, str] = {}
    if mapping.table.name != "cases" or mapping.profile.table != "cases":
        return found
    if mapping.has("status") and not mapping.has("status_raw"):
        found["status_raw"] = name("status")
    ways = [value("is_closed")] if mapping.has("is_closed") else []
    if mapping.has("status"):
        ways.append(f"{value('status')} IN ({words(mapping.profile.closed)})")
    if mapping.has("closed_at"):
        ways.append(f"{value('closed_at')} IS NOT NULL")
    found |= _versions(mapping)
    if ways:
        found["is_closed"] = f"coalesce({', '.join(ways)})"
    return found


def _versions(mapping: ColumnMap) -> dict[str, str]:
    """Return SQL for the version of each vocabulary that was redefined, where the source does not say it."""
    found: dict[str, str] = {}
    for one in breaks():
        if mapping.has(one.column, "created_at") and not mapping.has(one.version) and one.version not in found:
            is_list = mapping.table[one.column].kind is Kind.LIST
            text = "CAST(NULL AS VARCHAR)" if is_list else f"upper({name(one.column)})"
            found[one.version] = version_text(one, text=text, at=value("created_at"))
    return found


def _named(raw: str, mapping: ColumnMap) -> str:
    texts = [f"{text} AS {name(column)}" for column, text in mapping.texts.items()]
    # The record as found is needed where it is rejected, and its hash to tell a repeated row from a changed one.
    found = [name(column) for column in mapping.header]
    record = f"struct_pack({', '.join(f'{column} := {column}' for column in found)}) AS _record"
    inner = f"SELECT {', '.join([*texts, record])}, hash({', '.join(found)}) AS _hash, _source, _source_row FROM {raw}"
    clean = [f"{cleaned(column, mapping.profile)} AS {name(column.name)}" for column in mapping.columns]
    bare = [f"{trimmed(column)} AS {name(column.name)}" for column in mapping.columns]
    inner = f"SELECT {', '.join(bare)}, _record, _hash, _source, _source_row FROM ({inner})"
    return f"SELECT {', '.join(clean)}, _record, _hash, _source, _source_row FROM ({inner})"


def _valued(inner: str, mapping: ColumnMap) -> str:
    values = [
        f"{typed(column, mapping.profile, clock=mapping.clocks.get(column.name, Clockwork()))} AS {value(column.name)}"
        for column in mapping.columns
    ]
    return f"SELECT *, {', '.join(values + _readings(mapping))} FROM ({inner})"


def _worked_out(inner: str, derived: dict[str, str]) -> str:
    values = [f"{text} AS {worked_out(column)}" for column, text in derived.items()]
    return f"SELECT {', '.join(['*', *values])} FROM ({inner})"


def _judged(inner: str, mapping: ColumnMap, derived: dict[str, str]) -> str:
    values = {column.name: value(column.name) for column in mapping.columns}
    values |= {column: worked_out(column) for column in derived}
    outputs = [f"{text} AS {name(column)}" for column, text in values.items()]
    reason_column, reason = first_fault(faults(mapping))
    flags = flag_list([*marks(mapping), *_clock_marks(mapping)])
    judged = (
        f"SELECT {', '.join(outputs)}, {flags} AS dq_flags, _source, _source_row, _hash, "
        f"{reason_column} AS _column, {reason} AS _reason, _record FROM ({inner})"
    )
    raw = "CASE WHEN _reason IS NOT NULL THEN CAST(to_json(_record) AS VARCHAR) END AS _raw"
    return f"SELECT * EXCLUDE (_record), {raw} FROM ({judged})"


def _local_times(mapping: ColumnMap) -> list[Column]:
    """Return the columns whose local times may fall into a change of the clocks."""
    zone = mapping.profile.zone
    if not zone or not any(folds(zone)):
        return []
    return [column for column in mapping.columns if column.kind is Kind.TIME]


def _readings(mapping: ColumnMap) -> list[str]:
    """Return SQL for the half hour that the clock on the wall showed, for each local time."""
    found: list[str] = []
    for column in _local_times(mapping):
        clock, text = mapping.clocks[column.name], name(column.name)
        local = f"try_strptime({text}, [{words(clock.formats)}])" if clock.formats else f"try_cast({text} AS TIMESTAMP)"
        offset = (
            f"right({text}, 1) IN ('Z', 'z') OR contains(substr({text}, 11), '+') OR contains(substr({text}, 11), '-')"
        )
        half = f"CASE WHEN NOT ({offset}) THEN epoch({local})::BIGINT // 1800 END"
        found.append(f"{half} AS {name(f'half hour:{column.name}')}")
    return found


def _clock_marks(mapping: ColumnMap) -> list[tuple[str, str]]:
    columns = _local_times(mapping)
    if not columns:
        return []
    found: list[tuple[str, str]] = []
    for flag, halves in zip(("ambiguous_time", "nonexistent_time"), folds(mapping.profile.zone), strict=True):
        listed = ", ".join(map(str, halves)) or "NULL"
        each = (f"{name(f'half hour:{column.name}')} IN ({listed})" for column in columns)
        found.append((flag, " OR ".join(each)))
    return found
