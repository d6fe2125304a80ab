"""The sentences that several audiences read: each quotes the same values under the same names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import sentences
from tskit.findings.escalation.audiences.naming import is_mixed, kinds, like_rules, rule
from tskit.findings.escalation.counted import some, things, were
from tskit.findings.places import country, language
from tskit.findings.wording import listed, quoted
from tskit.model import Statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from tskit.findings.cards import Draft
    from tskit.findings.escalation.check import Check
    from tskit.findings.escalation.told import Told

__all__ = [
    "doubt",
    "handled",
    "how_big",
    "languages",
    "missed",
    "moment",
    "next_step",
    "places",
    "reached",
    "said",
    "similar",
    "spread",
    "subject",
    "takedown",
    "unknown",
    "when",
]

_KINDS: Mapping[str, str] = {"other": "item", "message": "message", "profile": "profile"}
_MOST_MARKETS = 4


def subject(draft: Draft, told: Told) -> str:
    """Return what there is: 62 cases of threats about 1 episode."""
    cases = things(draft, "cases", told.done.cases, "case")
    about = told.escalation.exposure.contents
    what = f" about {things(draft, 'items', about, _kind(told))}" if about else ""
    return f"{cases} of {draft.text('rule', rule(told))}{what}"


def moment(draft: Draft, told: Told, name: str, at: datetime) -> str:
    """Quote a moment in the reader's zone; only the first of a statement names the zone, since all are told in it."""
    tail = f", {told.escalation.zone}"
    is_named = any(quote.text.endswith(tail) for quote in draft.quotes.values())
    text = draft.instant(name, at, told.escalation.zone)
    return text.removesuffix(tail) if is_named else text


def doubt(draft: Draft, told: Told) -> str:
    """Return what speaks against the present view, in a few words each, and of how much that was looked at."""
    looked, found = len(told.against.checks), told.against.found
    whole = draft.number("looked_at", looked)
    if not found:
        draft.number("against", 0)
        return f"Nothing on record speaks against the present view; {whole} things were looked at."
    number = draft.number("against", len(found))
    speaks = "speaks" if len(found) == 1 else "speak"
    return f"Of {whole} things looked at {number} {speaks} against the present view: {listed([check.short for check in found])}."


def places(told: Told) -> str:
    """Return the markets in words, those with most cases first; empty where the source does not tell."""
    return listed([country(market) for market, _ in told.escalation.exposure.markets], most=_MOST_MARKETS)


def when(draft: Draft, told: Told) -> str:
    """Return from when to when the cases came in."""
    first, last = told.done.first_report_at, told.done.last_report_at
    begun = moment(draft, told, "first_report_at", first)
    if told.done.cases == 1:
        return f"It came in on {begun}."
    hours = draft.number("hours", (last - first).total_seconds() / 3600, "hours")
    ended = moment(draft, told, "last_report_at", last)
    return f"They came in within {hours}: from {begun}, to {ended}."


def how_big(draft: Draft, told: Told) -> str:
    """Return the number of cases by market, where there are several."""
    markets = told.escalation.exposure.markets
    if len(markets) <= 1:
        return ""
    parts = [
        f"{draft.number(f'cases_{market}', number)} in {country(market)}" for market, number in markets[:_MOST_MARKETS]
    ]
    more = sum(number for _, number in markets[_MOST_MARKETS:])
    rest = f" and {draft.number('cases_elsewhere', more)} elsewhere" if more else ""
    return f"Of the cases {', '.join(parts) if rest else listed(parts)}{rest}."


def reached(draft: Draft, told: Told) -> str:
    """Return the reach of the content on record, with an interval where some of it has to be estimated."""
    met = told.escalation.exposure
    if met.basis == "none":
        return "How many people the content reached is not on record."
    known = draft.number("reach", met.reach_known)
    if met.basis == "all":
        return f"The reach of the content on record is {known} streams or listeners."
    if met.basis == "cases":
        high = draft.number("reach_high", met.high)
        return f"The reach of the content lies between {known} and {high} streams or listeners: the source does not tell items apart."
    counted = f"{draft.number('items_reached', met.contents_known)} of {draft.number('items', met.contents)} items"
    if met.basis == "part":
        return f"The reach of the content is at least {known} streams or listeners: that of {counted} is on record."
    about = draft.number("reach_estimate", met.estimate)
    around = draft.range("reach", met.low, met.high)
    return f"The reach of the content is about {about} streams or listeners ({around}); {known} are on record, of {counted}."


def spread(draft: Draft, told: Told) -> str:
    """Return whether more came in than usual; nothing is claimed that a count bound does not find."""
    seen = told.spread
    if seen.verdict in {"few", "long", "young", "unsaid"}:
        return ""
    count, usual = draft.number("arrived", seen.cases), draft.number("usual", seen.usual, "mean")
    usual, most = usual if seen.usual else "none", draft.number("usual_most", seen.most)
    held = f"{count} cases reported as {draft.text('kinds', kinds(told))} came in during these hours, where {usual} are usual, and {most} would be no surprise"
    return f"{held}." if seen.stands_out else f"{held}: that is not more than chance gives."


def handled(draft: Draft, told: Told) -> str:
    """Return what was done: how many are decided, how many were actioned, how many are open."""
    did = told.done
    if did.decided_cases is None:
        return "What was decided is not on record."
    decided = some(draft, "decided", did.decided_cases)
    whole = things(draft, "cases", did.cases, "case")
    acted = (
        f", {some(draft, 'actioned', did.acted_cases or 0)} of them with an action that stands"
        if did.decided_cases
        else ""
    )
    still = f"; still open: {things(draft, 'open', did.open_cases, 'case')}"
    return f"Of {whole} {decided} {'is' if did.decided_cases == 1 else 'are'} decided{acted}{still}."


def takedown(draft: Draft, told: Told) -> str:
    """Return what was wrongly taken down, when, and when it was restored; empty where nothing was.

    What is not among these cases is told only where nothing among them is, and as such.
    """
    wrong = told.overturned if len(told.overturned) else told.takedowns
    if wrong.empty:
        return ""
    number = len(wrong)
    if len(told.overturned):
        what = f"Overturned on appeal: {things(draft, 'wrong_takedowns', number, 'decision')} to act"
    else:
        other = things(draft, "wrong_beside", number, "decision")
        what = f"Not among these cases, but of the same rule, markets and days, overturned on appeal: {other} to act"
    row = wrong.iloc[-1]
    reversed_at = _at(row["reversed_at"])
    if number > 1 or reversed_at is None or pd.isna(row["hours_up"]):
        latest = f", the last on {moment(draft, told, 'reversed_at', reversed_at)}" if reversed_at is not None else ""
        return f"{what}{latest}."
    stood = draft.number("wrong_hours", float(row["hours_up"]), "hours")
    return f"{what}, on {moment(draft, told, 'reversed_at', reversed_at)}, after it had stood for {stood}."


def missed(draft: Draft, told: Told) -> str:
    """Return which hand-offs nobody took up, between which queues, and in how many others a target passed first."""
    parts = [_left(draft, told) if len(told.left) else ""]
    slow = len(told.handoffs) - len(told.left)
    if slow:
        parts.append(
            f"In {things(draft, 'slow_handoffs', slow, 'hand-off')} a target passed before somebody took it up."
        )
    return sentences(*parts)


def _left(draft: Draft, told: Told) -> str:
    number, row = len(told.left), told.left.iloc[-1]
    came, went = row["from_queue"], told.queue(row["to_queue"])
    way = f"from the {told.queue(came)} to the {went}" if isinstance(came, str) and came else f"to the {went}"
    at = moment(draft, told, "handed_at", row["at"].to_pydatetime())
    waited = draft.number("handed_hours", float(row["waited_hours"]), "hours")
    due, passed = row["target_at"], ""
    if pd.notna(due) and due <= told.escalation.until:
        passed = f"; its target passed on {moment(draft, told, 'handed_target_at', due.to_pydatetime())}"
    count = things(draft, "missed_handoffs", number, "hand-off")
    last = "The last one, " if number > 1 else "It went "
    end = ", has" if number > 1 else "; nobody has"
    taken = f"{end} not been taken up for {waited}" if number > 1 else f"{end} taken it up for {waited}"
    return f"{count} {were(number)} missed. {last}{way}, on {at}{taken}{passed}."


def similar(draft: Draft, told: Told) -> str:
    """Return how similar cases were decided and what became of it, each share with its interval and its number."""
    rate = told.precedents.rate
    if not rate.cases:
        return "No similar case was decided before."
    share = draft.number("similar_share", rate.actioned_share, "share")
    around = draft.range("similar_share", rate.actioned_low, rate.actioned_high, "share")
    under = f" under {draft.text('like_rules', like_rules(told))}" if is_mixed(told) else ""
    decided = (
        f"Of {things(draft, 'similar', rate.cases, 'similar case')}{under} decided before "
        f"{some(draft, 'similar_actioned', rate.actioned)} {were(rate.actioned)} actioned ({share}, {around})."
    )
    if not rate.appeals:
        return f"{decided} No appeal against one of them was answered yet."
    appeals = things(draft, "similar_appeals", rate.appeals, "answered appeal")
    back = f"Of {appeals} against them {some(draft, 'similar_overturned', rate.overturned)} {were(rate.overturned)} accepted"
    part = draft.number("similar_overturned_share", rate.overturned_share, "share")
    ends = draft.range("similar_overturned", rate.overturned_low, rate.overturned_high, "share")
    few = ", too few to conclude from" if rate.appeals < told.precedents.least else ""
    return f"{decided} {back} ({part}, {ends}){few}."


def next_step(draft: Draft, told: Told) -> str:
    """Return what is due next and by when, and whether somebody has it; never who, and nothing that the log says."""
    step = told.next
    if step is None:
        return "Nothing is due by a set time: the log names no next step, and no deadline of these cases is ahead."
    owner = "Somebody has it." if step.owner else "Nobody is on record as having it."
    owner = "It was handed to somebody who has not taken it up yet." if step.is_waiting else owner
    at = moment(draft, told, "next_due_at", pd.Timestamp(step.due_at).to_pydatetime())
    left = (step.due_at - told.escalation.until).total_seconds() / 3600
    hours = draft.number("next_due_hours", abs(left), "hours")
    what = {"logged": "The next decision", "asked": "The next answer"}.get(step.kind)
    what = what or f"The next deadline ({draft.text('next_due_name', step.name)})"
    if left < 0:
        return sentences(f"{what} was due on {at}, {hours} before the moment of this brief.", owner)
    return sentences(f"{what} is due on {at}, {hours} from the moment of this brief.", owner)


def unknown(told: Told) -> str:
    """Return what is not known, as one sentence; empty where nothing of this kind is missing."""
    cases, met, did = told.escalation.cases, told.escalation.exposure, told.done
    gaps = {
        "how many people it reached": met.basis == "none",
        "the reach of part of the content": met.basis in {"part", "estimate"},
        "who reported it": met.reporters is None,
        "which accounts are behind it": met.accounts is None,
        "whether the parties were told": did.told_cases is None,
        "whether it was appealed": did.appeals is None,
        "whether automation was used": not did.automated,
        "which version of the policy was applied": "policy_version" not in cases,
        "whether more came in than usual": told.spread.verdict in {"young", "unsaid"},
    }
    missing = [name for name, is_missing in gaps.items() if is_missing]
    doubts = [check.label for check in told.against.unknown if check.name in {"abuse", "quality", "language"}]
    said = [f"{label[:1].lower()}{label[1:]}" for label in doubts]
    text = f"Not known: {listed(missing, most=9)}." if missing else ""
    return sentences(text, f"The record cannot say: {listed(said)}." if said else "")


def languages(told: Told) -> str:
    """Return the languages of the content in words."""
    return listed([language(name) for name in told.precedents.like.traits.get("content_language", ())])


def said(
    audience: str, headline: str, paragraphs: Sequence[str], *, draft: Draft, checks: Sequence[Check] = ()
) -> Statement:
    """Return a statement of the paragraphs that say something, with the values of its own and of the checks it tells."""
    values = {f"{check.name}_{name}": value for check in checks for name, value in check.quoted.items()}
    return Statement(audience, headline, tuple(text for text in paragraphs if text), quoted(draft.quotes) | values)


def _kind(told: Told) -> str:
    kinds = told.precedents.like.traits.get("entity_type", ())
    return _KINDS.get(kinds[0], kinds[0]) if len(kinds) == 1 else "item"


def _at(value: pd.Timestamp) -> datetime | None:
    return None if pd.isna(value) else value.to_pydatetime()
