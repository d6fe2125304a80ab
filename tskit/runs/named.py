"""A notebook of one's own from a template: named, dated, with its parameters filled in."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError, RunError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from tskit.runs.parameters import ParameterValue
    from tskit.runs.template import Template

__all__ = ["Named", "named", "place"]

_LONGEST = 60
_MOST = 1000
_ACTIVE = re.compile(r"[\\`*_\[\]<>$]")


@dataclass(frozen=True, slots=True)
class Named:
    """A notebook that is not written yet: the stem of its file, and its text."""

    stem: str
    text: str = field(repr=False)


def named(template: Template, given: Mapping[str, ParameterValue], *, day: date, title: str = "") -> Named:
    """Return the notebook of `template` for one question; the same arguments give the same bytes.

    Args:
        template: what it starts from.
        given: checked parameters; they replace the defaults in the parameters cell, whose comments stay.
        day: the day of its making, which its name begins with.
        title: its heading, and the end of its name; the template's own heading when empty.

    Raises:
        ParameterError: the title holds a line break or another sign that cannot be seen.
    """
    import nbformat  # noqa: PLC0415  # it brings a JSON schema checker that listing does not need

    if not title.isprintable():
        raise ParameterError("The title holds a line break or an invisible character; take it out.")
    notebook: Any = nbformat.reads(template.notebook, as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = filled(cell.source, given)
    _entitle(notebook, title.strip(), f"Begun on {day} from the template `{template.name}`.")
    notebook.metadata["tskit"] = {"template": template.name, "sha256": template.sha256, "begun": day.isoformat()}
    stem = "-".join(part for part in (day.isoformat(), template.name, _slug(title)) if part)
    return Named(stem, nbformat.writes(notebook) + "\n")


def place(notebook: Named, folder: Path) -> Path:
    """Write the notebook into `folder` under its name, with a number where that is taken, and return the file."""
    for number in range(1, _MOST):
        path = folder / f"{notebook.stem if number == 1 else f'{notebook.stem}-{number}'}.ipynb"
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(notebook.text)
        except FileExistsError:
            continue
        return path
    raise RunError(f"{folder} already holds a thousand notebooks of this name; give another title.")


def filled(source: str, given: Mapping[str, ParameterValue]) -> str:
    """Return a parameters cell with these values in place of its defaults.

    >>> filled('market: list[str] = []  # markets to keep', {"market": ["ID"]})
    'market: list[str] = ["ID"]  # markets to keep'
    """
    text = source.encode()
    starts = [0]
    for line in text.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    # From the end to the beginning, so that what is not done yet stays where the parser saw it.
    for node in reversed(ast.parse(source).body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in given:
            value = node.value
            assert value is not None
            begin = starts[value.lineno - 1] + value.col_offset
            end = starts[(value.end_lineno or value.lineno) - 1] + (value.end_col_offset or 0)
            text = text[:begin] + _literal(given[node.target.id]).encode() + text[end:]
    return text.decode()


def _literal(value: ParameterValue) -> str:
    # Strings as the formatter writes them: with double quotes, and letters of all scripts as they are.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str | list) else repr(value)


def _entitle(notebook: Any, title: str, note: str) -> None:  # noqa: ANN401  # nbformat has no types
    opening = next((cell for cell in notebook.cells if cell.cell_type == "markdown"), None)
    if opening is None:
        return
    first, _, rest = opening.source.partition("\n")
    # A title may be pasted from a case, and a picture in it would be asked for when the notebook is opened.
    heading = f"# {_ACTIVE.sub(_backslashed, title)}" if title else first
    opening.source = "\n\n".join(part for part in (heading, rest.strip(), note) if part)


def _backslashed(found: re.Match[str]) -> str:
    return f"\\{found[0]}"


def _slug(title: str) -> str:
    return re.sub(r"[\W_]+", "-", title.casefold()).strip("-")[:_LONGEST].rstrip("-")
