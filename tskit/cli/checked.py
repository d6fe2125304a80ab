"""Where the report of a check is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["keep", "write"]

_FOLDER = "checks"


def keep(text: str, *, folder: Path, source: str, suffix: str) -> Path | None:
    """Write a report into `checks/` of the folder, in place of the last one of that source, and return where it is.

    None means that nobody may write there; the report was printed all the same.
    """
    stem = re.sub(r"[^\w-]+", "-", re.split(r"[/\\]", source.rstrip("/\\"))[-1]).strip("-")[:80] or "source"
    path = folder / _FOLDER / f"{stem}{suffix}"
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    except OSError:
        return None
    return path


def write(text: str, path: Path) -> Path:
    """Write a report to the file that was asked for, and return it.

    Raises:
        ParameterError: nobody may write there, or the folder does not exist.
    """
    try:
        path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
    except OSError as error:
        raise ParameterError(f"{path} cannot be written ({error.strerror}); name another file.") from None
    return path
