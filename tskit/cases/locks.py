"""Folders that several processes share: who uses one says so, and it stays as long as they live."""

from __future__ import annotations

import shutil
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["GONE", "hold", "in_turn", "remove_unless_used"]

GONE = ".gone-"
"""How a folder is called while it is being removed."""


def hold(path: Path, *, alone: bool = False, wait: bool = False) -> IO[bytes] | None:
    """Return the file at `path` opened and locked, or None where others hold it or it is not there.

    The lock ends with the handle, and with the process, however it ends. With `alone` nobody else may hold it.
    """
    try:
        # A lock that keeps others out needs a handle that writes on some systems.
        handle = path.open("r+b" if alone else "rb")
    except OSError:
        return None
    if _lock(handle, alone=alone, wait=wait):
        return handle
    handle.close()
    return None


def _lock(handle: IO[bytes], *, alone: bool, wait: bool) -> bool:
    if sys.platform == "win32":
        # An open file keeps its folder from being moved there, which is all that is needed.
        return True
    import fcntl  # noqa: PLC0415  # only where it exists

    try:
        fcntl.flock(handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | (0 if wait else fcntl.LOCK_NB))
    except OSError:
        return False
    return True


@contextmanager
def in_turn(folder: Path) -> Generator[None]:
    """Let one process at a time change what lies in `folder`; the others wait."""
    path = folder / ".lock"
    path.touch()
    handle = hold(path, alone=True, wait=True)
    try:
        yield
    finally:
        if handle is not None:
            handle.close()


def remove_unless_used(folder: Path, *, mark: str) -> bool:
    """Remove a folder unless some process holds the file `mark` in it; return whether it is gone."""
    handle = hold(folder / mark, alone=True)
    if handle is None and (folder / mark).exists():
        return False
    if handle is not None and sys.platform == "win32":
        handle.close()
    try:
        # Moved first, so that nobody finds it half removed.
        aside = Path(tempfile.mkdtemp(prefix=GONE, dir=folder.parent)) / folder.name
        with suppress(OSError):
            folder.rename(aside)
        shutil.rmtree(aside.parent, ignore_errors=True)
        return not folder.exists()
    finally:
        if handle is not None:
            handle.close()
