"""The casebook that a verb works in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from tskit.model import Casebook

__all__ = ["casebook_of"]


def casebook_of(asked: Path | str | None) -> Casebook:
    """Return the casebook asked for, or the one that is found; say so loudly when it is only the sample."""
    from tskit.runs import without_address_parser

    without_address_parser()
    from tskit.cases import open_casebook

    book = open_casebook(asked or "")
    if book.is_sample:
        typer.echo("SAMPLE DATA: the cases are synthetic. Name your own with --casebook DIR.", err=True)
    return book
