"""Whoever is killed while the engine executes a notebook: a clear failed run or a *.partial is left, and no process."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.support.kernels import warm_place

ROOT = Path(__file__).parents[2]
NOTEBOOK = """# %% [markdown]
# # A write-up
#
# What it answers.

# %% tags=["parameters"]
note: str = ""  # where the child says who it is

# %%
from tskit import Scope

scope = Scope.from_parameters()

# %% [markdown]
# ## 1. Begin
# Why.

# %%
import os, subprocess, time

p = subprocess.Popen(["sleep", "600"])
done = open(note, "w").write(f"{os.getpid()} {os.getppid()} {p.pid}")

# %%
time.sleep(0.8)
p.kill()
"""
RUN = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from tskit.errors import RunError
from tskit.runs import Setting, Template, execute
from tskit.runs.warm import WarmPlace
folder, source, root, note = map(Path, sys.argv[1:5])
place = WarmPlace(folder, tuple(sys.argv[5:]), 600)
setting = Setting(clock=lambda: datetime.now(UTC), kernel="engine", warm=place)
print("begun", flush=True)
try:
    execute(Template.from_file(source), {"note": str(note)}, root=root, setting=setting)
except RunError as error:
    print(error)
    sys.exit(14)
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.kill,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9"),
]
PRELOAD = ("tskit.runs.engine.child:prepare",)


@pytest.fixture(scope="module")
def place():
    with warm_place(*PRELOAD) as made:
        yield made


@pytest.mark.parametrize("victim", ["child", "zygote", "client"])
@pytest.mark.parametrize("seed", range(5))
def test_a_kill_at_a_random_moment_leaves_a_clear_end_and_no_process(tmp_path, place, victim, seed):
    source, root, note = tmp_path / "small.py", tmp_path / "runs", tmp_path / "note"
    source.write_text(NOTEBOOK, encoding="utf-8")
    command = [sys.executable, "-c", RUN, place.folder, source, root, note, *PRELOAD]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    client = subprocess.Popen(
        list(map(str, command)), env=environment, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    child, zygote, started = met(note, client)
    time.sleep(random.Random(seed).uniform(0, 0.9))
    with suppress(ProcessLookupError):  # it came to its end before
        os.kill({"child": child, "zygote": zygote, "client": client.pid}[victim], signal.SIGKILL)
    said, _ = client.communicate(timeout=60)
    assert all(is_gone(pid) for pid in (child, started))
    (folder,) = (path for path in root.iterdir() if path.is_dir())
    if victim == "client":
        assert client.returncode == -signal.SIGKILL
        assert folder.suffix == ".partial" or ended(folder) == "ok"
        return
    # The kill may come when the last cell has answered.
    assert (client.returncode, ended(folder)) in ((14, "failed"), (0, "ok"))
    assert client.returncode == 0 or "The kernel died" in said


def met(note, client):
    """Return the numbers of the child, its zygote and what the child started, once it says them."""
    for _ in range(1200):
        text = note.read_text(encoding="utf-8") if note.exists() else ""
        if len(text.split()) == 3:
            return tuple(map(int, text.split()))
        assert client.poll() is None, client.stdout.read()
        time.sleep(0.05)
    raise AssertionError("The child never began.")


def ended(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["status"]


def is_gone(pid):
    for _ in range(200):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False
