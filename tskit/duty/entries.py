"""The two logs of a duty, read as of a moment, and what takes an entry of them back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tskit.errors import DataError, ParameterError
from tskit.text import check_line, check_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tskit.calendars import Moment
    from tskit.records import Draft, Entry, Store

__all__ = [
    "ESCALATIONS",
    "LONGEST",
    "SHIFTS",
    "UNDO",
    "DutyLog",
    "checked_at",
    "checked_text",
    "entries",
    "numbered",
    "standing",
    "take_back",
    "written",
]

ESCALATIONS = "escalations"
SHIFTS = "shifts"
UNDO = "undo"
LONGEST = 4_000
"""How many characters the text of an entry may have."""


@dataclass(frozen=True, slots=True)
class DutyLog:
    """Where a team keeps its escalations and shifts; `sites` and `zone` are those of its casebook.

    `ends` says of a log how many of its entries are read, whatever was written since; one that is not named is read
    to its end.
    """

    store: Store
    sites: tuple[str, ...] = ()
    zone: str = "UTC"
    ends: Mapping[str, int] = field(default_factory=dict[str, int])


def entries(log: DutyLog | None, name: str, *, until: Moment = None, subject: str = "") -> list[Entry]:
    """Return everything that was written to a log, taken back or not, in order; None is a team that keeps none.

    Raises:
        ParameterError: `until` asks for more entries than the log has.
    """
    if log is None:
        return []
    at, count = _moment(log, name, until)
    return log.store.entries(name, until=at, until_seq=count, subject=subject)


def standing(
    log: DutyLog | None, name: str, *, until: Moment = None, subject: str = "", kinds: Sequence[str] = ()
) -> list[Entry]:
    """Return the entries that stand, in order: neither taken back nor replaced at that moment; none where there is no log.

    Raises:
        ParameterError: `until` asks for more entries than the log has.
    """
    if log is None:
        return []
    at, count = _moment(log, name, until)
    return log.store.standing(name, until=at, until_seq=count, subject=subject, kinds=kinds)


def numbered(log: DutyLog, name: str, number: int, *, subject: str = "") -> Entry:
    """Return one entry by its number, as it is shown; `subject` is the case or site that it must be about.

    Raises:
        ParameterError: there is no such entry.
    """
    found = entries(log, name, subject=subject)
    entry = next((entry for entry in found if entry.seq == number), None)
    if entry is None:
        there = [entry for entry in found if entry.kind != UNDO]
        near = min(there, key=lambda entry: abs(entry.seq - number), default=None)
        fix = f"The nearest is #{near.seq}." if near else "Nothing was written there yet."
        raise ParameterError(f"There is no entry #{number} there. {fix}")
    return entry


def take_back(log: DutyLog, entry: Entry, *, author: str, at: datetime, key: str, reason: str = "") -> Entry:
    """Take an entry back, whoever wrote it, and return the entry that says so; what it had replaced stands again.

    The entry itself stays in the history, and so does who took it back. The same key twice is the same as once.

    Raises:
        ParameterError: it was taken back or replaced already, or takes back another itself.
        SourceError: the database cannot be written.
    """
    from tskit.records import Draft  # noqa: PLC0415  # brings SQLAlchemy, which reading the settings does not need

    check_line(author, what="The name of who writes", most=120)
    draft = Draft(UNDO, entry.subject, author, checked_at(at), key, entry.key, checked_text({"text": reason}))
    about = entries(log, entry.log, subject=entry.subject)
    if all(other.key != key for other in about):
        if entry.kind == UNDO:
            raise ParameterError(f"#{entry.seq} takes another entry back. Write that one anew instead.")
        if any(other.kind == UNDO and other.supersedes == entry.key for other in about):
            raise ParameterError(f"#{entry.seq} was taken back already.")
        if all(other.key != entry.key for other in standing(log, entry.log, subject=entry.subject)):
            raise ParameterError(f"#{entry.seq} was replaced since. Take back the newer one first.")
    return written(log, entry.log, draft)


def written(log: DutyLog, name: str, draft: Draft) -> Entry:
    """Write one entry, safe on the disk on return, and return it; the same key twice is the same as once.

    Raises:
        ParameterError: the key stands for something else.
        SourceError: the database cannot be written.
    """
    try:
        return log.store.append(name, [draft])[0]
    except DataError:
        raise ParameterError("The key was used for another entry. Give each one a key of its own.") from None


def checked_at(at: datetime) -> datetime:
    """Return a moment that has a zone.

    Raises:
        ParameterError: it has none.
    """
    if at.tzinfo is None:
        raise ParameterError("A moment in a log needs a zone, as in 2026-11-01T19:40:00+08:00.")
    return at


def checked_text(body: dict[str, str]) -> dict[str, str]:
    """Return the fields of a body that say something, line ends made one kind.

    Raises:
        ParameterError: a text holds control characters or is too long. It is not quoted.
    """
    told = {name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in body.items() if text.strip()}
    for name, text in told.items():
        check_words(text, what=f"The {name.replace('_', ' ')} of an entry", most=LONGEST)
    return told


def _moment(log: DutyLog, name: str, until: Moment) -> tuple[datetime | None, int | None]:
    end = log.ends.get(name)
    if not isinstance(until, int):
        return until, end
    count, _ = log.store.head(name, at=until)
    return None, count if end is None else min(count, end)
