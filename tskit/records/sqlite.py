"""An engine for a file of SQLite, set up so that what was acknowledged is on the disk."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import URL, create_engine, event

from tskit.errors import SourceError
from tskit.records.shares import mounts, share_of

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

__all__ = ["file_engine"]

_PATIENCE = 60.0
"""How many seconds a writer waits for its turn; each turn lasts milliseconds."""


def file_engine(path: Path) -> Engine:
    """Return an engine for the file at `path`, which is made for its owner alone if it is not there.

    Raises:
        SourceError: the file cannot be made, or lies on a network share.
    """
    share = share_of(path.resolve(), table=mounts())
    if share:
        raise SourceError(
            f"The records file {path} lies on a network share ({share}), where SQLite can lose what two machines write. "
            "Keep the casebook on a local disk, or name a PostgreSQL database in its setting `records`."
        )
    try:
        with suppress(FileExistsError):
            # SQLite gives the files beside it (-wal, -shm) the same mode.
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except OSError as error:
        raise SourceError(f"The records file {path} cannot be made: {error.strerror}.") from None
    url = URL.create("sqlite+pysqlite", database=str(path))
    engine = create_engine(url, connect_args={"timeout": _PATIENCE}, hide_parameters=True)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # else the driver begins transactions of its own, and none before a SELECT
    _use_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA fullfsync=ON")  # macOS flushes its disk's cache only when told to
    connection.execute("PRAGMA trusted_schema=OFF")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work at once; the file remembers it."""
    give_up = time.monotonic() + _PATIENCE
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            # Of several processes that open a new file at once, the others are refused without a wait.
            if time.monotonic() > give_up:
                raise
            time.sleep(0.01)


def _begin(connection: Connection) -> None:
    # A writer takes its turn at once: one that began by reading could not go on after somebody else wrote.
    turn = connection.get_execution_options().get("turn", "")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if turn else "BEGIN")
