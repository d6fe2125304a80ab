"""The log of alerts: what was due, and what became of it, so that what did not arrive can be sent again.

One line of JSON an entry, appended and forced to the disk before a message is sent. A message counts as sent only once
that is written, too: it arrives at least once, and whoever gets it tells a second copy by its id.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Any, Literal

from tskit.runs.alerts.message import Message

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

__all__ = ["FILE", "Event", "Kept", "append", "read"]

FILE = "alerts.jsonl"
Event = Literal["due", "sent", "failed", "dropped"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A message, and what became of it last; `why` says why it did not arrive."""

    message: Message
    event: Event = "due"
    why: str = ""

    @property
    def is_waiting(self) -> bool:
        """Say whether the message has still to be sent."""
        return self.event in {"due", "failed"}


def append(path: Path, message: Message, event: Event, *, at: datetime, why: str = "") -> None:
    """Write what became of a message at the end of the log, and return once it is on the disk.

    Raises:
        OSError: the log cannot be written.
    """
    entry: dict[str, Any] = {
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "id": message.id,
        "alert": message.alert,
        "event": event,
    }
    entry |= {"why": why} if why else {}
    entry |= {"message": dict(message.body)} if event == "due" else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    # Only its owner reads it; a line that the power cut short does not spoil the next one.
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0) as file:
        text = json.dumps(entry, ensure_ascii=False).encode() + b"\n"
        file.write((b"" if _is_whole(file) else b"\n") + text)
        os.fsync(file.fileno())


def read(path: Path) -> dict[str, Kept]:
    """Return every message of the log by its id, the oldest first; lines that are not whole are passed over."""
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return {}
    found: dict[str, Kept] = {}
    for line in lines:
        _take(line, found)
    return found


def _is_whole(file: Any) -> bool:  # noqa: ANN401  # a raw file
    size: int = file.seek(0, os.SEEK_END)
    if not size:
        return True
    file.seek(size - 1)
    return file.read(1) == b"\n"


def _take(line: bytes, found: dict[str, Kept]) -> None:
    try:
        entry = json.loads(line)
        name, event = str(entry["id"]), entry["event"]
        if event == "due":
            found.setdefault(name, Kept(Message(name, str(entry["alert"]), entry["message"])))
        elif name in found and found[name].event != "sent":
            found[name] = replace(found[name], event=event, why=str(entry.get("why", "")))
    except (ValueError, KeyError, TypeError):
        return
