"""The places that a batch is made of: its casebook, its sources, its folder, and how a plan keeps them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tskit.cli.casebook import casebook_of, refuse_missing, seen_from
from tskit.cli.reports import runs_folder
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model import Casebook
    from tskit.runs.batch import Grid, Point

__all__ = ["casebook_asked", "folder_of", "found", "kept", "seen"]


def casebook_asked(grid: Grid, fixed: Mapping[str, object]) -> str:
    """Return the casebook that a grid or a parameter of every run names; empty when none does."""
    if "casebook" in grid.names:
        raise ParameterError(f"{grid.file}: a batch works on one casebook; fix it, and begin a batch for each.")
    fixed_there = grid.fixed.get("casebook")
    return str(fixed.get("casebook", fixed_there.value if fixed_there else ""))


def seen(points: Sequence[Point], book: Casebook) -> tuple[Point, ...]:
    """Return the runs with their sources as the casebook finds them.

    Raises:
        SourceError: a source is neither a name nor a path.
    """
    names = dict.fromkeys(source for point in points if isinstance(source := point.given.get("source"), str))
    places = {name: seen_from(book, name) for name in names}
    for place in places.values():
        refuse_missing(book, place)
    return tuple(
        replace(point, given={**point.given, "source": places[str(point.given["source"])]})
        if "source" in point.given
        else point
        for point in points
    )


def folder_of(name: str, *, casebook: Path | None, out: Path | None) -> Path:
    """Return the folder of the batch called so: its path, its name among the runs, or `latest`.

    Raises:
        ParameterError: there is none.
    """
    from tskit.runs.batch import latest

    if name != "latest" and Path(name).is_dir():
        return Path(name).resolve()
    root = (out or runs_folder(casebook_of(casebook))).resolve()
    if name == "latest":
        return latest(root)
    if "/" in name or "\\" in name or not (root / name).is_dir():
        known = [path.parent.name for path in root.glob("*/batch.json")]
        raise ParameterError.unknown(name, [*known, "latest"], what="batch")
    return root / name


def kept(path: Path) -> str:
    """Return how a plan keeps a path: from `~` where it lies in the user's home, so that it does not name a user."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def found(text: str) -> Path:
    """Return the path that a plan keeps."""
    return Path.home() / text[2:] if text.startswith("~/") else Path(text)
