"""What a database refuses, told as what to do about it, and never with a value."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

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

# The same for PostgreSQL, by SQLSTATE.
_OF_A_SERVER = (
    ("25006", "can only be read there: it is a copy, or set to read-only. Name the server that is written to."),
    ("28", "do not let this user in. Check its name, and the password in TSKIT_RECORDS_PASSWORD or the keyring."),
    ("3D", "are not there: the server has no such database. Create it, or correct the URL."),
    ("3F", "are not there: this user has no schema to make tables in. Let an owner open them once."),
    ("42501", "are closed to this user. Let their owner grant it SELECT and INSERT, and open them after an update."),
    ("53100", "cannot grow: the server's disk is full. Everything acknowledged is kept."),
    ("53", "had no place for one more connection. Try again, or let the server take more."),
    ("55", "were held by somebody else for too long. Try again."),
    ("57014", "took longer than the server allows. Raise its statement_timeout for this user."),
    ("P0001", "refused an entry, since another program wrote to them at once. Only tskit may write there."),
)  # fmt: skip


@contextmanager
def in_words(place: str) -> Generator[None]:
    """Turn what the database refuses inside the block into a SourceError that names `place` and the fix."""
    try:
        yield
    except SQLAlchemyError as error:
        raise SourceError(f"The records in {place} {_reason(error)}") from None


def _reason(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or ""
    for start, words in (*_OF_A_FILE, *_OF_A_SERVER):
        if code.startswith(start):
            return words
    if isinstance(cause, Exception) and not code and isinstance(error, OperationalError):
        # Only what the driver itself says of a connection has no code; it names host, user and database at most.
        return (
            f"cannot be reached: {str(cause).splitlines()[0].rstrip('.')}. Check the URL, the network and the server."
        )
    return f"cannot be used ({code or type(cause or error).__name__})."
