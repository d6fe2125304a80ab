"""Stored tables as raw tables: the rows that stand, the others kept apart with the reason, and what was read."""

from __future__ import annotations

import uuid
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.model import InputFile
from tskit.sources.engine import identifier
from tskit.sources.raw import SOURCE, SOURCE_ROW, RawTable
from tskit.sources.store.standing import delivered_rows, header_of, keep_losers
from tskit.sources.store.stored import Stored, tables
from tskit.sources.survey import digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tskit.sources.engine import Connection
    from tskit.sources.store.journal import Chunk
    from tskit.sources.store.sealed import Sealed

__all__ = ["inputs_of", "notes_of", "open_store", "read_stored", "require_whole"]

_NONE: Mapping[Path, str] = MappingProxyType({})


def open_store(store: Path, *, connection: Connection, snapshot: int | None = None) -> Mapping[str, RawTable]:
    """Return the tables of a snapshot by name, the newest by default: one standing row a key where one was named.

    Raises:
        SourceError: there is no such snapshot, or one of its files is damaged.
    """
    found = tables(store, snapshot=snapshot)
    return {name: read_stored(stored, connection=connection) for name, stored in found.items()}


def read_stored(stored: Stored, *, connection: Connection, digests: Mapping[Path, str] = _NONE) -> RawTable:
    """Return a stored table of rows; `digests` holds the SHA-256 of files that are known already, by path.

    Rows that a later delivery replaced are `superseded`, those that the source deleted `deleted_at_source`; where no
    key was named, whoever reads has to tell which row stands.

    Raises:
        SourceError: one of its files is missing or damaged.
    """
    require_whole(stored, digests=digests)
    con, name = connection.con, f"raw_{uuid.uuid4().hex}"
    header = header_of(stored, connection=con)
    rows, lost = delivered_rows(stored), ""
    if stored.key:
        lost = keep_losers(stored, connection=con)
        rows = f"select * from ({rows}) anti join {lost} using ({SOURCE}, {SOURCE_ROW})"
    listed = ", ".join(map(identifier, header))
    con.execute(f"create view {name} as select {listed}, {SOURCE}, {SOURCE_ROW} from ({rows})")
    con.execute(f"create table {name}_rejected as {_rejected(lost)}")
    return RawTable(
        table=connection.table(name),
        rejected=connection.table(f"{name}_rejected"),
        read=sum(chunk.rows for _, chunk in stored.chunks()),
        header=header,
        inputs=inputs_of(stored),
        notes=notes_of(stored),
        held=(lost,) if lost else (),
        parts=len({one.number for one, _ in stored.chunks()}),
    )


def require_whole(stored: Stored, *, digests: Mapping[Path, str] = _NONE) -> None:
    """Refuse a stored table of which a file is not what was sealed.

    Raises:
        SourceError: one of its files is missing or damaged.
    """
    for path, chunk in _files(stored):
        found = digests.get(path) or (digest(path) if path.is_file() else "")
        if found != chunk.sha256:
            raise SourceError(
                f"{path} is {'not what was sealed' if found else 'missing'}, so this snapshot cannot be read. Restore it from "
                "a backup of the casebook."
            )


def inputs_of(stored: Stored) -> tuple[InputFile, ...]:
    """Return what a load of a stored table read, as a manifest names it: the snapshot, with the hash of all its chunks."""
    name = f"{stored.store}@{stored.snapshot}"
    if stored.are_files:
        found = stored.chunks()
        return tuple(InputFile(f"{name}/{_label(one, c)}", c.sha256, c.bytes, c.rows) for one, c in found)
    chunks = [chunk for _, chunk in _files(stored)]
    whole = sha256("".join(chunk.sha256 for chunk in chunks).encode()).hexdigest()
    size, rows = (sum(getattr(chunk, field) for chunk in chunks) for field in ("bytes", "rows"))
    return (InputFile(f"{name}/{stored.table}", whole, size, rows),)


def notes_of(stored: Stored) -> tuple[str, ...]:
    """Return what a reader must know: which snapshot it is, and what the extractor said."""
    told = stored.sealed_at.strftime("%Y-%m-%d %H:%M UTC")
    # Cases that are assembled from a dozen objects say it once.
    table = f": {stored.table}" if stored.table.islower() else ""
    head = f"{stored.store}{table} as of snapshot {stored.snapshot}, sealed {told}."
    return (head, *dict.fromkeys(note for one, _ in stored.brought for note in one.notes))


def _label(one: Sealed, chunk: Chunk) -> str:
    return f"{one.folder.name}/{chunk.name}"


def _files(stored: Stored) -> Iterator[tuple[Path, Chunk]]:
    for one, chunk in (*stored.chunks(), *stored.deletes()):
        yield one.folder / chunk.file, chunk


def _rejected(lost: str) -> str:
    if not lost:
        return (
            f"select ''::varchar as {SOURCE}, 0::bigint as {SOURCE_ROW}, null::varchar as \"column\", "
            "''::varchar as reason, null::varchar as raw where false"
        )
    return f'select {SOURCE}, {SOURCE_ROW}, "column", reason, null::varchar as raw from {lost}'
