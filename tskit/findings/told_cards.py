"""The cards of what moved: volume, backlogs, and other changes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.findings.cards import (
    Card,
    Draft,
    capital,
    certainty_of,
    evidence_of,
    followed_words,
    sentences,
    subject,
    sure_of,
    tone_of,
)
from tskit.findings.incidents import sla_during
from tskit.findings.mix_card import like_for_like
from tskit.findings.segments import EVERYTHING
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from tskit.findings.look import Look
    from tskit.findings.moves import Move
    from tskit.findings.peaks import Peak
    from tskit.findings.stories import Backlog, Change, Volume

__all__ = ["backlog_card", "change_card", "volume_card"]

_LIMIT_LAG = "Reports arrive late, so the last days may still rise."


def volume_card(story: Volume, look: Look) -> Card:
    """Return the card of a rise or fall of cases opened."""
    return _over_the_period(story, look) if story.story is not None else _within_the_period(story, look)


def _over_the_period(story: Volume, look: Look) -> Card:
    assert story.story is not None
    move, draft = story.story.driver, Draft()
    named = capital(look.called("cases", story.segment)) if story.segment.items else "All cases"
    claim = (
        f"{named}: {draft.number('cases', move.now)} against {draft.number('expected', move.expected)} expected "
        f"({draft.range('expected', move.low, move.high)})"
    )
    detail = sentences(
        _dated(draft, story.peak, is_up=move.is_up),
        _share_of_all(draft, move, look),
        _own_backlog(draft, story.backlog),
        followed_words(draft, story.followed, look),
    )
    why = sure_of(draft, move.verdict, looked_at=look.looked_at, rests_on=move.of_now)
    short = _volume_in_short(draft, move, look)
    finding = Finding(
        claim,
        evidence_of(look, "cases_opened"),
        {},
        certainty_of(move.q, cases=move.of_now, points=move.verdict.past),
        why,
        detail,
        _LIMIT_LAG,
        _next_for_volume(story, look),
        tone=tone_of(move),
    )
    return Card(
        _with_values(finding, draft), short, 100 + 10 * abs(float(np.log((move.now + 1) / (move.expected + 1))))
    )


def _volume_in_short(draft: Draft, move: Move, look: Look) -> str:
    named, times = look.called("cases", move.segment), move.now / max(move.expected, 1.0)
    if times >= 2:
        return f"{named} rose to {draft.number('times_expected', times, 'times')} times the usual"
    size = draft.number("change", abs(times - 1), "share")
    return f"{named} {'rose' if move.is_up else 'fell'} by {size}"


def _within_the_period(story: Volume, look: Look) -> Card:
    peak, draft = story.peak, Draft()
    assert peak is not None
    assert peak.spike is not None
    run = peak.spike
    began = draft.day("started", run.start)
    when = f"on {began}" if run.days == 1 else f"in {draft.number('days', run.days)} days from {began}"
    claim = (
        f"{capital(look.called('cases', story.segment))}: {draft.number('cases', run.total)} {when}, against "
        f"{draft.number('expected', run.expected)} expected ({draft.range('expected', run.low, run.high)})"
    )
    finding = Finding(
        claim,
        evidence_of(look, "cases_opened"),
        {},
        certainty_of(peak.q, cases=run.total, points=peak.verdict.past),
        sure_of(draft, peak.verdict, looked_at=look.looked_at, rests_on=run.total),
        sentences(
            f"The highest day was {draft.day('peak_day', run.peak)} with {draft.number('peak_cases', run.peak_value)}.",
            "Over the whole period the rise is no more than noise." if peak.segment == EVERYTHING else "",
            followed_words(draft, story.followed, look),
        ),
        _LIMIT_LAG,
        _next_for_volume(story, look),
        tone="worse",
    )
    short = f"{look.called('cases', story.segment)} peaked on {draft.day('peak_day', run.peak, weekday=False)}"
    return Card(_with_values(finding, draft), short, 80 + float(np.log1p(run.total / max(run.expected, 1.0))))


def backlog_card(story: Backlog, look: Look) -> Card:
    """Return the card of a backlog, with the holiday of the site that it came after."""
    peak, closure, draft = story.peak, story.closure, Draft()
    run = peak.spike
    assert run is not None
    usual = run.expected / run.days
    after = ""
    if closure is not None:
        after = f", after the {closure.site} site's public holiday on {draft.day('holiday', closure.day)}"
    where = look.called("backlog", peak.segment)
    claim = (
        f"{capital(where)} rose to {draft.number('open_cases', run.peak_value)} open cases on "
        f"{draft.day('peak_day', run.peak)}{after}"
    )
    detail = sentences(
        f"About {draft.number('usual', usual)} are usual.",
        f"The holiday was {draft.text('holiday_name', closure.name)}; {closure.link}." if closure else "",
        _recovery(draft, peak),
        _sla(draft, peak, look),
        followed_words(draft, story.followed, look),
    )
    why = sure_of(draft, peak.verdict, looked_at=look.looked_at, rests_on=run.peak_value)
    finding = Finding(
        claim,
        (Evidence("figure", "backlog_by_day", "Backlog by day"), *evidence_of(look, "backlog")),
        draft.values,
        certainty_of(peak.q, cases=run.total, points=peak.verdict.past),
        why,
        detail,
        "That the holiday came first does not prove that it was the cause; check the roster." if closure else "",
        _next_for_backlog(story),
        tone="worse",
    )
    short = f"{where} grew after a holiday" if closure else f"{where} peaked"
    return Card(finding, short, 90 + float(np.log1p(run.peak_value / max(usual, 1.0))))


def change_card(change: Change, look: Look) -> Card:
    """Return the card of any other change: a rate, a time, or a count that follows nothing told before."""
    move, draft = change.story.driver, Draft()
    unit, name = move.metric.unit, capital(look.called(subject(move.metric), move.segment))
    verb = "rose" if move.is_up else "fell"
    now, before = draft.number("now", move.now, unit), draft.number("before", move.before, unit)
    expected = draft.range("expected", move.low, move.high, unit)
    claim = f"{name} {verb} to {now} from {before} ({expected} expected)"
    finding = Finding(
        claim,
        evidence_of(look, move.metric.name),
        {},
        certainty_of(move.q, cases=move.of_now, points=move.verdict.past),
        sure_of(draft, move.verdict, looked_at=look.looked_at, rests_on=move.of_now),
        sentences(_like_for_like(draft, change, move), _moved_too(change, look)),
        look.measured[move.metric.name].metric.caution or _LIMIT_LAG,
        "Take a sample of these cases and compare it with one from the period before.",
        tone=tone_of(move),
    )
    return Card(_with_values(finding, draft), f"{name} {verb} to {now}", 60 + min(abs(move.verdict.z), 20.0))


def _with_values(finding: Finding, draft: Draft) -> Finding:
    return replace(finding, values=draft.values)


def _dated(draft: Draft, peak: Peak | None, *, is_up: bool) -> str:
    if peak is None or peak.spike is None or not is_up:
        return ""
    run = peak.spike
    end = "has not slowed" if run.end is None else f"ended on {draft.day('ended', run.end)}"
    return (
        f"It began on {draft.day('started', run.start)} and {end}; the highest day was "
        f"{draft.day('peak_day', run.peak)} with {draft.number('peak_cases', run.peak_value)}."
    )


def _share_of_all(draft: Draft, move: Move, look: Look) -> str:
    total = look.total("cases_opened")
    if total is None or move.segment == EVERYTHING:
        return ""
    now, before = draft.number("all_cases", total.now), draft.number("all_cases_before", total.before)
    rest = draft.number("all_others", total.now - move.now)
    others = draft.number("all_others_before", total.before - move.before)
    return f"All cases together went from {before} to {now}; without these, from {others} to {rest}."


def _own_backlog(draft: Draft, peak: Peak | None) -> str:
    if peak is None or peak.spike is None:
        return ""
    return (
        f"The backlog there rose to {draft.number('backlog', peak.spike.peak_value)} on "
        f"{draft.day('backlog_day', peak.spike.peak)}, where {draft.number('backlog_usual', peak.spike.expected / peak.spike.days)} "
        "are usual."
    )


def _recovery(draft: Draft, peak: Peak) -> str:
    run = peak.spike
    assert run is not None
    if run.end is None:
        return f"It left its usual range on {draft.day('started', run.start)} and has not come back to it."
    days = peak.daily.index[peak.daily.index.date > run.end]  # type: ignore[attr-defined]  # an index of days
    back = f"; back to normal by {draft.day('recovered', days[0].date())}" if len(days) else ""
    return f"It left its usual range on {draft.day('started', run.start)}{back}."


def _sla(draft: Draft, peak: Peak, look: Look) -> str:
    found = sla_during(peak, look)
    if found is None:
        return ""
    share, due = found
    return (
        f"Of the {draft.number('due', due)} cases that fell due meanwhile, "
        f"{draft.number('sla_meanwhile', share, 'share')} were closed in time."
    )


def _like_for_like(draft: Draft, change: Change, move: Move) -> str:
    held = change.adjusted
    if held is None:
        return (
            "No column tells like from unlike here, so the mix of cases may have played a part."
            if move.shape in {"share", "level"}
            else ""
        )
    return f"Like for like the change is {like_for_like(draft, held, move)}."


def _moved_too(change: Change, look: Look) -> str:
    names = list(dict.fromkeys(look.named(move.segment) or "all cases" for move in change.story.context))
    return f"It also shows in {', '.join(names[:4])}." if names else ""


def _next_for_volume(story: Volume, look: Look) -> str:
    where = look.called("cases", story.segment)
    return f"Open a sample of the {where} of the highest day; look for one uploader, text or route behind them."


def _next_for_backlog(story: Backlog) -> str:
    if story.closure is not None:
        return f"Agree cover for the next public holiday at the {story.closure.site} site before its roster is fixed."
    return "Compare arrivals with closures by day, and move cover to where the oldest cases wait."
