from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from tskit.runs.starter import starter
from tskit.ui.form_run import Asked, Followed, Running, begin


@pytest.fixture
def heard():
    return []


@pytest.fixture
def followed(heard):
    return Followed(
        lambda *told: heard.append(("section", *told)),
        lambda folder: heard.append(("done", folder)),
        lambda message, is_stopped: heard.append(("failed", message, is_stopped)),
    )


@pytest.fixture
def asked(tmp_path):
    (tmp_path / "casebook.toml").write_text('name = "mine"\n[sources.main]\ncases = "x.csv"\n', encoding="utf-8")
    template = tmp_path / "queue_health.py"
    template.write_text(starter("queue_health"), encoding="utf-8")
    return lambda **given: Asked(template, given, tmp_path, tmp_path / "runs")


def process(code):
    """Return a run that says what `code` prints, in place of a real one."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    return subprocess.Popen([sys.executable, "-c", code], **pipes, text=True)


def ended(running):
    assert running.wait(60)
    return running


def test_sections_and_the_end_are_told_in_their_order(heard, followed, tmp_path):
    events = [{"kind": "section", "section": "A", "done": 0, "total": 2}, {"kind": "done", "folder": str(tmp_path)}]
    ended(Running(process(f"for line in {[json.dumps(event) for event in events]!r}: print(line)"), followed)).stop()
    assert heard == [("section", "A", 0, 2), ("done", tmp_path)]


def test_what_a_library_prints_is_not_taken_for_news(heard, followed, tmp_path):
    end = json.dumps({"kind": "done", "folder": str(tmp_path)})
    ended(Running(process(f"print('a library'); print({end!r}); print('3')"), followed)).stop()
    assert heard == [("done", tmp_path)]


def test_a_run_that_dies_is_told_as_one(heard, followed):
    ended(Running(process("import os; os._exit(9)"), followed)).stop()
    ((kind, message, is_stopped),) = heard
    assert kind == "failed"
    assert "memory" in message
    assert not is_stopped


def test_a_parameter_that_does_not_fit_is_told_in_its_own_words(heard, followed, asked):
    ended(begin(asked(market=3), followed)).stop()
    ((_, message, is_stopped),) = heard
    assert "takes a list of texts" in message
    assert not is_stopped


def test_a_run_is_stopped_as_soon_as_somebody_asks(heard, followed, asked, tmp_path):
    running = begin(asked(), followed)
    began = time.monotonic()
    running.stop()
    ended(running)
    assert time.monotonic() - began < 20
    ((_, message, is_stopped),) = heard
    assert is_stopped
    assert "stopped" in message
    assert not (tmp_path / "runs").exists() or list((tmp_path / "runs").iterdir()) != []


@pytest.mark.skipif(sys.platform == "win32", reason="a process is killed in another way there")
def test_a_run_ends_with_the_kernel_that_asked_for_it(asked):
    code = (
        "import sys, os, time; from pathlib import Path; from tskit.ui.form_run import *\n"
        "nothing = lambda *told: None\n"
        "a = Asked(Path(sys.argv[1]), {}, Path(sys.argv[2]), Path(sys.argv[2]) / 'runs')\n"
        "running = begin(a, Followed(nothing, nothing, nothing))\n"
        "print(running._process.pid, flush=True); time.sleep(60)"
    )
    wanted = asked()
    arguments = [sys.executable, "-c", code, str(wanted.template), str(wanted.casebook)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as kernel:
        worker = int(kernel.stdout.readline())
        kernel.kill()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            os.kill(worker, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    raise AssertionError("The run goes on without anybody who follows it.")
