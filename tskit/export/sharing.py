"""The copy of a notebook that files to share are made from: no case, no small count, nothing that nobody can judge."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, cast

from tskit.charts.figure import FIGURE_MIME
from tskit.findings.covered_words import covered_sentence
from tskit.findings.disclosure import covered_figure, covered_table
from tskit.findings.tables import TABLE_MIME
from tskit.model import FINDING_MIME, INPUTS_MIME, LOGS_MIME

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["covers", "to_share"]

_SMALLEST = 5
_SINGLE = "of_single_cases"
_OF_THE_TEAM = {"brief", "is_brief_for_team"}
_NOT_SHARED = "[left out of this copy]"
_LEFT_OUT = "[left out of this copy: nobody can tell whether it holds small counts]"


def to_share(notebook: Any) -> Any:  # noqa: ANN401  # nbformat has no types
    """Return the executed `notebook` as it may leave the team; it is itself left as it was.

    Tables, figures, findings and statements are covered as `findings.disclosure` says, by the casebook's smallest cell.
    Statements stay otherwise: they are there to be sent, and name nobody. The lines of a brief that are for the team are
    left out, and so is what a cell printed or displayed by other means. Where an output tells of single cases, so may the parameters: their
    values are left out, too.
    """
    shared = copy.deepcopy(notebook)
    smallest = _smallest(shared)
    if _tells_of_single_cases(shared):
        _leave_parameters_out(shared)
    for cell in shared.cells:
        outputs = [_output(output, smallest) for output in cell.get("outputs", [])]
        if outputs:
            cell.outputs = outputs
    return shared


def _tells_of_single_cases(notebook: Any) -> bool:  # noqa: ANN401  # as above
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return any(_SINGLE in str(output.get("data", {}).get(mime, "")) for output in outputs for mime in _COVERS)


def _leave_parameters_out(notebook: Any) -> None:  # noqa: ANN401  # as above
    papermill = notebook.metadata.get("papermill", {})
    names = list(papermill.get("parameters", {}))
    papermill.get("parameters", {}).update(dict.fromkeys(names, _NOT_SHARED))
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = f"# {_NOT_SHARED}"


def covers(notebook: Any) -> bool:  # noqa: ANN401  # nbformat has no types
    """Return whether a copy to share says less than the `notebook` itself."""
    smallest = _smallest(notebook)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return any(_said(output) != _said(_output(output, smallest)) for output in outputs)


def _said(output: Any) -> object:  # noqa: ANN401  # as above
    data: Mapping[str, Any] = output.get("data", {})
    ours = {mime: data[mime] for mime in (*_COVERS, INPUTS_MIME, LOGS_MIME) if mime in data}
    return ours or (output.get("text"), dict(data))


def _smallest(notebook: Any) -> int:  # noqa: ANN401  # as above
    given = [
        output["data"][INPUTS_MIME].get("casebook", {}).get("smallest_cell")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if INPUTS_MIME in output.get("data", {})
    ]
    return max((value for value in given if isinstance(value, int)), default=_SMALLEST)


def _output(output: Any, smallest: int) -> Any:  # noqa: ANN401  # as above
    if output.output_type == "error":
        return output
    data: Mapping[str, Any] = output.get("data", {})
    kept = {mime: cover(data[mime], smallest) for mime, cover in _COVERS.items() if mime in data}
    # How far a log was read says nothing of cases.
    kept |= {mime: data[mime] for mime in (INPUTS_MIME, LOGS_MIME) if mime in data}
    made = copy.copy(output)
    if output.output_type == "stream":
        made["text"] = _LEFT_OUT
    else:
        made["data"] = kept or {"text/plain": _LEFT_OUT}
    return made


def _findings(answer: Mapping[str, Any], smallest: int) -> dict[str, Any]:
    if answer.get("is_brief_for_team"):
        answer = {name: value for name, value in answer.items() if name not in _OF_THE_TEAM}
    told = [finding for finding in answer.get("findings", []) if not finding.get("of_single_cases")]
    title = answer.get("title_to_share")
    own = {"title": title, "lead": "", "title_to_share": ""} if title else {}
    return cast("dict[str, Any]", _sentences({**answer, **own, "findings": told}, smallest))


def _sentences(node: Any, smallest: int, values: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401  # any part of a JSON tree
    if isinstance(node, str):
        return covered_sentence(node, smallest=smallest, values=values)
    if isinstance(node, dict):
        told = cast("dict[str, Any]", node)
        # What a finding or a statement quotes goes for all its sentences.
        own = told.get("values")
        quoted: Mapping[str, Any] | None = own if isinstance(own, dict) else values
        return {key: value if key == "values" else _sentences(value, smallest, quoted) for key, value in told.items()}
    return [_sentences(item, smallest, values) for item in node] if isinstance(node, list | tuple) else node


def _answers(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return answers without those that tell of single cases, where each says whether it does."""
    names = [column.get("name") for column in table.get("columns", [])]
    if table.get("role") != "answers" or _SINGLE not in names:
        return table
    place = names.index(_SINGLE)
    rows = [row for row in table.get("rows", []) if len(row) > place and row[place] is False]
    return {**table, "rows": rows, _SINGLE: False}


def _table(table: Mapping[str, Any], smallest: int) -> dict[str, Any]:
    table = _answers(table)
    covered = covered_table(table, smallest=smallest)
    # Steps and limits are sentences, too.
    rows = [[_sentences(cell, smallest) for cell in row] for row in covered.get("rows", [])]
    return covered if table.get("key") == "data_quality" else {**covered, "rows": rows}


def _figure(figure: Mapping[str, Any], smallest: int) -> dict[str, Any]:
    covered = covered_figure(figure, smallest=smallest)
    words = {name: covered_sentence(str(covered.get(name) or ""), smallest=smallest) for name in ("title", "subtitle")}
    return {**covered, **words}


_COVERS = {TABLE_MIME: _table, FIGURE_MIME: _figure, FINDING_MIME: _findings}
