"""From raw tables to the Parquet files of one load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.cases.activities import summed_up, told_by
from tskit.cases.counts import told_apart
from tskit.cases.dates import LOOKED_AT
from tskit.cases.events import changes, last_rows, order_of_rows
from tskit.cases.history import OF_REOPENED, reopened
from tskit.cases.mapping import LOG_COLUMNS, map_columns
from tskit.cases.outputs import copy, keep_apart, private, standing, start_rejects, write_open, write_text
from tskit.cases.profile import SHEET
from tskit.cases.settle import settle
from tskit.cases.sheets import joined
from tskit.cases.sql import literal, name
from tskit.cases.staging import Staged, stage
from tskit.errors import DataError
from tskit.sources import release

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tskit.cases.profile import Profile
    from tskit.cases.sql import Database
    from tskit.sources import RawTable
    from tskit.sources.engine import Connection

__all__ = ["HISTORY", "Part", "Read", "build", "notes_of", "read_part"]

HISTORY = "history.parquet"
"""The closings and reopenings of cases that were ever reopened."""
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Part:
    """One location to read: cases, events, reviews or a joining sheet, and the profile that was asked for."""

    table: str
    location: str
    profile: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """A part that was opened: its rows as text, and the profile that maps them."""

    part: Part
    raw: RawTable
    profile: Profile


def read_part(read: Read, *, index: int, connection: Connection) -> Staged:
    """Return all rows of a part cast and judged.

    Raises:
        DataError: the profile does not fit, or the file changed while it was read.
    """
    view = f"raw_{index}"
    connection.create_view(view, read.raw.table, overwrite=True)
    database = connection.con

    def sample(text: str) -> Sequence[str]:
        rows = database.execute(f"SELECT v FROM (SELECT {text} AS v FROM {view} LIMIT {LOOKED_AT}) WHERE v IS NOT NULL")
        empty = {"", *read.profile.null}
        return [value for (value,) in rows.fetchall() if value.strip() not in empty]

    files = read.raw.parts
    mapping = map_columns(read.raw.header, read.profile, source=read.part.location, files=files, sample=sample)
    database.execute(f"SET TimeZone = {literal(read.profile.zone or 'UTC')}")
    staged = stage(view, mapping, into=f"staged_{index}", connection=database)
    database.execute("SET TimeZone = 'UTC'")
    lost = read.raw.read - staged.rows - read.raw.rejected.count().to_pyarrow().as_py()
    if lost:
        raise DataError(f"{read.part.location} changed while it was read ({abs(lost)} rows differ). Load it again.")
    release(read.raw, connection=connection)
    return staged


def build(reads: Sequence[Read], *, folder: Path, connection: Connection) -> None:
    """Write cases, events, reviews, case text and rejected rows of the parts into `folder`."""
    database = connection.con
    start_rejects(database)
    sheets: list[tuple[Staged, str]] = []
    parts = [(read, read_part(read, index=i, connection=connection)) for i, read in enumerate(reads)]
    # From here on order matters to nobody, and keeping it costs time and memory.
    database.execute("SET preserve_insertion_order = false")
    order = {SHEET: 0, "cases": 1, "events": 2, "reviews": 3, "milestones": 4}
    for read, staged in sorted(parts, key=lambda pair: order[read_table(pair[0])]):
        table = read_table(read)
        _keep_unreadable(read, table=table, connection=connection)
        verdicts = f"verdicts_{len(sheets)}" if table == SHEET else f"verdicts_{table}"
        _settle(staged, into=verdicts, connection=database)
        keep_apart(staged, table=table, verdicts=verdicts, connection=database)
        rows = standing(staged, verdicts=verdicts)
        if table == SHEET:
            sheets.append((staged, rows))
            continue
        if table == "cases":
            _write_cases(staged, rows, sheets, folder=folder, connection=database)
        else:
            _write_other(staged, rows, folder=folder, connection=database)
        # What is written need not fill the disk a second time while the next table is.
        database.execute(f"DROP TABLE {staged.scan}")
    private(folder / "rejected.parquet")
    copy("SELECT * FROM rejects", folder / "rejected.parquet", connection=database)
    _write_history(folder, connection=connection)
    for staged, _ in sheets:
        database.execute(f"DROP TABLE {staged.scan}")


def _write_history(folder: Path, *, connection: Connection) -> None:
    """Write what the log says of the cases that were ever reopened: a small part, which many metrics read."""
    path = folder / "events.parquet"
    if not path.exists():
        return
    events = connection.read_parquet(path)
    if set(events.columns).issuperset(OF_REOPENED[:3]):
        copy(str(reopened(events).compile()), folder / HISTORY, connection=connection.con)


def notes_of(read: Read) -> list[str]:
    """Return sentences on what was done with a part that a reader would not expect."""
    profile, found = read.profile, set(read.profile.columns_in(read.raw.header).values())
    notes = list(read.raw.notes)
    if profile.log:
        log = profile.log
        found |= {log.at, log.seq, log.actor, log.activity, log.transition}
        notes.append(_OF_ACTIVITIES if log.activity else _OF_STATES)
    found |= {
        profile.count,
        *profile.only,
        *profile.changes.values(),
        *(profile.case_id if isinstance(profile.case_id, tuple) else ()),
    }
    notes += [_of_counts(read)] if profile.count else []
    unread = [label for label in read.raw.header if label not in found]
    if unread:
        more = f" and {len(unread) - _SHOWN} more" if len(unread) > _SHOWN else ""
        notes.append(
            f"{read.part.location}: {len(unread)} of {len(read.raw.header)} columns have no place in the profile and "
            f"were not read: {', '.join(map(repr, unread[:_SHOWN]))}{more}."
        )
    lacking = [
        names[0] for canonical, names in profile.columns.items() if canonical not in profile.columns_in(read.raw.header)
    ]
    # A file that lacks most of them is one of another cut, and the missing columns are told anyway.
    if 0 < len(lacking) <= _SHOWN:
        notes.append(f"{read.part.location} lacks columns that the profile {profile.name} maps: {', '.join(lacking)}.")
    if profile.zone:
        notes.append(f"{read.part.location}: times without a zone were read as {profile.zone}.")
    return notes


def _of_counts(read: Read) -> str:
    only = " and ".join(f"{column!r} is {said!r}" for column, said in read.profile.only.items())
    where = f" where {only}" if only else ""
    return (
        f"{read.part.location} holds counts: each row{where} stands for so many cases that are alike in all that the row "
        "says. What it does not say is missing in each of them."
    )


_OF_STATES = "The log repeats final values on every row; each case takes them from its last row alone."
_OF_ACTIVITIES = (
    "Each row of the log is something that happened: a case is opened by its first row and closed by its last closing, "
    "and its other columns are the last that the log tells of it."
)


def read_table(read: Read) -> str:
    """Return the table that a part fills, or `sheet`."""
    return read.profile.table


def _keep_unreadable(read: Read, *, table: str, connection: Connection) -> None:
    connection.create_view("unreadable", read.raw.rejected, overwrite=True)
    connection.con.execute(
        f'INSERT INTO rejects SELECT {literal(table)}, _source, _source_row, "column", reason, raw FROM unreadable'
    )


def _settle(staged: Staged, *, into: str, connection: Database) -> None:
    log = staged.mapping.profile.log
    key = ("case_id", "occurred_at") if log else _key(staged)
    settle(staged, key=key, into=into, connection=connection)
    if log:
        # Two different rows at one time are two changes, not two states of one row.
        connection.execute(f"DELETE FROM {into} WHERE _verdict <> 'exact_duplicate'")


def _key(staged: Staged) -> tuple[str, ...]:
    """Return the columns that tell a table's rows apart."""
    if staged.mapping.table.name == "reviews":
        return tuple(c for c in ("item_id", "rater_id", "round", "rated_at") if c in staged.columns)
    if staged.mapping.key in staged.columns:
        return (staged.mapping.key,)
    return tuple(c for c in ("case_id", "occurred_at", "event_type", "seq", "field") if c in staged.columns)


def _write_cases(
    staged: Staged,
    rows: str,
    sheets: Sequence[tuple[Staged, str]],
    *,
    folder: Path,
    connection: Database,
) -> None:
    mapping = staged.mapping
    if mapping.profile.log:
        write_open(
            _only(staged, _EVENT_COLUMNS), changes(rows, mapping), folder / "events.parquet", connection=connection
        )
        if mapping.profile.log.activity:
            rows, told = summed_up(rows, staged, order=order_of_rows(mapping)), told_by(staged)
        else:
            rows, told = last_rows(rows, mapping), staged.columns
        staged = _only(staged, tuple(column for column in told if column not in LOG_COLUMNS))
    if mapping.profile.count:
        staged, rows = told_apart(staged, rows, connection=connection)
    if sheets:
        staged, rows = joined(staged, rows, sheets, connection=connection)
    write_open(staged, rows, folder / "cases.parquet", connection=connection, is_joined=bool(sheets))
    write_text(staged, rows, folder / "text.parquet", connection=connection)


_EVENT_COLUMNS = (
    "event_id", "case_id", "event_type", "occurred_at", "seq", "actor_id", "from_queue", "to_queue", "field",
    "is_paired_id_row",
)  # fmt: skip


def _only(staged: Staged, columns: tuple[str, ...]) -> Staged:
    return Staged(staged.scan, staged.mapping, columns, staged.rows)


def _write_other(staged: Staged, rows: str, *, folder: Path, connection: Database) -> None:
    table = staged.mapping.table.name
    if table in ("events", "milestones"):
        known = f"SELECT case_id FROM read_parquet({literal(str(folder / 'cases.parquet'))})"
        connection.execute(
            f"INSERT INTO rejects SELECT {literal(table)}, _source, _source_row, 'case_id', 'no_such_case', NULL "
            f"FROM ({rows}) AS rows ANTI JOIN ({known}) AS known USING (case_id)"
        )
        rows = f"SELECT rows.* FROM ({rows}) AS rows SEMI JOIN ({known}) AS known USING (case_id)"
    if table == "events":
        staged, rows = _completed(staged, rows)
        write_open(staged, rows, folder / "events.parquet", connection=connection)
        write_text(staged, rows, folder / "event_text.parquet", connection=connection)
        return
    write_open(staged, rows, folder / f"{table}.parquet", connection=connection)


def _completed(staged: Staged, rows: str) -> tuple[Staged, str]:
    """Return events with the required columns that can be worked out where the source lacks them."""
    parts = ", ".join(name(c) for c in ("case_id", "event_type", "occurred_at", "seq", "field") if c in staged.columns)
    ways = {
        "event_id": f"left(sha256(concat_ws('|', {parts})), 24)",
        "seq": "_source_row",
        "is_paired_id_row": "false",
    }
    more = {column: text for column, text in ways.items() if column not in staged.columns}
    listed = "".join(f", {text} AS {name(column)}" for column, text in more.items())
    return _only(staged, (*staged.columns, *more)), f"SELECT *{listed} FROM ({rows})"
