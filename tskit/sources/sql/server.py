"""A database that SQLAlchemy reaches, asked in one transaction that only reads."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError

from tskit.sources.sql.binding import placed
from tskit.sources.sql.dialects import dialect_of
from tskit.sources.sql.engine import engine_of, read_only, timeout_of
from tskit.sources.sql.session import Batch, Limit
from tskit.sources.sql.texts import as_written, refuse_twins, table_of, text_of
from tskit.sources.sql.trouble import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from sqlalchemy import Connection, CursorResult
    from sqlalchemy.engine import ExecutionContext

    from tskit.model import Source

__all__ = ["asking_server"]

_AS_TEXT = "tskit_as_text"


@dataclass(frozen=True, slots=True)
class ServerSession:
    """A transaction of SQLAlchemy's; `limit` ends what the database itself does not end."""

    source: str
    dialect: str
    seconds: float
    connection: Connection = field(repr=False)
    limit: Limit | None

    def first(self, sql: str, values: Mapping[str, object], *, what: str) -> Sequence[Any]:
        """Return the first row of the answer; `what` names the question in messages."""
        with self._trouble(what):
            row = self._execute(sql, values, {}).first()
        return tuple(row) if row is not None else ()

    def batches(self, sql: str, values: Mapping[str, object], *, what: str, size: int) -> Generator[Batch]:
        """Yield the answer in batches of at most `size` rows; the first comes even if it is empty, for its columns."""
        options = {"stream_results": True, "max_row_buffer": size, _AS_TEXT: True}
        with self._trouble(what):
            result = self._execute(sql, values, options)
        try:
            described = result.cursor.description if result.cursor else ()
            names = [str(column[0]) for column in described]  # keys() would hide columns of one name
            refuse_twins(names, source=self.source, what=what)
            rows = self._fetched(result, size, what=what)
            yield Batch(table_of(names, rows), rows)
            while rows:
                rows = self._fetched(result, size, what=what)
                if rows:
                    yield Batch(table_of(names, rows), rows)
        finally:
            with suppress(SQLAlchemyError):  # of a connection that broke there is no cursor to close
                result.close()

    def _fetched(self, result: CursorResult[Any], size: int, *, what: str) -> Sequence[Any]:
        with self._trouble(what):
            return result.fetchmany(size)

    def typed(self, mark: str, column: str, *, query: str, values: Mapping[str, object]) -> str:
        """Return the parameter as it is: the database takes its kind from what it is compared with."""
        del column, query, values
        return f":{mark}"

    def _execute(self, sql: str, values: Mapping[str, object], options: dict[str, Any]) -> CursorResult[Any]:
        style = self.connection.dialect.paramstyle
        style = "pyformat" if style in {"pyformat", "format"} else "qmark"
        known = _for_sqlite(values) if self.dialect == "sqlite" else values
        text, bound = placed(sql, known, dialect=self.dialect, style=style)
        return self.connection.exec_driver_sql(text, bound or None, execution_options=options)

    @contextmanager
    def _trouble(self, what: str) -> Generator[None]:
        running: AbstractContextManager[None] = self.limit.running() if self.limit else nullcontext()
        with in_words(self.source, what, seconds=self.seconds), running:
            yield


@contextmanager
def asking_server(source: Source, *, root: Path, secret: Callable[[str], str]) -> Generator[ServerSession]:
    """Give a session with the database of a source.

    Raises:
        SourceError: it cannot be reached, or does not let this user in.
    """
    dialect = dialect_of(source)
    seconds = timeout_of(source)
    engine = engine_of(source, root=root, secret=secret)
    event.listen(engine, "before_cursor_execute", _ask_for_text)
    with ExitStack() as held:
        held.callback(engine.dispose)
        with in_words(source.name, ""):
            connection = held.enter_context(read_only(engine, milliseconds=int(seconds * 1000)))
        raw: Any = connection.connection.driver_connection
        limit = Limit(seconds, raw.interrupt) if dialect.name == "sqlite" else None
        yield ServerSession(source.name, dialect.name, seconds, connection, limit)


def _for_sqlite(values: Mapping[str, object]) -> Mapping[str, object]:
    """Return values as SQLite keeps them: it has no dates, and compares the text that they are written as."""

    def kept(value: object) -> object:
        return value if isinstance(value, (str, int, float)) else text_of(value)

    return {
        name: tuple(kept(one) for one in value) if isinstance(value, tuple) else kept(value)
        for name, value in values.items()
    }


def _ask_for_text(
    connection: Connection,
    cursor: object,
    statement: str,  # noqa: ARG001  # SQLAlchemy's signature
    parameters: object,  # noqa: ARG001  # as above
    context: ExecutionContext,
    executemany: bool,  # noqa: ARG001, FBT001  # as above
) -> None:
    if connection.dialect.driver == "psycopg" and context.execution_options.get(_AS_TEXT):
        as_written(cursor)
