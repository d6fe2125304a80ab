"""The runs in a folder, read from their manifests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tskit.runs.manifest import FILE

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["UNFINISHED", "Entry", "runs"]

UNFINISHED = ".partial"
"""The end of a folder's name while its run goes on, and for good when the run was killed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One run of a folder: `status` is ok, no_data, failed or unfinished; `started` is UTC in ISO 8601."""

    id: str
    template: str
    status: str
    started: str


def runs(root: Path) -> tuple[Entry, ...]:
    """Return the runs below `root`, the latest first; a folder without a manifest was never finished."""
    if not root.is_dir():
        return ()
    found = [_entry(folder) for folder in root.iterdir() if folder.is_dir() and not folder.name.startswith(".")]
    return tuple(sorted((entry for entry in found if entry), key=lambda entry: entry.id, reverse=True))


def _entry(folder: Path) -> Entry | None:
    try:
        body: dict[str, Any] = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return Entry(body["id"], body["template"]["name"], body["status"], body["started"])
    except (OSError, ValueError, KeyError, TypeError):
        if not folder.name.endswith(UNFINISHED):
            return None
        return Entry(folder.name.removesuffix(UNFINISHED), "", "unfinished", "")
