"""A sync: what is new of a source, brought into its store and sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tskit.errors import ParameterError
from tskit.sources.store.beginning import begin
from tskit.sources.store.sealed import sealed
from tskit.sources.store.stored import FOLDER
from tskit.sources.sync import files
from tskit.sources.sync.extractors import extractor_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from tskit.model import Source
    from tskit.sources.store.sealed import Sealed

__all__ = ["Synced", "snapshots", "sync"]


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync came to: the newest snapshot of the store, None where there is none, and whether it is new.

    `received` says how many rows of a table were here already from a sync that was cut.
    """

    snapshot: Sealed | None
    is_new: bool
    received: Mapping[str, int] = field(default_factory=dict[str, int])


def sync(
    source: Source,
    *,
    root: Path,
    secret: Callable[[str], str],
    progress: Callable[[str, int], None],
    clock: Callable[[], datetime],
) -> Synced:
    """Bring what is new of a source into its store in the casebook at `root`, and seal it as a snapshot.

    A sync that was cut goes on where it was. Without news there is no snapshot, and the last one stays the newest.

    Args:
        source: a source of the casebook that is copied.
        root: the folder of the casebook.
        secret: returns the secret of a kind, such as `password`, or an empty text.
        progress: is told a table and how many rows, or files, of it are here.
        clock: returns the moment; the snapshot is that of its end.

    Raises:
        SourceError: it cannot be read, another sync is under way, or the disk is full. What was received is kept.
        ParameterError: the source is read in place.
    """
    if source.mode == "in_place":
        raise ParameterError(f"{source.name} is read in place: nothing of it is copied, so there is nothing to sync.")
    store = root / FOLDER / source.name
    now = clock()
    with begin(store, source=source, now=now) as delivery:
        received = {table: delivery.rows(table) for table in delivery.tables}
        extractor_of(source.scheme)(source, delivery, root=root, secret=secret, progress=progress, now=now)
        if source.url and source.sheets:
            files.extract(source, delivery, root=root, secret=secret, progress=progress, now=now)
        number = delivery.seal(at=clock())
        held = sealed(store)
        return Synced(held[-1] if held else None, number == delivery.number, received)


def snapshots(source: str, *, root: Path) -> tuple[Sealed, ...]:
    """Return what each snapshot of a named source brought, the first one first; `root` is the folder of the casebook.

    Raises:
        SourceError: the store is damaged.
    """
    return sealed(root / FOLDER / source)
