"""What is particular about each kind of database: its driver, its words for reading only, and how values are bound."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from tskit.errors import SourceError, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.model import Source

__all__ = ["DIALECTS", "Dialect", "dialect_of"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """A kind of database.

    `name` is its dialect of SQL as sqlglot calls it, `driver` what SQLAlchemy connects by and `package` what brings
    that. `options` are the only settings that its URL may hold. `keeps_from_writing` says that the database itself
    refuses to write in our transactions. `timeout` and then `opening` are run at the begin of each.
    """

    name: str
    driver: str = ""
    package: str = ""
    options: frozenset[str] = frozenset()
    keeps_from_writing: bool = False
    opening: tuple[str, ...] = ()
    timeout: str = ""
    longest_name: int = 128


_POSTGRES = frozenset(
    {"host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "sslnegotiation", "channel_binding"}
    | {"gssencmode", "krbsrvname", "target_session_attrs", "connect_timeout", "application_name", "passfile", "service"}
)

# How the server writes values, whatever the settings of user and database: exactly, in UTC and in ISO's order.
_AS_WRITTEN = (
    "SET LOCAL TimeZone = 'UTC'",
    "SET LOCAL DateStyle = 'ISO, YMD'",
    "SET LOCAL IntervalStyle = 'postgres'",
    "SET LOCAL bytea_output = 'hex'",
    "SET LOCAL extra_float_digits = 3",
    "SET LOCAL standard_conforming_strings = on",
    "SET LOCAL client_min_messages = error",
)

DIALECTS: Mapping[str, Dialect] = MappingProxyType(
    {
        "postgresql": Dialect(
            "postgres",
            driver="postgresql+psycopg",
            package="ts-investigation-kit[postgres]",
            options=_POSTGRES,
            keeps_from_writing=True,
            opening=_AS_WRITTEN,
            timeout="SET LOCAL statement_timeout = {milliseconds}",
            longest_name=63,
        ),
        "sqlite": Dialect(
            "sqlite", driver="sqlite", keeps_from_writing=True, opening=("PRAGMA query_only = ON", "BEGIN")
        ),
        "duckdb": Dialect("duckdb", keeps_from_writing=True),
        "mysql": Dialect(
            "mysql",
            driver="mysql+pymysql",
            package="pymysql",
            options=frozenset({"charset", "ssl_ca", "ssl_cert", "ssl_key", "ssl_verify_cert", "ssl_verify_identity"}),
            keeps_from_writing=True,
            opening=("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",),
            timeout="SET SESSION max_execution_time = {milliseconds}",
            longest_name=64,
        ),
        "mssql": Dialect(
            "tsql",
            driver="mssql+pyodbc",
            package="pyodbc",
            options=frozenset({"driver", "encrypt", "trustservercertificate", "applicationintent"}),
        ),
        "snowflake": Dialect(
            "snowflake",
            driver="snowflake",
            package="snowflake-sqlalchemy",
            options=frozenset({"warehouse", "role"}),
            timeout="ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = {seconds}",
            longest_name=255,
        ),
        "bigquery": Dialect(
            "bigquery",
            driver="bigquery",
            package="sqlalchemy-bigquery",
            options=frozenset({"location"}),
            longest_name=300,
        ),
        "trino": Dialect(
            "trino",
            driver="trino",
            package="trino[sqlalchemy]",
            options=frozenset({"http_scheme", "source"}),
        ),
        "spark": Dialect("spark"),
    }
)


def dialect_of(source: Source) -> Dialect:
    """Return what kind of database a source is in.

    Raises:
        SourceError: it is none that is known.
    """
    found = DIALECTS.get("postgresql" if source.scheme == "postgres" else source.scheme)
    if found is None:
        raise SourceError(
            f"The source {source.name} is in no database that is known here. {nearest(source.scheme, DIALECTS)}"
        )
    return found
