"""Writers that are killed at random moments lose nothing that was acknowledged, and a row edited afterwards is found."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.postgres import running_server
from tskit.records import open_store

ROOT = Path(__file__).parents[2]
WRITERS = 8
KILLS = 32
WRITER = """
import sys, time
from itertools import count
from pathlib import Path
from tests.support.drafts import draft
from tskit.errors import SourceError
from tskit.records import open_store

place, name, told = sys.argv[1], sys.argv[2], Path(sys.argv[3])
store = open_store(place)
with told.open("ab", buffering=0) as file:
    # The first one is what nobody heard about when this writer was killed: it may be there already, or not.
    for turn in count(len(told.read_bytes().splitlines())):
        batch = [draft(f"{name}-{turn}-{part}", body={"turn": turn, "note": "x" * 200}) for part in range(1 + turn % 3)]
        while True:
            try:
                entries = store.append("tags", batch)
            except SourceError:
                time.sleep(0.05)  # the server is away; as a person would, try the same again
            else:
                break
        file.write(" ".join(f"{entry.key}:{entry.seq}:{entry.digest}" for entry in entries).encode() + b"\\n")
"""
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")]


@pytest.fixture(scope="module")
def server():
    with running_server() as started:
        yield started


class Writers:
    """Processes that add to one log, each of them started anew when it was killed."""

    def __init__(self, place, folder):
        self.place, self.folder = str(place), folder
        self.processes = {}
        for number in range(WRITERS):
            self.start(f"w{number}")

    def start(self, name):
        command = [sys.executable, "-c", WRITER, self.place, name, str(self.folder / name)]
        self.processes[name] = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE)

    def kill(self, name):
        """Kill a writer; return whether it was at work."""
        process = self.processes[name]
        process.send_signal(signal.SIGKILL)
        _, trouble = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, trouble.decode()
        return trouble == b""

    def acknowledged(self):
        """Return key, number and digest of every entry that a writer was told about."""
        lines = [line for path in sorted(self.folder.iterdir()) for line in path.read_text(encoding="ascii").split()]
        return [(key, int(seq), digest) for key, seq, digest in (line.split(":") for line in lines)]

    def wait_for(self, count):
        give_up = time.monotonic() + 120
        while len(self.acknowledged()) < count:
            assert time.monotonic() < give_up, "the writers stand still"
            assert all(process.poll() is None for process in self.processes.values())
            time.sleep(0.05)

    def disturb(self, rng, *, kills):
        for _ in range(kills):
            time.sleep(rng.uniform(0.0, 0.3))
            name = rng.choice(sorted(self.processes))
            assert self.kill(name)
            self.start(name)

    def end(self):
        for name in self.processes:
            self.kill(name)


def check(store, acknowledged, *, kills):
    """Hold the log to what the writers were told."""
    entries = store.entries("tags")
    there = {entry.key: (entry.key, entry.seq, entry.digest) for entry in entries}
    assert len(there) == len(entries), "an entry stands twice"
    assert [entry.seq for entry in entries] == list(range(1, len(entries) + 1))
    assert len(acknowledged) == len(set(acknowledged))
    assert [told for told in acknowledged if there.get(told[0]) != told] == [], "an acknowledged entry is lost"
    # Each kill can leave one batch written that nobody heard of, and batches are whole.
    assert len(there) - len(acknowledged) <= 3 * kills
    for batch, count in Counter(entry.key.rpartition("-")[0] for entry in entries).items():
        assert count == 1 + int(batch.partition("-")[2]) % 3, batch
    assert store.verify("tags", expected=store.head("tags")).is_whole


def check_that_an_edit_is_found(store, execute, rng):
    seq = rng.randint(1, store.head("tags")[0])
    execute(seq)
    verdict = store.verify("tags")
    assert (verdict.is_whole, verdict.first_broken_seq) == (False, seq)


@pytest.mark.kill
def test_killed_writers_lose_nothing_in_sqlite(tmp_path):
    place, folder, rng = tmp_path / "records.sqlite", tmp_path / "told", random.Random(3)
    folder.mkdir()
    writers = Writers(place, folder)
    try:
        writers.wait_for(WRITERS)
        writers.disturb(rng, kills=KILLS)
        writers.wait_for(400)
    finally:
        writers.end()
    with open_store(place) as store, closing(sqlite3.connect(place)) as console:
        check(store, writers.acknowledged(), kills=KILLS + WRITERS)
        assert console.execute("PRAGMA integrity_check").fetchall() == [("ok",)]

        def edit(seq):
            console.execute("DROP TRIGGER tskit_entries_update")
            console.execute("UPDATE tskit_entries SET body = replace(body, 'x', 'y') WHERE seq = ?", [seq])
            console.commit()

        check_that_an_edit_is_found(store, edit, rng)


@pytest.mark.postgres
def test_killed_writers_lose_nothing_in_postgresql(server, tmp_path):
    place, rng = server.database("killed"), random.Random(4)
    writers = Writers(place, tmp_path)
    try:
        writers.wait_for(WRITERS)
        writers.disturb(rng, kills=KILLS)
        writers.wait_for(400)
    finally:
        writers.end()
    with open_store(place) as store:
        check(store, writers.acknowledged(), kills=KILLS + WRITERS)

        def edit(seq):
            server.execute(
                "killed",
                "DROP TRIGGER tskit_entries_change ON tskit_entries",
                f"UPDATE tskit_entries SET body = replace(body, 'x', 'y') WHERE seq = {seq}",
            )

        check_that_an_edit_is_found(store, edit, rng)


@pytest.mark.postgres
def test_a_server_that_is_killed_loses_nothing_that_it_acknowledged(server, tmp_path):
    place, rng = server.database("crashed"), random.Random(5)
    writers = Writers(place, tmp_path)
    try:
        for crash in range(1, 4):
            writers.wait_for(crash * 100)
            time.sleep(rng.uniform(0.0, 0.3))
            server.crash()
            server.start()
        writers.wait_for(400)
    finally:
        writers.end()
    with open_store(place) as store:
        check(store, writers.acknowledged(), kills=WRITERS)
