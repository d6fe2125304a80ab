"""Stories through the command line, each in a process of its own, as a person would do them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest

ROOT = Path(__file__).parents[2]
HEAD = """# %% [markdown]
# # A small write-up
#
# What it answers.

# %% tags=["parameters"]
market: str = ""  # one market; empty for all

# %%
from tskit import Scope

scope = Scope.from_parameters(market=market)

# %% [markdown]
# ## 1. Begin
# Why.

# %%
"""


def environment(home, **more):
    """Return the variables of a process whose user lives in `home` and has set nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TSKIT_", "JUPYTER", "IPYTHON"))}
    kept |= {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "PYTHONPATH": str(ROOT)}
    return kept | {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", **more}


def command(*arguments):
    return [sys.executable, "-m", "tskit.cli", *map(str, arguments)]


@pytest.fixture
def tskit(tmp_path):
    """Return a function that calls the command line in an empty folder and returns the finished process."""
    (tmp_path / "home").mkdir()
    (tmp_path / "work").mkdir()

    def call(*arguments):
        return subprocess.run(
            command(*arguments),
            cwd=tmp_path / "work",
            env=environment(tmp_path / "home"),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )

    return call


@pytest.fixture
def book(tskit, tmp_path):
    """Return the folder of an empty casebook, with a function that gives it a template of one cell."""
    assert tskit("init", "book").returncode == 0
    folder = tmp_path / "work" / "book"

    def template(name, code):
        (folder / "templates" / f"{name}.py").write_text(HEAD + code + "\n", encoding="utf-8")

    return folder, template


def test_from_an_empty_folder_to_a_report(tskit, book):
    folder, template = book
    template("small", "scope")
    done = tskit("run", "small", "--casebook", "book", "-p", "market=ID")
    assert (done.returncode, done.stderr) == (0, "1/2 Opening\n2/2 1. Begin\n")
    report = Path(done.stdout.splitlines()[-1])
    assert report.is_absolute()
    assert report.parent.parent == folder / "runs"
    assert {path.name for path in report.parent.iterdir()} >= {
        *("report.html", "brief.md", "notebook.ipynb", "findings.json", "manifest.json")
    }
    manifest = json.loads((report.parent / "manifest.json").read_text(encoding="utf-8"))
    assert "report.html" in manifest["outputs"]
    assert list((folder / "runs").iterdir()) == [report.parent]


def test_a_failing_cell_is_one_message_and_exit_code_14(tskit, book):
    folder, template = book
    template("broken", "kept = 1\n1 / 0")
    done = tskit("run", "broken", "--casebook", "book")
    assert (done.returncode, done.stdout) == (14, "")
    (run,) = (folder / "runs").iterdir()
    assert done.stderr.splitlines()[-1] == (
        "The run stopped in the section '1. Begin', code cell 3: ZeroDivisionError in this cell, line 2; its text is not "
        f"shown, since it could quote a case. The notebook up to there is in {run}."
    )
    notebook = nbformat.read(run / "notebook.ipynb", as_version=4)
    assert notebook.cells[-1].outputs[0].ename == "ZeroDivisionError"
    assert not (run / "report.html").exists()


def test_a_mistyped_parameter_is_answered_before_a_kernel_starts(tskit, book):
    folder, template = book
    template("small", "scope")
    done = tskit("run", "small", "--casebook", "book", "-p", "markt=ID")
    assert (done.returncode, done.stderr) == (12, "There is no parameter 'markt'. Did you mean 'market'?\n")
    assert not (folder / "runs").exists()


def test_papermill_runs_the_trend_report_without_our_command_line(tskit, tmp_path):
    assert tskit("init", "sample", "--sample", "--cases", 6_000).returncode == 0
    variables = environment(tmp_path / "home", TSKIT_CASEBOOK=str(tmp_path / "work" / "sample"))
    out = tmp_path / "out.ipynb"
    done = subprocess.run(
        [sys.executable, "-m", "papermill", ROOT / "templates" / "trend_report.ipynb", out, "-p", "market", "ID"],
        cwd=tmp_path,
        env=variables,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    mimes = {
        mime
        for cell in nbformat.read(out, as_version=4).cells
        for o in cell.get("outputs", [])
        for mime in o.get("data", {})
    }
    assert {f"application/vnd.tskit.{kind}+json" for kind in ("inputs", "finding", "vegalite", "table")} <= mimes


def kernels(process):
    return [child for child in psutil.Process(process.pid).children(recursive=True) if child.is_running()]


def heed_ctrl_c():
    # A shell that starts the tests in the background hands down that Ctrl-C is ignored; at a desk it is not.
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def started(book, home):
    """Return a run that stands in its second section, with its kernel."""
    process = subprocess.Popen(
        command("run", "slow", "--casebook", book),
        preexec_fn=heed_ctrl_c,  # noqa: PLW1509  # this process has no thread yet that could hold a lock
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=home,
    )
    while "1. Begin" not in process.stderr.readline():
        assert process.poll() is None
    return process, kernels(process)


def gone(processes, *, seconds):
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not alive


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no polite kill")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["terminated", "ctrl-c"])
def test_a_run_that_is_stopped_is_marked_and_takes_its_kernel_along(book, tmp_path, number):
    folder, template = book
    template("slow", "import time\ntime.sleep(600)")
    process, children = started(folder, tmp_path / "home")
    assert children
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 14
    assert "It was stopped from outside." in errors
    assert "Traceback" not in errors
    assert "was destroyed" not in errors
    assert gone(children, seconds=10)
    (run,) = (path for path in (folder / "runs").iterdir() if path.is_dir())
    assert json.loads((run / "manifest.json").read_text(encoding="utf-8"))["status"] == "failed"
    assert (run / "notebook.ipynb").is_file()


@pytest.mark.slow
@pytest.mark.kill
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill -9")
@pytest.mark.parametrize("seconds", [0.0, 0.3, 1.0, 2.0])
def test_a_run_that_is_killed_is_visibly_unfinished(book, tmp_path, seconds):
    folder, template = book
    template("slow", "import time\ntime.sleep(600)")
    process, children = started(folder, tmp_path / "home")
    time.sleep(seconds)
    process.kill()
    process.communicate(timeout=60)
    assert gone(children, seconds=15)
    (run,) = (path for path in (folder / "runs").iterdir() if path.is_dir())  # beside it lies the lock that it held
    assert run.name.endswith(".partial")
    assert not (run / "manifest.json").exists()
    assert (run / "notebook.ipynb").is_file()
