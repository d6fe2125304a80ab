"""Takes out of an executed notebook what it says by its outputs: findings, inputs, figures and tables."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from tskit.model import FINDING_MIME, INPUTS_MIME, LOGS_MIME, TAGS_MIME
from tskit.text import is_formula, neutralise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["FIGURE_MIME", "TABLE_MIME", "Collected", "collect", "guarded", "tells_of_cases", "write"]

FIGURE_MIME = "application/vnd.tskit.vegalite+json"
TABLE_MIME = "application/vnd.tskit.table+json"
_APART = ("cases", "people")
_AS_SAID = ("statements", "as_of", "zone")
"""What the last answer says beside its findings; lines of a brief stand in `brief.md` alone."""
_UNSAFE = re.compile(r"[^a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Collected:
    """What a notebook says.

    `findings` are as in findings.json, `inputs` one a case set, `tables` by file name, `tags` and `logs` one a state of
    the logs that were read.
    Tables of single cases are not among them: `data/` holds aggregates, and is easily handed on.
    """

    findings: Mapping[str, Any]
    inputs: tuple[Mapping[str, Any], ...]
    tables: Mapping[str, Mapping[str, Any]]
    tags: tuple[Mapping[str, Any], ...] = ()
    logs: tuple[Mapping[str, Any], ...] = ()


def collect(notebook: Any) -> Collected:  # noqa: ANN401  # nbformat has no types
    """Return what the outputs of `notebook` say, in their order."""
    bundles = list(_bundles(notebook))
    said = [bundle[FINDING_MIME] for bundle in bundles if FINDING_MIME in bundle]
    last: Mapping[str, Any] = said[-1] if said else {}
    findings: dict[str, Any] = {
        "schema": 1,
        "title": last.get("title", ""),
        "lead": last.get("lead", ""),
        "findings": [finding for one in said for finding in one.get("findings", [])],
        **{name: last[name] for name in _AS_SAID if last.get(name)},
    }
    if last.get("title_to_share") or any(one.get("of_single_cases") for one in findings["findings"]):
        # A list of runs must know by what title it may call one whose own title can name cases.
        findings["title_to_share"] = last.get("title_to_share") or findings["title"]
    tags, logs = _once(bundles, TAGS_MIME), _once(bundles, LOGS_MIME)
    return Collected(findings, _once(bundles, INPUTS_MIME), _named(bundles), tags, logs)


def write(collected: Collected, folder: Path) -> tuple[Path, ...]:
    """Write `findings.json` and `data/*.csv` into `folder` and return their paths."""
    findings = folder / "findings.json"
    findings.write_text(
        json.dumps(collected.findings, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
    if not collected.tables:
        return (findings,)
    (folder / "data").mkdir(exist_ok=True)
    paths = [folder / "data" / name for name in collected.tables]
    for path, table in zip(paths, collected.tables.values(), strict=True):
        path.write_text(_csv(table), encoding="utf-8", newline="")
    return (findings, *paths)


def guarded(value: object) -> object:
    """Return a cell of a CSV that no spreadsheet takes for a formula and no terminal for a command; numbers stay numbers.

    >>> guarded("=1+1"), guarded("-5 %"), guarded(-5), guarded("steady")
    ("'=1+1", "'-5 %", -5, 'steady')
    """
    if isinstance(value, str):
        shown = neutralise(value)
        return f"'{shown}" if is_formula(value) or is_formula(shown) else shown
    if isinstance(value, list | dict):
        return guarded(json.dumps(value, ensure_ascii=False))
    return "" if value is None else value


def _bundles(notebook: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401  # nbformat has no types
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            yield output.get("data", {})


def _once(bundles: Sequence[Mapping[str, Any]], mime: str) -> tuple[Mapping[str, Any], ...]:
    """Return what the bundles hold of a kind, each but once: a value may be displayed twice."""
    found = {json.dumps(bundle[mime], sort_keys=True): bundle[mime] for bundle in bundles if mime in bundle}
    return tuple(found.values())


def _named(bundles: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for bundle in bundles:
        for mime in (FIGURE_MIME, TABLE_MIME):
            if mime in bundle and not tells_of_cases(bundle[mime]):
                table = bundle[mime].get("table", {}) if mime == FIGURE_MIME else bundle[mime]
                found[_file_name(str(bundle[mime].get("key", "")), found)] = table
    return found


def _file_name(key: str, taken: Mapping[str, object]) -> str:
    # A key is data: nothing of it may lead out of the folder or hide a file.
    stem = _UNSAFE.sub("-", key.lower()).strip("-")[:80] or "table"
    names = (f"{stem}.csv" if n == 1 else f"{stem}-{n}.csv" for n in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)


def _csv(table: Mapping[str, Any]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    columns = cast("Sequence[Mapping[str, Any]]", table.get("columns", []))
    writer.writerow([guarded(str(column.get("name", ""))) for column in columns])
    for row in cast("Sequence[Sequence[object]]", table.get("rows", [])):
        writer.writerow([guarded(value) for value in row])
    return text.getvalue()


def tells_of_cases(value: Mapping[str, Any]) -> bool:
    """Return whether a table or a chart is about single cases or people, and is not handed on as an aggregate is."""
    return value.get("role") in _APART or bool(value.get("of_single_cases"))
