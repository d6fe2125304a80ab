"""A cold kernel, a warm one and the engine give the same notebook and the same findings, wherever and however often."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from tests.support.kernels import warm_place
from tests.support.samples import own_sample
from tskit.cli.warm import PRELOAD
from tskit.runs import Setting, execute, find, folders
from tskit.runs.collect import collect
from tskit.runs.differing import first_difference, first_unequal
from tskit.runs.normalise import normalise

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path.stem for path in (ROOT / "templates").glob("*.py"))
KERNELS = ("cold", "warm", "engine")
MANY_THREADS = """\
import importlib.util, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name != "tskit.sources.engine":
            return None
        sys.meta_path.remove(self)
        found = importlib.util.find_spec(name)
        execute = found.loader.exec_module

        def with_threads(module):
            execute(module)
            module._QUIET = {**module._QUIET, "threads": 7}

        found.loader.exec_module = with_threads
        return found

sys.meta_path.insert(0, Finder())
"""
"""What a kernel imports first where the engine of tables is to work as on a machine of seven cores."""
PLACES = {
    "as here": {},
    "another order of sets": {"PYTHONHASHSEED": "random"},
    "one core": {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TZ": "Asia/Kathmandu"},
    "seven cores": {"PYTHONHASHSEED": "4242", "OMP_NUM_THREADS": "7", "LC_ALL": "C.UTF-8"},
    "another language and zone": {"LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "America/St_Johns"},
}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.acceptance,
    pytest.mark.skipif(sys.platform == "win32", reason="nothing forks there"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=4000)


@pytest.fixture(scope="module")
def given(book):
    """Return the parameters of each template; those of one case tell of a planted cluster and a planted incident."""
    stories = json.loads((book / "truth.json").read_text(encoding="utf-8"))["stories"]
    cases = {story["name"]: story["case_ids"] for story in stories}
    asked = {
        "case_deep_dive": {"case_id": cases["impersonation_cluster"][:3]},
        "escalation_brief": {"case_id": cases["incident"][:1], "linked": True},
    }
    return {name: asked.get(name, {}) for name in TEMPLATES}


@pytest.fixture(scope="module")
def expected(book, given, tmp_path_factory):
    """Return a function that gives a template's notebook and findings as a cold kernel of this place makes them, once."""
    kept = {}

    def told(name):
        if name not in kept:
            root = tmp_path_factory.mktemp("expected")
            kept[name] = made(name, given[name], kernel="cold", book=book, place=None, root=root, environment={})
        return kept[name]

    return told


@pytest.fixture(scope="module", params=PLACES)
def somewhere(request, tmp_path_factory):
    """Return where warm processes live and what the environment holds, one place after the other."""
    environment = dict(PLACES[request.param])
    if request.param == "seven cores":
        library = tmp_path_factory.mktemp("library")
        (library / "sitecustomize.py").write_text(MANY_THREADS, encoding="utf-8")
        environment["PYTHONPATH"] = os.pathsep.join([str(library), str(ROOT)])
    with cores(1 if request.param == "one core" else None), warm_place(*PRELOAD) as place:
        yield place, environment


@contextmanager
def cores(number):
    """Let this process and those that it starts have so many cores, where the system can tell them."""
    if number is None or not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, sorted(before)[:number])
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def made(name, given, *, kernel, book, place, root, environment):
    """Run a template and return its canonical notebook and its findings."""
    setting = Setting(
        clock=lambda: datetime.now(UTC), casebook=book, zone="UTC", kernel=kernel, warm=place, environment=environment
    )
    folder = execute(find(name, folders(book)), given, root=root, setting=setting).folder
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["kernel"] == kernel
    notebook = nbformat.read(folder / "notebook.ipynb", as_version=4)
    findings = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    assert findings["findings"]
    return normalise(notebook, places=[str(book)]), findings


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_kernel_gives_the_same_notebook_and_findings_wherever_it_runs(
    tmp_path, book, given, expected, somewhere, name
):
    place, environment = somewhere
    before = expected(name)
    for kernel in KERNELS:
        root = tmp_path / kernel
        again = made(name, given[name], kernel=kernel, book=book, place=place, root=root, environment=environment)
        difference = first_difference(before[0], again[0])
        assert difference is None, f"{kernel}: {difference.in_words()}"
        assert first_unequal(before[1], again[1]) is None, kernel


@pytest.mark.parametrize("name", TEMPLATES)
def test_papermill_alone_gives_the_same(tmp_path, book, given, expected, name):
    (tmp_path / "given.json").write_text(json.dumps(given[name]), encoding="utf-8")
    source, output = ROOT / "templates" / f"{name}.ipynb", tmp_path / "out.ipynb"
    command = [sys.executable, "-m", "papermill", str(source), str(output), "-f", str(tmp_path / "given.json")]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "random",
        "PYTHONPATH": str(ROOT),
        "TSKIT_CASEBOOK": str(book),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    options = ["--no-progress-bar", "--cwd", str(tmp_path), "-k", "python3"]
    done = subprocess.run([*command, *options], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    notebook = nbformat.read(output, as_version=4)
    difference = first_difference(expected(name)[0], normalise(notebook, places=[str(book)]))
    assert difference is None, difference.in_words()
    assert first_unequal(expected(name)[1], json.loads(json.dumps(collect(notebook).findings))) is None
