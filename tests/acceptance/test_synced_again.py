"""An old report on what was known then: after history was restated, it says the same again, and holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.samples import own_sample
from tskit.sources import in_memory

pytestmark = [pytest.mark.slow, pytest.mark.acceptance]

ROOT = Path(__file__).parents[2]
CASES = 3_000
CANARY = "zebrakeeper-canary-4711"
SOURCE = '\n[sources.desk]\ncases = "exports"\n'
SHOWN: list[str] = []


def tskit(book, *asked, code=0):
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TSKIT_PSEUDONYM_KEY": "k" * 32, "TSKIT_CASEBOOK": str(book)}
    command = [sys.executable, "-m", "tskit.cli", *map(str, asked)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, timeout=600)
    SHOWN.append(done.stdout + done.stderr)
    assert done.returncode == code, SHOWN[-1]
    return done.stdout


def export(book, name, *, where, market):
    """Write some of the sample's cases as an export, with a text that nobody may read outside of the store."""
    query = (
        f"SELECT * REPLACE ({market} AS market, '{CANARY}' AS subject) FROM '{book}/data/cases.parquet' WHERE {where}"
        if "subject" in columns(book)
        else f"SELECT * REPLACE ({market} AS market), '{CANARY}' AS subject FROM '{book}/data/cases.parquet' WHERE {where}"
    )
    with in_memory() as database:
        database.execute(f"COPY ({query}) TO '{book}/exports/{name}' (FORMAT parquet)")


def columns(book):
    with in_memory() as database:
        return [row[0] for row in database.execute(f"DESCRIBE FROM '{book}/data/cases.parquet'").fetchall()]


def run(book, source):
    tskit(book, "run", "trend_report", "-p", f"source={source}", "-p", "start=2026-08-03", "-p", "end=2026-10-04")
    folder = max((book / "runs").glob("2*"), key=lambda one: one.stat().st_mtime_ns)
    claims = [one["claim"] for one in json.loads((folder / "findings.json").read_text("utf-8"))["findings"]]
    inputs = json.loads((folder / "manifest.json").read_text("utf-8"))["inputs"]
    return folder, claims, [one["name"] for given in inputs for one in given["inputs"]]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    book = own_sample(tmp_path_factory, cases=CASES)
    (book / "casebook.toml").write_text((book / "casebook.toml").read_text("utf-8") + SOURCE, "utf-8")
    (book / "exports").mkdir()
    export(book, "october.parquet", where="created_at < '2026-10-20'", market="market")
    return book


def test_an_old_report_says_the_same_again_after_history_was_restated(book):
    tskit(book, "sync", "desk")
    then, claims, inputs = run(book, "desk")
    assert claims
    assert inputs == ["desk@1/0001/october.parquet"]

    moved = "CASE WHEN market IN ('ID', 'TH') AND created_at >= '2026-09-01' THEN 'SG' ELSE market END"
    export(book, "november.parquet", where="created_at >= '2026-08-20'", market=moved)
    tskit(book, "sync", "desk")
    _, newer, inputs = run(book, "desk")
    assert inputs == ["desk@2/0001/october.parquet", "desk@2/0002/november.parquet"]
    assert newer != claims

    _, again, _ = run(book, "desk@1")
    assert again == claims
    said = tskit(book, "verify", then, "--cold", "--trust")
    assert "holds." in said
    told = tskit(book, "check", "desk", "--against", "desk@1")
    assert "changed, by column: market" in told
    assert CANARY not in "".join(SHOWN)


def test_what_the_store_holds_is_found_nowhere_else(book):
    holders = {
        path.relative_to(book).parts[0]
        for path in book.rglob("*")
        if path.is_file() and path.parent.name != "exports" and CANARY.encode() in read(path)
    }
    assert holders <= {"sources", ".cache"}
    private = [
        path for part in ("sources", ".cache") for path in (book / part).rglob("*") if CANARY.encode() in read(path)
    ]
    assert {path.stat().st_mode & 0o777 for path in private if path.is_file()} == {0o600}
    assert (book / "sources" / "desk" / ".gitignore").read_text("utf-8") == "*\n"


def read(path):
    """Return the bytes of a file, those of a Parquet file unpacked."""
    if not path.is_file():
        return b""
    if path.suffix != ".parquet":
        return path.read_bytes()
    with in_memory() as database:
        return repr(database.execute("SELECT * FROM read_parquet(?)", [str(path)]).fetchall()).encode()
