"""Sealed deliveries: what each brought, by the note that was written last."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tskit.errors import SourceError
from tskit.sources.store.durable import sync_folder, write_whole
from tskit.sources.store.journal import JOURNAL, Chunk

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "NOTE",
    "PARTIAL",
    "Brought",
    "Sealed",
    "drop",
    "folder_of",
    "read_sealed",
    "sealed",
    "settle",
    "write_sealed",
]

NOTE = "delivery.json"
PARTIAL = ".partial"
_SCHEMA = 1
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Brought:
    """What a sealed delivery brought of one table.

    `is_whole` says that it holds all rows of the table, so that earlier deliveries of it do not count any more. `key` is
    the column that tells its rows apart, empty where nobody named one.
    """

    chunks: tuple[Chunk, ...]
    is_whole: bool
    watermark: str = field(default="", repr=False)
    key: str = ""
    deletes: Chunk | None = None

    @property
    def rows(self) -> int:
        """Return the number of rows."""
        return sum(chunk.rows for chunk in self.chunks)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A finished delivery: its number, which names the snapshot, the moments of its begin and end, and its tables.

    `shape` is a hash of what was asked for; `source` says it in words, without parameters' values. `notes` are sentences
    of the extractor for the reader.
    """

    folder: Path
    number: int
    started: datetime
    finished: datetime
    shape: str
    source: Mapping[str, str]
    tables: Mapping[str, Brought]
    notes: tuple[str, ...] = ()


def folder_of(store: Path, number: int) -> Path:
    """Return the folder of a delivery."""
    return store / f"{number:0{_DIGITS}d}"


def sealed(store: Path) -> tuple[Sealed, ...]:
    """Return the finished deliveries of a store, the first one first; none where nobody synced yet.

    Raises:
        SourceError: the note of one is damaged.
    """
    if not store.is_dir():
        return ()
    found = [path for path in store.iterdir() if path.name.isdecimal() and (path / NOTE).exists()]
    return tuple(sorted((read_sealed(path) for path in found), key=lambda one: one.number))


def read_sealed(folder: Path) -> Sealed:
    """Return the delivery in a folder.

    Raises:
        SourceError: its note is damaged, or a newer tskit wrote it.
    """
    try:
        body: dict[str, Any] = json.loads((folder / NOTE).read_text(encoding="utf-8"))
        if body["schema"] != _SCHEMA:
            raise SourceError(f"{folder / NOTE} was written by a newer tskit; use that one.")
        started, finished = (datetime.fromisoformat(body[name]) for name in ("started", "finished"))
        tables = {name: _brought(row) for name, row in body["tables"].items()}
        told = (body["shape"], body["source"], tables, tuple(body["notes"]))
        return Sealed(folder, body["number"], started, finished, *told)
    except (OSError, ValueError, KeyError, TypeError):
        raise SourceError(
            f"{folder / NOTE} is damaged. Restore it from a backup, or remove {folder.parent} and sync again."
        ) from None


def write_sealed(one: Sealed) -> None:
    """Write the note into the delivery's folder whole and durably: it seals."""
    body = {
        "schema": _SCHEMA,
        "number": one.number,
        "started": one.started.isoformat(),
        "finished": one.finished.isoformat(),
        "shape": one.shape,
        "source": dict(one.source),
        "notes": list(one.notes),
        "tables": {name: asdict(brought) for name, brought in one.tables.items()},
    }
    write_whole(one.folder / NOTE, json.dumps(body, indent=1).encode() + b"\n")


def settle(place: Path) -> None:
    """Give a delivery whose note is written its name, without what is not part of it."""
    one = read_sealed(place)
    listed = {place / NOTE}
    for brought in one.tables.values():
        listed |= {place / chunk.file for chunk in (*brought.chunks, *([brought.deletes] if brought.deletes else []))}
    for path in sorted(place.rglob("*"), reverse=True):
        if path.is_file() and path not in listed:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    place.rename(place.with_suffix(""))
    sync_folder(place.parent)


def drop(place: Path) -> None:
    """Remove a delivery that is not sealed; its journal goes first, so that nothing believes what is half gone."""
    (place / JOURNAL).unlink(missing_ok=True)
    sync_folder(place)
    shutil.rmtree(place)


def _brought(row: dict[str, Any]) -> Brought:
    deletes = row.pop("deletes")
    chunks = tuple(Chunk(**chunk) for chunk in row.pop("chunks"))
    return Brought(chunks, deletes=Chunk(**deletes) if deletes else None, **row)
