"""A folder or a file that appears whole or not at all, also where somebody kills the process."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

__all__ = ["whole_file", "whole_folder"]

_FIRST, _LAST = "truth.json", "casebook.toml"


@contextmanager
def whole_folder(folder: Path) -> Generator[Path]:
    """Give the place of a draft, to be filled by the block, that becomes `folder` when the block ends well.

    A new folder appears in one step. One that is there and empty may be somebody's working folder, so it stays and is
    filled, and what makes it a casebook goes in last: if that is cut off, the same call clears it and does it again.

    Raises:
        ParameterError: the folder holds something that no cut-off call left there.
    """
    whole = folder.resolve()
    found = {path.name for path in whole.iterdir()} if whole.is_dir() else set[str]()
    if found and (_FIRST not in found or _LAST in found):
        raise ParameterError(f"{folder} is not an empty folder; name a new one for the sample.")
    draft = whole.with_name(f".{whole.name}.{uuid4().hex[:8]}.part")
    whole.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield draft
        names = {path.name for path in draft.iterdir()}
        if found - names:
            raise ParameterError(f"{folder} is not an empty folder; name a new one for the sample.")
        _clear(whole, found)
        _put(draft, whole)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _clear(folder: Path, names: set[str]) -> None:
    # The mark of a cut-off call goes last, so that clearing may be cut off as well.
    for name in sorted(names, key=lambda name: name == _FIRST):
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def _put(draft: Path, folder: Path) -> None:
    if not folder.exists():
        draft.rename(folder)
        return
    for path in sorted(draft.iterdir(), key=lambda path: (path.name == _LAST, path.name != _FIRST)):
        path.rename(folder / path.name)


def whole_file(parts: Iterable[str], out: Path) -> None:
    """Write text to a file that only its owner reads and that is there as a whole or not at all.

    Raises:
        ParameterError: the file cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{out.name}-", dir=out.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.writelines(parts)
            Path(name).replace(out)
        finally:
            with suppress(OSError):
                Path(name).unlink()
    except OSError as error:
        raise ParameterError(f"{out} cannot be written ({error.strerror}); name another file.") from None
