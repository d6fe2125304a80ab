"""What communications has to know: what may be said, what is background only, and what is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.findings.cards import Draft, sentences
from tskit.findings.escalation.audiences.naming import rule
from tskit.findings.escalation.audiences.parts import (
    handled,
    how_big,
    languages,
    moment,
    next_step,
    places,
    reached,
    said,
    subject,
    takedown,
    unknown,
    when,
)
from tskit.findings.escalation.counted import were
from tskit.findings.wording import listed

if TYPE_CHECKING:
    from tskit.findings.escalation.told import Told
    from tskit.model import Statement

__all__ = ["statement"]

_NOT_YET = "Until the next decision is made, nothing can be said about what follows."
_NEVER = (
    "Do not say who is behind it, why, or who reported it; name no account, no title and no person. Do not guess at what "
    "is not known, and promise neither an outcome nor a time."
)


def statement(told: Told) -> Statement:
    """Return what communications may be told."""
    draft = Draft()
    headline = _headline(draft, told)
    paragraphs = (
        _may_be_said(draft, told),
        sentences(
            f"For background, not for quotation: {subject(draft, told)}.",
            how_big(draft, told),
            when(draft, told),
            reached(draft, told),
            handled(draft, told),
        ),
        sentences(takedown(draft, told), _restored(told)),
        sentences(unknown(told) or "Nothing that was looked for is missing from the record.", _NEVER),
        sentences(next_step(draft, told), _NOT_YET if told.next else ""),
    )
    return said("communications", headline, paragraphs, draft=draft)


def _headline(draft: Draft, told: Told) -> str:
    where = places(told)
    at = moment(draft, told, "as_of", told.escalation.until)
    return f"What may be said about {draft.text('rule', rule(told))}{f' in {where}' if where else ''}, as of {at}"


def _may_be_said(draft: Draft, told: Told) -> str:
    where, spoken = places(told), languages(told)
    from_where = f" from {where}" if where else ""
    parts = [
        f"that reports of {draft.text('rule', rule(told))} came in{from_where} and are looked at under the published rule"
    ]
    if told.done.acted_cases:
        parts.append("that action was taken on content that breaks it")
    if len(told.overturned):
        parts.append("that a decision was corrected on appeal")
    tongues = f" Questions may come in {spoken}." if spoken else ""
    return f"May be said once whoever has the escalation agrees: {listed(parts)}.{tongues}"


def _restored(told: Told) -> str:
    number = len(told.overturned) or len(told.takedowns)
    if not number:
        return ""
    return f"If asked, say that {'it' if number == 1 else 'they'} {were(number)} corrected, not why the first decision was made."
