"""The files that a source means today, each known by its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.load import parts_of
from tskit.sources import READERS
from tskit.sources.places import find
from tskit.sources.store.reading import inputs_of, require_whole
from tskit.sources.store.stored import stored_at
from tskit.sources.survey import digest

if TYPE_CHECKING:
    from tskit.model import Casebook

__all__ = ["input_files"]


def input_files(source: str, *, casebook: Casebook) -> tuple[tuple[str, str], ...]:
    """Return name and SHA-256 of each file that a load of `source` reads; every byte of it is read here, not remembered.

    Of a synced source these are the tables of a snapshot; of one in place they are its tables, with a hash of what is
    known of each.

    Raises:
        SourceError: one of them is not there, or cannot be read.
        ParameterError: the casebook names no source and none was given.
    """
    named, when = casebook.asked(source)
    if named is not None and named.mode == "in_place" and not when:
        from tskit.cases.place import inputs_in_place  # noqa: PLC0415  # as in loading

        return tuple((one.name, one.sha256) for one in inputs_in_place(named, casebook=casebook))
    locations = [part.location for part in parts_of(source, casebook)]
    held = {location: stored_at(location, root=casebook.root) for location in locations}
    for stored in (stored for found in held.values() for stored in found):
        require_whole(stored)
    given = [one for found in held.values() for stored in found for one in inputs_of(stored)]
    plain = [location for location in locations if not held[location]]
    paths = [path for location in plain for path in find(location, root=casebook.root, kinds=(*READERS, ".zip"))]
    return (
        *((one.name, one.sha256) for one in given),
        *((path.name, digest(path)) for path in dict.fromkeys(paths)),
    )
