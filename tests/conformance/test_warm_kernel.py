"""Other projects' own suites pass against the warm kernel, and the kernels in them really are forked."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

from tskit.cli.warm import warm_place
from tskit.runs import warm
from tskit.runs.warm import specs

HERE = Path(__file__).parent
SUITES = HERE / "suites"
ROOT = HERE.parents[1]
LEFT_OUT = tomllib.loads((HERE / "left_out.toml").read_text(encoding="utf-8"))
NEEDED = ("jupyter_kernel_test==0.7.0", "flaky==3.8.1", "pytest-asyncio==1.5.0", "testpath==0.6.0", "xmltodict==1.0.4")
QUIET = (
    "-o",
    "asyncio_default_fixture_loop_scope=function",
    "-p",
    "no:randomly",
    "-p",
    "no:xdist",
    "-p",
    "no:cacheprovider",
    "--color=no",
    "-rsxX",
)

pytestmark = [pytest.mark.slow, pytest.mark.conformance]


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory):
    """Return the environment in which Jupyter finds the warm kernel, by its own name and as the usual one."""
    # Not pytest's own folder: the path of a socket has to be short.
    runtime = Path(tempfile.mkdtemp(prefix="tsk-"))
    place = warm.WarmPlace(runtime / "tskit" / "warm", warm_place().preload, 120)
    if warm.why_not(place):
        pytest.skip(warm.why_not(place))
    data = tmp_path_factory.mktemp("jupyter")
    own = specs.install(place, data / "kernels")
    shutil.copytree(own, data / "kernels" / "python3")
    pip("install", "--target", data / "packages", "--no-deps", *NEEDED)
    environ = os.environ | {
        "JUPYTER_PATH": str(data),
        "JUPYTER_RUNTIME_DIR": str(runtime / "files"),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, SUITES, data / "packages"))),
        "TSKIT_COUNTED": str(data / "counted.json"),
        # A suite calls Jupyter's programs by their names, and nobody need have put this environment's on the path.
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
    }
    yield environ
    warm.retire(place)
    shutil.rmtree(runtime, ignore_errors=True)


def pip(*arguments):
    subprocess.run([sys.executable, "-m", "pip", *map(str, arguments), "--quiet"], capture_output=True, check=True)


def suite(jupyter, folder, *arguments):
    """Run a suite in `folder`; return which tests passed, which were skipped even in part, and what kernels it had."""
    report = folder / "report.xml"
    command = [sys.executable, "-m", "pytest", "-p", "counted", *QUIET, f"--junitxml={report}", *map(str, arguments)]
    done = subprocess.run(command, env=jupyter, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    cases = list(ET.parse(report).iter("testcase"))
    return SimpleNamespace(
        passed=[case.get("name") for case in cases if case.find("skipped") is None],
        skipped={case.get("name") for case in cases if case.find("skipped") is not None},
        **json.loads(Path(jupyter["TSKIT_COUNTED"]).read_text(encoding="utf-8")),
    )


def test_the_warm_kernel_speaks_the_protocol(jupyter, tmp_path):
    told = suite(jupyter, tmp_path, "-c", os.devnull, "--rootdir", tmp_path, SUITES / "kernel_messages.py")
    assert told.skipped <= set(LEFT_OUT["kernel_messages"])
    assert len(told.passed) == 11
    assert (told.warm, told.cold) == (1, 0)


def test_nbclients_own_suite_passes(jupyter, tmp_path):
    wanted = version("nbclient")
    pip("download", "--no-deps", "--no-binary", "nbclient", "--dest", tmp_path, f"nbclient=={wanted}")
    with tarfile.open(tmp_path / f"nbclient-{wanted}.tar.gz") as archive:
        archive.extractall(tmp_path, filter="data")
    folder = tmp_path / f"nbclient-{wanted}"
    # The suite is held against the nbclient that is installed, not the one that lies beside it.
    shutil.rmtree(folder / "nbclient")
    left_out = [f"--deselect=tests/{name}" for name in LEFT_OUT["nbclient"]]
    told = suite(jupyter, folder, "-o", "log_cli=false", *left_out, "tests")
    assert told.skipped == set()
    assert len(told.passed) >= 120
    assert told.warm >= 50
    assert told.cold == 0


def test_papermill_takes_the_engine_by_its_name(jupyter, tmp_path):
    book = tmp_path / "book"
    program = Path(sys.executable).parent
    subprocess.run([program / "tskit", "init", book, "--sample"], capture_output=True, check=True)
    command = [
        program / "papermill",
        "--engine",
        "tskit",
        ROOT / "templates" / "trend_report.ipynb",
        tmp_path / "out.ipynb",
    ]
    given = ["-p", "casebook", str(book), "--no-progress-bar"]
    done = subprocess.run([*command, *given], env=jupyter, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    cells = json.loads((tmp_path / "out.ipynb").read_text(encoding="utf-8"))["cells"]
    mimes = {mime for cell in cells for output in cell.get("outputs", []) for mime in output.get("data", {})}
    assert "application/vnd.tskit.finding+json" in mimes
