"""A batch of forty runs that is killed at twenty random moments comes to the same end as one that nobody disturbed."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import nbformat
import psutil
import pytest

from tskit.runs.batch import read_plan
from tskit.runs.batch.journal import read_journal
from tskit.runs.normalise import normalise

ROOT = Path(__file__).parents[2]
KILLS = 20
MANY_FAILED = 14
GRID = """
title = "Four periods in ten markets"
[fixed]
metric = ["cases_opened", "backlog"]
by = ["queue"]
[[zip]]
start = ["2026-07-06", "2026-08-03", "2026-08-31", "1999-03-01"]
end = ["2026-08-02", "2026-08-30", "2026-09-27", "1999-03-28"]
[cross]
market = ["ID", "PH", "TH", "MY", "VN", "TW", "SG", "HK", ["ID", "TH"], "ZZ"]
"""
"""The days of 1999 hold no case, and no data has a market ZZ, so some runs end with `no data` and some fail."""

BEGINS = """
import sys
from pathlib import Path
from tests.support.hands import act
from tskit.runs.batch import LocalCrew, Planned

crew = LocalCrew(act, 1)
crew.give(Planned("x", "waits", {}), Path(sys.argv[1]) / ".attempts" / "0")
crew.news()
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.kill,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9"),
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Return a casebook and a grid in a home of their own; whatever still runs there at the end is killed."""
    home = tmp_path_factory.mktemp("home")
    with tempfile.TemporaryDirectory(prefix="tsk-") as sockets:  # a socket's path has to be short
        found = Desk(home, sockets)
        found.finish("init", home / "book", "--sample", "--cases", "3000")
        (home / "grid.toml").write_text(GRID, encoding="utf-8")
        yield found
        for process in found.processes():
            process.kill()


class Desk:
    def __init__(self, home, sockets):
        self.home = home
        self.log = home / "told.txt"
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "IPYTHON"))
        }
        self.variables = kept | {
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "XDG_RUNTIME_DIR": sockets,
            "PYTHONPATH": str(ROOT),
            "TSKIT_PSEUDONYM_KEY": "k" * 32,
        }

    def begin(self, *arguments):
        command = [sys.executable, "-m", "tskit.cli", *map(str, arguments)]
        with self.log.open("wb") as file:
            return subprocess.Popen(command, env=self.variables, cwd=self.home, stdout=subprocess.DEVNULL, stderr=file)

    def end(self, started):
        """Wait for a command to end, and return its exit code."""
        try:
            return started.wait(600)
        finally:
            started.kill()

    def finish(self, *arguments, code=0):
        assert self.end(self.begin(*arguments)) == code, self.told()

    def told(self):
        """Return what the last command said."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def processes(self):
        """Return every process of this desk: those of nobody else have its home."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("HOME") == str(self.home) and process.pid != os.getpid():
                    found.append(process)
        return found

    def start(self, folder):
        """Begin a batch in `folder`, or take up again the one that is there."""
        if list(folder.glob("*/batch.json")):
            return self.begin("batch", "--resume", "latest", "--out", folder, "--casebook", self.home / "book")
        grid = ["--grid", self.home / "grid.toml", "--out", folder, "--casebook", self.home / "book"]
        return self.begin("batch", "trend_report", *grid, "--workers", "2", "--stop-after-failures", "1")


def test_a_batch_that_is_killed_again_and_again_ends_as_one_that_nobody_disturbed(desk):
    begun = time.monotonic()
    assert desk.end(desk.start(desk.home / "undisturbed")) == MANY_FAILED, desk.told()
    pace = (time.monotonic() - begun) / KILLS
    expected = state(desk.home / "undisturbed")
    assert len(expected) == 40
    assert {part["outcome"] for part in expected.values()} == {"ok", "no_data", "failed"}
    rng, killed, number = random.Random(13), [], 0
    while len(killed) < KILLS:
        folder = desk.home / f"killed{number}"
        killed += disturb(desk, folder, rng, count=KILLS - len(killed), pace=pace)
        assert state(folder) == expected
        number += 1
    assert set(killed) == {"parent", "worker", "fork"}
    assert [line(one) for one in desk.processes() if "spawn_main" in line(one)] == []


def test_processes_stop_their_runs_when_the_one_that_began_them_is_killed(tmp_path):
    parent = subprocess.Popen([sys.executable, "-c", BEGINS, tmp_path], cwd=ROOT)
    give_up = time.monotonic() + 60
    while not (found := list(tmp_path.glob("waits-*"))):
        assert time.monotonic() < give_up, "nobody waits"
        time.sleep(0.05)
    worker = psutil.Process(int(found[0].name.partition("-")[2]))
    parent.kill()
    parent.wait(60)
    assert psutil.wait_procs([worker], timeout=20)[1] == []


def disturb(desk, folder, rng, *, count, pace):
    """Kill something at so many random moments, or until the batch ends, and let it end; return what was killed."""
    killed = []
    parent = desk.start(folder)
    while len(killed) < count:
        time.sleep(rng.uniform(0.2, 1.8) * pace)
        if parent.poll() == MANY_FAILED:
            break  # it came to its end between two kills
        assert parent.poll() in (None, -9), desk.told()
        if parent.poll() is not None:
            parent = desk.start(folder)
        elif kind := kill_one(desk, parent, rng):
            killed.append(kind)
    desk.end(parent)
    # Runs under which kernels died twice have failed; the next start tries them again.
    assert desk.end(desk.start(folder)) == MANY_FAILED, desk.told()
    return killed


def kill_one(desk, parent, rng):
    """Kill the process that began, one that does runs, or one of those that these fork from; return which kind it was."""
    kind = rng.choice(["parent", "worker", "fork"])
    others = [one for one in desk.processes() if one.pid != parent.pid and "resource_tracker" not in line(one)]
    hands = [one for one in others if "spawn_main" in line(one)]
    found = {
        "parent": [psutil.Process(parent.pid)],
        "worker": hands,
        "fork": [one for one in others if one not in hands],
    }
    if not found[kind]:
        return ""
    rng.choice(found[kind]).kill()
    if kind == "parent":
        parent.wait(60)
    return kind


def line(process):
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def state(folder):
    """Return what became of each run: how it ended, its files, what it found, and its notebook in canonical form."""
    (batch,) = (path.parent for path in folder.glob("*/batch.json"))
    assert [path.name for path in batch.iterdir() if path.name.endswith(".partial") or path.name == ".attempts"] == []
    told = {entry["run"]: entry for entry in read_journal(batch) if entry["event"] == "ended"}
    return {run.label: outcome(batch / run.id, told[run.id]) for run in read_plan(batch).runs}


def outcome(folder, told):
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["status"] == told["outcome"]
    notebook = nbformat.read(folder / "notebook.ipynb", as_version=4)
    return {
        "outcome": told["outcome"],
        "kind": told["kind"],
        "files": sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()),
        "findings": json.loads((folder / "findings.json").read_text(encoding="utf-8")),
        "notebook": normalise(notebook),
    }
