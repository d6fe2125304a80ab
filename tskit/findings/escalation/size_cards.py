"""The cards of how large it is and what to think of it: spread, exposure, precedents, and what speaks against the view."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.findings.cards import Draft, sentences
from tskit.findings.escalation.audiences.naming import kinds
from tskit.findings.escalation.audiences.parts import doubt, moment, places, reached, similar
from tskit.findings.escalation.card import made
from tskit.findings.escalation.counted import things
from tskit.findings.wording import quoted

if TYPE_CHECKING:
    from tskit.findings.cards import Card
    from tskit.findings.escalation.told import Told
    from tskit.model import Certainty, Tone

__all__ = ["against_card", "exposure_card", "similar_card", "spread_card"]

_SUREST = 1e-6


def spread_card(told: Told) -> Card | None:
    """Return the card of cases that came in beyond chance; None where the count bound does not find it."""
    seen = told.spread
    if not seen.stands_out:
        return None
    draft, where = Draft(), places(told)
    count = draft.number("arrived", seen.cases)
    usual, most = draft.number("usual", seen.usual, "mean"), draft.number("usual_most", seen.most)
    usual = usual if seen.usual else "none"
    hours = things(draft, "hours", seen.hours, "whole hour")
    claim = f"{count} cases reported as {draft.text('rule', kinds(told))}{f' in {where}' if where else ''} came in within {hours}, where {usual} are usual"
    began = f"The first came in on {moment(draft, told, 'from_at', seen.from_at)}, the last on {moment(draft, told, 'until_at', seen.until_at)}."
    sure = (
        f"{most} would be no surprise, judged by the same hours of {draft.number('weeks', seen.weeks)} earlier weeks, "
        "with the spread that these have."
    )
    card = made(
        claim,
        draft,
        "hours",
        detail=began,
        step="Watch the next hours, and look for the same content under other accounts.",
        weight=100,
        kind="pattern",
    )
    certainty: Certainty = "very high" if seen.p <= _SUREST else "high"
    finding = replace(
        card.finding,
        certainty=certainty,
        why_sure=sure,
        values=draft.values,
        limits="All cases reported as these in these markets are counted, whether they belong together or not.",
    )
    return replace(card, finding=finding)


def exposure_card(told: Told) -> Card | None:
    """Return the card of the reach on record; None where there is none."""
    met = told.escalation.exposure
    if met.basis == "none":
        return None
    draft = Draft()
    text = reached(draft, told)
    items = f"It is that of {things(draft, 'items', met.contents, 'item')}, each counted once." if met.contents else ""
    limits = "Streams and listeners are not people: somebody who met two items counts twice, and one who listened twice may, too."
    card = made(
        text.removesuffix("."),
        draft,
        "markets",
        detail=items,
        weight=90,
        tone="neutral",
        of_single_cases=told.escalation.is_one,
    )
    return replace(card, finding=replace(card.finding, limits=limits))


def similar_card(told: Told) -> Card | None:
    """Return the card of how similar cases were decided; None where none was."""
    if not told.precedents.rate.cases:
        return None
    draft, rate = Draft(), told.precedents.rate
    claim, _, rest = similar(draft, told).partition(". ")
    few = "Too few to conclude from." if rate.cases < told.precedents.least else ""
    other = int(told.precedents.frame["is_other_version"].sum())
    version = (
        f"{things(draft, 'other_version', other, 'decision')} of the {draft.number('most_alike', len(told.precedents.frame))} most alike {'names' if other == 1 else 'name'} a version that is not in force."
        if other
        else ""
    )
    step = "Read how the most similar ones differ before one of them is taken for a rule."
    return made(
        claim.removesuffix("."),
        draft,
        "precedents",
        detail=sentences(rest, version, few),
        step=step,
        weight=60,
        tone="neutral",
    )


def against_card(told: Told) -> Card:
    """Return the card of what speaks against the present view, or that nothing does."""
    draft = Draft()
    claim = doubt(draft, told).removesuffix(".")
    found = told.against.found
    quotes = {f"{check.name}_{name}": value for check in found for name, value in check.quoted.items()}
    step = "Answer each in the log before the next decision." if found else ""
    tone: Tone = "worse" if found else "neutral"
    card = made(
        claim, draft, "against", detail=sentences(*(check.text for check in found)), step=step, weight=50, tone=tone
    )
    return replace(card, finding=replace(card.finding, values=quoted(draft.quotes) | quotes))
