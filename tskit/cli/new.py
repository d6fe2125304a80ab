"""tskit new: a notebook of one's own from a template."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path  # noqa: TC003  # Typer reads the annotations
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from tskit.cli.casebook import refuse_missing, seen_from
from tskit.cli.notebooks import notebooks_of, own_casebook
from tskit.cli.screen import say

if TYPE_CHECKING:
    from tskit.model import Casebook
    from tskit.runs import ParameterValue, Template

__all__ = ["new"]

_HERE = ".."
"""The casebook, as seen from a notebook in its folder."""


def new(
    *,
    template: Annotated[str, typer.Argument(help="A template's name (see: tskit template list) or its file.")],
    title: Annotated[str, typer.Option("--title", help="Its heading, which its file is named after, too.")] = "",
    pairs: Annotated[
        list[str] | None,
        typer.Option("-p", "--parameter", metavar="NAME=VALUE", help="A parameter; repeat it for more."),
    ] = None,
    params: Annotated[Path | None, typer.Option("--params", help="Parameters in a TOML, YAML or JSON file.")] = None,
    casebook: Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")] = None,
) -> None:
    """Begin a notebook from a template: it is named, dated, filled in, and kept in notebooks/ of the casebook."""
    from tskit.runs import find, folders, named, place, read_file, read_pairs

    book = own_casebook(casebook)
    found = find(template, folders(book.root))
    given = (read_file(params) if params else {}) | read_pairs(pairs or [])
    notebook = named(found, _checked(found, given, book), day=datetime.now(ZoneInfo(book.zone)).date(), title=title)
    say(str(place(notebook, notebooks_of(book))))


def _checked(template: Template, given: dict[str, object], book: Casebook) -> dict[str, ParameterValue]:
    from tskit.metrics import choices
    from tskit.runs import check

    if isinstance(source := given.get("source"), str):
        given["source"] = seen_from(book, source)
        refuse_missing(book, given["source"])
    names = [parameter.name for parameter in template.parameters]
    # Where JupyterLab was started by hand, nothing else says which casebook a notebook belongs to.
    here = {"casebook": _HERE} if "casebook" in names else {}
    return check(here | given, template.parameters, choices=choices(names))
