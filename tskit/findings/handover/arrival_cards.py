"""The cards of arrivals: spikes, silence, and the work of the shift against its people."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.findings.cards import Card, Draft, sentences
from tskit.findings.handover.ahead import ahead
from tskit.findings.handover.spikes_table import how_judged
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tskit.findings.handover.look import Handover
    from tskit.findings.handover.noticed import Notice

__all__ = ["arrival_cards"]

_LIMITS = "Simple bounds of counts: what builds up slowly over weeks is not seen."


def arrival_cards(look: Handover) -> Iterator[Card]:
    """Give a card for each spike and silence, and one for the work ahead where the casebook names who is there."""
    for nth, notice in enumerate(look.notices):
        finding = _spike(notice, look) if notice.is_spike else _silence(notice, look)
        yield Card(finding, notice.short, (100 if notice.is_spike else 96) - nth / 10)
    found = ahead(look)
    if found.verdict == "not known":
        return
    draft = Draft()
    is_short = found.verdict == "not enough"
    expected = f"{draft.number('expected', found.expected)} cases ({draft.range('range', found.low, found.high)}) expected on the shift"
    waiting = f"{draft.number('waiting', found.waiting)} wait, {draft.number('waiting_due', found.due)} of them late or due before it ends"
    claim = f"{expected}; {waiting}; its people can decide {draft.number('capacity', found.capacity)}: {draft.text('verdict', found.verdict)}"
    sure = f"from the same hours of {draft.number('weeks', look.work.weeks)} earlier weeks."
    evidence = Evidence("table", "work", "Work ahead"), Evidence("figure", "arrivals", "Arrivals by the hour")
    finding = Finding(
        claim, evidence, draft.values, "moderate", sure, next_step="Call in help, or say what may wait." if is_short else "",
        kind="fact", tone="worse" if is_short else "neutral",
    )  # fmt: skip
    yield Card(finding, "too few people for the work" if is_short else "", 94 if is_short else 40)


def _spike(notice: Notice, look: Handover) -> Finding:
    draft = Draft()
    what, of_all = _what(draft, notice), draft.number("cases", notice.count)
    hours, usual = draft.limit("hours", notice.hours, "hours"), draft.number("usual", notice.expected, "number")
    usual = usual if notice.expected else "none"
    about = ""
    if notice.content:
        about = f", {draft.number('about_it', notice.about_it)} of them about one {notice.entity}"
        draft.text("content_id", notice.content)
    claim = f"{of_all} cases{what}{notice.place} in {hours}, where {usual} are usual{about}"
    worst = f"The gravest is of severity {notice.gravest}." if notice.gravest else ""
    bound = f"By chance there would be at most {draft.number('bound', notice.bound)}."
    step = (
        "Take all reports of it together: tskit run escalation_brief."
        if notice.content
        else "Open the newest of them and see what they have in common."
    )
    made = _finding(claim, draft, look, detail=sentences(worst, bound), step=step)
    return replace(made, of_single_cases=bool(notice.content))


def _silence(notice: Notice, look: Handover) -> Finding:
    draft = Draft()
    what, hours = _what(draft, notice), draft.limit("hours", notice.hours, "hours")
    usual = draft.number("usual", notice.expected, "number")
    claim = (
        f"No case{what}{notice.place} arrived for {hours}, where {usual} are usual"
        if notice.kind == "silence"
        else f"{draft.number('cases', notice.count)} cases{what}{notice.place} arrived in {hours}, where {usual} are usual"
    )
    step = "Ask whoever runs the intake whether the feed is up before taking it for a quiet time."
    return _finding(claim, draft, look, detail="", step=step)


def _what(draft: Draft, notice: Notice) -> str:
    return f" of {draft.text('kind', notice.what)}" if notice.what else ""


def _finding(claim: str, draft: Draft, look: Handover, *, detail: str, step: str) -> Finding:
    why = how_judged(look)
    return Finding(
        claim, (Evidence("table", "spikes", "Spikes and silence"),), draft.values, "high",
        f"{why[:1].lower()}{why[1:]}", detail, _LIMITS, step, kind="pattern", tone="worse",
    )  # fmt: skip
