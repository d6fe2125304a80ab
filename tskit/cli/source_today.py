"""Where a source lies today that a run on another machine, or in another folder, read."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from tskit.model import Casebook

__all__ = ["source_today"]


def source_today(source: str, *, book: Casebook, known: Collection[str]) -> str:
    """Return how the casebook finds a source of a run: by its name or path where these lead somewhere, else by content.

    Of files in the casebook's folder that are called as the source is, one of the `known` digests comes first.
    """
    if (source and book.asked(source)[0]) or _leads(book.root / os.path.expanduser(source)):  # noqa: PTH111  # Path.expanduser raises where a name has no home
        return source
    name = (PureWindowsPath(source) if "\\" in source else PurePosixPath(source)).name
    if not name or any(sign in name for sign in "*?["):
        return source
    from tskit.sources.survey import digest

    found = sorted(path for path in book.root.rglob(name) if not _is_hidden(path.relative_to(book.root)))
    same = [path for path in found if path.is_file() and digest(path) in known]
    return next((str(path.relative_to(book.root)) for path in (*same, *found)), source)


def _leads(path: Path) -> bool:
    return "\0" not in str(path) and path.exists()


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts) or path.parts[0] == "runs"
