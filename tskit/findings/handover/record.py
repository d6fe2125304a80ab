"""The findings of a handover: the answer as a title, and what the next person must know, the most urgent first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Card, Draft, capital
from tskit.findings.handover.cards import cards
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
_MOST_LINES = 9
"""Lines of the brief below its title."""
_QUIET_BELOW = 92
"""What weighs less is ordinary work, and a shift with nothing else is quiet."""
_ORDINARY = ("own", "late")
_TO_SHARE = "Handover of a shift, without the cases themselves"


def record(look: Handover) -> Findings:
    """Return what the next person on duty must know; on a quiet shift the title says so."""
    made = cards(look)
    urgent = [card for card in made if card.weight >= _QUIET_BELOW and not _is_ordinary(card)]
    title = _title(look, made) if urgent else _quiet(look)
    shown = tuple(card.finding for card in made) or (_nothing(look),)
    told = [capital(card.finding.claim) for card in made[:_MOST_LINES]]
    lead = _lead(look)
    return Findings(
        title, lead, shown, title_to_share=_TO_SHARE, brief=(title, *told), is_brief_for_team=True,
        as_of=look.until.isoformat(), zone=look.zone.key, is_compact=True,
    )  # fmt: skip


def limits_table(look: Handover) -> Table:
    """Return what this handover cannot tell."""
    frame = pd.DataFrame(list(_limits(look)), columns=["about", "limit"])
    return table(frame, [("about", "About"), ("limit", "What to bear in mind")], key="limits", title="Limits")


def _is_ordinary(card: Card) -> bool:
    """Return whether a card tells of work that every shift has: targets that pass, none of them of a grave case."""
    keys = {evidence.ref for evidence in card.finding.evidence}
    return bool(keys & set(_ORDINARY)) and not card.finding.values.get("late_grave")


def _title(look: Handover, made: Sequence[Card]) -> str:
    """Return what is due and late, then what is out of the ordinary as far as there is room, the most urgent first."""
    soon, late = len(look.due_within(HORIZONS[0])), len(look.overdue())
    title = f"{count(soon)} due within {limit(HORIZONS[0], 'hours')}, {count(late)} late"
    for card in made:
        if card.short and not set(evidence.ref for evidence in card.finding.evidence) & set(_ORDINARY):
            longer = f"{title}; {card.short}"
            title = longer if len(longer) <= _ROOM else title
    return title


def _quiet(look: Handover) -> str:
    opened, soon = plural(len(look.queue), "case"), look.due_within(HORIZONS[0])
    if len(soon):
        return f"Quiet: {count(len(look.queue))} open, {count(len(soon))} due within {limit(HORIZONS[0], 'hours')}"
    ahead = look.queue[look.queue["hours_left"] >= 0]
    if ahead.empty:
        return f"Quiet: {opened.replace('case', 'open case')}, none with a deadline ahead"
    return f"Quiet: {count(len(look.queue))} open, nothing due before {look.soon(ahead['due_at'].min())}"


def _lead(look: Handover) -> str:
    turn = look.turn
    handed = (
        f"The last handover was {look.soon(look.duty.handed_at)}, by {look.duty.handed_by}."
        if look.duty.handed_at
        else "No handover is on record before this one."
    )
    return (
        f"{look.words(look.site.name)}, {turn.shift.name}, {look.soon(turn.begins_at)} to {look.soon(turn.ends_at)}; as of "
        f"{look.spoken(look.until)}. {handed}"
    )


def _nothing(look: Handover) -> Finding:
    draft = Draft()
    claim = f"Nothing needs anybody now; {draft.number('open', len(look.queue))} cases are open"
    return Finding(claim, (Evidence("table", "open", "Open by urgency"),), draft.values, "", kind="steady")


def _limits(look: Handover) -> Iterator[tuple[str, str]]:
    yield "Deadlines", "Presets of the casebook and targets of the source; verify those of the law with legal."
    unknown = int(look.queue.attrs.get("unknown") or 0)
    if unknown:
        yield "Open cases", f"Of {plural(unknown, 'case')} nobody can tell whether they are open; they are left out."
    loss = str(look.queue.attrs.get("loss") or "")
    if loss:
        yield "Log", loss
    if look.until < look.case_set.as_of:
        yield "Moment", f"As of {look.spoken(look.until)}: owners of cases are told only as of the end of the data."
    if look.turn.is_assumed:
        yield (
            "Shifts",
            "The casebook names no shifts for the site: its opening hours stand in, and its people are not known.",
        )
    if not look.duty.handed_at:
        yield (
            "Handover",
            "Write it down when it is done, with tskit shift handover, so that the next one knows since when.",
        )
