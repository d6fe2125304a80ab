"""What a delivery received so far: lines that are only ever added, each on the disk before anybody relies on it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from tskit.errors import SourceError
from tskit.sources.store.durable import FILE_MODE, sync_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["JOURNAL", "Chunk", "Journal", "Received"]

JOURNAL = "journal.jsonl"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A file of a delivery: its path within the delivery, the SHA-256 and size of its bytes, and its number of rows.

    `name` is what people call a file that was kept as it was found, whose rows nobody counted; a chunk of rows has none.
    """

    file: str
    sha256: str
    bytes: int
    rows: int
    name: str = ""


@dataclass(slots=True)
class Received:
    """What is durable of one table in a delivery: chunks, the mark to go on from, and how it ended if it did."""

    chunks: list[Chunk] = field(default_factory=list[Chunk])
    mark: str = field(default="", repr=False)
    is_finished: bool = False
    watermark: str = field(default="", repr=False)
    key: str = ""
    deletes: Chunk | None = None


@dataclass(slots=True)
class Journal:
    """The open journal of a delivery under way; whoever has the lock of the store has it alone."""

    path: Path
    handle: int
    lines: list[dict[str, Any]] = field(repr=False)

    @classmethod
    def of(cls, folder: Path) -> Self:
        """Return the journal in a delivery's folder, made if there is none; a last line that was cut off is taken out."""
        path = folder / JOURNAL
        handle = os.open(path, os.O_RDWR | os.O_CREAT, FILE_MODE)
        whole = path.read_bytes().rpartition(b"\n")[0]
        os.ftruncate(handle, len(whole) + bool(whole))
        os.lseek(handle, 0, os.SEEK_END)
        sync_folder(folder)
        return cls(path, handle, [json.loads(line) for line in whole.splitlines() if line.strip()])

    def add(self, event: str, **told: object) -> None:  # the fields of a line are the event's own
        """Add a line and return once it is on the disk; one that does not get there whole is taken out.

        Raises:
            SourceError: the file was removed; nothing that came from here on could be taken up.
        """
        if not os.fstat(self.handle).st_nlink:
            raise SourceError(f"{self.path.parent} was removed while rows came in. Begin the sync again.")
        line = {"event": event, **told}
        end = os.lseek(self.handle, 0, os.SEEK_END)
        try:
            _write_all(self.handle, json.dumps(line).encode() + b"\n")
            os.fsync(self.handle)
        except OSError:
            os.ftruncate(self.handle, end)
            raise
        self.lines.append(line)

    def received(self) -> dict[str, Received]:
        """Return what the journal says of each table, in the order of their first lines."""
        tables: dict[str, Received] = {}
        for line in self.lines:
            if line["event"] == "chunk":
                found = tables.setdefault(line["table"], Received())
                found.chunks.append(Chunk(**line["chunk"]))
                found.mark = line["mark"]
            elif line["event"] == "finish":
                found = tables.setdefault(line["table"], Received())
                found.is_finished, found.watermark, found.key = True, line["watermark"], line["key"]
                found.deletes = Chunk(**line["deletes"]) if line["deletes"] else None
            elif line["event"] == "restart":
                tables.pop(line["table"], None)
        return tables

    def notes(self) -> tuple[str, ...]:
        """Return what an extractor wanted to be told."""
        return tuple(dict.fromkeys(line["text"] for line in self.lines if line["event"] == "note"))

    def close(self) -> None:
        """Close the file."""
        os.close(self.handle)


def _write_all(handle: int, body: bytes) -> None:
    while body:
        body = body[os.write(handle, body) :]
