"""A judgement as an entry of the log, and back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from tskit.model import Tag

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tskit.calendars import Moment
    from tskit.causes.taxonomy import Taxonomy
    from tskit.records import Draft, Entry, Store

__all__ = [
    "BROUGHT",
    "LOG",
    "UNDO",
    "TagLog",
    "draft_of",
    "entries",
    "standing",
    "tag_of",
    "undo_draft",
    "undo_key",
]

LOG = "tags"
UNDO = "undo"
BROUGHT = "brought_by"
"""What an entry that came from a file says beside what stood there: who imported it."""


@dataclass(frozen=True, slots=True)
class TagLog:
    """Where a team's judgements are kept, with the taxonomy that they are read by."""

    store: Store
    taxonomy: Taxonomy


def entries(log: TagLog, *, until: Moment = None, subject: str = "", author: str = "") -> list[Entry]:
    """Return everything that was written, undone or not, in order."""
    at, count = _moment(until)
    return log.store.entries(LOG, until=at, until_seq=count, subject=subject, author=author)


def standing(log: TagLog, *, until: Moment = None, subject: str = "", author: str = "") -> list[Entry]:
    """Return the judgements that stand, in order."""
    at, count = _moment(until)
    return log.store.standing(LOG, until=at, until_seq=count, subject=subject, author=author)


def _moment(until: Moment) -> tuple[datetime | None, int | None]:
    return (None, until) if isinstance(until, int) else (until, None)


def draft_of(tag: Tag) -> Draft:
    """Return what is to be written for a judgement; empty fields are left out."""
    from tskit.records import Draft  # noqa: PLC0415  # brings SQLAlchemy, which reading a taxonomy does not need

    body: dict[str, Any] = {
        "cause": tag.cause,
        "contributing": list(tag.contributing),
        "trigger": tag.trigger,
        "confidence": tag.confidence,
        "note": tag.note,
        "evidence": tag.evidence,
        "taxonomy_version": tag.taxonomy_version,
        "round": tag.round,
    }
    told = {name: value for name, value in body.items() if value}
    return Draft(tag.kind, tag.case_id, tag.tagger, tag.tagged_at, tag.key, tag.supersedes, told)


def tag_of(entry: Entry) -> Tag:
    """Return the judgement that an entry holds."""
    body: Mapping[str, Any] = entry.body
    return Tag(
        case_id=entry.subject,
        cause=body.get("cause", ""),
        tagger=entry.author,
        tagged_at=entry.at,
        kind=cast("Literal['tag', 'skip', 'flag']", entry.kind),
        contributing=tuple(body.get("contributing", ())),
        trigger=body.get("trigger", ""),
        confidence=body.get("confidence", "medium"),
        note=body.get("note", ""),
        evidence=body.get("evidence", ""),
        taxonomy_version=body.get("taxonomy_version", ""),
        round=body.get("round", ""),
        key=entry.key,
        supersedes=entry.supersedes,
    )


def undo_key(key: str) -> str:
    """Return the key of the entry that takes a judgement back: there is one, however often it is asked for."""
    return f"{UNDO}:{key}"


def undo_draft(entry: Entry, *, tagger: str, at: datetime) -> Draft:
    """Return what is to be written to take a judgement back."""
    from tskit.records import Draft  # noqa: PLC0415  # as above

    return Draft(UNDO, entry.subject, tagger, at, undo_key(entry.key), entry.key)
