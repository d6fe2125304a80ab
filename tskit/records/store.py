"""Append-only logs in a database, each a chain of entries."""

from __future__ import annotations

import os
import weakref
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from tskit.errors import DataError, ParameterError
from tskit.records.chain import Verdict, walk
from tskit.records.entry import COLUMNS, check_log, digest_of, entry_of, row_of
from tskit.records.migrate import bring_up_to_date
from tskit.records.postgres import server_engine
from tskit.records.schema import ENTRIES
from tskit.records.sqlite import file_engine
from tskit.records.standing import Filter, all_entries, standing_entries
from tskit.records.turns import in_turn, own_connections, reading

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from typing import Any, Self

    from sqlalchemy import Connection, Engine, Select

    from tskit.records.entry import Draft, Entry, Row

__all__ = ["Store", "open_store"]

_AT_ONCE = 500


@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Store:
    """Logs that are only ever added to; several processes and threads may use them at once.

    `place` names the database without any secret.
    """

    place: str
    engine: Engine = field(repr=False)

    def append(self, log: str, drafts: Sequence[Draft], *, when_empty: bool = False) -> tuple[Entry, ...]:
        """Add the drafts to a log, all or none, and return their entries once they are safe on the disk.

        A draft whose key stands in the log already is not written again; its entry is returned. With `when_empty`
        nothing is written, and nothing returned, where the log has entries.

        Raises:
            DataError: a draft cannot be kept, or its key stands in the log with other content.
            SourceError: the database cannot be reached or written.
        """
        check_log(log)
        rows = [row_of(log, draft, number=number) for number, draft in enumerate(drafts, start=1)]

        def work(connection: Connection) -> tuple[Entry, ...]:
            return _append(connection, log, rows, when_empty=when_empty)

        return in_turn(self.engine, work, place=self.place, turn=log)

    def entries(
        self,
        log: str,
        *,
        until: datetime | None = None,
        until_seq: int | None = None,
        subject: str = "",
        author: str = "",
        kinds: Sequence[str] = (),
    ) -> list[Entry]:
        """Return what was written to a log, in order, up to and with a moment or a number; all kinds if none is named."""
        check_log(log)
        return self._found(all_entries(Filter(log, until, until_seq, subject, author, kinds)))

    def standing(
        self,
        log: str,
        *,
        until: datetime | None = None,
        until_seq: int | None = None,
        subject: str = "",
        author: str = "",
        kinds: Sequence[str] = (),
    ) -> list[Entry]:
        """Return the entries that are neither undone nor superseded by one that stands or stood; filters as in `entries`.

        With `until` or `until_seq` it is what stood at that moment, whatever came later.
        """
        check_log(log)
        return self._found(standing_entries(Filter(log, until, until_seq, subject, author, kinds)))

    def logs(self) -> list[str]:
        """Return the names of the logs that have entries."""
        with reading(self.engine, place=self.place) as connection:
            return list(connection.execute(select(ENTRIES.c.log).distinct().order_by(ENTRIES.c.log)).scalars())

    def authors(self, log: str) -> list[str]:
        """Return the names of all who wrote to a log, undone entries included."""
        check_log(log)
        with reading(self.engine, place=self.place) as connection:
            names = select(ENTRIES.c.author).where(ENTRIES.c.log == log).distinct().order_by(ENTRIES.c.author)
            return list(connection.execute(names).scalars())

    def head(self, log: str, *, at: int | None = None) -> tuple[int, str]:
        """Return how many entries a log has and the digest of the last one, which vouches for all of them.

        Whoever keeps it elsewhere can prove later, by `verify`, that the end of the log was not cut off. With `at` it is
        the head that the log had after so many entries.

        Raises:
            ParameterError: the log has fewer entries.
        """
        check_log(log)
        with reading(self.engine, place=self.place) as connection:
            seq, digest = _head(connection, log, at=at)
        if at is not None and at > seq:
            raise ParameterError(f"The log has {seq:,} entries, and #{at} asks for more. Is it the same casebook?")
        return seq, digest

    def verify(self, log: str, *, expected: tuple[int, str] | None = None) -> Verdict:
        """Return whether every entry of a log is as it was written, and where not, the first that is not.

        `expected` is what `head` returned on an earlier day: those entries must still be there, unchanged.
        """
        check_log(log)
        with reading(self.engine, place=self.place) as connection:
            return walk(connection, log, expected=expected)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are not in use; the next call opens new ones."""
        self.engine.dispose()

    def _found(self, query: Select[Any]) -> list[Entry]:
        with reading(self.engine, place=self.place) as connection:
            return [entry_of(row) for row in connection.execute(query)]


def open_store(location: str | Path, *, environ: Mapping[str, str] = os.environ) -> Store:
    """Return the store at `location`: the path of a file of SQLite, or the URL of a PostgreSQL database.

    A file that is not there is made for its owner alone, and the schema made or migrated. A URL may hold no password:
    that comes from TSKIT_RECORDS_PASSWORD or the keyring.

    Raises:
        SourceError: it cannot be reached, read or written, or a newer tskit made it.
    """
    if isinstance(location, str) and "://" in location:
        engine, place = server_engine(location, environ=environ)
    else:
        engine, place = file_engine(Path(location)), str(location)
    own_connections(engine)
    store = Store(place, engine)
    weakref.finalize(store, _close, engine, os.getpid())
    bring_up_to_date(engine, place=place)
    return store


def _close(engine: Engine, process: int) -> None:
    if os.getpid() == process:  # the connections of a forked process are its parent's
        engine.dispose()


def _append(connection: Connection, log: str, rows: Sequence[Row], *, when_empty: bool) -> tuple[Entry, ...]:
    seq, digest = _head(connection, log)
    if when_empty and seq:
        return ()
    known = _by_key(connection, log, [row["key"] for row in rows])
    added: list[Row] = []
    for number, row in enumerate(rows, start=1):
        found = known.get(row["key"])
        if found is not None:
            _check_same(row, found, number=number)
            continue
        link = {**row, "seq": seq + 1, "previous": digest}
        known[row["key"]] = link | {"digest": digest_of(link)}
        added.append(known[row["key"]])
        seq, digest = seq + 1, added[-1]["digest"]
    if added:
        connection.execute(insert(ENTRIES), added)
    return tuple(entry_of([known[row["key"]][name] for name in COLUMNS]) for row in rows)


def _head(connection: Connection, log: str, *, at: int | None = None) -> tuple[int, str]:
    last = select(ENTRIES.c.seq, ENTRIES.c.digest).where(ENTRIES.c.log == log).order_by(ENTRIES.c.seq.desc()).limit(1)
    row = connection.execute(last if at is None else last.where(ENTRIES.c.seq <= at)).first()
    return (row.seq, row.digest) if row else (0, "")


def _by_key(connection: Connection, log: str, keys: Sequence[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for start in range(0, len(keys), _AT_ONCE):
        query = select(ENTRIES).where(ENTRIES.c.log == log, ENTRIES.c.key.in_(keys[start : start + _AT_ONCE]))
        found |= {row["key"]: dict(row) for row in connection.execute(query).mappings()}
    return found


def _check_same(row: Row, found: Row, *, number: int) -> None:
    other = sorted(name for name, value in row.items() if found[name] != value)
    if other:
        raise DataError(
            f"The key of draft {number} stands at entry {found['seq']} of the log {row['log']!r} with another "
            f"{', '.join(other)}. Give what is new a key of its own, and name the old one as superseded."
        )
