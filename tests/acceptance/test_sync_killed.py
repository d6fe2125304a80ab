"""A sync that is killed at random moments ends in the same store as one that nobody disturbed, and shows no case."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tskit.sources import connect
from tskit.sources.sync import open_store, snapshots

pytestmark = [
    pytest.mark.slow,
    pytest.mark.kill,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9"),
]

ROOT = Path(__file__).parents[2]
KILLS = 20
ROWS, CHANGED = 6_000, 1_500
CANARY = "zebrakeeper-canary-4711"
# Small chunks, so that there are many places to be killed at.
SYNC = """
import importlib, sys
module = importlib.import_module("tskit.sources.sql.extract")
module._CHUNK_ROWS = module._FETCHED = 100
from tskit.cli import main
main(["sync", "dw", "--casebook", sys.argv[1]])
"""
BOOK = """
name = "book"
[sources.dw]
url = "sqlite:///warehouse.sqlite"
cases = "cases"
watermark = "changed_at"
profile = "canonical"
settings = { key = "case_id" }
"""


def casebook(folder):
    folder.mkdir()
    (folder / "casebook.toml").write_text(BOOK)
    with closing(sqlite3.connect(folder / "warehouse.sqlite")) as database, database:
        database.execute("CREATE TABLE cases (case_id TEXT PRIMARY KEY, created_at TEXT, changed_at TEXT, status TEXT)")
        lines = [(f"{CANARY}-{n}", moment(n), moment(n), "new") for n in range(ROWS)]
        database.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", lines)
    return folder


def moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(1_790_000_000 + seconds))


def restate(book):
    """Close some cases, which changes their row, and bring new ones."""
    with closing(sqlite3.connect(book / "warehouse.sqlite")) as database, database:
        for n in range(CHANGED):
            values = (moment(ROWS + n), f"{CANARY}-{n * 3}")
            database.execute("UPDATE cases SET status = 'closed', changed_at = ? WHERE case_id = ?", values)
        lines = [(f"{CANARY}-{ROWS + n}", moment(ROWS), moment(ROWS + CHANGED + n), "new") for n in range(CHANGED)]
        database.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", lines)


def started(book):
    return subprocess.Popen(
        [sys.executable, "-c", SYNC, str(book)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )


def finished(book):
    process = started(book)
    said, _ = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return said


def killed(book, luck):
    """Kill a sync once its journal has grown by some lines, and perhaps a moment later; return whether it still ran."""
    process = started(book)
    before, more = written(book), luck.choice([0, 1, 2, 4, 8, 100])
    while process.poll() is None and written(book) < before + more * 250:
        time.sleep(0.001)
    time.sleep(luck.choice([0, 0, 0.002, 0.02]))
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    assert CANARY not in said
    return process.returncode == -signal.SIGKILL


def written(book):
    return sum(path.stat().st_size for path in book.glob("sources/dw/*.partial/journal.jsonl") if path.exists())


def content(book):
    """Return what each snapshot of the store says, and what it is made of, but for times."""
    found = []
    for one in snapshots("dw", root=book):
        raw = open_store(book / "sources" / "dw", connection=connect(), snapshot=one.number)["cases"]
        rows = sorted(tuple(row[c] for c in raw.header) for row in raw.table.to_pyarrow().to_pylist())
        apart = sorted(raw.rejected.to_pyarrow()["reason"].to_pylist())
        brought = one.tables["cases"]
        found.append((one.number, rows, apart, raw.read, brought.watermark, brought.key, brought.is_whole))
    return found


def test_a_killed_sync_ends_in_the_same_store_as_an_undisturbed_one(tmp_path):
    luck = random.Random(20_261_101)
    calm, rough = casebook(tmp_path / "calm"), casebook(tmp_path / "rough")
    said, cuts = "", 0
    for turn in range(2):
        finished(calm)
        cuts += sum(killed(rough, luck) for _ in range(KILLS // 2))
        said += finished(rough)
        if not turn:
            restate(calm)
            restate(rough)
    assert cuts >= KILLS // 2, "the kills came too late to prove anything"
    assert CANARY not in said
    wanted = content(calm)
    assert content(rough) == wanted
    assert [one[0] for one in wanted] == [1, 2]
    assert len(wanted[1][1]) == ROWS + CHANGED
    assert wanted[1][2] == ["superseded"] * CHANGED
    store = rough / "sources" / "dw"
    assert not list(store.glob("*.partial"))
    listed = {chunk.file for one in snapshots("dw", root=rough) for chunk in one.tables["cases"].chunks}
    assert {path.relative_to(path.parents[1]).as_posix() for path in store.rglob("*.parquet")} == listed
    assert {path.stat().st_mode & 0o777 for path in store.rglob("*") if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in store.rglob("*") if path.is_dir()} == {0o700}
