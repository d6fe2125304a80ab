"""What a database or its driver refuses, told as what to do about it, and never with a value or a secret."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tskit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["in_words"]

_CONNECTION = (
    (("password authentication", "no password", "28p01"), "does not let this user in. Set its password with: tskit secret set {name}"),
    (("pg_hba", "role", "28000"), "does not let this user in from here. Check the user in the url, and the server's rules."),
    (("database", "3d000"), "has no such database. Correct the url."),
    (("translate host", "name or service", "resolve"), "is not known by that name. Correct the host in the url."),
    (("refused", "no such file", "is the server running"), "does not answer. Is it running, and are host and port right?"),
    (("timeout", "timed out"), "does not answer in time. Check the network, and that its firewall lets you through."),
    (("ssl", "certificate"), "cannot be talked to in private. Check sslmode and the certificates in the url."),
    (("too many", "53300"), "has no place for one more connection. Try again later."),
)  # fmt: skip

_STATES = (
    ("42P01", "names a table or view that is not there. Check its name, its schema and that this user may see it."),
    ("42703", "names a column that is not there."),
    ("42501", "asks for what this user may not read. Ask its owner for the right to SELECT."),
    ("42883", "calls a function or operator that is not there for these kinds of values."),
    ("42P18", "leaves open of which kind a parameter is. Say it, as in CAST(:name AS date)."),
    ("42", "is not understood by the database. Try it in its own console."),
    ("25006", "tried to write, and was not let. A source is only read."),
    ("57014", "took longer than {seconds:g} seconds and was ended. Narrow it, or raise timeout_seconds in the source."),
    ("57", "was cut: the server went away. What is here is kept; start again to go on."),
    ("08", "was cut: the connection broke. What is here is kept; start again to go on."),
    ("55P03", "waited too long for a table that somebody holds. Try again later."),
    ("40", "was ended by the server to let a change through. Try again."),
    ("22", "stumbled over a value: a number, a date or a text that is none. Make the query stand it, as with a CASE."),
    ("53", "asks for more than the server has: memory, disk or connections. Narrow it, or try again later."),
    ("54", "is too large for the database. Shorten it."),
)

_OF_SQLITE = (
    ("SQLITE_NOTADB", "is in a file that is no SQLite database."),
    ("SQLITE_CORRUPT", "is in a file that is damaged. Restore it from a backup."),
    ("SQLITE_CANTOPEN", "is in a file that cannot be opened. Make it and its folder readable for you."),
    ("SQLITE_BUSY", "is in a file that another program is writing. Try again when it is done."),
    ("SQLITE_READONLY", "tried to write, and was not let. A source is only read."),
    ("SQLITE_AUTH", "asks for more than to read tables of its own file, and was not let."),
    ("SQLITE_INTERRUPT", "took longer than {seconds:g} seconds and was ended. Narrow it, or raise timeout_seconds in the source."),
    ("SQLITE_ERROR", "is not understood by the database: a table, a column or a word in it is not there."),
)  # fmt: skip


@contextmanager
def in_words(source: str, what: str, *, seconds: float = 0) -> Generator[None]:
    """Turn what a database refuses inside the block into a SourceError; `what` names the table or query."""
    try:
        yield
    except SQLAlchemyError as error:
        raise SourceError(_told(error, source, what, seconds=seconds)) from None
    except UnicodeDecodeError:
        raise SourceError(
            f"{what} of the source {source} holds bytes that are no text in UTF-8. Leave that column out, or convert it in a query."
        ) from None


def _told(error: SQLAlchemyError, source: str, what: str, *, seconds: float) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else None
    code = str(getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "")
    if not what:
        return f"The database of the source {source} {_connection(cause, code).format(name=source)}"
    if getattr(cause, "args", None) == ("not authorized",):
        code = "SQLITE_AUTH"
    for start, words in (*_STATES, *_OF_SQLITE):
        if code.startswith(start):
            return f"{what} of the source {source} {words.format(seconds=seconds)}{_hint(cause, code)}"
    if isinstance(error, DBAPIError) and (error.connection_invalidated or not code):
        return (
            f"{what} of the source {source} was cut: the connection broke. What is here is kept; start again to go on."
        )
    return f"{what} of the source {source} cannot be read ({code or type(cause or error).__name__})."


def _connection(cause: object, code: str) -> str:
    """Return what is wrong with a connection; a driver's own words stay unsaid, since they may repeat what they got."""
    text = f"{code} {cause}".lower()
    return next((words for signs, words in _CONNECTION if any(sign in text for sign in signs)), "cannot be reached.")


def _hint(cause: object, code: str) -> str:
    """Return what PostgreSQL says about names in the query; of other kinds of trouble it might repeat a value."""
    said = getattr(getattr(cause, "diag", None), "message_primary", None)
    return f" PostgreSQL says: {said}." if said and code in {"42P01", "42703", "42883", "42501"} else ""
