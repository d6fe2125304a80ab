"""Writes that hold: on the disk before anybody relies on them, and open to their owner alone."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import contextmanager
from hashlib import sha256
from typing import IO, TYPE_CHECKING

from tskit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

__all__ = [
    "FILE_MODE",
    "copy_file",
    "in_words",
    "make_folder",
    "only_one",
    "sync_file",
    "sync_folder",
    "write_file",
    "write_whole",
]

FILE_MODE = 0o600
_FOLDER_MODE = 0o700
_BLOCK = 1 << 22
_FULL = (errno.ENOSPC, errno.EDQUOT)


def make_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter, and its parents; the entry of the folder is on the disk afterwards."""
    folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(_FOLDER_MODE)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk; a new file is lost with its entry otherwise."""
    if sys.platform == "win32":
        return  # it has no handle of a folder to be flushed
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_file(path: Path) -> None:
    """Bring a file to the disk that something else wrote."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def copy_file(source: Path, path: Path) -> tuple[str, int]:
    """Copy a file to the disk and return the SHA-256 and the number of the bytes that were written."""
    digest, size = sha256(), 0
    try:
        with source.open("rb") as file, _opened(path) as copy:
            while block := file.read(_BLOCK):
                digest.update(block)
                size += len(block)
                copy.write(block)
            copy.flush()
            os.fsync(copy.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return digest.hexdigest(), size


def write_file(path: Path, body: bytes) -> None:
    """Write a file and bring it to the disk, its entry in the folder as well; half a file is taken away again."""
    try:
        with _opened(path) as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_whole(path: Path, body: bytes) -> None:
    """Write a file so that whoever finds it finds all of it."""
    draft = path.with_name(f".{path.name}.partial")
    write_file(draft, body)
    draft.replace(path)
    sync_folder(path.parent)


@contextmanager
def in_words(place: str) -> Generator[None]:
    """Say in words what kept a store from being written.

    Raises:
        SourceError: the disk is full, or the folder cannot be written. What was received so far is kept.
    """
    try:
        yield
    except OSError as error:
        kept = "What was received is kept, and the next sync goes on from there."
        if error.errno in _FULL:
            raise SourceError(f"The disk is full: {place} cannot grow. {kept} Free some space first.") from None
        reason = os.strerror(error.errno) if error.errno else "the disk refuses"
        raise SourceError(f"{place} cannot be written: {reason}. {kept}") from None


def only_one(path: Path) -> int | None:
    """Return a handle that holds the lock at `path` until it is closed or its process ends, or None where another has it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
    try:
        _lock(handle)
    except OSError:
        os.close(handle)
        return None
    return handle


def _opened(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, FILE_MODE), "wb")


def _lock(handle: int) -> None:
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415  # only where it exists

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        return
    import fcntl  # noqa: PLC0415  # only where it exists

    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
