"""The findings of a brief: a title that answers, the cards in the order to act on, the facts, and the statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.findings.cards import Draft, capital, sentences
from tskit.findings.escalation.answers import answers
from tskit.findings.escalation.audiences.naming import rule
from tskit.findings.escalation.audiences.parts import next_step, places, reached, subject
from tskit.findings.escalation.cards import cards
from tskit.findings.escalation.counted import things
from tskit.findings.escalation.statements import statements
from tskit.findings.escalation.went_wrong import unseen_of
from tskit.findings.wording import quoted
from tskit.model import Evidence, Finding, Findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tskit.findings.escalation.answer import Answer
    from tskit.findings.escalation.told import Told

__all__ = ["record"]

_TO_SHARE = "An escalation of single cases, without the cases themselves"


def record(told: Told) -> Findings:
    """Return the findings of the brief, with what each audience may be told.

    The cards come in the order in which somebody has to act on them. The last ones hold the values that the first page
    quotes. The brief is the statement of the audience that asks.
    """
    escalation = told.escalation
    found = [card.finding for card in cards(told)]
    asked = answers(escalation)
    facts = [fact for is_single in (False, True) for fact in _quoted(asked, of_single_cases=is_single)]
    is_one = escalation.is_one
    return Findings(
        _title(told),
        sentences(reached(Draft(), told), next_step(Draft(), told)),
        (*found, *facts),
        title_to_share=_TO_SHARE if is_one else "",
        statements=statements(told),
        as_of=escalation.until.isoformat(),
        zone=escalation.zone.key,
    )


def _title(told: Told) -> str:
    """Return what happened, how large it is, and what went wrong; the values stand in the cards and the statements."""
    draft, where = Draft(), places(told)
    hours = (told.done.last_report_at - told.done.first_report_at).total_seconds() / 3600
    wrong = [
        f"{things(draft, 'missed', len(told.left), 'hand-off')} missed" if len(told.left) else "",
        things(draft, "wrong", len(told.overturned), "wrong takedown") if len(told.overturned) else "",
    ]
    late = sum(clock.missed for clock in told.clocks)
    unseen = unseen_of(told.escalation, told.done)
    nothing = f"{' and '.join(unseen)} are not on record" if unseen else "nothing went wrong on record"
    none = f"{things(draft, 'late', late, 'deadline')} missed" if late else nothing
    told_wrong = [part for part in wrong if part] or [none]
    from_where = f" from {where}" if where else ""
    if told.escalation.is_one:
        return f"Case {told.escalation.case_ids[0]}: {rule(told)}{from_where}; {', '.join(told_wrong)}"
    within = f" in {draft.number('hours', hours, 'hours')}"
    _, _, about = subject(draft, told).partition(" about ")
    over = f" over {about}" if about else ""
    cases = things(draft, "cases", told.done.cases, "case")
    return f"{capital(rule(told))}{over}: {cases}{from_where}{within}, {', '.join(told_wrong)}"


def _quoted(given: Sequence[Answer], *, of_single_cases: bool) -> Iterator[Finding]:
    """Give the values that the answers of the first page quote, those of single cases apart; never what the log says."""
    some = [answer for answer in given if answer.of_single_cases == of_single_cases]
    if not some:
        return
    draft = Draft()
    number = things(draft, "questions", len(some), "question")
    values = {f"{answer.key}_{name}": value for answer in some for name, value in dict(answer.values).items()}
    yield Finding(
        f"The first page answers {number}{' of single cases' if of_single_cases else ''}",
        (Evidence("table", "answers", "First page"),),
        quoted(draft.quotes) | values,
        "",
        detail=" ".join(answer.question for answer in some),
        kind="fact",
        of_single_cases=of_single_cases,
    )
