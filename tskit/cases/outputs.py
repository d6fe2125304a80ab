"""Standing rows out: open columns, case text, rejected rows, each a Parquet file of the cache."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tskit.cases.redact import hidden_columns, learn_people, people_columns
from tskit.cases.sql import literal, name

if TYPE_CHECKING:
    from pathlib import Path

    from tskit.cases.sql import Database
    from tskit.cases.staging import Staged

__all__ = ["copy", "keep_apart", "private", "standing", "start_rejects", "write_open", "write_text"]

_PRIVATE = 0o600


def start_rejects(connection: Database) -> None:
    """Make the empty table `rejects` that collects every row that is kept apart."""
    connection.execute(
        'CREATE OR REPLACE TEMP TABLE rejects ("table" VARCHAR, _source VARCHAR, _source_row BIGINT, '
        '"column" VARCHAR, reason VARCHAR, raw VARCHAR)'
    )


def standing(staged: Staged, *, verdicts: str) -> str:
    """Return SQL for the rows that stand: not rejected, and the one of several with the same key."""
    flags = "CASE WHEN _verdict IS NULL THEN dq_flags ELSE list_append(dq_flags, 'duplicate_key') END AS dq_flags"
    return (
        f"SELECT rows.* EXCLUDE (_column, _reason, _raw, _hash) REPLACE ({flags}) FROM {staged.scan} AS rows "
        f"LEFT JOIN {verdicts} AS verdicts USING (_source, _source_row) "
        "WHERE _reason IS NULL AND (_verdict IS NULL OR _verdict = 'duplicate_key')"
    )


def keep_apart(staged: Staged, *, table: str, verdicts: str, connection: Database) -> None:
    """Add the staged rows that do not stand to `rejects`, with the reason and, where it was kept, the record."""
    key = literal(staged.mapping.key)
    connection.execute(
        f"INSERT INTO rejects SELECT {literal(table)}, _source, _source_row, _column, _reason, _raw "
        f"FROM {staged.scan} WHERE _reason IS NOT NULL UNION ALL "
        f"SELECT {literal(table)}, _source, _source_row, {key}, _verdict, NULL FROM {verdicts} WHERE _verdict <> 'duplicate_key'"
    )


def write_open(staged: Staged, rows: str, path: Path, *, connection: Database, is_joined: bool = False) -> None:
    """Write the columns that are not case text of the SQL relation `rows`, people under pseudonyms.

    `is_joined` says that some columns come from other files than the staged one.
    """
    people = people_columns(staged)
    if people:
        # Where the rows come straight from one file, reading its few columns is quicker than joining them first.
        learn_people(people, f"({rows})" if is_joined else staged.scan, connection=connection)
    hidden = hidden_columns(staged)
    shown = [column for column in staged.columns if column not in hidden]
    columns = [f"{name(f'who:{c}')}.pseudonym AS {name(c)}" if c in people else f"rows.{name(c)}" for c in shown]
    joins = " ".join(
        f"LEFT JOIN people AS {name(f'who:{c}')} ON {name(f'who:{c}')}.who = rows.{name(c)}" for c in people
    )
    added = "rows.dq_flags, rows._source, rows._source_row"
    # Cases lie in the order of their opening: whoever asks for a period skips what lies outside of it.
    ordered = "ORDER BY rows.created_at, rows.case_id" if {"created_at", "case_id"}.issubset(shown) else ""
    copy(f"SELECT {', '.join(columns)}, {added} FROM ({rows}) AS rows {joins} {ordered}", path, connection=connection)


def write_text(staged: Staged, rows: str, path: Path, *, connection: Database) -> bool:
    """Write case text beside its keys to a file that only its owner reads; return whether there is any."""
    hidden = hidden_columns(staged)
    if not hidden:
        return False
    keys = [column for column in ("case_id", staged.mapping.key) if column in staged.columns]
    listed = ", ".join(name(column) for column in dict.fromkeys([*keys, *hidden]))
    some = " OR ".join(f"{name(column)} IS NOT NULL" for column in hidden)
    private(path)
    copy(f"SELECT {listed} FROM ({rows}) WHERE {some}", path, connection=connection)
    return True


def private(path: Path) -> None:
    """Make an empty file that only its owner reads, so that what is written later was never open to others."""
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, _PRIVATE))
    path.chmod(_PRIVATE)


def copy(query: str, path: Path, *, connection: Database) -> None:
    """Write the rows of an SQL query to a Parquet file."""
    connection.execute(f"COPY ({query}) TO {literal(str(path))} (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)")
