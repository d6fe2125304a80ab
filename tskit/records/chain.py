"""Walks a log from its first entry and says where its chain breaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from tskit.records.entry import digest_of
from tskit.records.schema import ENTRIES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from tskit.records.entry import Row

__all__ = ["Verdict", "walk"]

_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a log is as it was written, and the first entry that is not."""

    is_whole: bool
    entries: int
    first_broken_seq: int | None = None
    reason: str = ""


def walk(connection: Connection, log: str, *, expected: tuple[int, str] | None) -> Verdict:
    """Return the verdict on a log; `expected` is the head of an earlier day, which must still be part of it."""
    query = select(ENTRIES).where(ENTRIES.c.log == log).order_by(ENTRIES.c.seq)
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(query).mappings()
    count, previous, broken = 0, "", 0
    reason = ""
    for row in rows:
        count += 1
        if not broken:
            reason = _trouble(dict(row), count, previous) or _surprise(dict(row), expected)
            broken = count if reason else 0
            previous = row["digest"]
    if not broken and expected is not None and count < expected[0]:
        broken, reason = count + 1, f"The log ends at entry {count}, and had {expected[0]}: its end was removed."
    return Verdict(not broken, count, broken or None, reason)


def _trouble(row: Row, turn: int, previous: str) -> str:
    if row["seq"] != turn:
        return f"Entry {turn} is missing, or stands twice."
    if row["previous"] != previous:
        return f"Entry {turn} does not follow the one before it: entries were put in, taken out or moved."
    try:
        digest = digest_of(row)
    except (TypeError, ValueError):  # bytes, where somebody put them into a file of SQLite by hand
        digest = ""
    return "" if row["digest"] == digest else f"Entry {turn} was changed after it was written."


def _surprise(row: Row, expected: tuple[int, str] | None) -> str:
    if expected is None or row["seq"] != expected[0] or row["digest"] == expected[1]:
        return ""
    return f"Entry {row['seq']} is not the one that stood there: the log was written anew."
