"""What a template may look like: it tells, it does not think."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError
from tskit.runs.parameters import is_secret_name, read
from tskit.runs.template import build

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["MOST_LINES", "rules"]

MOST_LINES = 8
_LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.If, ast.IfExp, ast.For, ast.AsyncFor),
    *(ast.While, ast.Try, ast.TryStar, ast.With, ast.AsyncWith, ast.Match, ast.ListComp, ast.SetComp, ast.DictComp),
    *(ast.GeneratorExp, ast.Global, ast.Nonlocal, ast.NamedExpr),
)


def rules(source: str) -> list[str]:
    """Return what is wrong with the template text `source`, a sentence each; an empty list when nothing is."""
    import nbformat  # noqa: PLC0415  # it brings a JSON schema checker that listing does not need

    cells: list[Any] = nbformat.reads(build(source), as_version=4).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    return [*_opening(cells), *_parameters(code), *_scope(code), *_logic(code), *_headings(cells)]


def _opening(cells: Sequence[Any]) -> Iterator[str]:
    if not cells or cells[0].cell_type != "markdown" or not cells[0].source.startswith("# "):
        yield "The first cell is not a title; begin with a markdown cell: # Title, then what the write-up answers."


def _parameters(code: Sequence[Any]) -> Iterator[str]:
    tagged = [cell for cell in code if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1 or code[0] is not tagged[0]:
        yield 'The first code cell, and no other, must be tagged: # %% tags=["parameters"].'
        return
    try:
        declared = read(tagged[0].source)
    except ParameterError as error:
        yield str(error)
        return
    for parameter in declared:
        if not parameter.help:
            yield f"The parameter {parameter.name!r} has no help; write a comment at the end of its line."
        if is_secret_name(parameter.name):
            yield f"The parameter {parameter.name!r} asks for a secret; those come from the keyring."


def _scope(code: Sequence[Any]) -> Iterator[str]:
    calls = [ast.unparse(node.func) for node in _nodes(code[1:2]) if isinstance(node, ast.Call)]
    if not any("Scope" in call.split(".") for call in calls):
        yield "The second code cell must make the Scope from the parameters, as in: scope = Scope.from_parameters(...)."


def _logic(code: Sequence[Any]) -> Iterator[str]:
    for number, cell in enumerate(code, start=1):
        lines = cell.source.strip().splitlines()
        if len(lines) > MOST_LINES and "parameters" not in cell.metadata.get("tags", []):
            yield f"Code cell {number} has {len(lines)} lines; keep to {MOST_LINES}, the rest belongs into the package."
        for node in _nodes([cell]):
            if isinstance(node, _LOGIC):
                kind = type(node).__name__
                yield f"Code cell {number} holds logic ({kind}); move it into the package, where it is tested."
            if isinstance(node, ast.Constant) and node.value is None and number == 1:
                yield "The parameters cell holds None; an empty text or list means all."


def _nodes(cells: Sequence[Any]) -> Iterator[ast.AST]:
    for cell in cells:
        try:
            yield from ast.walk(ast.parse(cell.source))
        except SyntaxError:
            continue  # found by ruff and by the first run; the other rules still hold for the other cells


def _headings(cells: Sequence[Any]) -> Iterator[str]:
    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        if cell.cell_type != "markdown":
            continue
        lines = [line for line in cell.source.splitlines() if line.strip()]
        if lines and lines[-1].startswith("#") and not _is_prose(following):
            yield f"The heading {lines[-1].lstrip('# ')!r} is not followed by a sentence that says what it answers."


def _is_prose(cell: Any) -> bool:  # noqa: ANN401  # nbformat has no types
    return cell is not None and cell.cell_type == "markdown" and not cell.source.lstrip().startswith("#")
