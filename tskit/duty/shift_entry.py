"""What somebody writes about a shift, as an entry of its log, and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tskit.duty.case_entry import due_of
from tskit.duty.entries import checked_at, checked_text
from tskit.errors import ParameterError
from tskit.text import check_line

if TYPE_CHECKING:
    from tskit.records import Draft, Entry

__all__ = ["SHIFT_KINDS", "ShiftEntry", "shift_draft", "shift_entry"]

SHIFT_KINDS = ("promise", "done", "dropped", "note", "handover", "check")
"""What an entry about a shift can be.

`promise` says what somebody does until when, for a case or not; `done` and `dropped` end the promise whose key they
name. `handover` ends a shift and says to whom it goes; `check` says that an item of the checklist was looked at.
"""
_LINES = {"site": 120, "author": 120, "key": 300, "supersedes": 300, "case_id": 255, "owner": 120, "promise": 300,
          "shift": 120, "item": 120, "to": 120}  # fmt: skip
_BODY = ("text", "case_id", "owner", "promise", "shift", "item", "to")


@dataclass(frozen=True, slots=True)
class ShiftEntry:
    """One entry of a site's log of shifts; `seq` is its number once it is written.

    `shift` is the shift's name in the casebook, `to` the person or shift that takes over, `item` the one of the
    checklist, which a check can also find not done, `promise` the key of the promise that is done or dropped.
    """

    site: str
    kind: str
    author: str
    at: datetime
    key: str
    text: str = field(default="", repr=False)
    case_id: str = ""
    owner: str = field(default="", repr=False)
    due_at: datetime | None = None
    promise: str = ""
    shift: str = ""
    item: str = ""
    is_done: bool = True
    to: str = field(default="", repr=False)
    supersedes: str = ""
    seq: int = 0


def shift_draft(entry: ShiftEntry) -> Draft:
    """Return what is to be written.

    Raises:
        ParameterError: the kind is unknown, something is missing or does not go with the kind. No text is quoted.
    """
    from tskit.records import Draft  # noqa: PLC0415  # brings SQLAlchemy, which reading the settings does not need

    _check(entry)
    body: dict[str, Any] = {**checked_text({name: getattr(entry, name) for name in _BODY})}
    if entry.due_at is not None:
        body["due_at"] = checked_at(entry.due_at).astimezone(UTC).isoformat()
    if not entry.is_done:
        body["is_done"] = False
    return Draft(entry.kind, entry.site, entry.author, checked_at(entry.at), entry.key, entry.supersedes, body)


def shift_entry(entry: Entry) -> ShiftEntry:
    """Return what an entry of the log says."""
    told = {name: entry.body.get(name, "") for name in _BODY}
    return ShiftEntry(
        site=entry.subject,
        kind=entry.kind,
        author=entry.author,
        at=entry.at,
        key=entry.key,
        due_at=due_of(entry.body),
        is_done=entry.body.get("is_done", True),
        supersedes=entry.supersedes,
        seq=entry.seq,
        **told,
    )


def _check(entry: ShiftEntry) -> None:
    if entry.kind not in SHIFT_KINDS:
        raise ParameterError.unknown(entry.kind, SHIFT_KINDS, what="kind of entry")
    for name, most in _LINES.items():
        check_line(getattr(entry, name), what=f"The {name.replace('_', ' ')} of an entry", most=most)
    if not (entry.site and entry.author and entry.key):
        raise ParameterError("An entry needs a site, an author and a key.")
    _check_kind(entry)


def _check_kind(entry: ShiftEntry) -> None:
    if entry.kind in ("promise", "note") and not entry.text.strip():
        raise ParameterError(f"A {entry.kind} says something: give it a text.")
    if (entry.kind in ("done", "dropped")) != bool(entry.promise):
        raise ParameterError("What is done or dropped names its promise, and nothing else does.")
    if (entry.kind == "check") != bool(entry.item):
        raise ParameterError("A check names its item of the checklist, and nothing else does.")
    if not entry.is_done and entry.kind != "check":
        raise ParameterError("Only an item of the checklist can be found not done.")
    if entry.due_at is not None and entry.kind != "promise":
        raise ParameterError("Only a promise is due at a time.")
