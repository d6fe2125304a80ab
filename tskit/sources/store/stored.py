"""What a snapshot consists of: of each table, the deliveries that count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tskit.errors import SourceError, nearest
from tskit.sources.store.sealed import Brought, Sealed, sealed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tskit.sources.store.journal import Chunk

__all__ = ["FOLDER", "Stored", "chain", "location_of", "only", "sheet_table", "stored_at", "tables"]

FOLDER = "sources"
"""The folder of a casebook that holds its stores."""
_LOCATION = re.compile(r"(?P<name>[^/\\]+)@(?P<number>\d{1,9})(/(?P<table>[A-Za-z][A-Za-z0-9_]*))?")


@dataclass(frozen=True, slots=True)
class Stored:
    """A table as of a snapshot of a store: what each delivery brought of it that counts, the first one first."""

    store: str
    snapshot: int
    sealed_at: datetime
    """In UTC."""
    table: str
    brought: tuple[tuple[Sealed, Brought], ...]

    @property
    def key(self) -> str:
        """Return the column that tells rows apart, empty where nobody named one."""
        return self.brought[-1][1].key

    @property
    def are_files(self) -> bool:
        """Return whether files were kept as they were found, not rows."""
        return any(chunk.name for _, chunk in self.chunks())

    def chunks(self) -> tuple[tuple[Sealed, Chunk], ...]:
        """Return the chunks with the delivery that brought each, the first one first."""
        return tuple((one, chunk) for one, brought in self.brought for chunk in brought.chunks)

    def deletes(self) -> tuple[tuple[Sealed, Chunk], ...]:
        """Return the files of keys that were deleted, with the delivery that told so."""
        return tuple((one, brought.deletes) for one, brought in self.brought if brought.deletes)

    def files(self) -> tuple[tuple[Sealed, Path], ...]:
        """Return the files of the chunks with the delivery that brought each, the first one first."""
        return tuple((one, one.folder / chunk.file) for one, chunk in self.chunks())

    def paths(self) -> tuple[Path, ...]:
        """Return the files that a reader of the table opens."""
        return tuple(one.folder / chunk.file for one, chunk in (*self.chunks(), *self.deletes()))


def tables(store: Path, *, snapshot: int | None = None) -> Mapping[str, Stored]:
    """Return the tables of a snapshot of the store, by name; the newest snapshot by default.

    Raises:
        SourceError: there is no such snapshot.
    """
    deliveries = sealed(store)
    numbers = [one.number for one in deliveries]
    if snapshot is not None and snapshot not in numbers:
        known = f"It has: {', '.join(map(str, numbers))}." if numbers else "It has none."
        raise SourceError(f"{store.name} has no snapshot {snapshot}. {known} Bring one with: tskit sync {store.name}")
    until = [one for one in deliveries if snapshot is None or one.number <= snapshot]
    found = (chain(until, table) for table in sorted({name for one in until for name in one.tables}))
    # Of a table that was asked for and of which nothing ever came not even the columns are known.
    return {stored.table: stored for stored in found if stored is not None and stored.chunks()}


def chain(deliveries: Sequence[Sealed], table: str) -> Stored | None:
    """Return a table as the deliveries make it: the last one that held it whole, and those since; None for no such one."""
    found = [(one, one.tables[table]) for one in deliveries if table in one.tables]
    starts = [place for place, (_, brought) in enumerate(found) if brought.is_whole]
    if not found:
        return None
    last = deliveries[-1]
    counting = tuple(found[starts[-1] :] if starts else found)
    return Stored(last.folder.parent.name, last.number, last.finished.astimezone(UTC), table, counting)


def location_of(name: str, *, snapshot: int, table: str = "") -> str:
    """Return how a table of a snapshot is called as a location, or all of it without one.

    >>> location_of("dw", snapshot=3, table="cases"), location_of("dw", snapshot=3)
    ('dw@3/cases', 'dw@3')
    """
    return f"{name}@{snapshot}/{table}" if table else f"{name}@{snapshot}"


def sheet_table(place: int) -> str:
    """Return how a store calls a joining sheet of a source, by its place in the casebook from 0."""
    return f"sheet_{place + 1}"


def stored_at(location: str, *, root: Path) -> tuple[Stored, ...]:
    """Return the tables of a snapshot that a location of the casebook in `root` names; none where it is a path.

    Raises:
        SourceError: the store has no such snapshot, no such table in it, or a file of it is missing.
    """
    found = _LOCATION.fullmatch(location)
    if found is None or (root / location).exists() or not (root / FOLDER / found["name"]).is_dir():
        return ()
    held = tables(root / FOLDER / found["name"], snapshot=int(found["number"]))
    if found["table"] and found["table"] not in held:
        named = f"Snapshot {found['number']} of {found['name']} holds no {found['table']}."
        raise SourceError(f"{named} {nearest(found['table'], held)}")
    named = [held[found["table"]]] if found["table"] else list(held.values())
    for path in (path for stored in named for path in stored.paths()):
        if not path.is_file():
            raise SourceError(f"{path} is missing, so this snapshot cannot be read. Restore it from a backup.")
    return tuple(named)


def only(held: Sequence[Stored], location: str) -> Stored:
    """Return the one table that a location names.

    Raises:
        SourceError: it names a whole snapshot of several tables.
    """
    if len(held) > 1:
        known = ", ".join(stored.table for stored in held)
        raise SourceError(
            f"{location} holds several tables. Name one, as in {location}/{held[0].table}. It has: {known}."
        )
    return held[0]
