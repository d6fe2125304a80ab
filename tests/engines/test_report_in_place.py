"""A trend report in place: the same template with only the source changed finds what it finds in a copied file."""

import json
import os
import shutil
import subprocess
import sys

import duckdb
import pytest

from tests.support.engines import TABLES, filled
from tests.support.postgres import running_server
from tests.support.samples import shared_sample

METRICS = ("cases_opened", "sla_attainment", "hours_to_close", "backlog")
SOURCES = """
[sources.files]
cases = "data/cases.parquet"
events = "data/events.parquet"

[sources.lying]
mode = "in_place"
cases = "data/cases.parquet"
events = "data/events.parquet"

[sources.lake]
mode = "in_place"
url = "spark://local?cores=2&folder=data"
cases = "cases.parquet"
events = "events.parquet"
"""
WAREHOUSE = """
[sources.warehouse]
mode = "in_place"
url = "{url}"
cases = "public.cases"
events = "public.events"
"""
NOISE = ("WARN", "log4j", "Stage ", "incubator")


@pytest.fixture(scope="module")
def book(sample, tmp_path_factory):
    """A casebook whose tables are told of as files to copy, and in place to DuckDB and to Spark."""
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


@pytest.fixture(scope="module")
def copied(book):
    """What the report finds in the copied files."""
    findings, _ = ran(book, "files")
    assert len(findings) > 1
    return findings


def _without_sources(text):
    kept = []
    for part in text.split("\n["):
        kept += [] if part.startswith("sources.") else [part]
    return "\n[".join(kept) + "\n"


@pytest.mark.slow
@pytest.mark.spark
def test_spark_finds_what_the_copied_files_tell(book, copied):
    found, said = ran(book, "lake")
    alike(found, copied)
    assert not [word for word in NOISE if word in said]
    assert not list((book / "tmp").glob("tskit-spark-*")), "Java's folder is still there"


@pytest.mark.slow
@pytest.mark.postgres
def test_postgresql_and_parquet_find_what_the_copied_files_tell(book, copied):
    with running_server("fsync=off") as server:
        url = server.database("desk")
        filled(url, {name: book / "data" / f"{name}.parquet" for name in TABLES}).disconnect()
        with (book / "casebook.toml").open("a", encoding="utf-8") as told:
            told.write(WAREHOUSE.format(url=url))
        alike(ran(book, "warehouse")[0], copied)
    alike(ran(book, "lying")[0], copied)


def alike(findings, expected):
    """Fail unless both are the same findings, figure for figure."""
    assert [finding["claim"] for finding in findings] == [finding["claim"] for finding in expected]
    for mine, theirs in zip(findings, expected, strict=True):
        assert mine["values"].keys() == theirs["values"].keys()
        for name, value in theirs["values"].items():
            wanted = pytest.approx(value, rel=1e-9) if isinstance(value, float) else value
            assert mine["values"][name] == wanted, name


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
