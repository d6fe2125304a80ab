"""Large files: memory stays within its limit, whatever the size, and cases lie in the order of their opening."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import duckdb
import pytest

from tskit.cases import load
from tskit.model import Casebook, Scope
from tskit.sources import connect

_PROFILE = """
name = "large"
recognise = ["case_id", "created_at"]
dates = "iso"
partial = true

[columns]
case_id = "case_id"
created_at = "created_at"
status = "status"
subject_account_id = "subject_account_id"
description = "description"
"""


def _loaded(tmp_path, monkeypatch, *, rows, memory):
    monkeypatch.setenv("TSKIT_PSEUDONYM_KEY", "a key of the tests, long enough")
    # By its place among modules: the package's `load` is the function.
    monkeypatch.setattr(sys.modules["tskit.cases.load"], "connect", partial(connect, memory=memory))
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "large.toml").write_text(_PROFILE, encoding="utf-8")
    with duckdb.connect() as database:
        database.execute(
            "COPY (SELECT 'C' || hash(i) AS case_id, strftime(TIMESTAMP '2026-01-01' + to_seconds(hash(i) % 7776000), "
            "'%Y-%m-%dT%H:%M:%SZ') AS created_at, 'open' AS status, 'account ' || hash(i + 1) AS subject_account_id, "
            f"repeat('A few words on this report, ', 8) || i AS description FROM range({rows}) t(i)) "
            f"TO '{tmp_path}/cases.csv' (HEADER)"
        )
    return load(Scope(source="cases.csv"), casebook=Casebook(root=tmp_path, name="large"), user_cache=tmp_path / "user")


@pytest.mark.slow
@pytest.mark.acceptance
def test_a_file_larger_than_the_engines_memory_loads_whole(tmp_path, monkeypatch):
    """The engine refuses work beyond its limit; what does not fit goes to the load's folder, which keeps none of it."""
    case_set = _loaded(tmp_path, monkeypatch, rows=300_000, memory="120MB")
    assert (tmp_path / "cases.csv").stat().st_size > 80_000_000
    assert (case_set.quality.read, case_set.quality.kept, case_set.quality.rejected) == (300_000, 300_000, 0)
    assert case_set.cases.subject_account_id.nunique().to_pyarrow().as_py() == 300_000
    assert not list(tmp_path.rglob("spill"))


def test_cases_lie_in_the_order_of_their_opening(tmp_path, monkeypatch):
    case_set = _loaded(tmp_path, monkeypatch, rows=2_000, memory="400MB")
    (path,) = tmp_path.rglob("cases.parquet")
    with duckdb.connect() as database:
        found = database.execute(f"SELECT created_at, case_id FROM '{Path(path)}'").fetchall()
    assert found == sorted(found)
    assert len(found) == case_set.quality.kept
