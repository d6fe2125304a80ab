"""A pruning that is killed at any moment leaves whole runs or none, and the next one does the rest."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time

import pytest

from tests.acceptance.test_killed import variables
from tskit.runs import rows

RUNS, FILES, KEPT = 40, 80, 3
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


def prune(root):
    command = [
        sys.executable,
        "-m",
        "tskit.cli",
        "runs",
        "prune",
        "--keep-newest",
        str(KEPT),
        "--yes",
        "--runs",
        str(root),
    ]
    return subprocess.Popen(
        command, env=variables(root.parent), cwd=root.parent, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def whole(root):
    """Return the runs that are listed, after a look at each that it has all of its files."""
    found = rows(root)
    for row in found:
        assert (root / row.folder / "manifest.json").is_file(), row.folder
        assert len(list((root / row.folder / "data").iterdir())) == FILES, row.folder
    return [row.id for row in found]


def test_a_killed_pruning_leaves_whole_runs_and_the_next_does_the_rest(root):
    chance = random.Random(20261123)
    newest = whole(root)[:KEPT]
    for _ in range(6):
        process = prune(root)
        assert process.stdout is not None
        for _ in range(chance.randrange(1, 5)):
            process.stdout.readline()
        time.sleep(chance.random() * 0.01)
        process.kill()
        process.communicate()
        assert whole(root)[:KEPT] == newest
    left = len(whole(root))
    assert KEPT < left < RUNS
    process = prune(root)
    said, trouble = process.communicate(timeout=120)
    assert (process.returncode, trouble) == (0, "")
    assert f"{left - KEPT} runs removed" in said
    assert whole(root) == newest
    assert sorted(path.name for path in root.iterdir()) == sorted(newest)
