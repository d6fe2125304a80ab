"""What a delivery brings that the store does not hold yet: an overlap that was fetched again is no news."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import duckdb

from tskit.errors import SourceError
from tskit.sources.engine import connect, identifier, literal
from tskit.sources.raw import SOURCE, SOURCE_ROW
from tskit.sources.store.durable import FILE_MODE, sync_file, sync_folder
from tskit.sources.store.journal import Chunk
from tskit.sources.store.sealed import Brought
from tskit.sources.store.standing import delivered_rows, header_of, keep_losers, scan
from tskit.sources.survey import digest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tskit.sources.engine import Connection
    from tskit.sources.store.stored import Stored

__all__ = ["Arrival", "is_new", "news"]

_KEPT = "kept.parquet"
_DELETED = "deleted-kept.parquet"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A table that was received whole into `folder`, beside what earlier deliveries hold of it (None at the first time).

    `watermark` is the column of that name, by which most of what is held need not be read; it may be empty.
    """

    folder: Path
    table: str
    brought: Brought
    held: Stored | None
    now: Stored = field(repr=False)
    watermark: str = ""


def is_new(arrival: Arrival, found: Brought) -> bool:
    """Return whether what is left of an arrival tells anything that the store does not say already."""
    return arrival.held is None or bool(found.chunks) or found.deletes is not None


def news(arrival: Arrival, *, spill: Path) -> Brought:
    """Return what is new of an arrival; rows that are left of a chunk are written into the delivery's folder.

    Rows of a table that came whole are all new, or none where the store holds just these.

    Raises:
        SourceError: the disk is full, or a chunk is damaged.
    """
    brought, held = arrival.brought, arrival.held
    if held is None or not (brought.chunks or brought.deletes):
        return brought
    if arrival.now.are_files or held.are_files:
        return _new_files(brought, held)
    connection = connect(spill)
    try:
        return _new_rows(arrival, held, connection=connection.con)
    except duckdb.Error as error:  # the engine's own text may quote a row
        raise SourceError(
            f"What came of {arrival.table} could not be held against what {held.store} has ({type(error).__name__}): the disk "
            "may be full, or a chunk is damaged. What was received is kept, and the next sync goes on from there."
        ) from None
    finally:
        connection.disconnect()


def _new_files(brought: Brought, held: Stored) -> Brought:
    known = {chunk.sha256 for _, chunk in held.chunks()}
    fresh = tuple(chunk for chunk in brought.chunks if chunk.sha256 not in known)
    if not brought.is_whole:
        return _with(brought, fresh, brought.deletes)
    is_same = not fresh and len(brought.chunks) == len(held.chunks())
    return _with(brought, () if is_same else brought.chunks, brought.deletes)


def _new_rows(arrival: Arrival, held: Stored, *, connection: Connection) -> Brought:
    brought = arrival.brought
    if brought.is_whole:
        is_same = bool(brought.chunks) and _content(arrival.now, connection) == _content(held, connection)
        return _with(brought, () if is_same else brought.chunks, brought.deletes)
    chunks = _kept(arrival, held, connection=connection) if brought.chunks else ()
    return _with(brought, chunks, _still_there(arrival, held, connection=connection))


def _with(brought: Brought, chunks: Sequence[Chunk], deletes: Chunk | None) -> Brought:
    is_whole = brought.is_whole and bool(chunks)
    return Brought(tuple(chunks), is_whole, brought.watermark, brought.key, deletes)


def _content(stored: Stored, connection: Connection) -> tuple[object, ...]:
    """Return what is the same for the same standing rows, in whatever order: columns, number, and the sum of hashes."""
    if not stored.chunks():
        return ()
    columns = sorted(header_of(stored, connection=connection))
    listed = ", ".join(map(identifier, columns))
    rows = delivered_rows(stored)
    if stored.key:
        rows = f"{_all(rows)} anti join {keep_losers(stored, connection=connection)} using ({SOURCE}, {SOURCE_ROW})"
    found = connection.execute(f"select count(*), sum(hash({listed})::hugeint) from ({rows})").fetchone()
    return (tuple(columns), *found)


def _all(rows: str) -> str:
    return f"select * from ({rows})"


def _kept(arrival: Arrival, held: Stored, *, connection: Connection) -> tuple[Chunk, ...]:
    """Return the chunks without the rows that stand in the store just so; the same chunks where there are none."""
    columns = header_of(arrival.now, connection=connection)
    known = header_of(held, connection=connection) if held.chunks() else ()
    if sorted(columns) != sorted(known):
        return arrival.brought.chunks  # with another column every row says something new
    connection.execute(f"create temp table now as {delivered_rows(arrival.now)}")
    connection.execute(f"create temp table same as {_same(arrival, held, columns, connection=connection)}")
    if arrival.now.key:
        # Of a key that came in several states the last one stands, and must not go for being the one that stood before.
        key, place = identifier(arrival.now.key), f"{SOURCE}, {SOURCE_ROW}"
        moved = f"select {key} from now anti join same using ({place}) where {key} is not null"
        connection.execute(f"delete from same where ({place}) in (select ({place}) from now where {key} in ({moved}))")
    ((repeated,),) = connection.execute("select count(*) from same").fetchall()
    if not repeated:
        return arrival.brought.chunks
    listed = ", ".join(map(identifier, columns))
    query = f"select {listed} from now anti join same using ({SOURCE}, {SOURCE_ROW}) order by now.{SOURCE_ROW}"
    return _written(query, arrival, _KEPT, connection=connection)


def _same(arrival: Arrival, held: Stored, columns: Sequence[str], *, connection: Connection) -> str:
    """Return SQL for the places of rows of `now` that the store holds as they are, and as the last of their key."""
    earlier, before = delivered_rows(held), ""
    narrow: list[str] = []
    if arrival.watermark in columns:
        column = identifier(arrival.watermark)
        ((least,),) = connection.execute(f"select min({column}) from now where {column} <> ''").fetchall()
        # Text of one writing sorts as it is; a row that this leaves out is kept twice and superseded, never lost.
        narrow += [f"{column} >= {literal(least)}"] if least is not None else []
    if arrival.now.key and arrival.now.key == held.key:
        before = f"anti join {keep_losers(held, connection=connection)} as lost using ({SOURCE}, {SOURCE_ROW})"
        narrow.append(f"{identifier(held.key)} in (select {identifier(held.key)} from now)")
    where = f"where {' and '.join(narrow)}" if narrow else ""
    fields = ", ".join(f"{identifier(column)} := {identifier(column)}" for column in columns)
    rows = f"select distinct struct_pack({fields}) as row from ({earlier}) as earlier {before} {where}"
    return (
        f"select {SOURCE}, {SOURCE_ROW} from (select {SOURCE}, {SOURCE_ROW}, struct_pack({fields}) as row from now) as now "
        f"semi join ({rows}) as rows on now.row is not distinct from rows.row"
    )


def _still_there(arrival: Arrival, held: Stored, *, connection: Connection) -> Chunk | None:
    """Return those of the deleted keys that stand until now: others were never here, or are known to be gone."""
    deletes = arrival.brought.deletes
    if deletes is None or not held.chunks():
        return deletes
    key = identifier(arrival.brought.key)
    if arrival.brought.key not in header_of(held, connection=connection):
        return deletes
    lost = keep_losers(held, connection=connection) if held.key == arrival.brought.key else ""
    without = f"anti join {lost} using ({SOURCE}, {SOURCE_ROW})" if lost else ""
    here = f"select {key} from ({delivered_rows(held)}) {without}"
    if arrival.brought.chunks:
        here += f" union all select {key} from ({delivered_rows(arrival.now)})"
    told = scan([arrival.folder / deletes.file])
    query = f"select {key} from {told} where {key} in ({here}) order by 1"
    kept = _written(query, arrival, _DELETED, connection=connection)
    return kept[0] if kept else None


def _written(query: str, arrival: Arrival, name: str, *, connection: Connection) -> tuple[Chunk, ...]:
    path = arrival.folder / arrival.table / name
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, FILE_MODE))
    place = literal(str(path))
    connection.execute(f"copy ({query}) to {place} (format parquet, compression zstd, use_tmp_file false)")
    ((rows,),) = connection.execute(f"select count(*) from {scan([path])}").fetchall()
    if not rows:
        path.unlink()
        return ()
    sync_file(path)
    sync_folder(path.parent)
    return (Chunk(f"{arrival.table}/{name}", digest(path), path.stat().st_size, rows),)
