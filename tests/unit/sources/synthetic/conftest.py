"""Small samples, written once and read with plain SQL."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.support.samples import shared_sample

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Sample:
    """A sample on disk, its truth, and its tables `cases`, `events` and `reviews` for SQL."""

    folder: Path
    truth: dict[str, Any]
    connection: duckdb.DuckDBPyConnection

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.sql(sql).fetchall()

    def value(self, sql: str) -> Any:
        return self.rows(sql)[0][0]

    def story(self, name: str) -> dict[str, Any]:
        return next(story for story in self.truth["stories"] if story["name"] == name)


def open_sample(folder: Path) -> Sample:
    connection = duckdb.connect()
    for table in ("cases", "events", "reviews"):
        connection.sql(f"CREATE VIEW {table} AS SELECT * FROM '{folder}/data/{table}.parquet'")
    # One clean row a case, with times: what is left once every dirty row is gone.
    times = ("created_at", "decided_at", "closed_at", "first_assigned_at", "sla_target_at", "appeal_decided_at")
    casts = ", ".join(f"try_cast({name} AS TIMESTAMP) AS {name}" for name in times)
    connection.sql(
        f"CREATE TABLE clean AS SELECT * REPLACE ({casts}) FROM cases WHERE case_id IS NOT NULL "
        "AND try_cast(created_at AS TIMESTAMP) IS NOT NULL "
        "AND (closed_at IS NULL OR try_cast(closed_at AS TIMESTAMP) >= try_cast(created_at AS TIMESTAMP)) "
        "QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY source_modified_at DESC) = 1"
    )
    return Sample(folder, json.loads((folder / "truth.json").read_text(encoding="utf-8")), connection)


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return open_sample(shared_sample(tmp_path_factory, cases=20_000))


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return open_sample(shared_sample(tmp_path_factory, cases=200_000))
