"""A notebook that takes too long or too much, or whose child is killed, is a clear failed run, and nothing stays behind."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from dataclasses import replace

import psutil
import pytest

from tskit.errors import RunError
from tskit.runs import execute
from tskit.runs.warm import WarmPlace


@pytest.fixture
def engine(place, setting):
    """Return the setting of a run by the engine."""
    return replace(setting, kernel="engine", warm=place)


def told(root):
    """Return kernel and failure of the one run in `root`."""
    (path,) = root.glob("*/manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return manifest["kernel"], manifest["status"], (manifest["failure"] or {}).get("kind")


def later(seconds, call, *given):
    """Do something in the middle of a run."""
    timer = threading.Timer(seconds, call, given)
    timer.daemon = True
    timer.start()


def is_gone(pid):
    """Wait until a process is gone or waits to be buried."""
    for _ in range(100):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.05)
    return False


SLEEPS = "import os, time\nopen(market, 'w').write(str(os.getpid()))\nwhile True:\n    time.sleep(0.05)"


@pytest.mark.parametrize(
    ("code", "limits", "expected"),
    [
        ("import time\nwhile True:\n    time.sleep(0.05)", {"cell_seconds": 1}, ("Timeout", "The cell took longer than 1 seconds")),
        ("import time\nwhile True:\n    time.sleep(0.05)", {"run_seconds": 1}, ("Timeout", "The notebook took longer than 1 seconds")),
        ("while True:\n    print('x' * 1000)", {"cell_seconds": 1}, ("Timeout", "The cell took longer than 1 seconds")),
        ("import time\nheld = bytearray(300_000_000)\nwhile True:\n    time.sleep(0.05)", {"memory_mb": 200}, ("Memory", "more than 200 MiB")),
        ("import os\nos._exit(3)", {}, ("DeadKernel", "The kernel died")),
        ("import ctypes\nctypes.string_at(0)", {}, ("DeadKernel", "The kernel died")),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", {}, ("DeadKernel", "The kernel died")),
    ],
)  # fmt: skip
def test_a_run_that_cannot_go_on_says_why(tmp_path, template, engine, code, limits, expected):
    kind, message = expected
    with pytest.raises(RunError, match=message):
        execute(template(code), {}, root=tmp_path / "runs", setting=replace(engine, **limits))
    assert told(tmp_path / "runs") == ("engine", "failed", kind)


def test_what_a_killed_notebook_started_goes_with_it(tmp_path, template, engine):
    code = "import subprocess, time\np = subprocess.Popen(['sleep', '600'])\nopen(market, 'w').write(str(p.pid))\ntime.sleep(60)"
    given = {"market": str(tmp_path / "pid")}
    with pytest.raises(RunError, match="longer than 1 seconds"):
        execute(template(code), given, root=tmp_path / "runs", setting=replace(engine, cell_seconds=1))
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_a_stopped_run_ends_its_child_at_once_and_is_sealed(tmp_path, template, engine):
    later(1.0, os.kill, os.getpid(), signal.SIGTERM)
    with pytest.raises(RunError, match="stopped from outside"):
        execute(template(SLEEPS), {"market": str(tmp_path / "pid")}, root=tmp_path / "runs", setting=engine)
    assert told(tmp_path / "runs") == ("engine", "failed", "Stopped")
    assert is_gone(int((tmp_path / "pid").read_text()))


def test_where_a_fork_is_not_to_be_had_the_run_is_cold_and_says_so(tmp_path, template, setting):
    nowhere = WarmPlace(tmp_path / ("long" * 40) / "warm")
    done = execute(
        template("1 + 1"), {}, root=tmp_path / "runs", setting=replace(setting, kernel="engine", warm=nowhere)
    )
    assert done.status == "ok"
    assert told(tmp_path / "runs") == ("cold", "ok", None)
    folder = tmp_path / "runs" / done.id
    assert '"text/plain": "2"' in (folder / "notebook.ipynb").read_text(encoding="utf-8")


def test_a_foreign_error_stays_in_the_child_and_ours_is_told(tmp_path, template, engine):
    with pytest.raises(RunError, match=r"code cell 4: ValueError in this cell, line 1"):
        execute(template("int('canary-' + '7f3a')"), {"top": 2}, root=tmp_path / "runs", setting=engine)
    kept = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "runs").rglob("*") if path.is_file())
    assert "canary-7f3a" not in kept
    code = 'from tskit.errors import DataError\nraise DataError("The column is empty.")'
    with pytest.raises(RunError, match="The column is empty"):
        execute(template(code), {}, root=tmp_path / "more", setting=engine)


def test_what_comes_of_a_message_to_a_widget_belongs_to_no_cell(tmp_path, template, engine):
    code = (
        "import time\nimport ipywidgets as w\nbox = w.Output()\n"
        "def told(change):\n    print('heard')\n    raise ValueError\n"
        "box.observe(told, 'outputs')\nwith box:\n    print('inside')\ntime.sleep(0.5)\n\n# %%\nimport asyncio\nawait asyncio.sleep(0.5)"
    )
    done = execute(template(code), {}, root=tmp_path / "runs", setting=engine)
    cells = json.loads((done.folder / "notebook.ipynb").read_text(encoding="utf-8"))["cells"]
    assert done.status == "ok"
    assert "heard" not in json.dumps([cell.get("outputs", []) for cell in cells])


def test_widgets_and_what_is_printed_into_them_leave_no_trace(tmp_path, template, engine):
    code = (
        "import ipywidgets as w\nbox = w.Output()\ndisplay(box)\nwith box:\n    print('inside ' + 'box')\n"
        "slider = w.IntSlider(value=7)\nslider.value = 8\nslider"
    )
    done = execute(template(code), {}, root=tmp_path / "runs", setting=engine)
    kept = (done.folder / "notebook.ipynb").read_text(encoding="utf-8")
    assert "inside box" not in kept
    assert kept.count("[an interactive control; nothing of it is kept]") == 2
    assert "widget-state" not in kept
