"""Whether a process still works on a run: a lock that ends with that process, however it ends."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

__all__ = ["at_work", "is_at_work", "is_held", "lock_of"]


def lock_of(folder: Path) -> Path:
    """Return the file beside a run's folder that is locked while somebody works on it; no run holds it itself."""
    return folder.with_name(f".{folder.name}.lock")


@contextmanager
def at_work(folder: Path) -> Generator[None]:
    """Say for the length of the block that the run in `folder` is being made, so that nobody clears it away.

    The lock is SQLite's on an empty database: the one that every system has, and that no killed process leaves behind.
    Where it cannot be had the run goes on without it.
    """
    path = lock_of(folder)
    database: sqlite3.Connection | None = None
    with suppress(sqlite3.Error):
        database = sqlite3.connect(path, timeout=0, isolation_level=None)
        # Nothing is ever stored, so there is nothing to be undone from a second file.
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        if database is not None:
            database.close()
        with suppress(OSError):
            path.unlink(missing_ok=True)


def is_at_work(folder: Path) -> bool:
    """Return whether a process holds the lock of the run in `folder`."""
    return is_held(lock_of(folder))


def is_held(path: Path) -> bool:
    """Return whether a process holds the lock in this file."""
    if not path.is_file():
        return False
    try:
        with closing(
            sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=0, isolation_level=None)
        ) as database:
            database.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode == sqlite3.SQLITE_BUSY
    except sqlite3.Error:
        return False
    return False
