"""What an alert may tell of a finished run: what its copy to share says, and what that signals."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import nbformat

from tskit.export.html.reading import bundles
from tskit.export.sharing import to_share
from tskit.findings.signals import signals
from tskit.findings.tables import TABLE_MIME
from tskit.model import FINDING_MIME, INPUTS_MIME, Said, SaidFinding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["said"]

_NOTEBOOK = 4
_COVERED = SaidFinding((), "", is_covered=True)


def said(folder: Path) -> Said:
    """Return what an alert may tell of the sealed run in `folder`.

    It names no case, no account and no parameter, and covers counts as the copy to share does. Of a finding that tells
    of single cases only its signals are left. A run that stopped says where, and never what was there.

    Raises:
        OSError: the folder holds no manifest that can be read.
        ValueError: the manifest or the notebook is none.
    """
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    run, template, status = str(manifest["id"]), str(manifest["template"]["name"]), str(manifest["status"])
    if status != "ok":
        return Said(run, template, status, failure=_failure(manifest.get("failure") or {}))
    notebook = _notebook(folder / "notebook.ipynb")
    open_to_team, shared = bundles(notebook), bundles(to_share(notebook))
    answer = _last(shared)
    return Said(
        run,
        template,
        status,
        title=str(answer.get("title", "")),
        lead=str(answer.get("lead", "")),
        findings=tuple(_findings(open_to_team, shared)),
        is_sample=any(bundle[INPUTS_MIME].get("casebook", {}).get("is_sample") for bundle in _of(shared, INPUTS_MIME)),
    )


def _notebook(path: Path) -> Any:  # noqa: ANN401  # nbformat has no types
    try:
        return nbformat.read(path, as_version=_NOTEBOOK)
    except (nbformat.ValidationError, AttributeError, KeyError, TypeError):
        raise ValueError(f"{path.name} is no notebook of version {_NOTEBOOK}") from None


def _failure(failure: Mapping[str, Any]) -> str:
    """Return where a run stopped: a section and a cell are of the template, and the error's text is not told."""
    where = (
        f" in the section {str(failure.get('section', ''))!r}, code cell {failure['cell']}"
        if failure.get("cell")
        else ""
    )
    kind = str(failure.get("kind", ""))
    return f"stopped{where}{f' ({kind})' if kind else ''}"


def _findings(told: Sequence[Mapping[str, Any]], shared: Sequence[Mapping[str, Any]]) -> list[SaidFinding]:
    tables = {str(bundle[TABLE_MIME].get("key", "")): bundle[TABLE_MIME] for bundle in _of(told, TABLE_MIME)}
    # The copy to share leaves findings of single cases out, and keeps the order of the others.
    rest = iter(_every(shared))
    return [
        _finding(_COVERED if finding.get("of_single_cases") else _shown(next(rest)), finding, tables)
        for finding in _every(told)
    ]


def _every(data: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [finding for bundle in _of(data, FINDING_MIME) for finding in bundle[FINDING_MIME].get("findings", [])]


def _shown(finding: Mapping[str, Any]) -> SaidFinding:
    claim, detail, step = (str(finding.get(name, "")) for name in ("claim", "detail", "next_step"))
    return SaidFinding((), claim, detail, step)


def _finding(shown: SaidFinding, finding: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> SaidFinding:
    found, certainty = signals(finding, tables), str(finding.get("certainty", ""))
    return SaidFinding(found, shown.claim, shown.detail, shown.next_step, certainty, shown.is_covered)


def _last(data: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next((bundle[FINDING_MIME] for bundle in reversed(data) if FINDING_MIME in bundle), {})


def _of(data: Sequence[Mapping[str, Any]], mime: str) -> list[Mapping[str, Any]]:
    return [bundle for bundle in data if mime in bundle]
