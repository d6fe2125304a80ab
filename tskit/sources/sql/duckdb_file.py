"""A file of DuckDB, asked in one transaction that only reads, by an engine that reaches nothing else."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import duckdb
from sqlglot import exp

from tskit.errors import SourceError
from tskit.sources.engine import identifier, in_memory, literal
from tskit.sources.sql.address import file_of
from tskit.sources.sql.binding import placed
from tskit.sources.sql.engine import timeout_of
from tskit.sources.sql.session import Batch, Limit

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence
    from pathlib import Path

    from tskit.model import Source
    from tskit.sources.engine import Connection

__all__ = ["asking_duckdb"]

_ATTACHED = "source"
_NESTED = ("STRUCT", "MAP", "UNION")
# The file is attached before the engine is shut off from files; after the last line no setting can be changed.
_SHUT = (
    "SET TimeZone = 'UTC'",
    f"USE {_ATTACHED}",
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
    "BEGIN TRANSACTION READ ONLY",
)


@dataclass(frozen=True, slots=True)
class DuckSession:
    """A transaction on a file that is attached for reading only."""

    source: str
    connection: Connection = field(repr=False)
    limit: Limit

    def first(self, sql: str, values: Mapping[str, object], *, what: str) -> Sequence[Any]:
        """Return the first row of the answer; `what` names the question in messages."""
        with self._trouble(what):
            return self._execute(sql, values).fetchone() or ()

    def batches(self, sql: str, values: Mapping[str, object], *, what: str, size: int) -> Generator[Batch]:
        """Yield the answer in batches of at most `size` rows; the first comes even if it is empty, for its columns."""
        with self._trouble(what):
            kinds = self._kinds(sql, values)
            cells = ", ".join(f"{_as_text(name, kind)} AS {identifier(name)}" for name, kind in kinds.items())
            answer = self._execute(f"SELECT {cells} FROM ({sql}\n) AS asked", values).to_arrow_reader(size)
            rows = _next(answer)
        yield Batch(rows)
        while rows.num_rows:
            with self._trouble(what):
                rows = _next(answer)
            if rows.num_rows:
                yield Batch(rows)

    def typed(self, mark: str, column: str, *, query: str, values: Mapping[str, object]) -> str:
        """Return the parameter cast to the column's kind: DuckDB compares no text with a time."""
        with self._trouble(column):
            kinds = self._kinds(query, values)
        if column not in kinds:
            raise SourceError(f"The source {self.source} has no column {column!r}. Correct its watermark or key.")
        return f"CAST(:{mark} AS {exp.DataType.build(kinds[column], dialect='duckdb').sql('duckdb')})"

    def _kinds(self, sql: str, values: Mapping[str, object]) -> dict[str, str]:
        found = self._execute(f"DESCRIBE SELECT * FROM ({sql}\n) AS asked", values).fetchall()
        return {str(name): str(kind) for name, kind, *_ in found}

    def _execute(self, sql: str, values: Mapping[str, object]) -> Any:  # noqa: ANN401  # DuckDB's connections are not typed
        text, bound = placed(sql, values, dialect="duckdb", style="qmark")
        return self.connection.execute(text, list(bound))

    @contextmanager
    def _trouble(self, what: str) -> Generator[None]:
        try:
            with self.limit.running():
                yield
        except duckdb.Error as error:
            raise SourceError(f"{what} of the source {self.source} {self._reason(error)}") from None

    def _reason(self, error: duckdb.Error) -> str:
        if self.limit.is_over:
            return (
                f"took longer than {self.limit.seconds:g} seconds and was ended. Narrow it, or raise timeout_seconds "
                "in the source."
            )
        return next((words for kind, words in _WORDS if isinstance(error, kind)), "cannot be read.")


@contextmanager
def asking_duckdb(source: Source, *, root: Path, secret: Callable[[str], str]) -> Generator[DuckSession]:
    """Give a session with the file of a source; a file has no secret.

    Raises:
        SourceError: the file is not there, is none of DuckDB, or another process writes to it.
    """
    del secret
    path = file_of(source, root=root)
    seconds = timeout_of(source)
    connection = in_memory()
    try:
        try:
            connection.execute(f"ATTACH {literal(str(path))} AS {_ATTACHED} (TYPE duckdb, READ_ONLY)")
        except duckdb.Error:
            raise SourceError(
                f"The file of the source {source.name} cannot be opened. It must be one of DuckDB, of a version that "
                "is read here, and no other program may be writing to it."
            ) from None
        for statement in _SHUT:
            connection.execute(statement)
        yield DuckSession(source.name, connection, Limit(seconds, connection.interrupt))
    finally:
        connection.close()


_WORDS: tuple[tuple[type[duckdb.Error], str], ...] = (
    (duckdb.CatalogException, "names a table, view or function that is not there."),
    (duckdb.BinderException, "names a column that is not there, or compares kinds of values that do not fit."),
    (duckdb.ParserException, "is not understood by the database."),
    (duckdb.PermissionException, "reaches for something else than its own file, and was not let."),
    (duckdb.ConversionException, "stumbled over a value that is none of its kind. Make the query stand it: try_cast."),
    (duckdb.OutOfMemoryException, "asks for more memory than there is. Narrow it."),
)


def _as_text(name: str, kind: str) -> str:
    column = identifier(name)
    if kind.startswith(_NESTED) or kind.endswith("]"):
        return f"to_json({column})::VARCHAR"
    return f"'\\x' || lower(hex({column}))" if kind == "BLOB" else f"{column}::VARCHAR"


def _next(answer: Any) -> Any:  # noqa: ANN401  # pyarrow is not typed
    import pyarrow as pa  # noqa: PLC0415

    batch = next(iter(answer), None)
    return pa.Table.from_batches([] if batch is None else [batch], schema=answer.schema)
