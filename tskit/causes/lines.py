"""One entry of the log as the fields of a line in a file, and back."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, cast

from tskit.causes.entries import UNDO, draft_of, undo_key
from tskit.causes.salesforce import full_id
from tskit.causes.validity import checked_choice, checked_form, own_record
from tskit.errors import DataError, ParameterError
from tskit.model import Tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.causes.taxonomy import Taxonomy
    from tskit.records import Draft, Entry

__all__ = ["FIELDS", "Line", "line_of", "read_line"]

FIELDS = (
    "case_id",
    "kind",
    "cause",
    "contributing",
    "trigger",
    "confidence",
    "note",
    "evidence",
    "tagger",
    "tagged_at",
    "taxonomy_version",
    "round",
    "key",
    "supersedes",
)
"""In this order in every file. A file without notes lacks that field, and quotes no evidence; a line that somebody wrote
may lack others."""

_NEEDED = ("case_id", "tagger", "tagged_at")
_FILLED = ("taxonomy_version", "supersedes", "evidence")
_ADDRESS = re.compile(r"https?://[\x21-\x7e]+")
_A_CAUSE = re.compile(r"[A-Z][A-Z0-9]{0,9}(\.[1-9][0-9]?)?")


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of a file asks to write; `silent` names the fields that it says nothing of.

    `is_ours` is whether it has the key that tskit once gave it.
    """

    number: int
    draft: Draft = field(repr=False)
    silent: frozenset[str]
    is_ours: bool


def line_of(entry: Entry, *, with_notes: bool) -> dict[str, Any]:
    """Return an entry of the log as the fields of a line."""
    body: Mapping[str, Any] = entry.body
    told: dict[str, Any] = {name: body.get(name, "") for name in FIELDS}
    told |= {
        "case_id": entry.subject,
        "kind": entry.kind,
        "contributing": list(body.get("contributing", ())),
        "tagger": entry.author,
        "tagged_at": entry.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "key": entry.key,
        "supersedes": entry.supersedes,
    }
    if not with_notes:
        del told["note"]
        told["evidence"] = _reference(told)
    return told


def _reference(told: Mapping[str, Any]) -> str:
    """Return the evidence of a line that is to quote nothing: an address, or else the case's own record."""
    evidence, own = told["evidence"], own_record(told["case_id"])
    if not evidence or _ADDRESS.fullmatch(evidence):
        return evidence
    return own if told["kind"] == "tag" else ""


def read_line(said: Mapping[str, object], taxonomy: Taxonomy, *, number: int) -> Line:
    """Return what a line asks to write; `number` is its place in the file.

    A line without a key gets one from its content, and its 15-character Salesforce id becomes one of 18.

    Raises:
        DataError: it does not hold up. The message names the line and the field, and never what stands in them.
    """
    try:
        told = _checked(said)
        draft = _undo(told) if told.get("kind") == UNDO else _judgement(told, taxonomy)
    except ParameterError as error:
        raise DataError(f"Line {number}: {error}") from None
    silent = [name for name in _FILLED if not told.get(name)]
    silent += [] if "note" in told else ["note"]
    # What stands in for evidence that a file left out says nothing of it, either.
    silent += ["evidence"] if told.get("evidence") == own_record(told["case_id"]) else []
    return Line(number, draft, frozenset(silent), bool(told.get("key")))


def _checked(said: Mapping[str, object]) -> dict[str, Any]:
    for name, value in said.items():
        if name not in FIELDS:
            raise ParameterError(f"a field is none of: {', '.join(FIELDS)}.")
        if name == "contributing":
            is_good = isinstance(value, list) and all(isinstance(item, str) for item in cast("list[object]", value))
        else:
            is_good = isinstance(value, str)
        if not is_good:
            raise ParameterError(f"{name} is a {'list of texts' if name == 'contributing' else 'text'}.")
    for name in _NEEDED:
        if not said.get(name):
            raise ParameterError(f"there is no {name}.")
    told: dict[str, Any] = dict(said)
    return told if told.get("key") else {**told, "case_id": full_id(told["case_id"])}


def _undo(told: Mapping[str, Any]) -> Draft:
    from tskit.records import Draft  # noqa: PLC0415  # brings SQLAlchemy, which reading a taxonomy does not need

    taken_back = told.get("supersedes", "")
    if not taken_back:
        raise ParameterError("what takes a judgement back names its key in supersedes.")
    if any(told.get(name) for name in ("cause", "contributing", "trigger", "note", "evidence", "round")):
        raise ParameterError("what takes a judgement back says nothing else.")
    key = told.get("key") or undo_key(taken_back)
    # The form of its texts is that of any judgement.
    checked_form(Tag(told["case_id"], "", told["tagger"], _at(told), "skip", key=key, supersedes=taken_back))
    return Draft(UNDO, told["case_id"], told["tagger"], _at(told), key, taken_back)


def _judgement(told: Mapping[str, Any], taxonomy: Taxonomy) -> Draft:
    causes = [cause for cause in (told.get("cause"), *told.get("contributing", ()), told.get("trigger")) if cause]
    is_present = told.get("taxonomy_version", "") in ("", taxonomy.version)
    if not all(cause in taxonomy or (not is_present and _A_CAUSE.fullmatch(cause)) for cause in causes):
        raise ParameterError("a cause is not in the taxonomy. `docs/reference/taxonomy.md` lists them.")
    tag = checked_form(
        Tag(
            case_id=told["case_id"],
            cause=told.get("cause", ""),
            tagger=told["tagger"],
            tagged_at=_at(told),
            kind=told.get("kind") or "tag",
            contributing=tuple(told.get("contributing", ())),
            trigger=told.get("trigger", ""),
            confidence=told.get("confidence") or "medium",
            note=told.get("note", ""),
            evidence=told.get("evidence", ""),
            taxonomy_version=told.get("taxonomy_version", ""),
            round=told.get("round", ""),
            key=told.get("key") or _key_of(told),
            supersedes=told.get("supersedes", ""),
        )
    )
    # Under another version a cause may have been in use that is retired now: that is what a version is kept for.
    return draft_of(checked_choice(tag, taxonomy, is_first_hand=False) if is_present else tag)


def _at(told: Mapping[str, Any]) -> datetime:
    try:
        at = datetime.fromisoformat(told["tagged_at"])
        return at.astimezone(UTC) if at.tzinfo else at
    except (ValueError, OverflowError):
        raise ParameterError("tagged_at is a moment with a zone, as in 2026-10-05T09:30:00+08:00.") from None


def _key_of(told: Mapping[str, Any]) -> str:
    """Return a key made from what the line says, so that reading the file again writes nothing."""
    text = json.dumps({name: value for name, value in told.items() if value}, sort_keys=True)
    return f"import:{sha256(text.encode()).hexdigest()[:32]}"
