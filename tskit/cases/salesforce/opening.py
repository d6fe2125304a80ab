"""Where a location holds objects of Salesforce, they are opened together."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from tskit.sources import ReadOptions
from tskit.sources.salesforce.files import holds_objects, read_objects
from tskit.sources.store.reading import read_stored
from tskit.sources.store.stored import stored_at

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.sources import RawTable
    from tskit.sources.engine import Connection

__all__ = ["objects_at"]


def objects_at(
    location: str, *, root: Path, connection: Connection, digests: Mapping[Path, str] = MappingProxyType({})
) -> dict[str, RawTable]:
    """Return the rows of each Salesforce object at a location by its API name, and nothing where it holds none.

    A location is a file, a folder or a pattern, or a snapshot that `tskit sync` brought. `digests` holds the SHA-256 of
    files that are known already.

    Raises:
        SourceError: a file cannot be read or understood.
    """
    stored = {one.table: one for one in stored_at(location, root=root)}
    if "Case" in stored:
        return {kind: read_stored(one, connection=connection, digests=digests) for kind, one in stored.items()}
    if not holds_objects(location, root=root):
        return {}
    return read_objects(location, root=root, options=ReadOptions(), connection=connection, digests=digests)
