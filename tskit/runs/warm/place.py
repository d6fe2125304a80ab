"""Where warm processes live, and whether this system can have them."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["NotWarmError", "WarmPlace", "can_fork", "is_own_socket", "opened", "own_folder", "why_not"]

_OWNER_ONLY = 0o700
_OTHERS = 0o077
_LONGEST = 103  # bytes of a socket's path on the strictest system, its closing zero aside


class NotWarmError(RunError):
    """A warm process is not to be had; the message says why, and a cold one does the same work."""


@dataclass(frozen=True, slots=True)
class WarmPlace:
    """The folder of the sockets and locks, what a zygote imports, and how long it waits for work.

    `preload` are names of modules, in order; `module:function` is imported and called. `idle_seconds` after its last
    child a zygote retires. `is_forced` asks for warm processes on macOS, where libraries of the system may not bear it.
    """

    folder: Path
    preload: tuple[str, ...] = ()
    idle_seconds: float = 900.0
    is_forced: bool = False


def why_not(place: WarmPlace) -> str:
    """Return why this system has no warm processes, as a sentence; empty where it has."""
    if sys.platform == "win32" or not hasattr(os, "fork"):
        return "This system cannot copy a running process."
    if sys.platform == "darwin" and not place.is_forced:
        return "On macOS warm processes are off, since libraries of the system may not bear a copy of the process."
    if len(os.fsencode(place.folder)) + len("/0123456789abcdef.sock") > _LONGEST:
        return "The path of the folder for warm processes is too long for a socket; choose a shorter one."
    return ""


def can_fork(place: WarmPlace) -> bool:
    """Return whether this system can have warm processes at `place`."""
    return not why_not(place)


def own_folder(environment: Mapping[str, str]) -> Path:
    """Return the folder for the warm processes of this user: in the one the system keeps for sockets, where it has one."""
    given = Path(environment.get("XDG_RUNTIME_DIR", ""))
    if given.is_absolute() and given.is_dir():
        return given / "tskit" / "warm"
    user = os.getuid() if hasattr(os, "getuid") else ""
    return Path(tempfile.gettempdir()) / f"tskit-{user}"


def opened(place: WarmPlace) -> Path:
    """Make the folder of `place` unless it is there, and return it.

    Raises:
        NotWarmError: the folder is not a folder of ours alone, or somebody else could put another in its place.
    """
    folder = place.folder
    try:
        folder.parent.mkdir(mode=_OWNER_ONLY, parents=True, exist_ok=True)
        folder.mkdir(mode=_OWNER_ONLY, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise NotWarmError(f"{folder} cannot be made or read ({error.strerror}).") from None
    if not stat.S_ISDIR(found.st_mode):
        raise NotWarmError(f"{folder} is a link or a file, and has to be a folder; remove it.")
    if found.st_uid != os.getuid():
        raise NotWarmError(f"{folder} belongs to another user; warm processes are not started there.")
    if found.st_mode & _OTHERS:
        raise NotWarmError(f"{folder} is open to other users; remove it, and it is made anew.")
    _refuse_movable(folder)
    return folder


def _refuse_movable(folder: Path) -> None:
    """Refuse a folder that another user could put aside, since a folder above it is theirs or open to all."""
    for parent in folder.resolve().parents:
        found = parent.stat()
        is_open = found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX
        if is_open or found.st_uid not in (0, os.getuid()):
            raise NotWarmError(f"Others may rename what lies in {parent}; warm processes are not started below it.")


def is_own_socket(path: Path) -> bool:
    """Return whether `path` is a socket of ours; False where there is nothing.

    Raises:
        NotWarmError: there is something else, or something of another user.
    """
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    if not stat.S_ISSOCK(found.st_mode) or found.st_uid != os.getuid():
        raise NotWarmError(f"{path} is not a socket of ours; remove it.")
    return True
