"""The name of a zygote: whatever makes two of them differ."""

from __future__ import annotations

import json
import os
import site
import sys
from hashlib import sha256
from importlib.machinery import PathFinder
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.runs.warm.standing import ceiling

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tskit.runs.warm.place import WarmPlace

__all__ = ["imported_under", "key_of"]

_NAMES = frozenset({"HOME", "LANG", "LANGUAGE", "TZ"})
_STARTS = ("ARROW_", "DUCKDB_", "JE_", "LC_", "LD_", "DYLD_", "MALLOC_", "NPY_", "NUMPY_", "PANDAS_", "PYTHON")
_ENDS = ("_NUM_THREADS", "_MAX_THREADS")
_PACKAGE = Path(__file__).parents[2]
_INSTALLED = (".dist-info", ".egg-info", ".pth")


def imported_under(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a library reads once, when it is imported, and which a child cannot change later."""
    return {name: value for name, value in sorted(environment.items()) if _matters(name)}


def _matters(name: str) -> bool:
    return name in _NAMES or name.startswith(_STARTS) or name.endswith(_ENDS)


def key_of(place: WarmPlace, environment: Mapping[str, str]) -> str:
    """Return the name of the zygote for a process with this environment, 16 hexadecimal digits.

    It changes with the interpreter, with each installed version, with the code of tskit and of each preloaded package
    that is worked on in its folder, with what is preloaded, and with what the environment and the limits of this
    process decide at import.
    """
    told = [
        [sys.executable, sys.version, str(_PACKAGE)],
        list(_installed()),
        list(_worked_on(place.preload)),
        list(place.preload),
        imported_under(environment),
        ceiling(),
    ]
    return sha256(json.dumps(told).encode()).hexdigest()[:16]


def _installed() -> Iterator[tuple[str, int]]:
    """Yield each installed version and when it came; the names of their folders say it, so that none is opened."""
    folders = [*site.getsitepackages(), *([site.getusersitepackages()] if site.ENABLE_USER_SITE else [])]
    for folder in folders:
        try:
            with os.scandir(folder) as entries:
                found = [(entry.path, entry.stat().st_mtime_ns) for entry in entries if entry.name.endswith(_INSTALLED)]
        except OSError:
            continue  # a folder that is named and not there
        yield from sorted(found)


def _worked_on(preload: tuple[str, ...]) -> Iterator[tuple[str, int, int]]:
    """Yield each file of tskit, and of the preloaded packages that lie outside of the installed ones."""
    standing = tuple(os.path.realpath(folder) for folder in (*site.getsitepackages(), Path(os.__file__).parent))
    folders = {str(_PACKAGE)}
    for name in {entry.partition(":")[0].partition(".")[0] for entry in preload}:
        found = PathFinder.find_spec(name)
        places = list(found.submodule_search_locations or []) if found else []
        folders |= {place for place in places if not os.path.realpath(place).startswith(standing)}
    for folder in sorted(folders):
        yield from sorted(_files(folder))


def _files(folder: str) -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != "__pycache__":
                    yield from _files(entry.path)
            else:
                found = entry.stat()
                yield entry.path, found.st_mtime_ns, found.st_size
