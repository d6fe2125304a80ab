"""tskit run: runs a template and says where the write-up is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tskit.cli.casebook import casebook_of, refuse_missing, root_nearby, seen_from
from tskit.cli.reports import export, formats_of, runs_folder
from tskit.cli.screen import say, sections
from tskit.cli.sealing import sealing
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.model import Run

__all__ = ["run"]


def run(
    *,
    template: Annotated[str, typer.Argument(help="A template's name (see: tskit template list) or its file.")],
    pairs: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="A parameter; repeat it for more."),
    ] = None,
    params: Annotated[Path | None, typer.Option("--params", help="Parameters in a TOML, YAML or JSON file.")] = None,
    to: Annotated[list[str] | None, typer.Option("--to", help="Another format beside report.html, as in pdf.")] = None,
    casebook: Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="The folder for runs; runs/ of the casebook otherwise.")
    ] = None,
    limit: Annotated[int | None, typer.Option("--cell-seconds", min=1, help="Stop when one cell takes longer.")] = None,
) -> None:
    """Run a template: papermill executes it, and the report, its data and a manifest are kept in a folder."""
    from tskit.metrics import choices
    from tskit.runs import Setting, execute, find, folders, read_file, read_pairs

    given = (read_file(params) if params else {}) | read_pairs(pairs or [])
    formats = formats_of(to or ())
    asked = casebook or str(given.get("casebook", ""))
    _refuse_orphan(str(given.get("source", "")), asked)
    book = casebook_of(asked)
    if isinstance(source := given.get("source"), str):
        given["source"] = seen_from(book, source)
        refuse_missing(book, given["source"])
    found = find(template, folders(book.root))
    setting = Setting(
        clock=lambda: datetime.now(UTC),
        casebook=book.root.resolve(),
        home=Path.home(),
        zone=book.zone,
        choices=choices(parameter.name for parameter in found.parameters),
        cell_seconds=limit,
    )
    setting = sealing(setting, book=book)
    with sections(found.title) as progress:
        after = partial(export, formats=formats, record_url=book.record_url)
        root = (out or runs_folder(book)).resolve()
        finished = execute(found, given, root=root, setting=setting, progress=progress, after=after)
    _report(finished)


def _refuse_orphan(source: str, asked: Path | str) -> None:
    """Refuse a file of this folder where the folder is no casebook, and the sample would be searched for it."""
    if source and not asked and root_nearby(None) is None and Path(source).exists():
        raise ParameterError(
            f"{source} lies in a folder that is no casebook, so nothing says how to read it. Make it one with: tskit init ."
        )


def _report(finished: Run) -> None:
    manifest = json.loads((finished.folder / "manifest.json").read_text(encoding="utf-8"))
    brief = finished.folder / "brief.md"
    if brief.is_file():
        say(f"\n{brief.read_text(encoding='utf-8').strip()}\n")
    for given in manifest["inputs"]:
        say(_quality(given))
    for path in [finished.folder / "report-to-share.html", *finished.folder.glob("report.[!h]*")]:
        if path.is_file():
            say(f"To share: {path}")
    say(str(finished.folder / "report.html"))


def _quality(given: Mapping[str, Any]) -> str:
    """Return a run's account of its data in words: the cases first, the sums of the other tables after them."""
    account: Mapping[str, Any] = given.get("quality", {})
    tables: Mapping[str, Mapping[str, int]] = account.get("tables", {})
    if not tables:
        return "Data: no account."
    told = [_table(name.removesuffix("s"), counts) for name, counts in tables.items()]
    return f"Data: {'; '.join(told)}."


def _table(rows: str, counts: Mapping[str, int]) -> str:
    kinds = {"kept": "kept", "rejected": "kept apart", "flagged": "doubtful"}
    parts = ", ".join(f"{counts[name]:,} {words}" for name, words in kinds.items() if counts[name] or name == "kept")
    return f"{counts['read']:,} {rows} rows read, {parts}"
