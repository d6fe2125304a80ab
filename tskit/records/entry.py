"""What a log holds: entries, each chained to the one before it by its digest."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tskit.errors import DataError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["COLUMNS", "UNDO", "Draft", "Entry", "Row", "check_log", "digest_of", "entry_of", "instant", "row_of"]

UNDO = "undo"
"""The kind of an entry that takes back the one whose key it names."""

_LOG = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LONGEST = 400
_NEEDED = ("kind", "author", "key")

COLUMNS = ("log", "seq", "kind", "subject", "author", "at", "key", "supersedes", "body", "previous", "digest")
"""The fields of a row, in the order of the table."""

Row = dict[str, Any]
"""An entry as the database holds it: texts and the number `seq`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants written: who did what to which subject at what moment.

    `key` makes writing it twice the same as once; `supersedes` is the key of the entry that it replaces or, where
    `kind` is "undo", takes back. `body` is whatever JSON holds, and no `repr` shows it.
    """

    kind: str
    subject: str
    author: str
    at: datetime
    key: str
    supersedes: str = ""
    body: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a log; it is never changed, only superseded or undone by a later one.

    `seq` counts from 1 without gaps in each log, `at` is UTC, and `digest` covers every field and `previous`, the
    digest of the entry before it.
    """

    seq: int
    log: str
    kind: str
    subject: str
    author: str
    at: datetime
    key: str
    supersedes: str
    body: Mapping[str, Any] = field(repr=False)
    previous: str
    digest: str


def check_log(name: str) -> None:
    """Raise ParameterError unless `name` can name a log."""
    if not _LOG.fullmatch(name):
        raise ParameterError("A log is named by up to 40 lower-case letters, digits, _ and -, beginning with a letter.")


def instant(at: datetime) -> str:
    """Return a moment as text that sorts as time does.

    >>> from datetime import timedelta, timezone
    >>> instant(datetime(2026, 10, 5, 9, 30, tzinfo=timezone(timedelta(hours=8))))
    '2026-10-05T01:30:00.000000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def row_of(log: str, draft: Draft, *, number: int) -> Row:
    """Return the part of a row that its author gives; `number` counts the drafts for messages.

    Raises:
        DataError: a field is missing, too long or holds what no database keeps.
    """
    texts = {name: getattr(draft, name) for name in ("kind", "subject", "author", "key", "supersedes")}
    for name, text in texts.items():
        _check_text(name, text, number=number)
    if draft.at.tzinfo is None:
        raise DataError(f"Draft {number}: its time has no zone. Give it in UTC.")
    if draft.key == draft.supersedes:
        raise DataError(f"Draft {number} supersedes itself. Give it a key of its own.")
    return {"log": log, **texts, "at": instant(draft.at), "body": _canonical(draft.body, number=number)}


def _check_text(name: str, text: str, *, number: int) -> None:
    if not text and name in _NEEDED:
        raise DataError(f"Draft {number} has no {name}. Give it one.")
    if len(text) > _LONGEST:
        raise DataError(f"Draft {number}: its {name} is longer than {_LONGEST} characters. Shorten it.")
    # PostgreSQL keeps no NUL, and half of a pair of UTF-16 is no text in either database.
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise DataError(f"Draft {number}: its {name} holds a character that is no text. Remove it.")


def _canonical(body: Mapping[str, Any], *, number: int) -> str:
    try:
        # In ASCII, since a note may hold NUL or half a character, and must be kept all the same.
        return json.dumps(dict(body), sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise DataError(f"The body of draft {number} is not JSON. Give texts, numbers, lists and mappings.") from None


def digest_of(row: Row) -> str:
    """Return the digest of a row: SHA-256 over the canonical JSON of every field but itself, in hexadecimal."""
    covered = {name: value for name, value in row.items() if name != "digest"}
    text = json.dumps(covered, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def entry_of(values: Sequence[Any]) -> Entry:
    """Return the entry that a row of the database holds; `values` are in the order of COLUMNS.

    Raises:
        DataError: somebody changed the row by hand so that it can no longer be read.
    """
    # By position, since a log is read whole each time that something is counted.
    log, seq, kind, subject, author, at, key, supersedes, body, previous, digest = values
    try:
        moment = datetime.fromisoformat(at)
        content = json.loads(body)
    except (TypeError, ValueError, RecursionError):
        raise _unreadable(log, seq) from None
    if moment.tzinfo is not UTC or not isinstance(content, dict):
        raise _unreadable(log, seq)
    return Entry(seq, log, kind, subject, author, moment, key, supersedes, content, previous, digest)


def _unreadable(log: str, seq: int) -> DataError:
    return DataError(
        f"Entry {seq} of the log {log!r} was changed outside tskit and cannot be read. "
        f"`tskit tags verify` says what holds; restore the rest from a backup."
    )
