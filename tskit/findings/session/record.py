"""The findings of a session: the answer as a title, a lead of a few sentences, and the cards by weight."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.findings.agreement import mixed_up_cards
from tskit.findings.cards import Draft, capital
from tskit.findings.record import next_steps
from tskit.findings.session.cards import concentration_card, has_clear_lead, leading_card, lowered, slope_card
from tskit.findings.session.open_cards import (
    agreement_card,
    effect_card,
    no_tags_card,
    overdue_card,
    rest_card,
    untagged_card,
)
from tskit.findings.session.series import problem_words
from tskit.findings.wording import days, listed
from tskit.model import Findings

if TYPE_CHECKING:
    from tskit.findings.cards import Card
    from tskit.findings.session.sitting import Session
    from tskit.model import Value

__all__ = ["next_steps", "record"]

_MOST_PLACES = 3
_ROOM = 110
"""Letters that a title has in two lines."""


def record(session: Session) -> Findings:
    """Return what the session found, as claims with values, certainty, evidence, limits and a next step.

    Causes that concentrate come first, then causes that lead and those on the move; what is left open follows, and the
    last card says how much was looked at. With nothing beyond noise the title says so.
    """
    found = _found(session) if session.ranked.tagged else []
    left = [overdue_card(session)]
    if session.ranked.tagged:
        left += [agreement_card(session), untagged_card(session), *_mixed_up(session)]
    effects = [effect_card(effect, session) for effect in session.effects]
    last = rest_card(session, has_found=bool(found)) if session.ranked.tagged else no_tags_card(session)
    cards = [card for card in (*found, *effects, *left, last) if card is not None]
    ordered = sorted(cards, key=lambda card: -card.weight)
    lead, values = _lead(session)
    first, *others = [card.finding for card in ordered]
    # what the lead quotes is kept with the first card
    first = replace(first, values={**values, **first.values})
    return Findings(_title(found, session), lead, (first, *others))


def _found(session: Session) -> list[Card]:
    places = [concentration_card(found, session) for found in session.places.found[:_MOST_PLACES]]
    leading = [leading_card(session)] if has_clear_lead(session) else []
    slopes = [slope_card(slope, session) for slope in session.course.slopes if slope.stands_out]
    return sorted([*places, *leading, *slopes], key=lambda card: -card.weight)


def _mixed_up(session: Session) -> list[Card]:
    return mixed_up_cards(session.log, round=session.round_name, level=session.asked.level, until=session.until)


def _title(found: list[Card], session: Session) -> str:
    if not session.ranked.tagged:
        return f"No {_one(problem_words(session))} has a settled cause yet"
    if not found:
        return f"No cause and no segment stands out among {problem_words(session)}"
    title = found[0].short
    for card in found[1:]:
        longer = f"{title}; {card.short}"
        if len(longer) > _ROOM:
            break
        title = longer
    return capital(title)


def _one(words: str) -> str:
    return words.replace("decisions", "decision", 1).replace("cases", "case", 1)


def _lead(session: Session) -> tuple[str, dict[str, Value]]:
    draft, ranked, window = Draft(), session.ranked, session.window
    cases = draft.number("problem_cases", len(session.cases))
    draft.text("period", days(window.start, window.end))
    parts = [f"{capital(problem_words(session))} of {days(window.start, window.end)}: {cases} known."]
    if session.round is not None:
        looked = draft.number("sampled", ranked.drawn + ranked.without_chance)
        parts.append(f"{looked} were sampled; {draft.number('settled', ranked.tagged)} have a settled cause.")
    else:
        parts.append(f"{draft.number('settled', ranked.tagged)} have a settled cause.")
    if ranked.tagged:
        top = [
            f"{lowered(session.name(str(row.cause)))} {draft.number(f'top_{i}', float(row.value), 'share')}"  # type: ignore[arg-type]
            for i, row in enumerate(ranked.table.head(3).itertuples())
        ]
        parts.append(f"Most frequent are {listed(top)}.")
    draft.day("first_day", window.start)
    draft.day("last_day", session.case_set.scope.last_day)
    return " ".join(parts), dict(draft.values)
