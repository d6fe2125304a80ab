"""What a judgement has to be before it is written."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.causes.entries import undo_key
from tskit.causes.taxonomy import level1_of
from tskit.errors import ParameterError
from tskit.text import is_one_line

if TYPE_CHECKING:
    from tskit.causes.taxonomy import Taxonomy
    from tskit.model import Tag

__all__ = ["CONFIDENCES", "KINDS", "checked_choice", "checked_form", "own_record"]

KINDS = ("tag", "skip", "flag")
CONFIDENCES = ("low", "medium", "high")

_MOST_CONTRIBUTING = 2
_MOST_LETTERS = {"case_id": 255, "tagger": 120, "round": 120, "key": 300, "supersedes": 300, "evidence": 400}
_NEEDED = ("case_id", "tagger", "key")
_MOST_NOTE = 4000
_NAMES = ("tagger", "round")
_NO_NOTE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def own_record(case_id: str) -> str:
    """Return the evidence that every tag has where none was given: the record of the case itself."""
    return f"case:{case_id}"


def checked_form(tag: Tag) -> Tag:
    """Return the judgement with its note made plain text and its evidence filled in.

    Raises:
        ParameterError: a text is missing, too long or holds control characters, or the roles contradict each other.
            The message names the field and never quotes it.
    """
    for name, most in _MOST_LETTERS.items():
        _check_text(name, getattr(tag, name), most)
    # Else somebody could take the key that taking another's judgement back will need.
    if tag.key.startswith(undo_key("")) and tag.key != undo_key(tag.supersedes):
        raise ParameterError("The key of a judgement does not begin with 'undo:'. Give it another.")
    if tag.kind not in KINDS:
        raise ParameterError(f"A judgement is one of {', '.join(KINDS)}.")
    if tag.confidence not in CONFIDENCES:
        raise ParameterError(f"Confidence is one of {', '.join(CONFIDENCES)}.")
    if tag.tagged_at.tzinfo is None:
        raise ParameterError("The time of a judgement needs a zone, as in 2026-10-05T09:30:00+08:00.")
    note = _NO_NOTE.sub("\ufffd", tag.note.replace("\r\n", "\n").replace("\r", "\n"))
    if len(note) > _MOST_NOTE:
        raise ParameterError(f"A note has at most {_MOST_NOTE:,} characters; this one has {len(note):,}.")
    _check_roles(tag)
    evidence = tag.evidence or (own_record(tag.case_id) if tag.kind == "tag" else "")
    return replace(tag, note=note, evidence=evidence)


def checked_choice(tag: Tag, taxonomy: Taxonomy, *, is_first_hand: bool = True) -> Tag:
    """Return the judgement under the present version of the taxonomy.

    `is_first_hand` is whether the person is there to be asked for a further why; what comes from a file may have left
    its note behind.

    Raises:
        ParameterError: a cause is unknown or retired, stands in a role that it cannot have, or needs a why.
    """
    for cause in filter(None, (tag.cause, *tag.contributing, tag.trigger)):
        found = taxonomy.get(cause)
        if found.is_retired:
            carried = taxonomy.carry(cause)
            fix = f"Use {carried} in its place." if carried != cause else "Choose one that is in use."
            raise ParameterError(f"{found.id} is retired. {fix}")
        if found.id != cause:
            raise ParameterError(f"{cause} is now called {found.id}. Use that.")
    for cause in filter(None, (tag.cause, *tag.contributing)):
        if taxonomy.get(cause).is_trigger:
            raise ParameterError(
                f"{cause} is outside our control. Tag it as the trigger, and as the cause what let it through."
            )
    if tag.trigger and not taxonomy.get(tag.trigger).is_trigger:
        raise ParameterError(f"{tag.trigger} is no trigger. Tag it as the cause, or as one that contributed.")
    if is_first_hand and tag.cause and taxonomy.get(tag.cause).needs_why and not _says_why(tag):
        raise ParameterError(
            f"{tag.cause} is only half an answer: say what let it happen, in a note, by a cause that contributed, "
            "or by evidence beyond the case's own record."
        )
    return replace(tag, taxonomy_version=tag.taxonomy_version or taxonomy.version)


def _check_text(name: str, text: str, most: int) -> None:
    said = name.replace("_", " ")
    if name in _NEEDED and not text.strip():
        raise ParameterError(f"A judgement needs a {said}.")
    if len(text) > most:
        raise ParameterError(f"The {said} of a judgement has at most {most} characters.")
    if not is_one_line(text, is_name=name in _NAMES):
        raise ParameterError(
            f"The {said} of a judgement is one line without control characters, hidden ones or spaces around it."
        )


def _check_roles(tag: Tag) -> None:
    named = [cause for cause in (tag.cause, *tag.contributing, tag.trigger) if cause]
    if tag.kind != "tag":
        if named or tag.contributing:
            raise ParameterError("A case that is skipped or flagged has no cause. Tag it, or leave the causes out.")
        return
    if not tag.cause:
        raise ParameterError("A tag needs a cause. What cannot be judged is skipped, or tagged as undetermined.")
    if len(tag.contributing) > _MOST_CONTRIBUTING:
        raise ParameterError(f"At most {_MOST_CONTRIBUTING} causes contribute. Name those that weigh most.")
    if len(set(named)) < len(named) or "" in tag.contributing:
        raise ParameterError("The cause, those that contributed and the trigger are different ones.")


def _says_why(tag: Tag) -> bool:
    beyond = [cause for cause in tag.contributing if level1_of(cause) != level1_of(tag.cause)]
    return bool(beyond or tag.note.strip() or tag.evidence not in ("", own_record(tag.case_id)))
