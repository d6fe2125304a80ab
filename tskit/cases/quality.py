"""The account of a load, and what a reader must know about the data before the figures."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tskit.cases.coverage import coverage_notes
from tskit.cases.profile import SHEET
from tskit.cases.sql import literal, name
from tskit.model import CASES, EVENTS, Kind, Quality, TableAccount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tskit.cases.sql import Database

__all__ = ["account_of", "as_of", "capitals_note"]

_TABLES = ("cases", "events", "reviews", "milestones")
_PROMISES = ("sla_target_at", "restriction_end_at")
"""Times that may lie ahead of the export."""


def account_of(folder: Path, *, read: Mapping[str, int], notes: Sequence[str], connection: Database) -> Quality:
    """Return the account of the load in `folder`; `read` says how many records each table's files held."""
    rejects = _scan(folder / "rejected.parquet")
    reasons = _counts(f"SELECT reason, count(*) FROM {rejects} GROUP BY 1 ORDER BY 2 DESC, 1", connection)
    marks = {table: _flags(folder / f"{table}.parquet", connection) for table in _TABLES}
    tables = _tables(read, {table: flagged for table, (flagged, _) in marks.items()}, rejects, connection=connection)
    flags = Counter[str]()
    for _, found in marks.values():
        flags.update(found)
    cases = _scan(folder / "cases.parquet")
    blank = _blank(cases, connection)
    total = connection.execute(f"SELECT count(*) FROM {cases}").fetchone()[0]
    text = folder / "text.parquet"
    # Case text is kept apart, which is not the same as missing.
    hidden = _columns(_scan(text), connection) if text.exists() else ()
    return Quality(
        sum(part.read for part in tables.values()),
        sum(part.kept for part in tables.values()),
        sum(part.rejected for part in tables.values()),
        sum(part.flagged for part in tables.values()),
        total,
        reasons,
        dict(flags.most_common()),
        tuple(column for column in CASES.names if column not in blank and column not in hidden),
        blank,
        (*notes, *_coverage(cases, notes, connection=connection)),
        tables,
    )


def _tables(
    read: Mapping[str, int], flagged: Mapping[str, int], rejects: str, *, connection: Database
) -> dict[str, TableAccount]:
    """Return the account of each table that was read; the marks of a log's events count with its cases."""
    rejected = _counts(f'SELECT "table", count(*) FROM {rejects} GROUP BY 1', connection)
    found: dict[str, TableAccount] = {}
    for table in (*_TABLES, SHEET):
        if table in read:
            apart = rejected.get(table, 0)
            label = "sheets" if table == SHEET else table
            found[label] = TableAccount(read[table], read[table] - apart, apart, flagged.get(table, 0))
    return found


def _coverage(cases: str, notes: Sequence[str], *, connection: Database) -> tuple[str, ...]:
    if "created_at" not in _columns(cases, connection):
        return ()
    return coverage_notes(
        cases, is_cap_told=any("Rows may be missing" in note for note in notes), connection=connection
    )


def _counts(query: str, connection: Database) -> dict[str, int]:
    return dict(connection.execute(query).fetchall())


def _columns(scan: str, connection: Database) -> tuple[str, ...]:
    return tuple(row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall())


def _scan(path: Path) -> str:
    return f"read_parquet({literal(str(path))})"


def _flags(path: Path, connection: Database) -> tuple[int, dict[str, int]]:
    """Return how many rows of a table carry a flag, and how many each one."""
    if not path.exists():
        return 0, {}
    some = f"SELECT dq_flags FROM {_scan(path)} WHERE len(dq_flags) > 0"
    flagged = connection.execute(f"SELECT count(*) FROM ({some})").fetchone()[0]
    each = f"SELECT flag, count(*) FROM (SELECT unnest(dq_flags) AS flag FROM ({some})) GROUP BY 1 ORDER BY 2 DESC, 1"
    return flagged, _counts(each, connection)


def _blank(scan: str, connection: Database) -> dict[str, float]:
    columns = [column for column in _columns(scan, connection) if column in CASES]
    counts = ", ".join(f"count({name(column)})" for column in columns)
    total, *filled = connection.execute(f"SELECT count(*), {counts} FROM {scan}").fetchone()
    return {column: 1 - n / total if total else 1.0 for column, n in zip(columns, filled, strict=True)}


def capitals_note(folder: Path, *, connection: Database) -> tuple[str, ...]:
    """Return a sentence where case ids differ in nothing but capitals, as when a tool changed them on the way."""
    cases = _scan(folder / "cases.parquet")
    same = f"SELECT count(*) AS n FROM {cases} GROUP BY lower(case_id) HAVING count(*) > 1"
    count = connection.execute(f"SELECT coalesce(sum(n), 0) FROM ({same})").fetchone()[0]
    if not count:
        return ()
    note = (
        f"{int(count):,} case ids differ from another one in nothing but capitals. A spreadsheet takes them for the same, "
        "and a tool that changes capitals makes two cases of one: check where these ids come from."
    )
    return (note,)


def as_of(folder: Path, *, connection: Database) -> datetime | None:
    """Return the last instant that the data knows of, or None where no time is known."""
    latest: list[datetime] = []
    for table, columns in (("cases", CASES.columns), ("events", EVENTS.columns)):
        path = folder / f"{table}.parquet"
        if not path.exists():
            continue
        present = _columns(_scan(path), connection)
        times = [c.name for c in columns if c.kind is Kind.TIME and c.name in present and c.name not in _PROMISES]
        if times:
            most = ", ".join(f"max(epoch_us({name(column)}))" for column in times)
            found = connection.execute(f"SELECT {most} FROM {_scan(path)}").fetchone()
            latest += [datetime.fromtimestamp(us / 1e6, tz=UTC) for us in found if us is not None]
    return max(latest, default=None)
