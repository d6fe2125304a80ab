from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest

from tskit.errors import ParameterError
from tskit.runs.rules import rules
from tskit.runs.starter import starter
from tskit.runs.template import Template, adopt, build, find, folders, place_of, stale, templates

GOOD = starter("queue_health")


def test_building_twice_gives_the_same_bytes():
    assert build(GOOD) == build(GOOD)


def test_a_built_notebook_has_the_plain_kernel_and_no_outputs():
    notebook = json.loads(build(GOOD))
    assert notebook["metadata"] == {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    assert all(cell.get("outputs", []) == [] for cell in notebook["cells"])
    assert build(GOOD).endswith("}\n")


def test_a_cell_keeps_its_id_when_another_line_of_it_or_another_cell_changes():
    before = [cell["id"] for cell in json.loads(build(GOOD))["cells"]]
    after = [cell["id"] for cell in json.loads(build(GOOD.replace("first day,", "the first day,")))["cells"]]
    assert before == after
    assert len(set(before)) == len(before)


def test_cells_that_begin_alike_get_different_ids():
    cells = json.loads(build("# %%\nx\n# %%\nx\n# %%\nx\n"))["cells"]
    assert len({cell["id"] for cell in cells}) == 3


def test_a_template_says_what_it_answers_and_takes(tmp_path):
    (tmp_path / "a.py").write_text(GOOD, encoding="utf-8")
    template = Template.from_file(tmp_path / "a.py")
    assert template.title == "Queue health"
    assert template.summary.startswith("What this write-up answers")
    assert [parameter.name for parameter in template.parameters] == ["casebook", "source", "start", "end", "market"]
    assert "import" not in repr(template)


def test_text_and_notebook_are_the_same_template(tmp_path):
    (tmp_path / "a.py").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.ipynb").write_text(build(GOOD), encoding="utf-8")
    assert Template.from_file(tmp_path / "a.py").sha256 == Template.from_file(tmp_path / "b.ipynb").sha256


def test_a_notebook_with_outputs_runs_without_them(tmp_path):
    notebook = json.loads(build("# %%\n1\n"))
    notebook["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["canary"]}]
    (tmp_path / "a.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    assert "canary" not in Template.from_file(tmp_path / "a.ipynb").notebook


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 5}', "\udc80"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path, text):
    (tmp_path / "a.ipynb").write_text(text, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(ParameterError, match=r"a\.ipynb"):
        Template.from_file(tmp_path / "a.ipynb")


def test_the_nearest_folder_wins_and_text_wins_over_notebook(tmp_path):
    for folder, names in {"near": ["a.ipynb", "a.py"], "far": ["a.py", "b.ipynb", "Not-one.py"]}.items():
        (tmp_path / folder).mkdir()
        for name in names:
            (tmp_path / folder / name).touch()
    found = templates([tmp_path / "near", tmp_path / "far"])
    assert found == {"a": tmp_path / "near" / "a.py", "b": tmp_path / "far" / "b.ipynb"}


def test_an_unknown_template_is_refused_with_the_nearest(tmp_path):
    (tmp_path / "trend_report.py").write_text(GOOD, encoding="utf-8")
    with pytest.raises(ParameterError, match="Did you mean 'trend_report'"):
        find("trend_raport", [tmp_path])
    with pytest.raises(ParameterError, match="no file"):
        find("trend_raport.py", [tmp_path])


def test_a_casebook_comes_before_the_installed_templates(tmp_path):
    (tmp_path / "templates").mkdir()
    assert folders(tmp_path)[0] == tmp_path / "templates"
    assert tmp_path / "templates" not in folders(None)


def test_a_notebook_that_is_not_what_its_text_builds_is_stale(tmp_path):
    (tmp_path / "a.py").write_text(GOOD, encoding="utf-8")
    assert stale(tmp_path) == (tmp_path / "a.ipynb",)
    (tmp_path / "a.ipynb").write_text(build(GOOD), encoding="utf-8")
    assert stale(tmp_path) == ()


def test_adopting_what_was_built_gives_the_text_back():
    notebook = json.loads(build(GOOD))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["canary"]}]
    text = adopt(json.dumps(notebook))
    assert "canary" not in text
    assert build(text) == build(GOOD)
    assert text.strip() == GOOD.strip()


def test_the_starter_keeps_every_rule():
    assert rules(GOOD) == []


def test_a_starter_needs_a_plain_name():
    with pytest.raises(ParameterError, match="small letters"):
        starter("../x")


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("# # Queue health", "# Queue health", "not a title"),
        (' tags=["parameters"]', "", "must be tagged"),
        ("  # first day, as in 2026-03-01; empty for four complete weeks", "", "'start' has no help"),
        ('start: str = ""', "start: str = None", "not of its type"),
        ('start: str = ""', 'token: str = ""', "asks for a secret"),
        ("scope = Scope.from_parameters(", "scope = dict(", "must make the Scope"),
        ("case_set\n\n", "x = [1 for _ in 'ab']\n\n", "holds logic (ListComp)"),
        ("case_set\n\n", "if True:\n    case_set\n\n", "holds logic (If)"),
        ("case_set\n\n", "f = lambda: 1\n\n", "holds logic (Lambda)"),
        ("case_set\n\n", "x = 1\n" * 9 + "\n", "has 9 lines"),
        ("#\n# How many rows were read, kept, and kept apart with a reason.\n", "", "not followed by a sentence"),
    ],
)
def test_each_rule_is_told(old, new, part):
    assert old in GOOD
    assert any(part in problem for problem in rules(GOOD.replace(old, new, 1))), rules(GOOD.replace(old, new, 1))


def test_a_template_is_built_again_from_a_notebook_that_was_executed(template):
    made = template("scope")
    notebook = nbformat.reads(made.notebook, as_version=4)
    for cell in notebook.cells:
        cell.metadata |= {"papermill": {"duration": 1.0}, "tags": cell.metadata.get("tags", [])}
    notebook.cells[2].outputs = [nbformat.v4.new_output("display_data", data={"text/plain": "1"})]
    notebook.cells.insert(2, nbformat.v4.new_code_cell("market = 'ID'", metadata={"tags": ["injected-parameters"]}))
    again = Template.from_executed(notebook, Path("small.ipynb"))
    assert (again.sha256, again.name, again.parameters) == (made.sha256, "small", made.parameters)
    assert len(notebook.cells[3].outputs) == 1, "the notebook stays as it is"


def test_where_a_template_lies_is_told_by_the_kind_of_folder(tmp_path):
    for folder in ("book/templates", "else"):
        (tmp_path / folder).mkdir(parents=True)
    book = tmp_path / "book"
    assert place_of(book / "templates" / "a.py", book) == "casebook"
    assert place_of(tmp_path / "else" / "a.py", book) == "file"
    clone = Path(__file__).parents[3] / "templates" / "trend_report.py"
    assert place_of(clone, None) == "clone"
