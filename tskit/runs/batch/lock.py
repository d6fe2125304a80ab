"""A lock on a batch that ends with the process that holds it, however it ends."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from tskit.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

__all__ = ["alone"]

FILE = ".lock"


@contextmanager
def alone(folder: Path) -> Generator[None]:
    """Keep every other process off the batch in `folder` for the length of the block.

    The lock is SQLite's on an empty database: the one that every system has, and that no killed process leaves behind.

    Raises:
        RunError: another process has it.
    """
    # A database of its own: nothing is ever stored in it.
    with closing(sqlite3.connect(folder / FILE, timeout=0, isolation_level=None)) as database:
        try:
            database.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise RunError(
                    f"Another process works on {folder.name}. Wait for it, or stop it, and take the batch up again."
                ) from None
            raise RunError(f"{folder} cannot be locked; a batch needs a folder that it may write to.") from None
        yield
