"""What a database refuses, told as what to do about it, and never with a value."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tskit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["in_words"]

# How SQLite calls it, and what a person can do about it.
_OF_A_FILE = (
    ("SQLITE_NOTADB", "is not a file of records. Name another one, or restore it from a backup."),
    ("SQLITE_CORRUPT", "is damaged. Restore it from a backup."),
    ("SQLITE_READONLY", "cannot be written. Make the file and its folder writable for you, or work on a copy."),
    ("SQLITE_CANTOPEN", "cannot be opened. Make the file and its folder readable and writable for you."),
    ("SQLITE_FULL", "cannot grow: the disk is full. Free some space; everything acknowledged is kept."),
    ("SQLITE_BUSY", "is being written by another program, which does not let go. End that one and try again."),
    ("SQLITE_PROTOCOL", "lies where files cannot be locked. Keep it on a local disk, or use PostgreSQL."),
    ("SQLITE_IOERR", "cannot be read or written: the disk failed, or it is a network share. Keep it on a local disk."),
)


@contextmanager
def in_words(place: str) -> Generator[None]:
    """Turn what the database refuses inside the block into a SourceError that names `place` and the fix."""
    try:
        yield
    except SQLAlchemyError as error:
        raise SourceError(f"The records in {place} {_reason(error)}") from None


def _reason(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else None
    name = getattr(cause, "sqlite_errorname", "")
    for start, words in _OF_A_FILE:
        if name.startswith(start):
            return words
    return f"cannot be used ({name or type(cause or error).__name__})."
