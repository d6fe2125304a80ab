"""The files that a source means today, each known by its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.load import parts_of
from tskit.sources import READERS
from tskit.sources.places import find
from tskit.sources.survey import digest

if TYPE_CHECKING:
    from tskit.model import Casebook

__all__ = ["input_files"]


def input_files(source: str, *, casebook: Casebook) -> tuple[tuple[str, str], ...]:
    """Return name and SHA-256 of each file that a load of `source` reads; every byte of it is read here, not remembered.

    Raises:
        SourceError: one of them is not there, or cannot be read.
        ParameterError: the casebook names no source and none was given.
    """
    parts = parts_of(source, casebook)
    paths = [path for part in parts for path in find(part.location, root=casebook.root, kinds=(*READERS, ".zip"))]
    return tuple((path.name, digest(path)) for path in dict.fromkeys(paths))
