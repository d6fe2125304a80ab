"""tskit run: runs a template and says where the write-up is."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tskit.cli.alarms import alarms
from tskit.cli.casebook import casebook_of, refuse_missing, root_nearby, seen_from
from tskit.cli.reports import export, formats_of, runs_folder
from tskit.cli.run_kernel import Asked, kernel_of
from tskit.cli.screen import say, sections
from tskit.cli.sealing import sealing
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.model import Casebook, Run
    from tskit.runs import Setting, Template

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
    kernel: Annotated[
        Asked, typer.Option("--kernel", help="What executes the cells; auto takes a warm kernel where one is ready.")
    ] = "auto",
    cell_seconds: Annotated[int | None, typer.Option("--cell-seconds", min=1, help="Stop a longer cell.")] = None,
    run_seconds: Annotated[int | None, typer.Option("--run-seconds", min=1, help="Stop a longer run.")] = None,
    memory: Annotated[int | None, typer.Option("--memory-mb", min=64, help="Stop a run that takes more.")] = None,
    alert: Annotated[bool, typer.Option("--alert", help="Send what the casebook's rules for alerts find.")] = False,
) -> None:
    """Run a template: papermill executes it, and the report, its data and a manifest are kept in a folder."""
    from tskit.runs import execute, find, folders, read_file, read_pairs

    given = (read_file(params) if params else {}) | read_pairs(pairs or [])
    formats, asked = formats_of(to or ()), casebook or str(given.get("casebook", ""))
    _refuse_orphan(str(given.get("source", "")), asked)
    book = casebook_of(asked)
    root = (out or runs_folder(book)).resolve()
    after = partial(export, formats=formats, record_url=book.record_url)
    limits = {"cell_seconds": cell_seconds, "run_seconds": run_seconds, "memory_mb": memory}
    with alarms(book, template, root=root, is_asked=alert) as sealed:
        given |= _source(book, given)
        found = find(template, folders(book.root))
        setting = replace(_setting(book, found, kernel), sealed=sealed, **limits)
        with sections(found.title) as progress:
            finished = execute(found, given, root=root, setting=setting, progress=progress, after=after)
    _report(finished)


def _source(book: Casebook, given: Mapping[str, object]) -> dict[str, object]:
    """Return the source that is asked for as the casebook sees it."""
    source = given.get("source")
    if not isinstance(source, str):
        return {}
    seen = seen_from(book, source)
    refuse_missing(book, seen)
    return {"source": seen}


def _setting(book: Casebook, template: Template, asked: Asked) -> Setting:
    from tskit.metrics import choices
    from tskit.runs import Setting

    kernel, place = kernel_of(asked)
    setting = Setting(
        kernel=kernel,
        warm=place,
        clock=lambda: datetime.now(UTC),
        casebook=book.root.resolve(),
        home=Path.home(),
        zone=book.zone,
        choices=choices(parameter.name for parameter in template.parameters),
    )
    return sealing(setting, book=book)


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
