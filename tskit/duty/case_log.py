"""Writes to the log of an escalation, and reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tskit.duty.case_entry import CaseEntry, case_draft, case_entry, due_of
from tskit.duty.entries import ESCALATIONS, UNDO, DutyLog, entries, standing, written
from tskit.duty.frames import frame_of
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tskit.calendars import Moment
    from tskit.records import Entry

__all__ = ["case_entries", "case_log", "check_replaced", "write_case"]

_COLUMNS = {
    "at": "datetime64[us, UTC]",
    "case_id": "str",
    "kind": "str",
    "text": "str",
    "author": "str",
    "owner": "str",
    "to": "str",
    "due_at": "datetime64[us, UTC]",
    "is_beside": "bool",
    "key": "str",
    "seq": "int64",
    "supersedes": "str",
}
_HISTORY = {"state": "str", "ended_by": "int64"}


def write_case(log: DutyLog, entry: CaseEntry) -> CaseEntry:
    """Write an entry about an escalation, safe on the disk on return, and return it with its number.

    Nothing is lost when two people write at once: both entries stand, and the later number is what holds. The same key
    twice is the same as once.

    Raises:
        ParameterError: the entry does not hold up, what it replaces does not stand, or the key stands for another.
        SourceError: the database cannot be written.
    """
    draft = case_draft(entry)
    check_replaced(log, ESCALATIONS, subject=entry.case_id, key=entry.key, supersedes=entry.supersedes)
    return case_entry(written(log, ESCALATIONS, draft))


def case_entries(log: DutyLog | None, case_id: str, *, until: Moment = None) -> list[CaseEntry]:
    """Return the entries about one case that stand, in the order of their numbers.

    Raises:
        ParameterError: `until` asks for more entries than the log has.
    """
    return [case_entry(entry) for entry in standing(log, ESCALATIONS, until=until, subject=case_id)]


def case_log(
    log: DutyLog | None, case_ids: Sequence[str] | None = None, *, until: Moment = None, with_history: bool = False
) -> pd.DataFrame:
    """Return the entries about some cases that stand, one row each, in the order of their numbers; None for all cases.

    The columns are at, case_id, kind, text, author, owner, to, due_at (NaT where none), is_beside, key, seq
    (the number that is shown) and supersedes; empty texts where there is none. `until` is as of when: a number counts
    entries of the log. With history there are the entries that were replaced or taken back as well, and those of kind
    undo, with `state` ("stands", "replaced", "taken back", "undo") and `ended_by`, the number of the entry that ended
    it, else 0.

    Raises:
        ParameterError: `until` asks for more entries than the log has.
    """
    wanted = [case_ids] if isinstance(case_ids, str) else case_ids
    # One case is found by its index; of several, all are read, which one pass does.
    subject = wanted[0] if wanted and len(wanted) == 1 else ""
    if with_history:
        found = _about(entries(log, ESCALATIONS, until=until, subject=subject), wanted)
        return frame_of([_row(entry) | end for entry, end in _ends(found)], _COLUMNS | _HISTORY)
    found = _about(standing(log, ESCALATIONS, until=until, subject=subject), wanted)
    return frame_of([_row(entry) for entry in found], _COLUMNS)


def check_replaced(log: DutyLog, name: str, *, subject: str, key: str, supersedes: str) -> None:
    """Check that what an entry replaces stands, unless the entry itself is written already.

    Raises:
        ParameterError: it does not stand about that subject.
    """
    if not supersedes or any(entry.key == key for entry in entries(log, name, subject=subject)):
        return
    if all(entry.key != supersedes for entry in standing(log, name, subject=subject)):
        raise ParameterError("What is to be replaced does not stand there any more: read the log anew.")


def _about(found: Sequence[Entry], case_ids: Sequence[str] | None) -> list[Entry]:
    wanted = None if case_ids is None else set(case_ids)
    return [entry for entry in found if wanted is None or entry.subject in wanted]


def _row(entry: Entry) -> dict[str, Any]:
    body = entry.body
    told = {name: body.get(name, "") for name in ("text", "owner", "to")}
    return told | {
        "at": entry.at,
        "case_id": entry.subject,
        "kind": entry.kind,
        "author": entry.author,
        "due_at": due_of(body),
        "is_beside": bool(body.get("is_beside", False)),
        "key": entry.key,
        "seq": entry.seq,
        "supersedes": entry.supersedes,
    }


def _ends(found: Sequence[Entry]) -> list[tuple[Entry, dict[str, Any]]]:
    """Return each entry with whether it stands, and the number of the one that ended it."""
    undone = {entry.supersedes: entry.seq for entry in reversed(found) if entry.kind == UNDO}
    replaced = {
        entry.supersedes: entry.seq
        for entry in reversed(found)
        if entry.kind != UNDO and entry.supersedes and entry.key not in undone
    }

    def end(entry: Entry) -> dict[str, Any]:
        if entry.kind == UNDO:
            return {"state": "undo", "ended_by": 0}
        if entry.key in undone:
            return {"state": "taken back", "ended_by": undone[entry.key]}
        if entry.key in replaced:
            return {"state": "replaced", "ended_by": replaced[entry.key]}
        return {"state": "stands", "ended_by": 0}

    return [(entry, end(entry)) for entry in found]
