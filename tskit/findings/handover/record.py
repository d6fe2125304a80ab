"""The findings of a handover: the answer as a title, and what the next person must know, the most urgent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Card, Draft
from tskit.findings.handover.arrival_cards import arrival_cards
from tskit.findings.handover.case_cards import case_cards
from tskit.findings.handover.duty_cards import duty_cards
from tskit.findings.handover.spikes_table import how_judged
from tskit.findings.handover.urgency import HORIZONS
from tskit.findings.tables import table
from tskit.findings.wording import count, limit, plural
from tskit.model import Evidence, Finding, Findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tskit.findings.handover.look import Handover
    from tskit.findings.tables import Table

__all__ = ["limits_table", "record"]

_ROOM = 140
_MOST_LINES = 7
"""Lines of the brief below its title; the page adds two, and ten are enough for a phone."""
_URGENT = 92
"""What weighs less is ordinary work."""
_ORDINARY = {"own", "late"}
"""The tables of ordinary work: targets that pass, and those that have passed."""
_TO_SHARE = "Handover of a shift, without the cases themselves"


def record(look: Handover) -> Findings:
    """Return what the next person on duty must know; on a quiet shift the title says so.

    A shift is quiet where no case of severity S3 is open, nothing is late or due soon by law, no case of S2 is late,
    nothing arrives beyond chance, no hand-off, escalation or promise waits for somebody, and the people are not too few.
    """
    made = sorted([*case_cards(look), *duty_cards(look), *arrival_cards(look)], key=lambda card: -card.weight)
    is_quiet = all(card.weight < _URGENT or _is_ordinary(card) for card in made)
    title = _quiet(look) if is_quiet else _title(look, made)
    return Findings(
        title, _lead(look), tuple(card.finding for card in made) or (_nothing(look),), title_to_share=_TO_SHARE,
        brief=(title, *(card.finding.claim for card in made[:_MOST_LINES])), is_brief_for_team=True,
        as_of=look.until.isoformat(), zone=look.zone.key, is_compact=True,
    )  # fmt: skip


def limits_table(look: Handover) -> Table:
    """Return what this handover cannot tell."""
    frame = pd.DataFrame(list(_limits(look)), columns=["about", "limit"])
    return table(frame, [("about", "About"), ("limit", "What to bear in mind")], key="limits", title="Limits")


def _rests_on(card: Card) -> set[str]:
    return {evidence.ref for evidence in card.finding.evidence}


def _is_ordinary(card: Card) -> bool:
    """Return whether a card tells of work that every shift has: targets that pass, none of them of a grave case."""
    return bool(_rests_on(card) & _ORDINARY) and "late_grave" not in dict(card.finding.values)


def _title(look: Handover, made: Sequence[Card]) -> str:
    """Return what is due and late, then what is out of the ordinary as far as there is room, the most urgent first."""
    due = f"{count(len(look.due_within(HORIZONS[0])))} due within {limit(HORIZONS[0], 'hours')}, {count(len(look.overdue()))} late"
    title = due if look.knows_deadlines else _untold(look)
    for card in made:
        longer = f"{title}; {card.short}"
        if card.short and not _rests_on(card) & _ORDINARY and len(longer) <= _ROOM:
            title = longer
    return title


def _untold(look: Handover) -> str:
    """Return what is open where nobody can tell what of it is due: not quiet, but not known."""
    what = "deadlines are not known" if look.knows_severity else "neither severity nor deadlines are known"
    return f"{count(len(look.queue))} open, {what}"


def _quiet(look: Handover) -> str:
    if len(look.queue) and not look.knows_deadlines:
        return _untold(look)
    soon, late = look.due_within(HORIZONS[0]), look.overdue()
    ahead = look.queue[look.queue["hours_left"] >= 0]
    opened = f"Quiet: {count(len(look.queue))} open{f', {count(len(late))} late' if len(late) else ''}"
    if len(soon):
        return f"{opened}, {count(len(soon))} due within {limit(HORIZONS[0], 'hours')}"
    if ahead.empty:
        return f"{opened}, nothing with a deadline ahead"
    return f"{opened}, nothing due before {look.soon(ahead['due_at'].min())}"


def _lead(look: Handover) -> str:
    turn = look.turn
    handed = (
        f"The last handover was {look.soon(look.duty.handed_at)}, by {look.duty.handed_by}."
        if look.duty.handed_at
        else "No handover is on record before this one."
    )
    when = f"{look.soon(turn.begins_at)} to {look.soon(turn.ends_at)}"
    who = look.words(look.site.name) if look.case_set.casebook.sites else "Everybody"
    return f"{who}, {turn.shift.name}, {when}. {handed}"


def _nothing(look: Handover) -> Finding:
    draft = Draft()
    number = draft.number("open", len(look.queue))
    claim = f"Nothing needs anybody now; {number} cases are open"
    if len(look.queue) and not look.knows_deadlines:
        claim = f"{number} cases are open, and what is urgent among them cannot be told"
    return Finding(claim, (Evidence("table", "open", "Open by urgency"),), draft.values, "", kind="steady")


def _assumed(look: Handover) -> str:
    if look.case_set.casebook.sites:
        return "The casebook names no shifts for the site: its opening hours stand in, and its people are not known."
    return (
        "The casebook names no site and no shifts: the next whole day stands in, for all queues, and its people are not known. "
        "Add them as [sites.NAME] and [[shifts]]."
    )


def _unknown(look: Handover) -> Iterator[tuple[str, str]]:
    """Tell what rests on columns or settings that are not there."""
    if look.knows_deadlines:
        yield "Deadlines", "Presets of the casebook and targets of the source; verify those of the law with legal."
    else:
        yield (
            "Deadlines",
            "The source has no targets and the casebook no [[deadlines]]: what is late or due cannot be told.",
        )
    if not look.knows_severity:
        yield "Severity", "The source does not say how grave a case is: what is of S2 or S3 cannot be told."


def _limits(look: Handover) -> Iterator[tuple[str, str]]:
    yield "Spikes and silence", f"{how_judged(look)} What builds up slowly over weeks is not seen."
    yield from _unknown(look)
    unknown = int(look.queue.attrs.get("unknown") or 0)
    if unknown:
        yield "Open cases", f"Of {plural(unknown, 'case')} nobody can tell whether they are open; they are left out."
    loss = str(look.queue.attrs.get("loss") or "")
    if loss:
        yield "Log", loss
    if look.until < look.case_set.as_of:
        yield "Moment", f"As of {look.spoken(look.until)}; who has a case is known as of the end of the data alone."
    if look.turn.is_assumed:
        yield "Shifts", _assumed(look)
    if not look.duty.handed_at:
        yield (
            "Handover",
            "Write it down when it is done, with tskit shift handover, so that the next one knows since when.",
        )
