from __future__ import annotations

import nbformat

from tskit.runs.written import write


def notebook(home):
    cells = [
        nbformat.v4.new_markdown_cell("# Title\n\nText."),
        nbformat.v4.new_code_cell(f"open('{home}/x.csv')", execution_count=1),
    ]
    cells[1].outputs = [
        nbformat.v4.new_output("display_data", {"application/json": {"a": [1, 2.5, None]}, "text/plain": "ü"})
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "P"}})


def test_a_written_notebook_is_one_line_a_cell_and_reads_back_as_what_was_returned(tmp_path):
    given = notebook(tmp_path / "jane")
    kept = write(given, tmp_path, home=tmp_path / "jane")
    text = (tmp_path / "notebook.ipynb").read_text(encoding="utf-8")
    assert nbformat.reads(text, as_version=4) == kept
    nbformat.validate(kept)
    assert sum(line.startswith('{"') for line in text.splitlines()[1:]) == 2
    assert kept.cells[1].source == "open('~/x.csv')"
    assert kept.cells[1].outputs[0].data["text/plain"] == "ü"


def test_the_notebook_that_is_executed_keeps_its_paths(tmp_path):
    given = notebook(tmp_path / "jane")
    write(given, tmp_path, home=tmp_path / "jane")
    assert given.cells[1].source == f"open('{tmp_path / 'jane'}/x.csv')"


def test_without_a_home_folder_nothing_is_read_again(tmp_path):
    given = notebook(tmp_path / "jane")
    assert write(given, tmp_path, home=None).cells[1] is given.cells[1]


def test_what_is_read_again_has_the_order_of_what_was_returned(tmp_path):
    given = notebook(tmp_path / "jane")
    given.cells[1].outputs[0].data = {"z": {"b": 1, "a": 2}, "a": "x"}
    kept = write(given, tmp_path, home=None)
    again = nbformat.read(tmp_path / "notebook.ipynb", as_version=4)
    assert list(again.cells[1].outputs[0].data) == list(kept.cells[1].outputs[0].data) == ["z", "a"]
    assert list(again.cells[1].outputs[0].data["z"]) == ["b", "a"]
