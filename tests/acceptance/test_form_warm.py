"""A form in a notebook of `tskit lab`: its run takes a fork of the lab's warm process, and is sealed as any other."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from tests.support.kernels import warm_place
from tests.support.samples import own_sample
from tskit.cli.lab_setup import KernelHere, settings
from tskit.cli.warm import PRELOAD
from tskit.model import Casebook
from tskit.runs import warm
from tskit.runs.warm import specs

ROOT = Path(__file__).parents[2]
FORM = """
from tskit.ui import form
shown = form("oncall_handover")
shown.run()
running = shown.running
assert running.wait(500)
print("ended")
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.acceptance,
    pytest.mark.skipif(
        bool(warm.why_not(warm.WarmPlace(Path("/")))), reason=warm.why_not(warm.WarmPlace(Path("/"))) or "no reason"
    ),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=3000)


def said_by(client, code):
    said = []
    client.execute_interactive(
        code, timeout=600, output_hook=lambda message: said.append(message["content"].get("text", ""))
    )
    return "".join(said)


@pytest.mark.skipif(
    not specs.is_registered(), reason="tskit is not installed, so that Jupyter knows of no warm kernels"
)
def test_the_run_of_a_form_takes_a_fork_where_its_notebook_is_one_and_holds(book, monkeypatch):
    monkeypatch.setenv("TSKIT_CASEBOOK", str(book))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with warm_place(*PRELOAD) as place:
        kernels = KernelHere(config=settings(Casebook.read(book), port=None, is_shown=False, warm=place))
        manager = KernelManager(kernel_name="python3", kernel_spec_manager=kernels)
        manager.start_kernel()
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=120)
            assert said_by(client, FORM).strip().endswith("ended")
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    (run,) = (book / "runs").glob("2*")
    kept = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert (kept["status"], kept["kernel"]) == ("ok", "warm")
    command = [sys.executable, "-m", "tskit.cli", "verify", str(run), "--cold"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env={**os.environ}, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAIL" not in done.stdout
    # What it was made with is known, so that a change of it would be named.
    assert "code" in kept
    assert "machine" in kept
