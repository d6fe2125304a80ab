"""A batch that is sent to a Dask scheduler comes to the same as one that is done here, also when a worker is killed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

from tskit.runs.batch import read_plan
from tskit.runs.batch.journal import read_journal
from tskit.runs.normalise import normalise

ROOT = Path(__file__).parents[2]
GRID = """
[fixed]
metric = ["cases_opened", "backlog"]
by = ["queue"]
[[zip]]
start = ["2026-07-06", "1999-03-01"]
end = ["2026-08-02", "1999-03-28"]
[cross]
market = ["ID", "TH", "ZZ"]
"""
pytestmark = [pytest.mark.slow, pytest.mark.acceptance]


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """Return a casebook with a grid, and a cluster of two workers that has the same disk."""
    found = Desk(tmp_path_factory.mktemp("home"))
    found.finish("init", found.home / "book", "--sample", "--cases", "3000")
    (found.home / "grid.toml").write_text(GRID, encoding="utf-8")
    cluster = [found.dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")]
    try:
        found.address = found.scheduler()
        cluster += [found.dask("worker", found.address, "--nthreads", "1", "--no-dashboard") for _ in range(2)]
        yield found
    finally:
        for process in cluster:
            end(process)


class Desk:
    def __init__(self, home):
        self.home = home
        self.file = home / "scheduler.json"
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "DASK"))}
        own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": str(ROOT)}
        self.variables = kept | own | {"TSKIT_PSEUDONYM_KEY": "k" * 32}

    def dask(self, verb, *arguments):
        more = ["--scheduler-file", self.file] if verb == "scheduler" else ["--local-directory", self.home / "dask"]
        command = [sys.executable, "-m", f"distributed.cli.dask_{verb}", *arguments, *more]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(list(map(str, command)), env=self.variables, cwd=self.home, **silent)

    def scheduler(self):
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            if self.file.is_file():
                return json.loads(self.file.read_text(encoding="utf-8"))["address"]
            time.sleep(0.1)
        raise AssertionError("the scheduler did not start")

    def begin(self, *arguments):
        command = [sys.executable, "-m", "tskit.cli", *map(str, arguments)]
        out = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "encoding": "utf-8"}
        return subprocess.Popen(command, env=self.variables, cwd=self.home, **out)

    def finish(self, *arguments, code=0):
        started = self.begin(*arguments)
        out, told = started.communicate(timeout=400)
        assert started.returncode == code, told
        return out, told

    def batch(self, name, *more):
        given = ("--grid", self.home / "grid.toml", "--out", self.home / name, "--casebook", self.home / "book")
        return "batch", "trend_report", *given, *more


def end(process):
    family = [process, *psutil.Process(process.pid).children(recursive=True)] if process.poll() is None else []
    for one in family:
        one.kill()
    process.wait(30)


def outcomes(folder):
    """Return what became of each run: its end, its findings, and its notebook in canonical form."""
    (batch,) = (path.parent for path in folder.glob("*/batch.json"))
    ended = {line["run"]: (line["outcome"], line["kind"]) for line in read_journal(batch) if line["event"] == "ended"}
    assert not (batch / ".attempts").exists()
    found = {}
    for run in read_plan(batch).runs:
        notebook = nbformat.read(batch / run.id / "notebook.ipynb", as_version=4)
        findings = json.loads((batch / run.id / "findings.json").read_text(encoding="utf-8"))
        found[run.label] = (ended[run.id], findings, normalise(notebook))
    return found


def test_a_cluster_gives_the_same_as_this_machine_also_when_a_worker_is_killed(desk):
    for name in ("here", "there"):  # a second try begins anew
        shutil.rmtree(desk.home / name, ignore_errors=True)
    desk.finish(*desk.batch("here", "--kernel", "cold", "--stop-after-failures", "1"), code=14)
    expected = outcomes(desk.home / "here")
    assert sorted(kind for (kind, _), _, _ in expected.values()) == ["failed"] * 2 + ["no_data"] * 2 + ["ok"] * 2
    sent = desk.begin(*desk.batch("there", "--cluster", desk.address, "--stop-after-failures", "1"))
    give_up = time.monotonic() + 120
    while not list((desk.home / "there").glob("*/.attempts/*/*/*.partial/notebook.ipynb")):
        assert time.monotonic() < give_up
        assert sent.poll() is None, sent.stderr.read()
        time.sleep(0.1)
    kill_a_worker(desk)
    _, told = sent.communicate(timeout=400)
    assert sent.returncode == 14, told
    assert outcomes(desk.home / "there") == expected


def kill_a_worker(desk):
    """Kill one process that does runs; its nanny starts another."""
    mine = (one for one in psutil.process_iter(["cmdline"]) if "spawn_main" in " ".join(one.info["cmdline"] or ()))
    next(one for one in mine if one.environ().get("HOME") == str(desk.home)).kill()


def test_a_cluster_that_is_not_there_is_said_before_the_first_run(desk):
    told = desk.finish(*desk.batch("away", "--cluster", "tcp://127.0.0.1:9"), code=14)[1]
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in told
