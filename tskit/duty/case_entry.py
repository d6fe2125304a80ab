"""What somebody writes about one escalation, as an entry of its log, and back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tskit.duty.entries import checked_at, checked_text
from tskit.errors import ParameterError
from tskit.text import check_line

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.records import Draft, Entry

__all__ = ["CASE_KINDS", "CaseEntry", "case_draft", "case_entry", "due_of"]

CASE_KINDS = ("opened", "note", "decision", "next", "owner", "handoff", "reply", "closed")
"""What an entry about an escalation can be.

`opened` opens it, or opens it again; the first entry of any kind opens it as well. `decision` settles the next step
that was open, unless it `is_beside` that. `next` says what must be decided next, until when and by whom. `owner` and
`handoff` say who has it from then on. `reply` is what an audience was told or asked, and `closed` ends it.
"""
_WITHOUT_WORDS = ("opened", "owner", "handoff", "closed")
_LINES = {"case_id": 255, "author": 120, "owner": 120, "to": 120, "key": 300, "supersedes": 300}


@dataclass(frozen=True, slots=True)
class CaseEntry:
    """One entry of an escalation's log; `seq` is its number once it is written.

    `owner` is who has the escalation from then on or, of a `next`, who decides that. `to` is whom it is handed to or, of
    a `reply`, the audience. `supersedes` is the key of the entry that it replaces.
    """

    case_id: str
    kind: str
    author: str
    at: datetime
    key: str
    text: str = field(default="", repr=False)
    owner: str = field(default="", repr=False)
    to: str = field(default="", repr=False)
    due_at: datetime | None = None
    is_beside: bool = False
    supersedes: str = ""
    seq: int = 0


def case_draft(entry: CaseEntry) -> Draft:
    """Return what is to be written.

    Raises:
        ParameterError: the kind is unknown, something is missing or does not go with the kind. No text is quoted.
    """
    from tskit.records import Draft  # noqa: PLC0415  # brings SQLAlchemy, which reading the settings does not need

    _check(entry)
    body: dict[str, Any] = {**checked_text({name: getattr(entry, name) for name in ("text", "owner", "to")})}
    if entry.due_at is not None:
        body["due_at"] = checked_at(entry.due_at).astimezone(UTC).isoformat()
    if entry.is_beside:
        body["is_beside"] = True
    return Draft(entry.kind, entry.case_id, entry.author, checked_at(entry.at), entry.key, entry.supersedes, body)


def case_entry(entry: Entry) -> CaseEntry:
    """Return what an entry of the log says."""
    body = entry.body
    return CaseEntry(
        case_id=entry.subject,
        kind=entry.kind,
        author=entry.author,
        at=entry.at,
        key=entry.key,
        text=body.get("text", ""),
        owner=body.get("owner", ""),
        to=body.get("to", ""),
        due_at=due_of(body),
        is_beside=bool(body.get("is_beside", False)),
        supersedes=entry.supersedes,
        seq=entry.seq,
    )


def due_of(body: Mapping[str, Any]) -> datetime | None:
    """Return until when something is due, or None."""
    return datetime.fromisoformat(body["due_at"]) if body.get("due_at") else None


def _check(entry: CaseEntry) -> None:
    if entry.kind not in CASE_KINDS:
        raise ParameterError.unknown(entry.kind, CASE_KINDS, what="kind of entry")
    for name, most in _LINES.items():
        check_line(getattr(entry, name), what=f"The {name.replace('_', ' ')} of an entry", most=most)
    if not (entry.case_id and entry.author and entry.key):
        raise ParameterError("An entry needs a case, an author and a key.")
    _check_kind(entry)


def _check_kind(entry: CaseEntry) -> None:
    if not entry.text.strip() and entry.kind not in _WITHOUT_WORDS:
        raise ParameterError(f"A {entry.kind} says something: give it a text.")
    if entry.kind == "owner" and not entry.owner:
        raise ParameterError("Say who has it from now on: an entry of kind owner names the owner.")
    if entry.kind == "handoff" and not entry.to:
        raise ParameterError("A hand-off says to whom.")
    if entry.kind == "handoff" and entry.owner:
        raise ParameterError("Whom an escalation is handed to has it from then on: a hand-off names no other owner.")
    if entry.to and entry.kind not in ("handoff", "reply"):
        raise ParameterError("Only a hand-off or a reply goes to somebody.")
    if entry.due_at is not None and entry.kind != "next":
        raise ParameterError("Only the next step is due at a time: give it the kind next.")
    if entry.is_beside and entry.kind != "decision":
        raise ParameterError("Only a decision can stand beside the next step.")
