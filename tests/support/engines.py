"""The same cases on several engines: written once as Parquet, and read or copied by each of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import duckdb
import ibis
import psycopg

from tskit import Scope, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.model import CaseSet

__all__ = ["Sample", "filled", "on_duckdb", "on_postgresql", "on_spark", "written"]

TABLES = ("cases", "events")
_BATCH = 5_000


@dataclass(frozen=True)
class Sample:
    """A case set without its tables, and the folder in which they lie as Parquet."""

    folder: Path
    bare: CaseSet

    def path(self, table: str) -> Path:
        return self.folder / f"{table}.parquet"

    def holding(self, **tables) -> CaseSet:
        """Return the case set with these tables."""
        return replace(self.bare, **tables, held={})


def written(casebook: Path, folder: Path) -> Sample:
    """Write the tables of a casebook's cases, with every instant moved by a part of a second.

    Those of one case move alike, so that what was equal stays so, but for every other case: its durations have a part of a
    second, too.
    """
    case_set = load(Scope(source=""), casebook=casebook)
    sample = Sample(folder, case_set)
    for name in TABLES:
        table = getattr(case_set, name)
        part = (table.case_id.hash() % 1_000_000).abs()
        times = [column for column, kind in table.schema().items() if kind.is_timestamp()]
        moved = {
            column: table[column] + ibis.ifelse(part % 2 == 0, part, part * place % 1_000_000).as_interval("us")
            for place, column in enumerate(times, start=1)
        }
        table.mutate(**moved).to_parquet(sample.path(name))
    return sample


def on_duckdb(sample: Sample) -> CaseSet:
    """Return the sample as it is read everywhere else: from Parquet, by DuckDB."""
    engine = ibis.duckdb.connect()
    engine.raw_sql("SET TimeZone = 'UTC'")
    return sample.holding(**{name: engine.read_parquet(sample.path(name), table_name=name) for name in TABLES})


def on_spark(sample: Sample, session) -> CaseSet:
    """Return the sample as Spark reads the same files."""
    engine = ibis.pyspark.connect(session)
    return sample.holding(**{name: _zoned(engine.read_parquet(sample.path(name), table_name=name)) for name in TABLES})


def on_postgresql(sample: Sample, url: str) -> CaseSet:
    """Return the sample as tables of a PostgreSQL, copied there."""
    engine = filled(url, {name: sample.path(name) for name in TABLES})
    return sample.holding(**{name: engine.table(name) for name in TABLES})


def filled(url: str, files: Mapping[str, Path]):
    """Copy Parquet files into a PostgreSQL, a table each, and return the connection to it."""
    parts = urlsplit(url)
    engine = ibis.postgres.connect(
        host=parse_qs(parts.query)["host"][0], user=parts.username, database=parts.path.strip("/")
    )
    with psycopg.connect(url) as connection, duckdb.connect() as reader:
        for name, path in files.items():
            table = reader.read_parquet(str(path))
            engine.create_table(name, schema=ibis.schema(table.to_arrow_table().schema))
            with connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                while rows := table.fetchmany(_BATCH):
                    for row in rows:
                        copy.write_row(row)
        connection.commit()
        connection.execute("ANALYZE")
    return engine


def _zoned(table):
    """Return a table of Spark with its instants as what they are: Ibis takes them for times without a zone."""
    times = {name: table[name].cast("timestamp('UTC')") for name, kind in table.schema().items() if kind.is_timestamp()}
    return table.mutate(**times)
