"""A pruning that is killed at any moment leaves whole runs or none, and the next one does the rest."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys

import pytest

from tests.acceptance.test_killed import variables
from tskit.runs import rows

RUNS, FILES, KEPT = 40, 80, 3
A_RUN = FILES + 5
"""How many steps the removal of a run takes: its renaming, its files, manifest, two folders and lock."""
KILLED_AT = """
import os, signal, sys
from itertools import count
steps = count(1)
def at_step(event, _):
    if event in ("os.rename", "os.remove", "os.rmdir") and next(steps) == {step}:
        os.kill(os.getpid(), signal.SIGKILL)
from tskit.cli import main
sys.addaudithook(at_step)
sys.exit(main())
"""
"""A pruning that dies right before one of its steps: by count, since a fast disk is done before any pause is over."""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.kill,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9"),
]


@pytest.fixture
def root(tmp_path):
    found = tmp_path / "runs"
    for number in range(RUNS):
        folder = found / f"202611{number // 24 + 1:02}T{number % 24:02}0000Z-trend_report-{number:06x}"
        (folder / "data").mkdir(parents=True)
        for name in range(FILES):
            (folder / "data" / f"{name}.csv").write_text("x" * 500)
        body = {"status": "ok", "template": {"name": "trend_report", "sha256": "a"}}
        (folder / "manifest.json").write_text(json.dumps(body))
    return found


def prune(root, *before):
    """Return the run of a pruning, by the command or by the code that is to run before it in its process."""
    command = [sys.executable, *(before or ("-m", "tskit.cli"))]
    asked = ["runs", "prune", "--keep-newest", str(KEPT), "--yes", "--runs", str(root)]
    return subprocess.run(
        [*command, *asked],
        env=variables(root.parent), cwd=root.parent, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def whole(root):
    """Return the runs that are listed, after a look at each that it has all of its files."""
    found = rows(root)
    for row in found:
        assert (root / row.folder / "manifest.json").is_file(), row.folder
        assert len(list((root / row.folder / "data").iterdir())) == FILES, row.folder
    return [row.id for row in found]


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_pruning_leaves_whole_runs_and_the_next_does_the_rest(root, seed):
    newest, left = whole(root)[:KEPT], RUNS
    for step in moments(random.Random(seed)):
        killed = prune(root, "-c", KILLED_AT.format(step=step))
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        found = whole(root)
        assert found[:KEPT] == newest
        assert left - step // A_RUN - 1 <= len(found) <= left
        left = len(found)
    assert KEPT < left < RUNS
    done = prune(root)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"{left - KEPT} runs removed" in done.stdout
    assert whole(root) == newest
    assert sorted(path.name for path in root.iterdir()) == sorted(newest)


def moments(chance):
    """Return before which removal, counted from 1, each of seven prunings dies: the first of all, and any of the next few runs'."""
    return [1, *(chance.randrange(1, 5 * A_RUN) for _ in range(6))]
