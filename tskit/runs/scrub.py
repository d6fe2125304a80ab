"""Takes out of an executed notebook what can hold the content of a case or say who ran it."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["is_ours", "scrub_cell", "scrub_notebook"]

_PLACE = re.compile(r"this cell, line \d+|[\w./<>-]+, line \d+, in [\w<>.]+")
_TYPE = re.compile(r"[A-Za-z_][\w.]*")
_WIDGET = "application/vnd.jupyter.widget-view+json"
_PAPERMILL_MARK = "papermill-error-cell-tag"


def is_ours(error: Any) -> bool:  # noqa: ANN401  # nbformat has no types
    """Return whether an error output was raised by tskit, whose messages never hold the value of a cell.

    The kernel of a run puts the full name of the exception first; a foreign `DataError`, whose text may quote a row,
    has another one.
    """
    first = next(iter(error.get("traceback", [])), "")
    return first.startswith("tskit.") and first.rpartition(".")[2] == error.get("ename") and _is_type(first)


def scrub_cell(cell: Any) -> None:  # noqa: ANN401  # nbformat has no types
    """Take out of one cell's outputs, in place: texts of foreign exceptions, stderr, and the content of widgets."""
    if cell.get("cell_type") != "code":
        return
    outputs = [output for output in cell.outputs if not _is_stderr(output)]
    for output in outputs:
        if output.output_type == "error":
            _scrub_error(output)
        elif _WIDGET in output.get("data", {}):
            # The text beside a widget repeats its content, and its own state is not kept.
            output["data"] = {"text/plain": "[an interactive control; nothing of it is kept]"}
    cell.outputs = outputs


def scrub_notebook(notebook: Any, *, template: str) -> None:  # noqa: ANN401  # nbformat has no types
    """Take out of a whole notebook, in place: everything above, widget state, papermill's marks and paths."""
    notebook.cells = [cell for cell in notebook.cells if _PAPERMILL_MARK not in cell.metadata.get("tags", [])]
    for cell in notebook.cells:
        scrub_cell(cell)
    notebook.metadata.pop("widgets", None)
    papermill = notebook.metadata.get("papermill", {})
    papermill.pop("environment_variables", None)
    papermill["input_path"], papermill["output_path"] = f"{template}.ipynb", "notebook.ipynb"


def _is_stderr(output: Any) -> bool:  # noqa: ANN401  # nbformat has no types
    return output.output_type == "stream" and output.name == "stderr"


def _is_type(text: str) -> bool:
    return bool(_TYPE.fullmatch(text))


def _scrub_error(output: Any) -> None:  # noqa: ANN401  # nbformat has no types
    output.evalue = output.evalue if is_ours(output) else ""
    first, rest = output.traceback[:1], output.traceback[1:]
    output.traceback = [*filter(_is_type, first), *filter(_PLACE.fullmatch, rest)]
