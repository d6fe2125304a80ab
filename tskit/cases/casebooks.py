"""Which casebook to work in."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from tskit import __version__
from tskit.cases.snapshots import pinned
from tskit.model import Casebook

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["open_casebook"]

_FILE = "casebook.toml"
_VARIABLE = "TSKIT_CASEBOOK"
_RECORDS = "TSKIT_RECORDS"


def open_casebook(
    name_or_path: str | os.PathLike[str] = "",
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    user_cache: Path | None = None,
) -> Casebook:
    """Return the casebook in the folder named, else in `TSKIT_CASEBOOK`, else in the working folder, else the sample.

    Where `TSKIT_RECORDS` names a place of records, its logs are read and written there, whatever the casebook says.
    `TSKIT_SNAPSHOTS` names snapshots of synced sources to be read in place of the newest, as in `dw=3`.

    Args:
        name_or_path: the folder that holds `casebook.toml`; empty to look for one.
        environment: variables to look into; those of the process by default.
        folder: where to look; the process's working folder by default.
        user_cache: where the sample lives; the user's cache folder by default.

    Raises:
        SourceError: the folder holds no `casebook.toml`.
        ParameterError: a setting of it, or of the environment, cannot be meant so.
    """
    variables = os.environ if environment is None else environment
    here = Path.cwd() if folder is None else folder
    book = Casebook.read(_root(os.fspath(name_or_path) or variables.get(_VARIABLE, ""), here, user_cache))
    records = variables.get(_RECORDS, "")
    return pinned(replace(book, records=records) if records else book, variables)


def _root(named: str, here: Path, user_cache: Path | None) -> Path:
    if named:
        return (here / Path(named).expanduser()).resolve()
    if (here / _FILE).is_file():
        return here.resolve()
    cache = user_cache or Path(platformdirs.user_cache_dir("tskit", appauthor=False))
    return _sample(cache / f"sample-{__version__}")


def _sample(folder: Path) -> Path:
    """Return the folder of the sample, made on the first call; two processes may both try, one result stays."""
    if (folder / _FILE).is_file():
        return folder
    from tskit.sources.synthetic import write_sample  # noqa: PLC0415  # slow to import, needed once per version

    folder.parent.mkdir(parents=True, exist_ok=True)
    own = Path(tempfile.mkdtemp(prefix=".sample-", dir=folder.parent))
    try:
        write_sample(own)
        # A folder that another process finished meanwhile refuses to be replaced; it holds the same sample.
        with suppress(OSError):
            own.rename(folder)
    finally:
        shutil.rmtree(own, ignore_errors=True)
    return folder
