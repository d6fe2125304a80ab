"""What became of each run of a batch: lines that are only ever added, each on the disk before anybody relies on it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Self

from tskit.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

__all__ = ["FILE", "Journal", "read_journal"]

FILE = "journal.jsonl"


@dataclass(slots=True)
class Journal:
    """The open journal of a batch; one process at a time has it, which holds the lock of the batch.

    It holds ids of runs, times, and kinds of failures. Nothing that a run says is written into it.
    """

    file: IO[bytes]
    clock: Callable[[], datetime]
    lines: int = 0

    @classmethod
    def of(cls, folder: Path, *, clock: Callable[[], datetime]) -> Self:
        """Return the journal of the batch in `folder`; a last line that was cut off is taken out first."""
        path = folder / FILE
        path.touch()
        whole = path.read_bytes().rpartition(b"\n")
        file = path.open("r+b", buffering=0)
        file.truncate(len(whole[0]) + len(whole[1]))
        file.seek(0, os.SEEK_END)
        return cls(file, clock, whole[0].count(b"\n") + bool(whole[1]))

    def add(self, event: str, **told: str | float) -> None:
        """Add a line and return once it is on the disk.

        Raises:
            RunError: the file was removed; nothing that is done from here on could be taken up.
        """
        if not os.fstat(self.file.fileno()).st_nlink:
            raise RunError("The folder of the batch was removed while it went on. Begin the batch again.")
        line = {"at": self.clock().isoformat(timespec="milliseconds"), "event": event, **told}
        self.file.write(json.dumps(line).encode() + b"\n")
        os.fsync(self.file.fileno())
        self.lines += 1

    def __enter__(self) -> Self:
        """Return the journal."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        self.file.close()


def read_journal(folder: Path) -> tuple[Mapping[str, Any], ...]:
    """Return the lines of a batch's journal, the first first; a line that was cut off counts as not written."""
    path = folder / FILE
    if not path.is_file():
        return ()
    whole = path.read_bytes().rpartition(b"\n")[0]
    return tuple(json.loads(line) for line in whole.splitlines() if line.strip())
