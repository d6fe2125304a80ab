"""A delivery under way: rows of a source that come in chunk by chunk, and what a cut one goes on from."""

from __future__ import annotations

import os
import re
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from tskit.errors import SourceError
from tskit.sources.store.durable import copy_file, in_words, make_folder, write_file
from tskit.sources.store.journal import Chunk, Received
from tskit.sources.store.news import Arrival, is_new, news
from tskit.sources.store.packing import as_text, packed
from tskit.sources.store.sealed import Brought, Sealed, drop, settle, write_sealed
from tskit.sources.store.stored import Stored, chain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from tskit.sources.store.journal import Journal
    from tskit.sources.store.packing import Rows
    from tskit.sources.store.shape import Shape

__all__ = ["Delivery"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_SPILL = "spill"


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
    lock: int = field(repr=False)
    tables: dict[str, Received] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Take up what was received before a cut."""
        self.tables = self.journal.received()

    def since(self, table: str) -> str:
        """Return the watermark that the last sealed delivery of the table reached; empty asks for the whole table.

        It is empty for another query, address or watermark column than last time as well: what was received so far says
        nothing about that one.
        """
        last = next((one for one in reversed(self.before) if table in one.tables), None)
        return last.tables[table].watermark if last and last.shape == self.shape.digest else ""

    def mark(self, table: str) -> str:
        """Return where a cut delivery goes on: the mark of the table's last durable chunk, empty for none."""
        return self.tables[table].mark if table in self.tables else ""

    def is_finished(self, table: str) -> bool:
        """Return whether the table was received whole before the delivery was cut."""
        return table in self.tables and self.tables[table].is_finished

    def rows(self, table: str) -> int:
        """Return how many rows of the table this delivery received so far, before a cut as well."""
        return sum(chunk.rows for chunk in self._chunks(table))

    def received(self, table: str) -> tuple[Path, ...]:
        """Return the durable chunks of the table in this delivery, the first one first."""
        return tuple(self.folder / chunk.file for chunk in self._chunks(table))

    def earlier(self, table: str) -> tuple[Path, ...]:
        """Return the chunks that sealed deliveries hold of the table, the oldest first, since it last came whole."""
        held = chain(self.before, table)
        return tuple(one.folder / chunk.file for one, chunk in held.chunks()) if held else ()

    def digests(self, table: str, *, is_held: bool) -> frozenset[str]:
        """Return the SHA-256 of the chunks of the table that sealed deliveries hold, or that this one received."""
        if not is_held:
            return frozenset(chunk.sha256 for chunk in self._chunks(table))
        held = chain(self.before, table)
        return frozenset(chunk.sha256 for _, chunk in held.chunks()) if held else frozenset()

    def put(self, table: str, rows: Rows, *, mark: str) -> None:
        """Keep a chunk of rows, every column text as the source wrote it; it is durable when this returns.

        `mark` says where to go on after it. A table without a row is put once all the same, which keeps its columns.
        Where a key comes twice in a delivery, the later row stands.

        Raises:
            SourceError: the disk is full or refuses, or a column's name cannot be kept; chunks before this one are kept.
        """
        body = packed(as_text(rows, table=table))
        path = self._place(table, f"{len(self._chunks(table)):05d}.parquet")
        with in_words(str(self.store)):
            write_file(path, body)
            chunk = Chunk(f"{table}/{path.name}", sha256(body).hexdigest(), len(body), rows.num_rows)
            self._count(table, chunk, mark=mark)

    def put_file(self, table: str, path: Path, *, sha256: str) -> None:
        """Keep a file as it was found, whose content has this SHA-256; it is durable when this returns.

        Raises:
            SourceError: the file changes while it is copied, or the disk is full or refuses; files before it are kept.
        """
        # Each in a folder of its own: names tell what a file is, and two deliveries of one name are two files.
        place = self._place(table, f"{len(self._chunks(table)):05d}") / path.name
        with in_words(str(self.store)):
            make_folder(place.parent)
            digest, size = copy_file(path, place)
            if digest != sha256:
                place.unlink()
                raise SourceError(f"{path} changes while it is read. Sync again once it is whole.")
            name = f"{table}/{place.parent.name}/{path.name}"
            self._count(table, Chunk(name, digest, size, 0, path.name), mark=path.name)

    def restart(self, table: str) -> None:
        """Forget what this delivery received of a table that cannot go on after a cut.

        Raises:
            SourceError: the disk is full or refuses.
        """
        with in_words(str(self.store)):
            self.journal.add("restart", table=table)
        self.tables.pop(table, None)

    def note(self, text: str) -> None:
        """Keep a sentence for the account of every load that reads the delivery; it holds no value of a row.

        Raises:
            SourceError: the disk is full or refuses.
        """
        with in_words(str(self.store)):
            self.journal.add("note", text=text)

    def finish(self, table: str, *, watermark: str, deleted: Sequence[str] = (), key: str = "") -> None:
        """Keep in mind that the table was received whole, up to `watermark`; an empty one asks for all again next time.

        `key` names the column that tells rows apart; a row of a later delivery then stands for an earlier one of its
        key. `deleted` holds keys of rows that are gone at the source. A table that nothing was put of has no news.

        Raises:
            SourceError: the disk is full or refuses; chunks are kept.
        """
        if deleted and not key:
            raise ValueError(f"Rows of {table} were deleted by a key that has no name.")
        with in_words(str(self.store)):
            deletes = self._write_deleted(table, deleted, key=key) if deleted else None
            told = {"watermark": watermark, "key": key, "deletes": asdict(deletes) if deletes else None}
            self.journal.add("finish", table=table, **told)
        found = self.tables.setdefault(table, Received())
        found.is_finished, found.watermark, found.key, found.deletes = True, watermark, key, deletes

    def seal(self, *, at: datetime | None = None) -> int:
        """Make a snapshot of what is new and return its number; without news there is none, and the last one stays.

        `at` is the moment, that of the begin by default. The number is 0 where nothing was ever received.

        Raises:
            SourceError: the disk is full or refuses; the delivery can still be sealed.
        """
        unfinished = [table for table, found in self.tables.items() if not found.is_finished]
        if unfinished:
            raise ValueError(f"These tables were not finished: {', '.join(unfinished)}.")
        with in_words(str(self.store)):
            one, has_news = self._sealed(at or self.now)
            if not has_news:
                drop(self.folder)
                return self.before[-1].number if self.before else 0
            write_sealed(one)
            settle(self.folder)
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

    def _sealed(self, at: datetime) -> tuple[Sealed, bool]:
        """Return the delivery as it will be sealed, and whether it brings anything that the store does not hold."""
        arrivals = [self._arrival(table, found, at) for table, found in self.tables.items()]
        found = {one.table: news(one, spill=self.folder / _SPILL) for one in arrivals}
        is_asked_anew = bool(self.before) and self.before[-1].shape != self.shape.digest and bool(found)
        has_news = is_asked_anew or any(is_new(one, found[one.table]) for one in arrivals)
        return self._as_sealed(found, at), has_news

    def _as_sealed(self, tables: Mapping[str, Brought], at: datetime) -> Sealed:
        shape, told = self.shape.digest, self.shape.told
        return Sealed(self.folder, self.number, self.started, at, shape, told, tables, self.journal.notes())

    def _arrival(self, table: str, found: Received, at: datetime) -> Arrival:
        is_whole = not self.since(table) and bool(found.chunks)
        brought = Brought(tuple(found.chunks), is_whole, found.watermark, found.key, found.deletes)
        one = self._as_sealed({table: brought}, at)
        now = Stored(self.store.name, self.number, at, table, ((one, brought),))
        watermark = self.shape.told.get("watermark", "")
        return Arrival(self.folder, table, brought, chain(self.before, table), now, watermark)

    def _chunks(self, table: str) -> Sequence[Chunk]:
        return self.tables[table].chunks if table in self.tables else ()

    def _count(self, table: str, chunk: Chunk, *, mark: str) -> None:
        self.journal.add("chunk", table=table, chunk=asdict(chunk), mark=mark)
        found = self.tables.setdefault(table, Received())
        found.chunks.append(chunk)
        found.mark = mark

    def _write_deleted(self, table: str, deleted: Sequence[str], *, key: str) -> Chunk:
        keys = pa.table({key: pa.array(sorted(set(deleted)), pa.string())})
        body, path = packed(keys), self._place(table, "deleted.parquet")
        write_file(path, body)
        return Chunk(f"{table}/{path.name}", sha256(body).hexdigest(), len(body), keys.num_rows)

    def _place(self, table: str, name: str) -> Path:
        if not _NAME.fullmatch(table):
            raise ValueError(f"A table of a store is called by letters, digits and _: {table!r}.")
        folder = self.folder / table
        if not folder.is_dir():
            with in_words(str(self.store)):
                make_folder(folder)
        return folder / name
