"""The runs in a folder and in the batches below it, the latest first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.errors import ParameterError
from tskit.runs.kept import UNFINISHED, is_run_name, open_run
from tskit.runs.row import row_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tskit.model.run_row import RunRow
    from tskit.runs.kept import Kept

__all__ = ["BATCH", "find_run", "folders_of", "newest", "rows"]

BATCH = "batch.json"
"""The plan of a batch, which marks a folder whose folders are its runs."""
_LATEST = "latest"
_SHOWN = 4


def rows(root: Path) -> tuple[RunRow, ...]:
    """Return the runs below `root` and below its batches, the latest first."""
    # All runs of a batch bear its moment in their names, whenever each began.
    return tuple(sorted(newest(root), key=lambda row: (row.started, row.id), reverse=True))


def newest(root: Path) -> Iterator[RunRow]:
    """Yield the runs below `root`, the latest name first, each read only when it is asked for."""
    for folder in folders_of(root):
        row = row_of(folder, root=root)
        if row is not None:
            yield row


def folders_of(root: Path) -> tuple[Path, ...]:
    """Return the folders that may be runs, those of batches included, the latest name first; links are not followed."""
    found = [one for folder in _inside(root) for one in (_inside(folder) if _is_batch(folder) else [folder])]
    return tuple(sorted(found, key=lambda folder: (folder.name, folder.as_posix()), reverse=True))


def find_run(asked: str, root: Path) -> Kept:
    """Return the run called so below `root`: by its id, by a part that no other has, or as `latest`.

    Raises:
        ParameterError: there is none, or several could be meant.
    """
    folders = folders_of(root)
    exact = [folder for folder in folders if _id(folder) == asked]
    named = exact or [folder for folder in folders if asked and (asked == _LATEST or asked in folder.name)]
    found = list(filter(None, map(open_run, named)))
    if asked == _LATEST and not exact:
        found = [max(found, key=lambda run: (run.started, run.id))] if found else []
    if len(found) == 1:
        return found[0]
    if found:
        shown = ", ".join(one.id for one in found[:_SHOWN])
        raise ParameterError(f"{len(found)} runs could be meant by {asked!r}: {shown}. Write more of the id.")
    known = [_id(folder) for folder in folders if is_run_name(folder.name)]
    if not known:
        raise ParameterError(f"There is no run in {root} yet. Make one with: tskit run TEMPLATE")
    raise ParameterError.unknown(asked, known, what="run")


def _id(folder: Path) -> str:
    return folder.name.removesuffix(UNFINISHED)


def _is_batch(folder: Path) -> bool:
    return (folder / BATCH).is_file()


def _inside(folder: Path) -> list[Path]:
    try:
        return [
            one for one in folder.iterdir() if not one.name.startswith(".") and one.is_dir() and not one.is_symlink()
        ]
    except OSError:
        return []
