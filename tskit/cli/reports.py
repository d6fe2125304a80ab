"""What comes of a run beside its notebook: which formats, who writes them, and where runs lie."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nbformat import NotebookNode

    from tskit.model import Casebook

__all__ = ["export", "formats_of", "runs_folder"]


def formats_of(asked: Sequence[str]) -> tuple[str, ...]:
    """Return the formats that were asked for beside `report.html`, each once.

    Raises:
        ParameterError: there is no such format; the message names the nearest.
    """
    if not asked:
        return ()
    from tskit.export import FORMATS

    for name in asked:
        if name not in FORMATS:
            raise ParameterError.unknown(name, FORMATS, what="format")
    return tuple(dict.fromkeys(asked))


def export(notebook: NotebookNode, folder: Path, *, formats: Sequence[str], record_url: str) -> Sequence[Path]:
    """Write the report of an executed notebook, and the other formats, into the folder of its run."""
    from tskit.export import write_all

    chromium = os.environ.get("TSKIT_CHROMIUM", "")
    return write_all(notebook, folder, formats=formats, record_url=record_url, chromium=chromium)


def runs_folder(book: Casebook) -> Path:
    """Return the folder for the runs of a casebook; for those of the sample one in the working folder."""
    # Nobody looks for a report in a cache folder, where the sample lies that was taken for want of a casebook.
    cached = book.root.is_relative_to(platformdirs.user_cache_dir("tskit", appauthor=False))
    return (Path.cwd() if cached else book.root) / "runs"
