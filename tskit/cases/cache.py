"""Loads that are kept: one folder per content, profile, key and version of the code."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import platformdirs

from tskit.cases.locks import GONE, hold, in_turn, remove_unless_used
from tskit.model import InputFile, Quality, TableAccount
from tskit.sources.survey import digest

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

__all__ = ["Account", "claim", "code_digest", "digests", "home", "making", "recall", "scratch"]

_ACCOUNT = "account.json"
_HASHES = "hashes.json"
_MAKING = ".making-"
_MAKER = "maker"
"""A file that the process that makes a load holds; whoever can lock it alone knows that the maker is dead."""
_KEPT = 6
_SMALL = 1 << 20


@dataclass(frozen=True, slots=True)
class Account:
    """What a finished load knows beside its rows; `shape` is a hash of the profiles that shaped them."""

    quality: Quality
    profile: str
    shape: str
    as_of: datetime
    inputs: tuple[InputFile, ...]

    def noting(self, notes: Sequence[str]) -> Account:
        """Return the account with these sentences after its own."""
        return replace(self, quality=replace(self.quality, notes=(*self.quality.notes, *notes)))

    def write(self, folder: Path) -> None:
        """Write the account into the folder; it is the last file, and says that the others are whole."""
        plain = {**asdict(self), "as_of": self.as_of.isoformat()}
        (folder / _ACCOUNT).write_text(json.dumps(plain, indent=1), encoding="utf-8")


def recall(folder: Path) -> Account | None:
    """Return the account of the finished load in the folder, or None where there is none."""
    try:
        plain = json.loads((folder / _ACCOUNT).read_text(encoding="utf-8"))
        quality: dict[str, Any] = plain["quality"]
        listed: dict[str, Any] = {key: tuple(quality[key]) for key in ("missing", "notes")}
        listed["tables"] = {table: TableAccount(**part) for table, part in quality["tables"].items()}
        return Account(
            Quality(**{**quality, **listed}),
            plain["profile"],
            plain["shape"],
            datetime.fromisoformat(plain["as_of"]),
            tuple(InputFile(**row) for row in plain["inputs"]),
        )
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None


def home(root: Path, paths: Sequence[Path], *, user_cache: Path | None = None) -> Path:
    """Return the folder for loads: the casebook's where all files lie in it and it can be written, else the user's."""
    user = user_cache or Path(platformdirs.user_cache_dir("tskit", appauthor=False))
    inside = all(path.resolve().is_relative_to(root.resolve()) for path in paths)
    if inside and (root / "casebook.toml").exists() and os.access(root, os.W_OK):
        return root / ".cache"
    return user / "loads"


def claim(folder: Path) -> tuple[Account, IO[bytes]] | None:
    """Return the account of the finished load in the folder and a handle; while that is open, nobody removes the load."""
    handle = hold(folder / _ACCOUNT)
    account = None if handle is None else recall(folder)
    if handle is None or account is None:
        if handle is not None:
            handle.close()
        return None
    with suppress(OSError):
        # The order of last use decides which loads are kept.
        os.utime(folder / _ACCOUNT)
    return account, handle


@contextmanager
def making(folder: Path) -> Generator[Path]:
    """Give an empty folder of our own that becomes `folder` when the block ends well, and vanishes otherwise."""
    parent = folder.parent
    own, handle = _taken(parent)
    try:
        yield own
        with in_turn(parent):
            if handle is not None:
                handle.close()
            _put(own, folder)
            _prune(parent, spare=folder)
    finally:
        if handle is not None:
            handle.close()
        shutil.rmtree(own, ignore_errors=True)


@contextmanager
def scratch(parent: Path) -> Generator[Path]:
    """Give an empty folder of our own in `parent` that vanishes when the block ends, or after a kill with the next one."""
    own, handle = _taken(parent)
    try:
        yield own
    finally:
        if handle is not None:
            handle.close()
        shutil.rmtree(own, ignore_errors=True)


def _taken(parent: Path) -> tuple[Path, IO[bytes] | None]:
    """Return a new folder in `parent` that only its owner may enter, and the handle that keeps others from removing it."""
    parent.mkdir(parents=True, exist_ok=True)
    _ignore_in_git(parent)
    with in_turn(parent):
        own = Path(tempfile.mkdtemp(prefix=_MAKING, dir=parent))
        (own / _MAKER).touch()
        handle = hold(own / _MAKER)
        _sweep(parent)
    return own, handle


def _put(own: Path, folder: Path) -> None:
    """Move a finished load to its place; one that another process finished meanwhile is as good and stays."""
    (own / _MAKER).unlink(missing_ok=True)
    if folder.exists() and recall(folder) is None:
        # A folder without an account is half of a load that somebody interrupted by hand.
        shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        own.rename(folder)


def _ignore_in_git(parent: Path) -> None:
    note = parent / ".gitignore"
    if not note.exists():
        note.write_text("*\n", encoding="utf-8")


def _sweep(parent: Path) -> None:
    """Remove what killed processes left behind: nobody alive holds it."""
    for left in parent.glob(f"{_MAKING}*"):
        if left.is_dir():
            remove_unless_used(left, mark=_MAKER)
    for left in parent.glob(f"{GONE}*"):
        shutil.rmtree(left, ignore_errors=True)


def _prune(parent: Path, *, spare: Path) -> None:
    """Remove old loads but for the few that were used last and those in use."""
    used: dict[Path, float] = {}
    for account in parent.glob(f"*/{_ACCOUNT}"):
        with suppress(OSError):
            used[account.parent] = account.stat().st_mtime
    for old in sorted(used, key=used.__getitem__, reverse=True)[_KEPT:]:
        if old != spare and not old.name.startswith("."):
            remove_unless_used(old, mark=_ACCOUNT)


def digests(paths: Sequence[Path], *, memory: Path) -> tuple[str, ...]:
    """Return the SHA-256 of each file; large ones are remembered in the folder `memory` by path, size and time."""
    known = _remembered(memory)
    fresh: dict[str, str] = {}
    found: list[str] = []
    for path in paths:
        stat = path.stat()
        place = f"{path.resolve()}|{stat.st_size}|{stat.st_mtime_ns}"
        found_now = known.get(place) or digest(path)
        if stat.st_size > _SMALL and place not in known:
            fresh[place] = found_now
        found.append(found_now)
    if fresh:
        _remember(memory, {**known, **fresh})
    return tuple(found)


def _remembered(memory: Path) -> dict[str, str]:
    try:
        return json.loads((memory / _HASHES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _remember(memory: Path, known: dict[str, str]) -> None:
    memory.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".hashes-", dir=memory)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(known, file)
    Path(name).replace(memory / _HASHES)


@cache
def code_digest() -> str:
    """Return a hash of the code that shapes a load, so that a new version never reads an old one's rows."""
    digest = sha256()
    for package, pattern in (("tskit.cases", "*.py"), ("tskit.sources", "*.py"), ("tskit.model", "*.py")):
        for path in sorted(Path(str(files(package))).rglob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()
