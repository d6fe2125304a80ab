"""Engines that are asked where their tables lie: an Ibis connection by a source's URL, which can only read."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import parse_qsl, urlsplit

import ibis

from tskit.errors import SourceError, TskitError
from tskit.sources.answers import answering_plainly
from tskit.sources.engine import connect, literal
from tskit.sources.places import find
from tskit.sources.sql import open_query
from tskit.sources.sql.address import address_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import ibis.expr.types as ir

    from tskit.model import Source

    Secret = Callable[[str], str]
    Opener = Callable[[Source, Path, Secret], Any]

__all__ = ["COMPILED", "PROVEN", "Backend", "open_backend", "table_of"]

Backend: TypeAlias = Any
"""An Ibis backend, which is not typed."""
_MEMORY = "2GB"
_TIMEOUT = 600
_ATTACHED = "source"


def open_backend(source: Source, *, root: Path, secret: Secret) -> Backend:
    """Return a connection to the engine that holds the tables of `source`; it reads, and cannot write.

    Whatever the engine refuses later is a SourceError, too: its own words may quote a cell or the address of a server.

    `root` is the casebook's folder, where relative paths start; `secret("password")` gives the source's password.

    Raises:
        SourceError: the engine is not one that is asked in place, its driver is not installed, or it refuses.
    """
    opener = PROVEN.get(source.scheme, _compiled if source.scheme in COMPILED else None)
    if opener is None:
        known = ", ".join(name for name in (*PROVEN, *COMPILED) if name)
        raise SourceError(
            f"The source {source.name} cannot be asked in place: {source.scheme} is not one of {known}, or Parquet "
            'files without a url. Use mode = "extract".'
        )
    return answering_plainly(opener(source, root, secret), source)


def table_of(backend: Backend, source: Source, name: str, *, root: Path) -> ir.Table:
    """Return the table, view, file or folder called `name` of a source, as it lies there.

    Raises:
        SourceError: there is no such table, or it cannot be read.
    """
    try:
        if name.endswith(".sql"):
            return _asked(backend, source, name, root)
        return _TABLES.get(source.scheme, _named)(backend, source, name, root)
    except TskitError:
        raise
    except Exception as error:  # noqa: BLE001  # every engine has errors of its own, and their texts may quote what must not be told
        raise SourceError(
            f"The source {source.name} has no table {name!r} that can be read ({type(error).__name__}). "
            "Check its name and that the user may read it."
        ) from None


def _files(source: Source, root: Path, secret: Secret) -> Backend:
    del root, secret
    return connect(memory=str(source.settings.get("memory", _MEMORY)))


def _duckdb(source: Source, root: Path, secret: Secret) -> Backend:
    backend = _files(source, root, secret)
    path = root / urlsplit(source.url).path.removeprefix("/") if _is_relative(source) else urlsplit(source.url).path
    try:
        backend.con.execute(f"ATTACH {literal(str(path))} AS {_ATTACHED} (READ_ONLY)")
    except Exception as error:  # noqa: BLE001  # the engine's own text may quote paths and values
        raise SourceError(
            f"The DuckDB file of the source {source.name} cannot be opened ({type(error).__name__}). "
            "Check the path in its url, as in duckdb:///data/cases.duckdb, and that no other process writes to it."
        ) from None
    return backend


def _is_relative(source: Source) -> bool:
    """Return whether the path of a URL starts at the casebook: three slashes; four begin at the root, as SQLAlchemy has it."""
    return not urlsplit(source.url).path.startswith("//")


def _postgresql(source: Source, root: Path, secret: Secret) -> Backend:
    del root
    try:
        import psycopg  # noqa: PLC0415  # an extra, and slow to import
    except ImportError:
        raise _lacking(source, "postgres") from None
    address = address_of(source).set(drivername="postgresql").render_as_string(hide_password=False)
    timeout = int(str(source.settings.get("timeout_seconds", _TIMEOUT)))
    password = secret("password")
    try:
        opened: dict[str, Any] = {"password": password} if password else {}
        connection = psycopg.connect(address, autocommit=True, **opened)
        connection.execute("SET default_transaction_read_only = on")
        connection.execute("SELECT set_config('statement_timeout', %s, false)", (f"{timeout}s",))
        backend = ibis.postgres.from_connection(connection)
        _hold_still(connection, timeout)
        weakref.finalize(backend, connection.close)
    except psycopg.Error as error:
        raise SourceError(
            f"PostgreSQL refuses the connection of the source {source.name} ({type(error).__name__}). "
            f"Check its url, and its password: tskit secret set {source.name}"
        ) from None
    return backend


def _hold_still(connection: Any, timeout: int) -> None:  # noqa: ANN401  # of a driver that may not be there
    """Begin the one transaction that all questions are asked in, so that account and figures speak of the same rows."""
    connection.execute(f"SET idle_in_transaction_session_timeout = '{timeout}s'")
    connection.execute("SET default_transaction_isolation = 'repeatable read'")
    connection.autocommit = False
    connection.execute("SELECT 1")


def _spark(source: Source, root: Path, secret: Secret) -> Backend:
    try:
        from tskit.sources.spark import session  # noqa: PLC0415  # an extra, and slow to import
    except ImportError:
        raise _lacking(source, "spark") from None
    return ibis.pyspark.connect(session(source, root=root, secret=secret))


def _compiled(source: Source, root: Path, secret: Secret) -> Backend:
    """Return a connection to an engine that our tests only compile for."""
    del root
    password = secret("password")
    try:
        return ibis.connect(source.url, **({"password": password} if password else {}))
    except ImportError:
        raise SourceError(
            f"The driver of {source.scheme} is not installed: pip install 'ibis-framework[{source.scheme}]'"
        ) from None
    except Exception as error:  # noqa: BLE001  # as above
        raise SourceError(
            f"{source.scheme} refuses the connection of the source {source.name} ({type(error).__name__}). Check its url."
        ) from None


def _lacking(source: Source, extra: str) -> SourceError:
    return SourceError(
        f'The source {source.name} needs a driver that is not installed: pip install "ts-investigation-kit[{extra}]"'
    )


def _asked(backend: Backend, source: Source, name: str, root: Path) -> ir.Table:
    """Return what a query of the casebook gives; it was found to only read, and its values stand in it as literals."""
    query = open_query(source, name, root=root)
    text = query.rendered()
    if source.scheme != "postgresql":
        return backend.sql(text)
    # Ibis would make a view to learn the types, which nobody who only reads may do.
    with backend.con.cursor() as cursor, backend.con.transaction():
        columns = cursor.execute(f"SELECT * FROM ({text}) AS query LIMIT 0").description
    types = backend.compiler.type_mapper
    schema = {column.name: types.from_string(column.type_display) for column in columns}
    return backend.sql(text, schema=schema)


def _parquet(backend: Backend, source: Source, name: str, root: Path) -> ir.Table:
    del source
    paths = find(name, root=root, kinds=(".parquet",))
    return backend.read_parquet([str(path) for path in paths])


def _attached(backend: Backend, source: Source, name: str, root: Path) -> ir.Table:
    del source, root
    schema, _, table = name.rpartition(".")
    return backend.table(table, database=(_ATTACHED, schema or "main"))


def _named(backend: Backend, source: Source, name: str, root: Path) -> ir.Table:
    del source, root
    schema, _, table = name.rpartition(".")
    return backend.table(table, database=schema or None)


def _of_spark(backend: Backend, source: Source, name: str, root: Path) -> ir.Table:
    options = dict(parse_qsl(urlsplit(source.url).query))
    if "folder" not in options:
        return _zoned(_named(backend, source, name, root), backend)
    place = options["folder"] if "://" in options["folder"] else str(root / options["folder"])
    frame = backend._session.read.format(options.get("format", "parquet")).load(f"{place}/{name}")  # noqa: SLF001  # Ibis has no public name for it
    view = f"tskit_{name.replace('/', '_').replace('.', '_')}"
    frame.createOrReplaceTempView(view)
    return _zoned(backend.table(view), backend)


def _zoned(table: ir.Table, backend: Backend) -> ir.Table:
    """Return the table with Spark's instants as instants: Ibis takes them for times without a zone."""
    fields = backend._session.table(table.get_name()).schema.fields  # noqa: SLF001  # as above
    instants = [field.name for field in fields if field.dataType.typeName() == "timestamp"]
    return table.mutate(**{name: table[name].cast("timestamp('UTC')") for name in instants})


PROVEN: Mapping[str, Opener] = {"": _files, "duckdb": _duckdb, "postgresql": _postgresql, "spark": _spark}
"""Engines on which our tests run every metric and compare the answers; no scheme stands for Parquet files."""

COMPILED = ("bigquery", "snowflake", "trino")
"""Engines for which our tests compile every metric, and run none."""

_TABLES: Mapping[str, Callable[[Backend, Source, str, Path], ir.Table]] = {
    "": _parquet,
    "duckdb": _attached,
    "spark": _of_spark,
}
