"""What an executive has to know: what happened, how big it is, what went wrong, what comes next and by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.findings.cards import Draft, capital, sentences
from tskit.findings.escalation.audiences.naming import rule
from tskit.findings.escalation.audiences.parts import (
    doubt,
    handled,
    how_big,
    missed,
    next_step,
    places,
    reached,
    said,
    spread,
    subject,
    takedown,
    unknown,
    when,
)
from tskit.findings.escalation.counted import things

if TYPE_CHECKING:
    from tskit.findings.escalation.told import Told
    from tskit.model import Statement

__all__ = ["statement"]


def statement(told: Told) -> Statement:
    """Return what an executive may be told."""
    draft = Draft()
    headline = _headline(draft, told)
    paragraphs = (
        sentences(f"{capital(subject(draft, told))}.", how_big(draft, told), when(draft, told), spread(draft, told)),
        reached(draft, told),
        sentences(missed(draft, told), takedown(draft, told), _late(draft, told)),
        sentences(handled(draft, told), _actions(draft, told)),
        next_step(draft, told),
        sentences(doubt(draft, told), unknown(told)),
    )
    return said("executive", headline, paragraphs, draft=draft)


def _headline(draft: Draft, told: Told) -> str:
    where = places(told)
    cases = things(draft, "cases", told.done.cases, "case")
    wrong = [
        things(draft, "missed_handoffs", len(told.left), "missed hand-off") if len(told.left) else "",
        things(draft, "wrong_takedowns", len(told.overturned), "wrong takedown") if len(told.overturned) else "",
    ]
    parts = [f"{cases}{f' in {where}' if where else ''}", *(part for part in wrong if part)]
    return f"{capital(draft.text('rule', rule(told)))}: {', '.join(parts)}"


def _late(draft: Draft, told: Told) -> str:
    late = [clock for clock in told.clocks if clock.missed]
    if not late:
        return "No deadline on record has passed unmet." if told.clocks else "No deadline is on record for these cases."
    parts = [
        f"{draft.text(f'late_{n}', clock.name)} ({things(draft, f'late_{n}_cases', clock.missed, 'case')})"
        for n, clock in enumerate(late, start=1)
    ]
    return f"Missed: {', '.join(parts)}."


def _actions(draft: Draft, told: Told) -> str:
    actions = list(told.done.by_action.items())[:3]
    parts = [f"{name} ({things(draft, f'action_{n}', number, 'case')})" for n, (name, number) in enumerate(actions, 1)]
    return f"Actions that stand: {', '.join(parts)}." if parts else ""
