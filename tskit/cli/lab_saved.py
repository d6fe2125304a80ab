"""What is kept of a notebook that is saved in JupyterLab: what tskit's own values show, and nothing that could quote a case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KEEP", "REVIEW", "SHOWN_ONLY", "kept"]

KEEP = "keep-output"
"""The tag of a cell whose tables, texts and pictures are kept as well; a person who sets it has looked at them."""

SHOWN_ONLY = f"[shown on the screen only; run the cell again, or tag the cell {KEEP} to keep what it shows]"
_WIDGET_TEXT = "[an interactive control; nothing of it is kept]"
_ERROR_TEXT = "Its text is not kept, since it can quote a case. Run the cell again to see it."
REVIEW = "Review queue. To open it, run this cell again."
"""What the review widget leaves where it stood: a fixed text, which has to be there when its kernel is gone."""

_OURS = "application/vnd.tskit."
_WIDGET = "application/vnd.jupyter.widget-view+json"


def kept(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return the notebook, a JSON value, as it is written to disk; the one that is given stays as it was.

    The state of widgets goes. Of a cell's outputs these stay: findings, figures, tables and accounts that tskit made;
    the place of a widget, without its text, and the line that stands for a review queue; the name of an error, without what it says. All other outputs, such as
    printed text, frames and pictures, stay in a cell with the tag `keep-output` and are replaced by a note elsewhere.
    """
    metadata = {name: value for name, value in notebook.get("metadata", {}).items() if name != "widgets"}
    return {**notebook, "metadata": metadata, "cells": [_cell(cell) for cell in notebook.get("cells", [])]}


def _cell(cell: Mapping[str, Any]) -> dict[str, Any]:
    if cell.get("cell_type") != "code":
        return dict(cell)
    is_kept = KEEP in cell.get("metadata", {}).get("tags", [])
    outputs: list[dict[str, Any]] = []
    for output in cell.get("outputs", []):
        found = _output(output, is_kept=is_kept)
        # One note stands for all that a cell printed.
        if found != _NOTE or _NOTE not in outputs:
            outputs.append(found)
    return {**cell, "outputs": outputs}


def _output(output: Mapping[str, Any], *, is_kept: bool) -> dict[str, Any]:
    if output.get("output_type") == "error":
        return {**output, "evalue": "", "traceback": [f"{output.get('ename', 'Error')}: {_ERROR_TEXT}"]}
    data = cast("Mapping[str, Any]", output.get("data", {}))
    if _WIDGET in data:
        return {**output, "data": {_WIDGET: data[_WIDGET], "text/plain": _WIDGET_TEXT}, "metadata": {}}
    # A file holds a text as the list of its lines.
    if data in ({"text/plain": REVIEW}, {"text/plain": [REVIEW]}):
        return {"output_type": "display_data", "data": {"text/plain": REVIEW}, "metadata": {}}
    if is_kept or any(name.startswith(_OURS) for name in data) or output == _NOTE:
        return dict(output)
    return dict(_NOTE)


_NOTE: dict[str, Any] = {"output_type": "display_data", "data": {"text/plain": SHOWN_ONLY}, "metadata": {}}
