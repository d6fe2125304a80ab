from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.engines import papermill_engines

from tests.support.kernels import warm_place
from tskit.runs import warm
from tskit.runs.engine.adapter import PlacedEngine

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def place():
    """Return a place of its own for the tests of a file; its zygotes end with it."""
    with warm_place("tskit.runs.engine.child:prepare") as made:
        if warm.why_not(made):
            pytest.skip(warm.why_not(made))
        yield made


@pytest.fixture
def run(place, tmp_path, monkeypatch):
    """Return a function that executes cells with papermill's engine of this place, and returns the code cells.

    A cell may be a pair: its text and its tags.
    """
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.chdir(tmp_path)

    monkeypatch.setitem(papermill_engines._engines, "here", PlacedEngine)

    def execute(*cells, **options):
        execute.notebook = papermill.execute_notebook(
            written(tmp_path / "in.ipynb", cells),
            str(tmp_path / "out.ipynb"),
            engine_name="here",
            progress_bar=False,
            place=place,
            **options,
        )
        return [cell for cell in execute.notebook.cells if cell.cell_type == "code"]

    return execute


def written(path, cells):
    """Write a notebook of these cells and return its path as papermill wants it."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    for cell in cells:
        text, tags = cell if isinstance(cell, tuple) else (cell, [])
        notebook.cells.append(nbformat.v4.new_code_cell(text, metadata={"tags": list(tags)}))
    nbformat.write(notebook, path)
    return str(path)
