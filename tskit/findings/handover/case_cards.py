"""The cards of open cases: the gravest, what the law wants, what is due next, and what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Draft, capital, sentences
from tskit.findings.handover.told import Said, cases, moment, named
from tskit.findings.handover.urgency import GRAVE, HORIZONS
from tskit.findings.incidents import GRAVEST
from tskit.findings.wording import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tskit.findings.cards import Card
    from tskit.findings.handover.look import Handover

__all__ = ["case_cards"]

_MOST = 12


def case_cards(look: Handover) -> Iterator[Card]:
    """Give the cards of what is open: none where nothing is due soon or late."""
    yield from _gravest(look)
    yield from _binding(look)
    yield from _due(look)
    yield from _late(look)


def _gravest(look: Handover) -> Iterator[Card]:
    rows = look.queue[look.queue["severity"].eq(GRAVEST)]
    if rows.empty:
        return
    draft = Draft()
    number = draft.number("gravest", len(rows))
    verb = "is" if len(rows) == 1 else "are"
    claim = f"{number} {cases(rows)} of severity {GRAVEST} {verb} open: {named(draft, rows)}"
    due = rows["due_at"].min()
    detail = "" if pd.isna(due) else f"The next deadline among them: {moment(draft, 'next_due', due, look)}."
    step = "Open each in the system of record now, and check that every authority that must know has been told."
    said = Said(claim, draft, "gravest", f"Severity {GRAVEST}, one by one", detail, step, kind="incident")
    yield said.card(f"{number} of severity {GRAVEST} open", weight=130)


def _binding(look: Handover) -> Iterator[Card]:
    late, soon = look.overdue(of=look.binding), look.due_within(HORIZONS[0], of=look.binding)
    if late.empty and soon.empty:
        return
    draft = Draft()
    parts: list[str] = []
    shorts: list[str] = []
    if len(late):
        number = draft.number("binding_late", len(late))
        parts.append(f"{number} {cases(late)} past a deadline of law or contract ({named(draft, late, 'late')})")
        shorts.append(f"{number} past a legal deadline")
    if len(soon):
        number, hours = draft.number("binding_soon", len(soon)), draft.limit("soon_hours", HORIZONS[0], "hours")
        parts.append(f"{number} due by law or contract within {hours} ({named(draft, soon, 'soon')})")
        shorts.append(f"{number} due by law within {hours}")
    step = "Answer, or tell legal before it passes; deadlines are presets of the casebook, to be verified with legal."
    said = Said(
        capital(listed(parts)),
        draft,
        "binding",
        "Due by law or contract",
        "",
        step,
        "worse" if len(late) else "neutral",
    )
    yield said.card(listed(shorts), weight=120)


def _due(look: Handover) -> Iterator[Card]:
    rows = look.due_within(HORIZONS[0])
    if rows.empty:
        return
    draft = Draft()
    number, hours = draft.number("soon", len(rows)), draft.limit("soon_hours", HORIZONS[0], "hours")
    claim = f"{number} {cases(rows)} due within {hours}: {named(draft, rows)}"
    day, within = look.due_within(HORIZONS[-1]), draft.limit("day_hours", HORIZONS[-1], "hours")
    are = "is" if len(day) == 1 else "are"
    detail = f"{_taken(draft, rows)}; {draft.number('within_day', len(day))} {are} due within {within}."
    said = Said(claim, draft, "own", "Targets that pass next", detail, "Take them in the order of their deadlines.")
    yield said.card(f"{number} due within {hours}", weight=110)


def _taken(draft: Draft, rows: pd.DataFrame) -> str:
    """Return how many of some cases nobody has taken up."""
    free = int((rows["owner_id"].isna() & rows["first_assigned_at"].isna()).sum())
    number = draft.number("free", free)
    if not free:
        return "Somebody has taken it" if len(rows) == 1 else "All of them are taken"
    return "Nobody has taken it" if len(rows) == 1 else f"Nobody has taken {number} of them"


def _late(look: Handover) -> Iterator[Card]:
    rows = look.overdue(of=look.own)
    if rows.empty:
        return
    draft = Draft()
    number = draft.number("late", len(rows))
    grave = look.queue[look.queue["case_id"].isin(rows["case_id"]) & look.queue["severity"].isin(GRAVE)]
    past = f"past {'its' if len(rows) == 1 else 'their'} target"
    claim = f"{number} {cases(rows)} {past}"
    if len(grave) == len(rows):
        claim = f"{number} {cases(rows)} of severity S2 or S3 {past}: {named(draft, grave)}"
        draft.number("late_grave", len(grave))
    elif len(grave):
        claim += f", {draft.number('late_grave', len(grave))} of severity S2 or S3: {named(draft, grave)}"
    rest = "" if len(grave) else f"None of them is of severity S2 or S3: {named(draft, rows, most=_MOST)}."
    step = "Take the gravest first; for the others say why they wait."
    said = Said(claim, draft, "late", "Already late", sentences(rest), step, "worse", "target")
    yield said.card(f"{number} late", weight=109 if len(grave) else 60)
