"""A cold kernel, a warm one and the engine give the same notebook and the same findings, wherever and however often."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest

from tests.support.kernels import warm_place
from tests.support.samples import own_sample
from tskit.cli.warm import PRELOAD
from tskit.errors import NoDataError
from tskit.runs import Setting, execute, find, folders
from tskit.runs.differing import first_difference, first_unequal
from tskit.runs.normalise import normalise

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted(path.stem for path in (ROOT / "templates").glob("*.py"))
KERNELS = ("cold", "warm", "engine")
# Each is a place that a run may happen in; the first is as this one is.
ELSEWHERE = (
    {},
    {"PYTHONHASHSEED": "random"},
    {"LC_ALL": "C", "LANG": "C", "TZ": "America/St_Johns"},
    {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TZ": "Asia/Kathmandu"},
    {"PYTHONHASHSEED": "4242", "OMP_NUM_THREADS": "3", "LC_ALL": "C.UTF-8"},
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.acceptance,
    pytest.mark.skipif(sys.platform == "win32", reason="nothing forks there"),
]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    return own_sample(tmp_path_factory, cases=4000)


@pytest.fixture(scope="module")
def place():
    with warm_place(*PRELOAD) as made:
        yield made


def made(name, *, kernel, book, place, root, environment):
    """Run a template and return its canonical notebook and its findings."""
    setting = Setting(
        clock=lambda: datetime.now(UTC), casebook=book, zone="UTC", kernel=kernel, warm=place, environment=environment
    )
    try:
        folder = execute(find(name, folders(book)), {}, root=root, setting=setting).folder
    except NoDataError:
        (folder,) = root.iterdir()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["kernel"] == kernel
    notebook = nbformat.read(folder / "notebook.ipynb", as_version=4)
    findings = folder / "findings.json"
    told = json.loads(findings.read_text(encoding="utf-8")) if findings.exists() else None
    return normalise(notebook, places=[str(book)]), told


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_kernel_gives_the_same_notebook_and_findings_wherever_it_runs(tmp_path, book, place, name):
    first = made(name, kernel="cold", book=book, place=place, root=tmp_path / "first", environment={})
    for number, environment in enumerate(ELSEWHERE):
        for kernel in KERNELS:
            root = tmp_path / f"{kernel}{number}"
            again = made(name, kernel=kernel, book=book, place=place, root=root, environment=environment)
            difference = first_difference(first[0], again[0])
            assert difference is None, f"{kernel}, {environment}: {difference.in_words()}"
            assert first_unequal(first[1], again[1]) is None, f"{kernel}, {environment}"
