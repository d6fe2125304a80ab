"""The text of every template, and what is built from it."""

from __future__ import annotations

import logging
from pathlib import Path

import nbformat
import pytest

from tskit.runs import Template, build, rules

FOLDER = Path(__file__).parents[2] / "templates"
SOURCES = sorted(FOLDER.glob("*.py"))


def test_there_is_a_template():
    assert [path.stem for path in SOURCES]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_built_notebook_is_what_its_text_builds(source):
    built = source.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert built == build(source.read_text(encoding="utf-8")), "Run: tskit template build"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_a_template_keeps_every_rule(source):
    assert rules(source.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_the_built_notebook_is_valid_and_has_no_outputs(source):
    notebook = nbformat.read(source.with_suffix(".ipynb"), as_version=4)
    nbformat.validate(notebook)
    assert all(cell.outputs == [] for cell in notebook.cells if cell.cell_type == "code")
    assert notebook.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.stem)
def test_papermill_finds_the_same_parameters(source, caplog):
    from papermill import inspect_notebook  # noqa: PLC0415  # half a second that collecting need not wait for

    caplog.set_level(logging.CRITICAL)
    template = Template.from_file(source)
    assert list(inspect_notebook(str(source.with_suffix(".ipynb")))) == [p.name for p in template.parameters]


def test_no_notebook_lacks_its_text():
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == {path.stem for path in SOURCES}
