"""The casebook that a verb works in."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.cli.screen import say

if TYPE_CHECKING:
    from tskit.model import Casebook

__all__ = ["casebook_of", "nearby", "root_nearby", "seen_from"]


def casebook_of(asked: Path | str | None) -> Casebook:
    """Return the casebook asked for, or the one that is found; say so loudly when it is only the sample."""
    from tskit.runs import without_address_parser

    without_address_parser()
    from tskit.cases import open_casebook

    book = open_casebook(asked or "")
    if book.is_sample:
        say("SAMPLE DATA: the cases are synthetic. Name your own with --casebook DIR.", err=True)
    return book


def root_nearby(asked: Path | None) -> Path | None:
    """Return the folder of the casebook asked for, named in the environment, or here; None when there is none."""
    if asked or os.environ.get("TSKIT_CASEBOOK"):
        return asked or Path(os.environ["TSKIT_CASEBOOK"])
    return Path.cwd() if (Path.cwd() / "casebook.toml").is_file() else None


def nearby(asked: Path | None) -> Casebook:
    """Return that casebook; where there is none, one without settings, so that a file can be looked at anywhere."""
    from tskit.model import Casebook

    root = root_nearby(asked)
    return Casebook.read(root.resolve()) if root else Casebook(Path.cwd(), "casebook")


def seen_from(book: Casebook, source: str) -> str:
    """Return how the casebook finds a `source` that was typed here: a path in a shell starts at the working folder.

    A named source, and a path that only the casebook's folder holds, stay as they are.
    """
    if not source or source in {named.name for named in book.sources} or book.root == Path.cwd():
        return source
    typed = Path(os.path.expanduser(source))  # noqa: PTH111  # Path.expanduser raises where a name has no home
    there = typed.exists() or (glob.has_magic(source) and any(glob.iglob(str(typed), recursive=True)))  # noqa: PTH207  # Path.glob takes no absolute pattern
    if not there or "\0" in source:
        return source
    absolute = Path.cwd() / typed
    return str(absolute.relative_to(book.root)) if absolute.is_relative_to(book.root) else str(absolute)
