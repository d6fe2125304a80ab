"""What a vendor has to know: its own part alone, and what to do differently. Nobody is blamed, and nobody named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.findings.cards import Draft, sentences
from tskit.findings.escalation.audiences.naming import is_mixed, rule
from tskit.findings.escalation.audiences.parts import moment, said
from tskit.findings.escalation.counted import some, things, were
from tskit.findings.places import country
from tskit.findings.wording import listed

if TYPE_CHECKING:
    from tskit.findings.escalation.told import Told, Vendor
    from tskit.model import Statement

__all__ = ["statements"]

_NO_BLAME = "This is about how the work is set up, not about anybody who did it: nobody is named, and nobody is to be looked for."


def statements(told: Told) -> tuple[Statement, ...]:
    """Return what each vendor may be told, the one with the largest part first; no vendor reads of another.

    Where only one has a part the audience is "vendor", else "vendor" and its name.
    """
    if not told.vendors:
        return (_none(told),)
    return tuple(_of(told, vendor, is_only=len(told.vendors) == 1) for vendor in told.vendors)


def _none(told: Told) -> Statement:
    draft = Draft()
    decided = told.done.decided_cases
    what = f"cases of {draft.text('rule', rule(told))}"
    if decided is None:
        text = f"The source does not tell who decided these {what}."
    else:
        text = f"No vendor decided any of these {what}: {things(draft, 'decided', decided, 'decision')} by the team itself."
    asked = "Nothing is asked of a vendor, and nothing has to be done differently."
    return said("vendor", "No vendor has a part in this", (text, asked), draft=draft)


def _of(told: Told, vendor: Vendor, *, is_only: bool) -> Statement:
    draft = Draft()
    cases = things(draft, "decided", vendor.decided, "decision")
    back = some(draft, "overturned", vendor.overturned)
    headline = f"{draft.text('vendor', vendor.name)}: {cases} on {draft.text('rule', rule(told))}, {back} overturned"
    paragraphs = (_part(draft, told, vendor), _outcome(draft, vendor), _differently(draft, told, vendor), _NO_BLAME)
    return said("vendor" if is_only else f"vendor {vendor.name}", headline, paragraphs, draft=draft)


def _part(draft: Draft, told: Told, vendor: Vendor) -> str:
    where = f" about content in {listed([country(market) for market in vendor.markets])}" if vendor.markets else ""
    decided = things(draft, "decided", vendor.decided, "case")
    first = moment(draft, told, "first_decided_at", vendor.first_at)
    span = f"on {first}"
    if vendor.decided > 1:
        span = f"from {first}, to {moment(draft, told, 'last_decided_at', vendor.last_at)}"
    acted = f"{some(draft, 'acted', vendor.acted)} with an action"
    return f"You decided {decided} of {draft.text('rule', rule(told))}{where}, {span}: {acted}."


def _outcome(draft: Draft, vendor: Vendor) -> str:
    parts = [
        f"Appealed: {things(draft, 'appeals', vendor.appeals, 'decision')}; overturned: {some(draft, 'overturned', vendor.overturned)}."
    ]
    if vendor.reviewed:
        reviewed = things(draft, "reviewed", vendor.reviewed, "reviewed decision")
        parts.append(
            f"Of {reviewed} {some(draft, 'incorrect', vendor.incorrect)} {were(vendor.incorrect)} found incorrect."
        )
    if vendor.late is not None:
        late = some(draft, "late", vendor.late)
        parts.append(f"Of the cases {late} missed {'its' if vendor.late == 1 else 'their'} target.")
    return sentences(*parts)


def _differently(draft: Draft, told: Told, vendor: Vendor) -> str:
    version = "" if is_mixed(told) else told.precedents.like.version
    steps = [
        "check whether content quotes the harm, reports it or speaks against it before acting on it"
        if vendor.overturned
        else "",
        "hold the decisions that quality review found incorrect against the guidance, and ask where it is not clear"
        if vendor.incorrect
        else "",
        "escalate before the target passes where a case needs more than the queue can give" if vendor.late else "",
    ]
    told_steps = [step for step in steps if step]
    text = f"To do differently: {'; '.join(told_steps)}." if told_steps else "Nothing has to be done differently."
    return sentences(text, f"Version {draft.text('version', version)} of the rule is in force." if version else "")
