"""What policy has to know: the rule and its version, how similar cases were decided, and where the rule leaves doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Draft, capital, sentences
from tskit.findings.escalation.audiences.naming import is_mixed, rule
from tskit.findings.escalation.audiences.parts import (
    handled,
    how_big,
    next_step,
    said,
    similar,
    subject,
    takedown,
    unknown,
)
from tskit.findings.escalation.counted import some, things
from tskit.findings.wording import listed
from tskit.patterns import in_force

if TYPE_CHECKING:
    from tskit.findings.escalation.told import Told
    from tskit.model import Statement

__all__ = ["statement"]

_DOUBTS = ("disagree", "decided", "version", "language", "quality", "automation")
"""What speaks against the view and is for policy to settle; reversals are told by themselves."""


def statement(told: Told) -> Statement:
    """Return what policy may be told."""
    draft = Draft()
    headline = _headline(draft, told)
    doubts = tuple(check for check in told.against.found if check.name in _DOUBTS)
    paragraphs = (
        sentences(
            f"{capital(subject(draft, told))}.", how_big(draft, told), _version(draft, told), handled(draft, told)
        ),
        sentences(similar(draft, told), _alike(draft, told)),
        sentences(takedown(draft, told), *(check.text for check in doubts)),
        _to_settle(told, has_doubts=bool(doubts)),
        next_step(draft, told),
        unknown(told),
    )
    return said("policy", headline, paragraphs, draft=draft, checks=doubts)


def _headline(draft: Draft, told: Told) -> str:
    name = capital(draft.text("rule", rule(told)))
    if told.done.decided_cases is None:
        return f"{name}: what was decided is not on record"
    decided = things(draft, "decided", told.done.decided_cases, "decision")
    back = some(draft, "wrong_takedowns", len(told.overturned))
    version = told.precedents.like.version
    under = f" under version {draft.text('version', version)}" if version and not is_mixed(told) else ""
    if told.done.appeals is None and told.takedowns.empty:
        return f"{name}: {decided}{under}, appeals not on record"
    return f"{name}: {decided}{under}, {back} overturned"


def _version(draft: Draft, told: Told) -> str:
    like = told.precedents.like
    if is_mixed(told):
        return "They fall under several rules, each with versions of its own."
    if not like.version:
        return "Which version of the policy is in force cannot be told from the decisions on record."
    text = f"Version {draft.text('version', like.version)} is in force"
    versions = told.escalation.versions.get(next(iter(like.rules), ""))
    now = None if versions is None or versions.empty else in_force(versions, pd.Timestamp(told.escalation.until))
    if now is None:
        return f"{text}."
    since = draft.day("version_since", now["from_at"].astimezone(told.escalation.zone).date(), weekday=False, year=True)
    return f"{text} since {since}, as the decisions themselves tell it."


def _alike(draft: Draft, told: Told) -> str:
    found = told.precedents.frame
    if found.empty:
        return ""
    whole = things(draft, "most_alike", len(found), "decision")
    differ = int(found["differs"].map(bool).sum())
    parts = [
        f"{some(draft, 'alike_differ', differ)} {'differs' if differ == 1 else 'differ'} in something on record",
        f"{some(draft, 'alike_other_version', int(found['is_other_version'].sum()))} named another version",
        f"{some(draft, 'alike_overturned', told.precedents.overturned)} {'was' if told.precedents.overturned == 1 else 'were'} overturned",
    ]
    return f"Of the {whole} most like these, {listed(parts)}."


def _to_settle(told: Told, *, has_doubts: bool) -> str:
    if len(told.takedowns):
        return (
            "To settle: whether the rule as written tells content that breaks it from content that quotes it, reports it "
            "or speaks against it. The overturned decision is the example to hold it against."
        )
    if has_doubts:
        return "To settle: whether the rule as written decides these cases, or leaves room for both ways."
    return "No ambiguity of the rule shows in the decisions on record; that is no proof that there is none."
