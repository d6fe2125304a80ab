"""What is not known, said plainly: nobody may take a gap for a good answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.findings.cards import Draft, capital
from tskit.findings.escalation.answer import Answer, answered, cases_of
from tskit.findings.wording import listed, plural
from tskit.patterns import unjudged_deadlines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tskit.findings.escalation.done import Done
    from tskit.findings.escalation.look import Escalation

__all__ = ["not_known"]

_TELLS: Mapping[str, str] = {
    "reach": "the reach of the content",
    "content_id": "which cases are about the same item",
    "subject_account_id": "whose content it is",
    "market": "where it was reported",
    "decided_at": "when it was decided",
    "policy_id": "which rule was applied",
    "policy_version": "which version of the rule was applied",
    "decision_visibility": "what was done to the content",
    "automated_detection": "whether a machine found it",
    "automated_decision": "whether a machine decided",
    "appeal_status": "whether anybody appealed",
    "severity": "how severe the harm is",
}


def not_known(escalation: Escalation, told: Done) -> Answer:
    """Return what the source, the log and the moment leave open."""
    draft = Draft()
    lines = [*_gaps(escalation, told, draft)]
    return answered(
        "unknown",
        "What is not known?",
        draft,
        *(lines or ["Nothing that this brief asks for is missing."]),
        ref="limits",
    )


def _gaps(escalation: Escalation, told: Done, draft: Draft) -> Iterator[str]:
    yield from _of_the_source(escalation, draft)
    yield from _of_the_reach(escalation, draft)
    if told.open_cases:
        yield f"How {plural(told.open_cases, 'open case')} will be decided{_untouched(draft, told)}."
    if escalation.log.empty:
        asked = "Why it was decided as it was" if told.decided_cases else "What was considered so far"
        yield f"{asked}: the decision log has no entry about {'this case' if escalation.is_one else 'these cases'}."
    if escalation.known.is_past:
        yield "What came after the moment that this is seen from, and columns that nobody can date."


def _of_the_source(escalation: Escalation, draft: Draft) -> Iterator[str]:
    missing = [words for name, words in _TELLS.items() if not escalation.case_set.has(name)]
    if missing:
        yield f"The source does not say {listed(missing, most=len(missing))}."
    if not escalation.known.has_log:
        yield "Who held the cases and who was told: the source keeps no log of events."
    unjudged = len(unjudged_deadlines(escalation.case_set))
    if unjudged:
        yield f"Whether {draft.number('unjudged', unjudged)} deadlines of the casebook apply: the source lacks what they ask for."


def _of_the_reach(escalation: Escalation, draft: Draft) -> Iterator[str]:
    found = escalation.exposure
    unknown = found.contents - found.contents_known
    if unknown and found.contents_known:
        yield f"The reach of {draft.number('items_unknown', unknown)} of {draft.number('items', found.contents)} items."
    if found.without_content and escalation.case_set.has("content_id"):
        yield f"{capital(cases_of(draft, 'without_item', found.without_content))} without an item: what they add to the reach."


def _untouched(draft: Draft, told: Done) -> str:
    draft.number("open", told.open_cases)
    if not told.untouched_cases:
        return ""
    untouched = draft.number("untouched", told.untouched_cases)
    return f"; nobody has worked on {'it' if told.open_cases == 1 else f'{untouched} of them'}"
