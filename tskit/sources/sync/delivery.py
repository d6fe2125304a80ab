"""A delivery under way: rows of a source that come in chunk by chunk, and what a cut one goes on from."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from tskit.errors import SourceError
from tskit.sources.sync.durable import in_words, make_folder, only_one, sync_folder, write_file
from tskit.sources.sync.journal import JOURNAL, Chunk, Journal, Received
from tskit.sources.sync.sealed import NOTE, PARTIAL, Brought, Sealed, folder_of, sealed, write_sealed
from tskit.sources.sync.shape import Shape, shape_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from tskit.model import Source

__all__ = ["Delivery", "Rows", "begin"]

Rows: TypeAlias = Any
"""A `pyarrow.Table`, which is not typed."""
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LOCK = ".lock"
_DELETED = "deleted"


@dataclass(slots=True)
class Delivery:
    """A delivery that goes on; the process that holds it holds the store's lock, so there is one at a time.

    Tables are named by what they fill (`cases`, `events`, `reviews`), objects of Salesforce by their API name. An
    extractor asks `is_finished`, `since` and `mark`, puts chunks, and finishes each table; the caller seals.
    """

    store: Path
    folder: Path
    number: int
    shape: Shape
    started: datetime
    now: datetime
    before: tuple[Sealed, ...] = field(repr=False)
    journal: Journal = field(repr=False)
    received: dict[str, Received] = field(repr=False)
    lock: int = field(repr=False)

    def since(self, table: str) -> str:
        """Return the watermark that the last sealed delivery of the table reached; empty asks for the whole table.

        It is empty for another query, address or watermark column than last time as well: what was received so far says
        nothing about that one.
        """
        last = self._last(table)
        return last.watermark if last else ""

    def mark(self, table: str) -> str:
        """Return where a cut delivery goes on: the mark of the table's last durable chunk, empty for none."""
        return self.received[table].mark if table in self.received else ""

    def is_finished(self, table: str) -> bool:
        """Return whether the table was received whole before the delivery was cut."""
        return table in self.received and self.received[table].is_finished

    def rows(self, table: str) -> int:
        """Return how many rows of the table this delivery received so far, before a cut as well."""
        return sum(chunk.rows for chunk in self.received[table].chunks) if table in self.received else 0

    def put(self, table: str, rows: Rows, *, mark: str) -> None:
        """Keep a chunk of rows, every column text as the source wrote it; it is durable when this returns.

        `mark` says where to go on after it. A table without a row is put once all the same, which keeps its columns.

        Raises:
            SourceError: the disk is full or refuses; chunks before this one are kept.
        """
        body = _packed(_as_text(rows))
        with in_words(str(self.store)):
            chunk = self._write(table, body, rows=rows.num_rows)
            self.journal.add("chunk", table=table, chunk=asdict(chunk), mark=mark)
        found = self.received.setdefault(table, Received())
        found.chunks.append(chunk)
        found.mark = mark

    def finish(self, table: str, *, watermark: str, deleted: Sequence[str] = (), key: str = "") -> None:
        """Keep in mind that the table was received whole, up to `watermark`; an empty one asks for all again next time.

        `key` names the column that tells rows apart; a row of a later delivery then stands for an earlier one of its
        key. `deleted` holds keys of rows that are gone at the source.

        Raises:
            SourceError: the disk is full or refuses; chunks are kept.
        """
        if deleted and not key:
            raise ValueError(f"Rows of {table} were deleted by a key that has no name.")
        found = self.received.setdefault(table, Received())
        with in_words(str(self.store)):
            deletes = self._write_deleted(table, deleted, key=key) if deleted else None
            told = {"watermark": watermark, "key": key, "deletes": asdict(deletes) if deletes else None}
            self.journal.add("finish", table=table, **told)
        found.is_finished, found.watermark, found.key, found.deletes = True, watermark, key, deletes

    def seal(self, *, at: datetime | None = None) -> int:
        """Make a snapshot of what was received and return its number; `at` is the moment, that of the begin by default.

        Raises:
            SourceError: the disk is full or refuses; the delivery can still be sealed.
        """
        unfinished = [table for table, found in self.received.items() if not found.is_finished]
        if unfinished:
            raise ValueError(f"These tables were not finished: {', '.join(unfinished)}.")
        tables = {table: self._brought(table, found) for table, found in self.received.items()}
        source = self.shape.told
        one = Sealed(self.folder, self.number, self.started, at or self.now, self.shape.digest, source, tables)
        with in_words(str(self.store)):
            write_sealed(one)
            _settle(self.folder)
        return self.number

    def close(self) -> None:
        """Let go of the store; an unsealed delivery stays for the next sync to go on with."""
        self.journal.close()
        os.close(self.lock)

    def __enter__(self) -> Self:
        """Return the delivery."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of the store."""
        self.close()

    def _last(self, table: str) -> Brought | None:
        if not self.before or self.before[-1].shape != self.shape.digest:
            return None
        return next((one.tables[table] for one in reversed(self.before) if table in one.tables), None)

    def _brought(self, table: str, found: Received) -> Brought:
        is_whole = not self.since(table)
        return Brought(tuple(found.chunks), is_whole, found.watermark, found.key, found.deletes)

    def _write(self, table: str, body: bytes, *, rows: int) -> Chunk:
        number = len(self.received[table].chunks) if table in self.received else 0
        return self._keep(table, f"{number:05d}.parquet", body, rows=rows)

    def _write_deleted(self, table: str, deleted: Sequence[str], *, key: str) -> Chunk:
        keys = pa.table({key: pa.array(sorted(set(deleted)), pa.string())})
        return self._keep(table, f"{_DELETED}.parquet", _packed(keys), rows=keys.num_rows)

    def _keep(self, table: str, name: str, body: bytes, *, rows: int) -> Chunk:
        if not _NAME.fullmatch(table):
            raise ValueError(f"A table of a store is called by letters, digits and _: {table!r}.")
        folder = self.folder / table
        if not folder.is_dir():
            make_folder(folder)
        write_file(folder / name, body)
        return Chunk(f"{table}/{name}", sha256(body).hexdigest(), len(body), rows)


def begin(folder: Path, *, source: Source, now: datetime) -> Delivery:
    """Return a new delivery into the store `folder` of a source, or the one that was cut; no other process has it.

    The folder is `sources/NAME` of a casebook. A delivery that was cut under another query or address is dropped.

    Raises:
        SourceError: another sync of this source is under way, or the folder cannot be written.
    """
    with in_words(str(folder)):
        make_folder(folder)
        _ignore_in_git(folder)
        lock = only_one(folder / _LOCK)
        if lock is None:
            raise SourceError(
                f"Another sync of {source.name} is under way. Wait for its end, then start this one again."
            )
        try:
            return _begun(folder, lock, shape=shape_of(source, root=folder.parent.parent), now=now)
        except BaseException:
            os.close(lock)
            raise


def _begun(folder: Path, lock: int, *, shape: Shape, now: datetime) -> Delivery:
    for left in folder.glob(f"*{PARTIAL}"):
        if (left / NOTE).exists():
            _settle(left)  # it was sealed, and cut before it got its name
    before = sealed(folder)
    number = before[-1].number + 1 if before else 1
    place = folder_of(folder, number).with_suffix(PARTIAL)
    journal = _journal(place, shape=shape, now=now)
    started = datetime.fromisoformat(journal.lines[0]["at"])
    return Delivery(folder, place, number, shape, started, now, before, journal, journal.received(), lock)


def _journal(place: Path, *, shape: Shape, now: datetime) -> Journal:
    """Return the journal of the cut delivery in a folder, or of a new one where it asked for something else."""
    if place.exists():
        journal = Journal.of(place)
        if journal.lines and journal.lines[0]["shape"] == shape.digest:
            return journal
        journal.close()
        shutil.rmtree(place)
    make_folder(place)
    journal = Journal.of(place)
    journal.add("begin", shape=shape.digest, at=now.isoformat())
    return journal


def _settle(place: Path) -> None:
    """Give a sealed delivery its name."""
    (place / JOURNAL).unlink(missing_ok=True)
    place.rename(place.with_suffix(""))
    sync_folder(place.parent)


def _ignore_in_git(folder: Path) -> None:
    note = folder / ".gitignore"
    if not note.exists():
        write_file(note, b"*\n")


def _as_text(rows: Rows) -> Rows:
    """Return the table with plain strings; other kinds would lose how the source wrote them."""
    others = [field.name for field in rows.schema if not (_is_text(field.type) or pa.types.is_null(field.type))]
    if others:
        raise ValueError(f"Rows are kept as text, but these columns are none: {', '.join(others)}.")
    return rows.cast(pa.schema([(name, pa.string()) for name in rows.column_names]))


def _is_text(kind: object) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)


def _packed(rows: Rows) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd")
    return sink.getvalue().to_pybytes()
