"""A casebook that tells a file of its runs, and environments of their own for other people's programs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.samples import own_sample

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ALERT = """
[[alerts]]
name = "file"
on = ["failure", "no_data", "spike", "silence", "sla_breach"]
to = "command"
command = ["{python}", "-c", "import sys; open('told.jsonl', 'ab').write(sys.stdin.buffer.read())"]
certainty = "low"
"""


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """Return the folder of a sample casebook of 4,000 cases with one alert, which writes to told.jsonl in it."""
    folder = own_sample(tmp_path_factory, cases=4_000)
    path = folder / "casebook.toml"
    path.write_text(path.read_text(encoding="utf-8") + ALERT.format(python=sys.executable), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def bare(tmp_path_factory):
    """Return the environment of a process that nobody's shell has set up: a home, a path, and nothing of ours."""
    home = tmp_path_factory.mktemp("home")
    return {"HOME": str(home), "LOGNAME": "tskit", "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """Return what makes an environment of its own: `python` and `bin` of it, with these requirements installed."""

    def made(name, *requirements, constraints=None):
        folder = tmp_path_factory.mktemp(name)
        _call(sys.executable, "-m", "venv", folder)
        python = folder / "bin" / "python"
        pinned = ["--constraint", HERE / constraints] if constraints else []
        _call(python, "-m", "pip", "install", "--quiet", *pinned, *requirements)
        return SimpleNamespace(folder=folder, python=python, bin=folder / "bin")

    return made


def _call(*command):
    # Nothing of the pytest process around it may lead pip or another interpreter to our own packages.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "JUPYTER", "PYTEST"))}
    done = subprocess.run([str(part) for part in command], env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
