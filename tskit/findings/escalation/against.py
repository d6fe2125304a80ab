"""What speaks against the present view: every thing that was looked at, and what the record says of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Draft
from tskit.findings.escalation.check import Check
from tskit.findings.escalation.counted import some, things, were
from tskit.findings.escalation.doubts import (
    automation_check,
    disagreement_check,
    language_check,
    quality_check,
    version_check,
)
from tskit.findings.escalation.precedents import FEW
from tskit.findings.escalation.report_abuse import abuse_check
from tskit.findings.tables import table
from tskit.findings.wording import listed

if TYPE_CHECKING:
    from tskit.findings.escalation.done import Done
    from tskit.findings.escalation.look import Escalation
    from tskit.findings.escalation.precedents import Precedents, Rate
    from tskit.findings.escalation.told import Told
    from tskit.findings.tables import Table

__all__ = ["Against", "against_of", "against_table"]

_OFTEN_OVERTURNED = 0.2
_HALF = 0.5
_VERDICTS = {
    "against": "speaks against it",
    "not against": "does not",
    "too few": "too few to say",
    "not known": "not known",
}
_ORDER = ("against", "too few", "not known", "not against")


@dataclass(frozen=True, slots=True)
class Against:
    """Everything that was looked at, what speaks against the view first."""

    checks: tuple[Check, ...]

    @property
    def found(self) -> tuple[Check, ...]:
        """Return what speaks against the present view."""
        return tuple(check for check in self.checks if check.verdict == "against")

    @property
    def unknown(self) -> tuple[Check, ...]:
        """Return what nobody can tell from the record."""
        return tuple(check for check in self.checks if check.verdict in {"too few", "not known"})


def against_of(escalation: Escalation, did: Done, takedowns: pd.DataFrame, precedents: Precedents) -> Against:
    """Return what could speak against the view that the decisions so far express, and whether it does."""
    checks = (
        _reversals(did, takedowns),
        _overturned(precedents),
        _left_up(did, precedents),
        disagreement_check(escalation),
        version_check(escalation),
        automation_check(did),
        language_check(escalation),
        quality_check(escalation),
        abuse_check(escalation),
        _thin(did, precedents),
    )
    return Against(tuple(sorted(checks, key=lambda check: _ORDER.index(check.verdict))))


def against_table(brief: Told) -> Table:
    """Return everything that was looked at, with what the record says, and whether it speaks against the present view."""
    against = brief.against
    rows = [(check.label, _VERDICTS[check.verdict], check.text) for check in against.checks]
    frame = pd.DataFrame(rows, columns=["about", "verdict", "text"])
    headers = [("about", "Looked at"), ("verdict", "Against the view?"), ("text", "What the record says")]
    caption = "" if against.found else "Nothing on record speaks against it."
    return table(frame, headers, key="against", title="What speaks against the present view", caption=caption)


def _reversals(did: Done, takedowns: pd.DataFrame) -> Check:
    draft, label = Draft(), "Reversals in this matter"
    beside = int(takedowns["is_beside"].sum())
    answered = did.overturned + did.upheld
    if did.appeals is None and not beside:
        return Check("reversals", label, "not known", "The source does not tell of appeals.")
    parts = []
    if answered:
        parts.append(
            f"of {things(draft, 'answered', answered, 'answered appeal')} in these cases {some(draft, 'overturned', did.overturned)} {were(did.overturned)} accepted"
        )
    if beside:
        parts.append(
            f"{things(draft, 'beside', beside, 'decision')} under the same rule in the same markets and days, about other items, {were(beside)} overturned"
        )
    if not did.overturned and not beside:
        pending = things(draft, "pending", did.appeals_pending, "appeal")
        text = f"No decision was overturned; {pending} {'is' if did.appeals_pending == 1 else 'are'} pending."
        return Check("reversals", label, "not against", text, quoted=draft.values)
    return Check(
        "reversals", label, "against", _sentence(parts), "a decision in this matter was overturned", draft.values
    )


def _overturned(precedents: Precedents) -> Check:
    draft, label, rate = Draft(), "Appeals against similar decisions", precedents.rate
    shown = precedents.overturned
    if not rate.appeals:
        return Check("overturned", label, "not known", "No appeal against a similar decision was answered yet.")
    text = (
        f"Of {things(draft, 'appeals', rate.appeals, 'answered appeal')} against similar decisions "
        f"{some(draft, 'overturned', rate.overturned)} {were(rate.overturned)} accepted ({_share(draft, 'overturned', rate)}), "
        f"and of the {things(draft, 'told', len(precedents.frame), 'decision')} most like these {some(draft, 'shown', shown)} "
        f"{were(shown)} overturned."
    )
    if shown or rate.overturned_low >= _OFTEN_OVERTURNED:
        return Check("overturned", label, "against", text, "similar decisions were overturned", draft.values)
    verdict = "too few" if rate.appeals < FEW else "not against"
    return Check("overturned", label, verdict, text, quoted=draft.values)


def _left_up(did: Done, precedents: Precedents) -> Check:
    """Return whether most similar cases were decided the other way, as far as the interval tells."""
    draft, label, rate = Draft(), "How similar cases were decided", precedents.rate
    if not rate.cases:
        return Check("decided", label, "not known", "No similar case was decided yet.")
    text = (
        f"Of {things(draft, 'cases', rate.cases, 'similar case')} {some(draft, 'actioned', rate.actioned)} {were(rate.actioned)} actioned "
        f"({_share(draft, 'actioned', rate)})."
    )
    if rate.cases < FEW:
        return Check("decided", label, "too few", text, quoted=draft.values)
    decided, acted = did.decided_cases or 0, did.acted_cases or 0
    is_action = acted * 2 > decided
    differs = rate.actioned_high < _HALF if is_action else rate.actioned_low > _HALF
    if not decided or not differs:
        return Check("decided", label, "not against", text, quoted=draft.values)
    view = f" Of {things(draft, 'decided', decided, 'decision')} in these cases {some(draft, 'acted', acted)} {were(acted)} to act."
    short = f"most similar cases were {'not ' if is_action else ''}actioned"
    return Check("decided", label, "against", text + view, short, draft.values)


def _thin(did: Done, precedents: Precedents) -> Check:
    draft, label = Draft(), "How much it rests on"
    decided, similar = did.decided_cases or 0, precedents.rate.cases
    text = (
        f"The view rests on {things(draft, 'decided', decided, 'decision')} in these cases and "
        f"{things(draft, 'similar', similar, 'similar one')} before."
    )
    if not decided or similar < FEW:
        return Check("thin", label, "too few", text, quoted=draft.values)
    return Check("thin", label, "not against", text, quoted=draft.values)


def _share(draft: Draft, part: str, rate: Rate) -> str:
    share, low, high = (getattr(rate, f"{part}_{name}") for name in ("share", "low", "high"))
    return f"{draft.number(f'{part}_share', share, 'share')}, {draft.range(part, low, high, 'share')}"


def _sentence(parts: list[str]) -> str:
    text = listed(parts)
    return f"{text[:1].upper()}{text[1:]}."
