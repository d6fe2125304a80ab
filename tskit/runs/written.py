"""Writes an executed notebook: one line a cell, so that two of them can be compared, and in a moment."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tskit.runs.home import names_of, without_home

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write"]

FILE = "notebook.ipynb"


def write(notebook: Any, folder: Path, *, home: Path | None) -> Any:  # noqa: ANN401  # nbformat has no types
    """Write `notebook` into `folder` and return it as whoever reads the file gets it: paths below `home` begin with `~`.

    nbformat's own writer gives each number of a chart a line of its own, which takes longer than the client's whole
    part in a run. The notebook that is given keeps its paths.
    """
    from nbformat import NotebookNode, from_dict  # noqa: PLC0415  # it brings a schema checker that most verbs do not need

    names = names_of(home)
    lines: list[str] = []
    kept = NotebookNode()
    for name in sorted(notebook):
        if name != "cells":
            told, kept[name] = _shown(notebook[name], names, from_dict)
            lines.append(f"{json.dumps(name)}: {told}")
    shown = [_shown(cell, names, from_dict) for cell in notebook.cells]
    kept.cells = [cell for _, cell in shown]
    cells = ",\n".join(line for line, _ in shown)
    text = "{" + ",\n".join([f'"cells": [\n{cells}\n]', *lines]) + "}\n"
    (folder / FILE).write_text(text, encoding="utf-8", newline="\n")
    return kept


def _shown(part: Any, names: Any, made: Any) -> tuple[str, Any]:  # noqa: ANN401  # nbformat has no types
    """Return a part of a notebook as text without a home folder, and what the text holds."""
    # In its own order: what is exported now, and what is exported from the file later, are then the same.
    text = json.dumps(part, ensure_ascii=False)
    shown = without_home(text, names)
    return shown, part if shown == text else made(json.loads(shown))
