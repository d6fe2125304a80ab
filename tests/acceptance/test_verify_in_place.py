"""A run over Parquet files that were never copied is verified as any other, and a change of the files is told."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from tests.support.samples import own_sample

pytestmark = [pytest.mark.slow, pytest.mark.acceptance]

ROOT = Path(__file__).parents[2]
SOURCE = """
[sources.lying]
mode = "in_place"
cases = "data/cases.parquet"
events = "data/events.parquet"
"""


def tskit(*asked):
    command = [sys.executable, "-m", "tskit.cli", *map(str, asked)]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=600)


def changed(path):
    """Take back the closing of a case, as a correction in a lake does."""
    aside = path.with_name("aside.parquet")
    path.rename(aside)
    first = f"SELECT min(case_id) FROM '{aside}' WHERE is_closed = 'true'"
    duckdb.sql(
        f"COPY (SELECT * REPLACE (CASE WHEN case_id = ({first}) THEN NULL ELSE closed_at END AS closed_at) FROM '{aside}') "
        f"TO '{path}' (FORMAT parquet)"
    )
    aside.unlink()


def test_a_run_in_place_is_verified_and_a_changed_file_is_named(tmp_path_factory):
    book = own_sample(tmp_path_factory, cases=3_000)
    with (book / "casebook.toml").open("a", encoding="utf-8") as told:
        told.write(SOURCE)
    asked = ["-p", "source=lying", "-p", "metric=cases_opened,hours_to_close", "-p", "by=market"]
    done = tskit("run", "trend_report", "--casebook", book, "--kernel", "cold", *asked)
    assert done.returncode == 0, done.stderr
    (run,) = (book / "runs").glob("2*")
    verified = tskit("verify", run, "--cold")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "FAIL" not in verified.stdout
    changed(book / "data" / "cases.parquet")
    differs = tskit("verify", run, "--cold")
    assert differs.returncode == 15, differs.stdout + differs.stderr
    failed = [line for line in differs.stdout.splitlines() if line.startswith("FAIL")]
    assert any("data/cases.parquet" in line for line in failed), differs.stdout
