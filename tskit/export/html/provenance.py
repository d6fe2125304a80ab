"""The end of the page: what was asked, of which files, by which template, and how to run it again."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tskit.charts.wording import day
from tskit.export.html.blocks import Cell, Column, Grid, text
from tskit.model import LogPlace
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.export.html.reading import Reading
    from tskit.export.html.setting import Setting

__all__ = ["Provenance", "provenance"]

_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Provenance:
    """Facts as pairs, the files that were read, the parameters that were set, and the command for the same run."""

    facts: tuple[tuple[str, str], ...]
    inputs: Grid
    parameters: Grid
    command: str


def provenance(notebook: Any, found: Reading, setting: Setting) -> Provenance:  # noqa: ANN401  # nbformat has no types
    """Return where the numbers on the page come from."""
    papermill: Mapping[str, Any] = notebook.metadata.get("papermill", {})
    ours: Mapping[str, Any] = notebook.metadata.get("tskit", {})
    given: Mapping[str, Any] = papermill.get("parameters", {})
    template = text(ours, "template") or text(papermill, "input_path").rpartition("/")[2].removesuffix(".ipynb")
    first: Mapping[str, Any] = found.inputs[0] if found.inputs else {}
    facts = [
        ("Run", setting.run),
        ("Template", " ".join([template, text(ours, "sha256")[:12]]).strip()),
        ("Made", _made(papermill)),
        ("Data known up to", _moment(text(first, "as_of"))),
        ("Days are those of", text(first, "zone")),
        ("Profile", text(first, "profile")),
        ("Fingerprint of the cases", text(first, "fingerprint")[:12]),
        ("Logs that were read", "; ".join(_read(one) for one in found.logs)),
        ("Made with", _versions(notebook)),
    ]
    return Provenance(
        tuple((name, neutralise(value, limit=_LONGEST)) for name, value in facts if value),
        _files(found.inputs),
        _parameters(given),
        _command(template, {**given, **_again(found.logs)}) if template else "",
    )


def _versions(notebook: Any) -> str:  # noqa: ANN401  # nbformat has no types
    known: Mapping[str, Any] = notebook.metadata.get("tskit", {}).get("versions", {})
    python = text(notebook.metadata.get("language_info", {}), "version")
    versions = known or ({"python": python} if python else {})
    return " · ".join(f"{name} {version}" for name, version in versions.items())


def _command(template: str, given: Mapping[str, Any]) -> str:
    set_ones = [f"-p {name}={_argument(value)}" for name, value in given.items()]
    return neutralise(" ".join(["tskit run", shlex.quote(template), *set_ones]), limit=1000)


def _again(logs: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return the parameters by which the same of the logs is read again, whoever writes to them meanwhile."""
    return {str(name): str(value) for one in logs for name, value in one.get("again", {}).items()}


def _read(logs: Mapping[str, Any]) -> str:
    """Return how far logs were read, and as of which moment where there was one."""
    told = "; ".join(_place(place) for place in logs.get("places", []))
    at = _moment(text(logs, "until"))
    return f"{told}; of these what was written up to {at}" if at else told


def _place(place: Mapping[str, Any]) -> str:
    return LogPlace(text(place, "log"), int(place.get("entries", 0)), text(place, "digest")).in_words()


def _argument(value: object) -> str:
    joined = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return shlex.quote(joined)


def _files(inputs: Sequence[Mapping[str, Any]]) -> Grid:
    rows = [
        (
            Cell(neutralise(text(f, "name"))),
            Cell(f"{int(f.get('rows', 0)):,}"),
            Cell(f"{int(f.get('bytes', 0)):,}"),
            Cell(text(f, "sha256")[:16]),
        )
        for one in inputs
        for f in one.get("inputs", [])
    ]
    columns = (("File", False), ("Records", True), ("Bytes", True), ("SHA-256 begins", False))
    return Grid(
        "s-inputs",
        0,
        "Files that were read",
        columns=tuple(Column(*column) for column in columns),
        rows=tuple(dict.fromkeys(rows)),
    )


def _parameters(given: Mapping[str, Any]) -> Grid:
    rows = tuple(
        (Cell(neutralise(str(name), limit=80)), Cell(neutralise(_listed(value), limit=_LONGEST)))
        for name, value in given.items()
    )
    columns = (Column("Parameter", is_figure=False), Column("Set to", is_figure=False))
    return Grid(
        "s-parameters", 0, "Parameters that were set; all others had their defaults", columns=columns, rows=rows
    )


def _listed(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _made(papermill: Mapping[str, Any]) -> str:
    seconds = papermill.get("duration")
    took = f", in {seconds:.0f} s" if isinstance(seconds, int | float) else ""
    return f"{_moment(text(papermill, 'end_time'))}{took}".strip(", ")


def _moment(iso: str) -> str:
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return ""
    return f"{day(moment.date(), year=True)}, {moment:%H:%M} {'UTC' if not moment.utcoffset() else f'{moment:%z}'}"
