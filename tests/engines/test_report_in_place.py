"""A trend report on Spark, in place: the same template with only the source changed finds what it finds on DuckDB."""

import json
import os
import shutil
import subprocess
import sys

import duckdb
import pytest

from tests.support.engines import TABLES
from tests.support.samples import shared_sample

pytestmark = [pytest.mark.slow, pytest.mark.spark]

METRICS = ("cases_opened", "sla_attainment", "hours_to_close", "backlog")
SOURCES = """
[sources.files]
mode = "in_place"
cases = "data/cases.parquet"
events = "data/events.parquet"

[sources.lake]
mode = "in_place"
url = "spark://local?cores=2&folder=data"
cases = "cases.parquet"
events = "events.parquet"
"""
NOISE = ("WARN", "log4j", "Stage ", "incubator")


@pytest.fixture
def book(sample, tmp_path_factory):
    """A casebook whose tables are told of to DuckDB and to Spark."""
    folder = tmp_path_factory.mktemp("in-place") / "book"
    (folder / "data").mkdir(parents=True)
    shutil.copy(shared_sample(tmp_path_factory, cases=3_000) / "casebook.toml", folder)
    (folder / "casebook.toml").write_text(_without_sources((folder / "casebook.toml").read_text()) + SOURCES)
    for name in TABLES:
        duckdb.sql(
            f"COPY (SELECT * EXCLUDE (dq_flags, _source, _source_row) FROM '{sample.path(name)}') "
            f"TO '{folder / 'data' / name}.parquet'"
        )
    return folder


def _without_sources(text):
    kept = []
    for part in text.split("\n["):
        kept += [] if part.startswith("sources.") else [part]
    return "\n[".join(kept) + "\n"


def test_only_the_source_changes(book):
    mine, _ = ran(book, "files")
    theirs, said = ran(book, "lake")
    assert len(mine) > 1
    assert [finding["claim"] for finding in theirs] == [finding["claim"] for finding in mine]
    for found, expected in zip(theirs, mine, strict=True):
        assert found["values"].keys() == expected["values"].keys()
        for name, value in expected["values"].items():
            alike = pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
            assert found["values"][name] == alike, name
    assert not [word for word in NOISE if word in said]
    assert not list((book / "tmp").glob("tskit-spark-*")), "Java's folder is still there"


def ran(book, source):
    """Run the report and return its findings, and all that was said on the way and is in the report."""
    temporary = book / "tmp"
    temporary.mkdir(exist_ok=True)
    asked = ["-p", f"source={source}", "-p", f"metric={','.join(METRICS)}", "-p", "by=market"]
    command = [sys.executable, "-m", "tskit.cli", "run", "trend_report", "--casebook", book, "--out", book / source]
    done = subprocess.run(
        [*command, "--kernel", "cold", *asked],
        check=False, capture_output=True, text=True, cwd=book, env={**os.environ, "TMPDIR": str(temporary)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    [folder] = (book / source).glob("*-trend_report-*")
    report = (folder / "report.html").read_text(encoding="utf-8")
    return json.loads((folder / "findings.json").read_text())["findings"], done.stdout + done.stderr + report
