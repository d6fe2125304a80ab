from __future__ import annotations

import nbformat

from tskit.runs.scrub import is_ours, scrub_cell, scrub_notebook

CANARY = "canary-7f3a"


def error(ename, first, *places):
    return nbformat.v4.new_output("error", ename=ename, evalue=CANARY, traceback=[first, *places])


def cell(*outputs):
    made = nbformat.v4.new_code_cell("x")
    made.outputs = list(outputs)
    return made


def test_our_own_errors_keep_their_message():
    ours = error("DataError", "tskit.errors.DataError", "tskit/cases/load.py, line 3, in load")
    scrub_cell(cell(ours))
    assert (ours.evalue, len(ours.traceback)) == (CANARY, 2)
    assert is_ours(ours)


def test_foreign_errors_lose_text_and_values_but_keep_places():
    for first in (
        "pandas.errors.DataError",
        "__main__.DataError",
        f"tskit {CANARY}.DataError",
        f"\x1b[31mDataError: {CANARY}",
    ):
        foreign = error("DataError", first, "this cell, line 2", f"----> 1 x = '{CANARY}'", f"ValueError: {CANARY}")
        scrub_cell(cell(foreign))
        assert CANARY not in str(foreign)
        assert "this cell, line 2" in foreign.traceback


def test_stderr_is_dropped_and_stdout_kept():
    streams = [nbformat.v4.new_output("stream", name=name, text=name) for name in ("stderr", "stdout")]
    made = cell(*streams)
    scrub_cell(made)
    assert [output.name for output in made.outputs] == ["stdout"]


def test_nothing_of_a_widget_is_kept():
    data = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}, "text/plain": f"HTML(value='{CANARY}')"}
    made = cell(nbformat.v4.new_output("display_data", data=data))
    notebook = nbformat.v4.new_notebook(cells=[made], metadata={"widgets": {"state": CANARY}})
    scrub_notebook(notebook, template="t")
    assert CANARY not in str(notebook)


def test_paths_and_marks_of_papermill_are_taken_out():
    mark = nbformat.v4.new_markdown_cell("An Exception", metadata={"tags": ["papermill-error-cell-tag"]})
    papermill = {
        "input_path": "/home/jane/t.ipynb",
        "output_path": "/home/jane/o",
        "environment_variables": {"A": "jane"},
    }
    notebook = nbformat.v4.new_notebook(cells=[mark, cell()], metadata={"papermill": papermill})
    scrub_notebook(notebook, template="t")
    assert "jane" not in str(notebook)
    assert len(notebook.cells) == 1
