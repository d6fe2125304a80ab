"""The card of a rate that seems to have moved, while only the mix of the cases that it is taken over did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tskit.findings.cards import Card, Draft, capital, certainty_of, counted, evidence_of, sentences, subject
from tskit.findings.segments import EVERYTHING, Segment
from tskit.findings.wording import listed
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from tskit.findings.look import Look
    from tskit.findings.mix import Adjusted
    from tskit.findings.moves import Move
    from tskit.findings.stories import Change

__all__ = ["column_words", "like_for_like", "mix_card", "mix_in_short"]

_COLUMN_WORDS = {
    "policy_id": ("policy", "policies"),
    "content_language": ("language", "languages"),
    "severity": ("severity", "severities"),
    "market": ("market", "markets"),
    "queue": ("queue", "queues"),
    "vendor": ("vendor", "vendors"),
    "source_type": ("source of reports", "sources of reports"),
    "channel": ("channel", "channels"),
}


def column_words(column: str) -> tuple[str, str]:
    """Return what the values of a column are called, one and several.

    >>> column_words("policy_id"), column_words("record_type")
    (('policy', 'policies'), ('record type', 'record type'))
    """
    plain = column.replace("_", " ")
    return _COLUMN_WORDS.get(column, (plain, plain))


def mix_card(change: Change, look: Look) -> Card:
    """Return the card of a rate that is higher or lower over all only since the mix of its cases changed."""
    move, held, draft = change.story.driver, change.adjusted, Draft()
    assert held is not None
    unit = move.metric.unit
    now, before = draft.number("now", move.now, unit), draft.number("before", move.before, unit)
    raw = (
        f"The raw change is {draft.number('raw_change', held.raw, 'points')}; like" if move.shape == "share" else "Like"
    )
    steady = f"{raw} for like it is {like_for_like(draft, held, move)}, no more than noise."
    detail = sentences(steady, _grown(draft, change, look))
    groups, covered = draft.number("strata", held.strata), draft.number("covered", held.covered, "share")
    finding = Finding(
        f"{mix_in_short(change, look)} ({now} against {before}); {_nobody_moved(change, look)}",
        (Evidence("table", "like_for_like", "Rates, raw and like for like"), *evidence_of(look, move.metric.name)[1:]),
        draft.values,
        certainty_of(move.verdict.p, cases=move.of_now, points=move.verdict.past),
        f"compared within {groups} like-for-like groups, which hold {covered} of the {counted(move.metric)}",
        detail,
        "Groups that only one of the two periods has say nothing about change.",
        _next(change, look),
        kind="steady",
    )
    return Card(finding, "", 75.0 if move.segment == EVERYTHING else 50.0)


def mix_in_short(change: Change, look: Look) -> str:
    """Return the sentence that says why the rate differs, without a number."""
    move = change.story.driver
    where = "over all" if move.segment == EVERYTHING else "there"
    name = capital(look.called(subject(move.metric), move.segment))
    verb = "are" if move.metric.label.endswith("s") else "is"
    return f"{name} {verb} {'higher' if move.is_up else 'lower'} {where} only since the mix of {counted(move.metric)} changed"


def like_for_like(draft: Draft, held: Adjusted, move: Move) -> str:
    """Quote the change with the mix held still, with its interval where it has one."""
    if move.shape == "level":
        return draft.change("like_for_like", float(np.exp(held.change) - 1))
    size = f"{draft.points('like_for_like', held.change)} points"
    if not np.isfinite(held.low):
        return size
    low, high = draft.points("like_for_like_low", held.low), draft.points("like_for_like_high", held.high)
    return f"{size} ({low} to {high})"


def _nobody_moved(change: Change, look: Look) -> str:
    assert change.adjusted is not None
    move, columns = change.story.driver, change.adjusted.columns
    groups = [m for m in look.of(move.metric.name) if m.segment.columns == columns]
    if any(m.stands_out for m in groups):
        return "like for like it did not move"
    return f"no {column_words(columns[0])[0] if len(columns) == 1 else 'group'}'s own rate moved"


def _grown(draft: Draft, change: Change, look: Look) -> str:
    held, move = change.adjusted, change.story.driver
    if held is None or held.grown is None or move.shape != "share":
        return ""
    grown, noun = held.grown, counted(move.metric)
    was, total_was = draft.number("grown_before", grown.before), draft.number("all_before", move.of_before)
    now, total_now = draft.number("grown_now", grown.now), draft.number("all_now", move.of_now)
    rate = draft.number("grown_rate", grown.rate, move.metric.unit)
    name = capital(look.called(noun, Segment.of(held.columns, grown.values)))
    return f"{name} grew from {was} of {total_was} to {now} of {total_now}, and their own rate is {rate}."


def _next(change: Change, look: Look) -> str:
    held, move = change.adjusted, change.story.driver
    assert held is not None
    words = listed([column_words(column)[1] for column in held.columns])
    plain = f"Do not report this as a change of the rate; look at which {words} sent more {counted(move.metric)}."
    if held.grown is None or move.shape != "share":
        return plain
    name = look.called(counted(move.metric), Segment.of(held.columns, held.grown.values))
    return f"Do not report this as a change of the rate; find out why there are more {name}."
