"""How often a person opened content today: counted for them alone, on their machine, and for nobody else."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

__all__ = ["BREAK_AFTER", "Exposure"]

BREAK_AFTER = 20
_FILE = "exposure.json"


@dataclass(slots=True)
class Exposure:
    """Today's count of opened content, in a file of mode 0600 in the person's own data folder.

    Only the present day is kept. It is no measure of work, never enters the records, and names no case. A folder that
    cannot be written leaves the count in memory.
    """

    folder: Path
    day: date
    count: int = 0

    def __post_init__(self) -> None:
        """Go on from what the file says of this day."""
        self.count = self._kept()

    def add(self, today: date) -> int:
        """Count one more and return the day's count; a new day begins at one."""
        self.count = 1 if today != self.day else max(self.count, self._kept()) + 1
        self.day = today
        self._keep()
        return self.count

    @property
    def asks_for_a_break(self) -> bool:
        """Return whether the count has just reached a round number of openings."""
        return self.count > 0 and self.count % BREAK_AFTER == 0

    def _kept(self) -> int:
        with suppress(OSError, ValueError, KeyError, TypeError):
            held = cast("dict[str, object]", json.loads((self.folder / _FILE).read_text(encoding="utf-8")))
            if held["day"] == self.day.isoformat():
                return max(0, int(cast("int", held["opened"])))
        return 0

    def _keep(self) -> None:
        path = self.folder / _FILE
        draft = path.with_suffix(".new")
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.unlink(missing_ok=True)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump({"day": self.day.isoformat(), "opened": self.count}, file)
            draft.replace(path)
