from __future__ import annotations

import os
import select
import shutil
import tempfile
from pathlib import Path

import pytest

from tskit.runs import warm

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def place():
    """Return a place of its own for the tests of a file; its zygotes end with it."""
    # Not pytest's own folder: the path of a socket has to be short.
    folder = Path(tempfile.mkdtemp(prefix="tsk-"))
    made = warm.WarmPlace(folder / "warm", ("numpy", "tests.support.forked"), 60)
    if warm.why_not(made):
        pytest.skip(warm.why_not(made))
    yield made
    warm.retire(made)
    shutil.rmtree(folder)


@pytest.fixture
def fork(place, tmp_path):
    """Return a function that forks a process with a call of tests.support.forked, and ends it after the test."""
    made = []

    def start(call, arguments=None, *, descriptors=(), at=place, **environment):
        whole = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
        forked = warm.fork(
            at,
            f"tests.support.forked:{call}",
            environment=whole,
            cwd=tmp_path,
            descriptors=descriptors,
            arguments=arguments,
        )
        made.append(forked)
        return forked

    yield start
    for forked in made:
        forked.close()


class Pipe:
    """A pipe whose writing end is handed to a child behind the three standard files."""

    def __init__(self):
        self.null = os.open(os.devnull, os.O_RDWR)
        self.read, self.write = os.pipe()
        self.descriptors = (self.null, self.null, self.null, self.write)

    def line(self):
        """Return the next line, or all there is when the other end closes."""
        got = b""
        while not got.endswith(b"\n"):
            assert select.select([self.read], [], [], 30)[0], "nothing came"
            more = os.read(self.read, 1)
            if not more:
                break
            got += more
        return got.decode().strip()

    def text(self):
        """Return all that comes until every writer is gone."""
        os.close(self.write)
        self.write = -1
        got = b""
        while more := os.read(self.read, 65536):
            got += more
        return got.decode()

    def close(self):
        for number in (self.null, self.read, self.write):
            if number >= 0:
                os.close(number)


@pytest.fixture
def pipe():
    """Return a pipe to hand to a child."""
    made = Pipe()
    yield made
    made.close()
