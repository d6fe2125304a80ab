"""The notebook that people find when JupyterLab opens: one cell, from which write-ups are run and cases reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["START", "write_start"]

START = "Start here.ipynb"

_TEXT = """\
# Start here

Press **Shift + Enter** twice, or choose **Run > Run All Cells**. Then choose

* a write-up: fill in the form and press **Run**; the report opens in a tab of its own;
* or what to review: the open queue by urgency, cases that you pick, your part of a blind round, or what people disagree on.

Nothing needs to be typed into this notebook.
"""
_CODE = "from tskit.ui import start\n\nstart()"


def write_start(folder: Path) -> Path:
    """Write the notebook into `folder` unless it is there, and return it."""
    import nbformat

    path = folder / START
    if not path.exists():
        cells = [
            nbformat.v4.new_markdown_cell(_TEXT.strip(), id="welcome"),
            nbformat.v4.new_code_cell(_CODE, id="start"),
        ]
        notebook = nbformat.v4.new_notebook(cells=cells)
        notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
        path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")
    return path
