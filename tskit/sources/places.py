"""From what a person types (a path, a folder or a pattern) to the files that it means."""

from __future__ import annotations

import glob
import os
from difflib import get_close_matches
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.sources.store.stored import stored_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["find", "kind_of"]

_PACKED = ".gz"


def find(location: str, *, root: Path, kinds: Iterable[str]) -> tuple[Path, ...]:
    """Return the files that `location` names, in alphabetical order; relative ones start at `root`.

    In a folder every file of a known kind counts; hidden files and folders within it do not. A snapshot of a store, as
    in `dw@3/cases`, stands for the files that its deliveries brought, in their order.

    Raises:
        SourceError: nothing is there, or it must not be read.
    """
    if not location.strip() or "\0" in location:
        raise SourceError("The source has no location. Give a file, a folder or a pattern such as exports/*.csv.")
    held = stored_at(location, root=root)
    if held:
        return tuple(path for stored in held for path in stored.paths())
    path = root / os.path.expanduser(location)  # noqa: PTH111 - Path.expanduser raises where a name has no home
    try:
        if path.is_dir():
            return _in_folder(path, frozenset(kinds))
        if path.exists():
            return (path,)
        found = _matching(path)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}. Check the path and who may read it.") from None
    if not found:
        raise SourceError(_missing(path))
    return found


def kind_of(name: str) -> str:
    """Return the suffix that tells a file's kind, in small letters; a `.gz` at the end is looked through.

    >>> kind_of("Cases.CSV.gz")
    '.csv'
    """
    lowered = name.lower()
    if lowered.endswith(_PACKED):
        lowered = lowered.removesuffix(_PACKED)
    return os.path.splitext(lowered)[1]  # noqa: PTH122 - a name in an archive is no path of this system


def _in_folder(folder: Path, kinds: frozenset[str]) -> tuple[Path, ...]:
    entries = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith((".", "~$")))
    found = tuple(path for path in entries if kind_of(path.name) in kinds)
    if not found:
        raise SourceError(f"The folder {folder} holds no file of a known kind ({', '.join(sorted(kinds))}).")
    return found


def _matching(pattern: Path) -> tuple[Path, ...]:
    if not glob.has_magic(str(pattern)):
        return ()
    names = glob.iglob(str(pattern), recursive=True)  # noqa: PTH207 - Path.glob takes no absolute pattern
    return tuple(sorted(path for path in map(type(pattern), names) if path.is_file()))


def _missing(path: Path) -> str:
    if glob.has_magic(str(path)):
        return f"No file matches {path}. Check the pattern and the folder."
    if not path.parent.is_dir():
        return f"There is no file {path}: the folder {path.parent} does not exist either."
    names = [entry.name for entry in path.parent.iterdir() if not entry.name.startswith(".")]
    near = get_close_matches(path.name, names, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else "Check the name." if names else "The folder is empty."
    return f"There is no file {path.name!r} in {path.parent}. {hint}"
