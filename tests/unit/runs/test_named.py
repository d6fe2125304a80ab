from __future__ import annotations

import ast
import json
from datetime import date

import nbformat
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from tskit.errors import ParameterError
from tskit.runs import Template, named, place
from tskit.runs.named import filled
from tskit.runs.parameters import read
from tskit.runs.starter import starter

DAY = date(2026, 11, 23)
CELL = """\
casebook: str = ""  # the casebook
market: list[str] = [
    "ID",  # inside
    "น้ำ",
]  # markets to keep
เวลา: float = 0.5  # a name of another script
note: str = ("a"
    "b")  # in two parts
is_on: bool = False  # on
"""
VALUES = {
    "casebook": st.text(),
    "market": st.lists(st.text()),
    "เวลา": st.floats(allow_nan=False, allow_infinity=False),
    "note": st.text(),
    "is_on": st.booleans(),
}


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "queue_health.py"
    path.write_text(starter("queue_health"), encoding="utf-8")
    return Template.from_file(path)


@drawn(st.fixed_dictionaries({}, optional=VALUES))
def test_a_cell_that_is_filled_in_reads_as_what_was_given_and_keeps_its_help(given):
    before = {parameter.name: parameter for parameter in read(CELL)}
    after = {parameter.name: parameter for parameter in read(filled(CELL, given))}
    assert {name: found.default for name, found in after.items()} == {
        name: given.get(name, found.default) for name, found in before.items()
    }
    assert [found.help for found in after.values()] == [found.help for found in before.values()]
    assert list(after) == list(before)


def test_a_notebook_is_named_by_day_template_and_title(template):
    assert named(template, {}, day=DAY).stem == "2026-11-23-queue_health"
    assert (
        named(template, {}, day=DAY, title=" Lumen: why so many? ").stem == "2026-11-23-queue_health-lumen-why-so-many"
    )
    assert named(template, {}, day=DAY, title="../../etc").stem == "2026-11-23-queue_health-etc"
    assert named(template, {}, day=DAY, title="ภาษา").stem.startswith("2026-11-23-queue_health-ภ")
    assert len(named(template, {}, day=DAY, title="long " * 90).stem) < 100


def test_the_notebook_says_when_it_was_begun_and_from_what(template):
    notebook = nbformat.reads(named(template, {"market": ["ID"]}, day=DAY, title="Lumen").text, as_version=4)
    nbformat.validate(notebook)
    opening = notebook.cells[0].source
    assert opening.startswith("# Lumen\n\n")
    assert opening.endswith("Begun on 2026-11-23 from the template `queue_health`.")
    assert notebook.metadata["tskit"]["sha256"] == template.sha256
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert 'market: list[str] = ["ID"]  # markets to keep; empty for all' in code[0].source
    assert all(ast.parse(cell.source) for cell in code)


def test_without_a_title_the_template_gives_the_heading(template):
    assert json.loads(named(template, {}, day=DAY).text)["cells"][0]["source"][0] == "# Queue health\n"


def test_the_same_arguments_give_the_same_bytes(template):
    assert named(template, {}, day=DAY, title="x").text == named(template, {}, day=DAY, title="x").text


def test_a_title_of_two_lines_is_refused(template):
    with pytest.raises(ParameterError, match="line break"):
        named(template, {}, day=DAY, title="a\n# b")


def test_nothing_is_overwritten(template, tmp_path):
    notebook = named(template, {}, day=DAY)
    paths = [place(notebook, tmp_path) for _ in range(3)]
    assert [path.name for path in paths] == [
        "2026-11-23-queue_health.ipynb",
        "2026-11-23-queue_health-2.ipynb",
        "2026-11-23-queue_health-3.ipynb",
    ]
    assert {path.read_text(encoding="utf-8") for path in paths} == {notebook.text}


def test_a_title_that_was_pasted_from_a_case_is_text(template):
    title = "![x](https://evil.example/x.png) <img src=x> $a$"
    opening = nbformat.reads(named(template, {}, day=DAY, title=title).text, as_version=4).cells[0].source
    assert opening.startswith("# !\\[x\\](https://evil.example/x.png) \\<img src=x\\> \\$a\\$")
