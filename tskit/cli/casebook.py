"""The casebook that a verb works in."""

from __future__ import annotations

import glob
import os
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.cli.screen import say
from tskit.errors import ParameterError, SourceError

if TYPE_CHECKING:
    from tskit.model import Casebook

__all__ = ["casebook_around", "casebook_of", "nearby", "refuse_casebook", "refuse_missing", "root_nearby", "seen_from"]


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


def casebook_around(folder: Path) -> Path | None:
    """Return the folder of the casebook that a run or batch lies in, so that one that was moved is still found."""
    return next((parent for parent in folder.resolve().parents if (parent / "casebook.toml").is_file()), None)


def nearby(asked: Path | None) -> Casebook:
    """Return that casebook; where there is none, one without settings, so that a file can be looked at anywhere."""
    from tskit.model import Casebook

    root = root_nearby(asked)
    return Casebook.read(root.resolve()) if root else Casebook(Path.cwd(), "casebook")


def seen_from(book: Casebook, source: str) -> str:
    """Return how the casebook finds a `source` that was typed here: a path in a shell starts at the working folder.

    A named source, a snapshot of one, and a path that only the casebook's folder holds, stay as they are.
    """
    if not source or book.asked(source)[0] or book.root == Path.cwd():
        return source
    typed = Path(os.path.expanduser(source))  # noqa: PTH111  # Path.expanduser raises where a name has no home
    if "\0" in source or not _holds(typed):
        return source
    absolute = Path.cwd() / typed
    return str(absolute.relative_to(book.root)) if absolute.is_relative_to(book.root) else str(absolute)


def refuse_missing(book: Casebook, source: str) -> None:
    """Refuse a `source` that is neither a name nor a path, before a kernel is started for it.

    Raises:
        SourceError: nothing is called so, or lies there.
    """
    names = [named.name for named in book.sources]
    if not source or "\0" in source or book.asked(source)[0] or _holds(book.root / os.path.expanduser(source)):  # noqa: PTH111  # as above
        return
    known = f"The casebook names: {', '.join(names)}." if names else "The casebook names none."
    near = get_close_matches(source, names, n=1)
    fix = f"Did you mean {near[0]!r}?" if near else f"{known} A path starts at the working folder or at {book.root}."
    raise SourceError(f"There is no source {source!r}. {fix}")


def refuse_casebook(source: str) -> None:
    """Refuse a folder that is a casebook where a source is asked for.

    Raises:
        ParameterError: the folder holds `casebook.toml`.
    """
    from tskit.model import Casebook

    if "\0" not in source and (Path(source) / "casebook.toml").is_file() and source:
        names = ", ".join(named.name for named in Casebook.read(Path(source).resolve()).sources)
        fix = f"Look at one of its sources ({names})" if names else "Look at a file"
        raise ParameterError(
            f"{source} is a casebook. {fix}: tskit check {names.partition(',')[0] or 'FILE'} --casebook {source}"
        )


def _holds(path: Path) -> bool:
    if path.exists():
        return True
    return glob.has_magic(str(path)) and any(glob.iglob(str(path), recursive=True))  # noqa: PTH207  # Path.glob takes no absolute pattern
