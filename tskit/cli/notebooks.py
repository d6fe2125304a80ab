"""The folder of a casebook that people's notebooks lie in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cli.casebook import root_nearby
from tskit.errors import SourceError

if TYPE_CHECKING:
    from pathlib import Path

    from tskit.model import Casebook

__all__ = ["NOTEBOOKS", "notebooks_of", "own_casebook"]

NOTEBOOKS = "notebooks"


def own_casebook(asked: Path | None) -> Casebook:
    """Return the casebook asked for, named in the environment, or here.

    Raises:
        SourceError: there is none. What people write must not land beside the sample in a cache folder.
    """
    from tskit.model import Casebook

    root = root_nearby(asked)
    if root is None:
        raise SourceError(
            "There is no casebook here. Name one with --casebook DIR, or make one: tskit init DIR, "
            "with --sample for one of synthetic cases."
        )
    return Casebook.read(root.resolve())


def notebooks_of(book: Casebook) -> Path:
    """Return the folder, made when it is missing; git does not see what is in it, since notebooks name cases.

    Raises:
        SourceError: nobody may write there.
    """
    folder = book.root / NOTEBOOKS
    try:
        folder.mkdir(exist_ok=True)
        note = folder / ".gitignore"
        if not note.exists():
            note.write_text("*\n", encoding="utf-8")
    except OSError as error:
        raise SourceError(f"{folder} cannot be written ({error.strerror}). Ask who owns the casebook.") from None
    return folder
