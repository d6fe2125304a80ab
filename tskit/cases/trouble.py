"""What the machine refuses, told as what to do about it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import duckdb

from tskit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

__all__ = ["told_plainly"]


@contextmanager
def told_plainly(folder: Path) -> Generator[None]:
    """Turn the engine's complaints about memory, disk and files into errors of ours; `folder` is where it works.

    Raises:
        SourceError: no memory or no room is left, or the folder is gone; the engine's own words are not repeated,
            since they could quote a value.
    """
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise SourceError(
            f"The engine ran out of memory, or of room for what it puts aside in {folder.parent}. Free some of the disk, "
            "or read fewer files at once."
        ) from None
    except (duckdb.IOException, OSError) as error:
        if not folder.exists():
            raise SourceError(f"{folder} was removed while it was made. Load the source again.") from None
        if isinstance(error, OSError):
            raise
        raise SourceError(
            f"The engine could not read the source or could not write into {folder.parent}. Is the disk full, or did the "
            "file change while it was read? Load it again."
        ) from None
