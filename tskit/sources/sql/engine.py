"""Connections that can only read: in a transaction that the database itself keeps from writing, within a time."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import NullPool, create_engine, event
from sqlalchemy.exc import NoSuchModuleError, SQLAlchemyError

from tskit.errors import ParameterError, SourceError
from tskit.sources.sql.address import address_of, file_of
from tskit.sources.sql.dialects import DIALECTS, dialect_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection, Engine

    from tskit.model import Source
    from tskit.sources.sql.dialects import Dialect

__all__ = ["engine_of", "read_only", "timeout_of"]

_PATIENCE = 10
_TIMEOUT = 600.0
_VOUCH = "user_may_only_read"
_LONGEST = 86_400
_QUIET: Mapping[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
_BY_DIALECT: Mapping[str, Mapping[str, Any]] = {
    "postgres": {
        "isolation_level": "REPEATABLE READ",
        "use_native_hstore": False,
        "connect_args": {"connect_timeout": _PATIENCE, "prepare_threshold": None, "client_encoding": "utf8"},
    }
}
_READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE}
_REACHING = {"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"}


def engine_of(source: Source, *, root: Path, secret: Callable[[str], str]) -> Engine:
    """Return an engine for a source's database; `secret("password")` gives the password, or nothing.

    What is asked of it is asked inside `read_only` alone.

    Raises:
        SourceError: the URL cannot be used, its driver is missing, or the database cannot be kept from writing.
    """
    dialect = dialect_of(source)
    if not dialect.driver:
        raise SourceError(f"The source {source.name} is in no database that rows are copied from by SQLAlchemy.")
    _require_no_writing(source, dialect)
    try:
        if source.scheme == "sqlite":
            return create_engine("sqlite://", creator=_opener(file_of(source, root=root)), **_QUIET)
        engine = create_engine(address_of(source), **_QUIET, **_BY_DIALECT.get(dialect.name, {}))
    except (ImportError, NoSuchModuleError):
        raise SourceError(
            f'The source {source.name} needs a driver that is not installed: pip install "{dialect.package}"'
        ) from None
    event.listen(engine, "do_connect", _passing(secret("password")))
    return engine


@contextmanager
def read_only(engine: Engine, *, milliseconds: int) -> Generator[Connection]:
    """Give a connection in a transaction that cannot write and sees one state of the database; it is rolled back.

    The database ends a statement that takes longer than `milliseconds`.
    """
    kind = engine.dialect.name
    connection = engine.connect()
    try:
        if kind == "postgresql":
            connection.execution_options(postgresql_readonly=True)
        for statement in _opening(kind, milliseconds):
            connection.exec_driver_sql(statement)
        if kind == "postgresql":
            _require_closed(connection)
        if kind == "sqlite":
            _raw(connection).set_authorizer(_judge)
        yield connection
    finally:
        with suppress(SQLAlchemyError):  # of a connection that broke nothing is left to roll back
            connection.rollback()
        with suppress(SQLAlchemyError):
            connection.close()


def timeout_of(source: Source) -> float:
    """Return how many seconds a statement of the source may take: its `timeout_seconds`, else ten minutes.

    Raises:
        ParameterError: it is no number of seconds.
    """
    found = source.settings.get("timeout_seconds", _TIMEOUT)
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not 0 < found <= _LONGEST:
        raise ParameterError(
            f"casebook.toml: sources.{source.name}: timeout_seconds is a number between 0 and {_LONGEST}, as in 600"
        )
    return float(found)


def _require_no_writing(source: Source, dialect: Dialect) -> None:
    if dialect.keeps_from_writing or source.settings.get(_VOUCH) is True:
        return
    raise SourceError(
        f"{source.scheme} has no transaction that cannot write. Give the source {source.name} a user that may only "
        f"read, and say so in the source: settings = {{ {_VOUCH} = true }}"
    )


def _passing(password: str) -> Callable[..., None]:
    """Return what adds the password to a connection as it is made, so that neither URL nor engine ever holds it."""

    def add(dialect: object, record: object, arguments: object, named: dict[str, object]) -> None:  # noqa: ARG001  # SQLAlchemy's signature
        if password:
            named["password"] = password

    return add


def _opener(path: Path) -> Callable[[], sqlite3.Connection]:
    def connect() -> sqlite3.Connection:
        address = f"file:{quote(str(path))}?mode=ro"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        connection.text_factory = _text
        return connection

    return connect


def _text(value: bytes) -> str:
    return value.decode("utf-8")


def _opening(kind: str, milliseconds: int) -> tuple[str, ...]:
    found = DIALECTS.get(kind)
    limit = found.timeout.format(milliseconds=milliseconds, seconds=max(1, milliseconds // 1000)) if found else ""
    return (*((limit,) if limit else ()), *(found.opening if found else ()))


def _require_closed(connection: Connection) -> None:
    """Refuse to go on where something between here and the server has opened the transaction for writing."""
    if connection.exec_driver_sql("SHOW transaction_read_only").scalar() != "on":
        raise SourceError("The database does not keep this connection from writing, so nothing is read over it.")


def _raw(connection: Connection) -> sqlite3.Connection:
    return connection.connection.driver_connection  # type: ignore[return-value]  # of the SQLite dialect


def _judge(action: int, first: str | None, second: str | None, *_: object) -> int:
    """Let through what reads tables of this file, and nothing else."""
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if second in _REACHING else sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_TRANSACTION:
        return sqlite3.SQLITE_OK if first == "ROLLBACK" else sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK if action in _READS else sqlite3.SQLITE_DENY
