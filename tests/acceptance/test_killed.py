"""Whatever is killed at whatever moment leaves nothing half made that counts as whole, and the same command mends it."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pyarrow.parquet as pq
import pytest

from tskit.duty import ESCALATIONS, SHIFTS, open_duty
from tskit.model import Casebook

ROOT = Path(__file__).parents[2]
CASES = "12000"
LOAD = """
import sys
from pathlib import Path
from tskit.cases import load
from tskit.model import Casebook, Scope
case_set = load(Scope(), casebook=Casebook.read(Path(sys.argv[1])))
print(case_set.fingerprint, case_set.quality.as_json(), case_set.cases.count().to_pyarrow().as_py())
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.kill,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def book(home):
    """Return a sample casebook that nothing disturbed."""
    done = finish(home, *init(home / "book"))
    assert done.returncode == 0, done.stderr
    return home / "book"


def init(folder):
    return [sys.executable, "-m", "tskit.cli", "init", folder, "--sample", "--cases", CASES]


def variables(home):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "IPYTHON"))}
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": str(ROOT)}
    return kept | own | {"TSKIT_PSEUDONYM_KEY": "k" * 32}


def finish(home, *command):
    return subprocess.run(
        list(map(str, command)),
        env=variables(home), cwd=home, capture_output=True, text=True, encoding="utf-8", timeout=600, check=False,
    )  # fmt: skip


def kill(home, *command, after):
    """Start a command and kill it with all its children so many seconds later; return whether it was still at work."""
    started = subprocess.Popen(
        list(map(str, command)), env=variables(home), cwd=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    time.sleep(after)
    family = [started, *psutil.Process(started.pid).children(recursive=True)] if started.poll() is None else []
    for process in family:
        process.kill()
    started.wait(60)
    psutil.wait_procs(family[1:], timeout=20)
    return bool(family)


def moments(home, command, *, count):
    """Return random moments of a command's life, and the finished command whose time was taken."""
    begun = time.monotonic()
    done = finish(home, *command)
    assert done.returncode == 0, done.stderr
    whole = time.monotonic() - begun
    rng = random.Random(11)
    # Half of them late, where files are put in their places.
    return done, [whole * rng.uniform(*((0.1, 0.9) if n % 2 else (0.7, 1.0))) for n in range(count)]


def files(folder):
    found = (path for path in folder.rglob("*") if path.is_file() and ".cache" not in path.parts)
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


def test_a_killed_init_is_mended_by_the_same_command(home):
    _, times = moments(home, init(home / "timed"), count=10)
    # Not the shared casebook: other tests leave runs in it.
    expected = files(home / "timed")
    for number, after in enumerate(times):
        folder = home / f"killed{number}"
        kill(home, *init(folder), after=after)
        if (folder / "casebook.toml").exists():
            assert pq.read_table(folder / "data" / "cases.parquet").num_rows > 0
            assert set(files(folder)) <= set(expected)
        if files(folder) != expected:
            done = finish(home, *init(folder))
            assert done.returncode == 0, done.stderr
        assert files(folder) == expected


def test_a_killed_load_is_mended_by_the_next_one(home, book):
    command = [sys.executable, "-c", LOAD, book]
    undisturbed, times = moments(home, command, count=10)
    cache = book / ".cache"
    for after in times:
        for path in cache.glob("*/account.json"):
            path.unlink()
        kill(home, *command, after=after)
        for account in cache.glob("[!.]*/account.json"):
            json.loads(account.read_text(encoding="utf-8"))
            assert pq.read_table(account.parent / "cases.parquet").num_rows > 0
        done = finish(home, *command)
        assert (done.returncode, done.stdout) == (0, undisturbed.stdout), done.stderr
        assert not [path.name for path in cache.iterdir() if path.name.startswith((".making-", ".gone-"))]


@pytest.mark.parametrize("template", ["trend_report", "oncall_handover"])
def test_a_killed_run_shows_that_it_is_unfinished_and_the_next_one_is_whole(home, book, template):
    command = [sys.executable, "-m", "tskit.cli", "run", template, "--casebook", book]
    undisturbed, times = moments(home, command, count=4)
    expected = findings(Path(undisturbed.stdout.splitlines()[-1]).parent)
    runs = book / "runs"
    for after in times:
        before = set(runs.iterdir())
        kill(home, *command, after=after)
        for left in {path for path in runs.iterdir() if path.is_dir()} - before:  # locks lie beside them
            assert left.name.endswith(".partial") or tells_its_end(left)
    done = finish(home, *command)
    assert done.returncode == 0, done.stderr
    folder = Path(done.stdout.splitlines()[-1]).parent
    assert findings(folder) == expected
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["status"] == "ok"


def test_the_logs_that_a_sample_brings_are_taken_over_once_and_whole_whoever_is_killed_at_it(home, book):
    (home / "logs").mkdir()

    def fresh(name):
        folder = home / "logs" / name
        left_out = shutil.ignore_patterns(".cache", "records*", "runs")
        shutil.copytree(book, folder, ignore=left_out, copy_function=os.link)
        return folder

    def listed(folder):
        return [sys.executable, "-m", "tskit.cli", "log", "--json", "--casebook", folder]

    first = fresh("undisturbed")
    undisturbed, times = moments(home, listed(first), count=6)
    for number, after in enumerate(times):
        folder = fresh(f"killed{number}")
        beside = subprocess.Popen(
            list(map(str, listed(folder))), env=variables(home), cwd=home, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )  # fmt: skip
        kill(home, *listed(folder), after=after)
        shown, _ = beside.communicate(timeout=60)
        done = finish(home, *listed(folder))
        assert (beside.returncode, shown) == (0, undisturbed.stdout)
        assert (done.returncode, done.stdout) == (0, undisturbed.stdout), done.stderr
        assert heads(folder) == heads(first)


def heads(folder):
    with open_duty(Casebook.read(folder)).store as store:
        assert all(store.verify(log).is_whole for log in (ESCALATIONS, SHIFTS))
        return [store.head(log) for log in (ESCALATIONS, SHIFTS)]


def tells_its_end(folder):
    """Return whether a folder that looks finished is: its manifest says failed, or every output that it names is there."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = all((folder / name).is_file() for name in manifest["outputs"])
    return manifest["status"] == "failed" or (found and (folder / "report.html").is_file())


def findings(folder):
    return json.loads((folder / "findings.json").read_text(encoding="utf-8"))
