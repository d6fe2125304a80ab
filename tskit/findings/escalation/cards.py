"""The cards of a brief: what needs somebody now, what went wrong, how far it spread, and what speaks against the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.cases import withheld_routes
from tskit.findings.cards import Card, Draft, capital, sentences
from tskit.findings.escalation.audiences.parts import moment
from tskit.findings.escalation.card import made
from tskit.findings.escalation.counted import things, were
from tskit.findings.escalation.size_cards import against_card, exposure_card, similar_card, spread_card
from tskit.findings.incidents import GRAVEST
from tskit.findings.wording import listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from tskit.findings.escalation.told import Clock, Told

__all__ = ["cards"]

_SOON_HOURS = 24


def cards(told: Told) -> list[Card]:
    """Return the cards in the order in which somebody has to act on them; what is not there has none.

    What is of the gravest severity and what somebody has to do now come first, then what was wrong, then how large it
    is, then how such cases were decided and what speaks against the present view.
    """
    makers: tuple[Callable[[Told], Card | None], ...] = (
        _withheld, _grave, _handoff, _passed, _due, _takedown, spread_card, exposure_card,
        similar_card, against_card,
    )  # fmt: skip
    every = [maker(told) for maker in makers]
    return sorted((card for card in every if card is not None), key=lambda card: -card.weight)


def _withheld(told: Told) -> Card | None:
    """Return the card that points to where content is worked on that may not be handled here; it comes before all else."""
    escalation = told.escalation
    routes = withheld_routes(escalation.case_set, escalation.case_ids)
    if not routes:
        return None
    draft, number = Draft(), len(routes)
    which = "this case" if escalation.is_one else f"{draft.number('withheld', number)} of these cases"
    return made(
        f"The content of {which} may not be handled here",
        draft,
        "facts",
        detail="It was not kept when the source was loaded: nothing here shows it, compares it or searches it.",
        step=" ".join(dict.fromkeys(routes.values())),
        weight=140,
        tone="neutral",
        of_single_cases=True,
    )


def _grave(told: Told) -> Card | None:
    number = told.done.by_severity.get(GRAVEST, 0)
    if not number:
        return None
    draft = Draft()
    claim = f"{things(draft, 'gravest', number, 'case')} {'is' if number == 1 else 'are'} of severity {draft.text('severity', GRAVEST)}"
    step = "Open each in the system of record and check that every authority that must know has been told."
    return made(claim, draft, "facts", step=step, weight=130, kind="incident", of_single_cases=True)


def _handoff(told: Told) -> Card | None:
    if told.left.empty:
        return None
    draft, row, queue = Draft(), told.left.iloc[-1], told.queue
    number = len(told.left)
    count = things(draft, "missed_handoffs", number, "hand-off")
    at = moment(draft, told, "handed_at", row["at"].to_pydatetime())
    waited = draft.number("handed_hours", float(row["waited_hours"]), "hours")
    name = draft.text("case_id", str(row["case_id"]))
    came = f" from the {queue(row['from_queue'])}" if isinstance(row["from_queue"], str) and row["from_queue"] else ""
    went = f"{'The last is case' if number > 1 else 'Case'} {name}{', which went' if number > 1 else ' went'}{came} to the {queue(row['to_queue'])} on {at}."
    target = ""
    if pd.notna(row["target_at"]) and row["target_at"] <= told.escalation.until:
        target = f"Its target passed on {moment(draft, told, 'target_at', row['target_at'].to_pydatetime())}."
    claim = f"{count} {were(number)} missed: nobody has taken the case up for {waited}"
    step = "Take it up now or give it to somebody by name, and write that into the log."
    return made(claim, draft, "mishaps", detail=sentences(went, target), step=step, weight=120, of_single_cases=True)


def _passed(told: Told) -> Card | None:
    """Return the card of deadlines that passed: those that are still unmet, or where none is, those met too late."""
    waiting = [clock for clock in told.clocks if clock.passed]
    late = waiting or [clock for clock in told.clocks if clock.missed]
    if not late:
        return None
    draft, parts = Draft(), list[str]()
    for nth, clock in enumerate(late, start=1):
        first = f", first on {moment(draft, told, f'passed_{nth}_at', clock.missed_at)}" if clock.missed_at else ""
        number = things(draft, f"passed_{nth}_cases", clock.passed or clock.missed, "case")
        name = draft.text(f"passed_{nth}", capital(clock.name))
        parts.append(f"{name}: {number}{first}.{_basis(draft, clock, nth)}")
    total = sum(clock.passed or clock.missed for clock in late)
    count = things(draft, "passed", total, "deadline")
    claim = (
        f"{count} {'has' if total == 1 else 'have'} passed unmet" if waiting else f"{count} {were(total)} met too late"
    )
    step = "Decide what is still open among them first, and say in the log why it is late." if waiting else ""
    return made(
        claim, draft, "deadlines", detail=" ".join(parts), step=step, weight=115 if waiting else 95, kind="target",
        of_single_cases=True,
    )  # fmt: skip


def _due(told: Told) -> Card | None:
    """Return the card of the next deadline of law, contract or team, where it is near."""
    until = told.escalation.until
    running = [clock for clock in told.clocks if clock.next_at is not None and clock.kind != "target"]
    if not running or running[0].next_at is None:
        return None
    clock, due = running[0], running[0].next_at
    hours = (due - until).total_seconds() / 3600
    if hours > _SOON_HOURS:
        return None
    draft = Draft()
    left, at = draft.number("hours_left", hours, "hours"), moment(draft, told, "due_at", due)
    claim = f"{draft.text('deadline', capital(clock.name))}: the next case is due in {left}, on {at}"
    applies = f"It applies to {things(draft, 'deadline_cases', clock.cases, 'case')}.{_basis(draft, clock, 1)}"
    step = (
        "Decide before it passes; verify the deadline with legal." if _is_legal(clock) else "Decide before it passes."
    )
    return made(
        claim,
        draft,
        "deadlines",
        detail=applies,
        step=step,
        weight=110,
        kind="target",
        tone="neutral",
        of_single_cases=True,
    )


def _takedown(told: Told) -> Card | None:
    wrong = told.takedowns
    if wrong.empty:
        return None
    draft, number, row = Draft(), len(wrong), wrong.iloc[-1]
    count = things(draft, "wrong_takedowns", number, "wrong takedown")
    claim = f"{count} {were(number)} reversed on appeal"
    beside = int(wrong["is_beside"].astype(bool).sum())
    parts = [
        f"Case {draft.text('case_id', str(row['case_id']))} was acted on {moment(draft, told, 'decided_at', row['decided_at'].to_pydatetime())}"
    ]
    if pd.notna(row["reversed_at"]):
        stood = draft.number("wrong_hours", float(row["hours_up"]), "hours")
        back = moment(draft, told, "reversed_at", row["reversed_at"].to_pydatetime())
        parts.append(f"restored on {back}, after {stood}")
    not_ours = ""
    if beside:
        number_beside = draft.number("wrong_beside", beside)
        not_ours = f"Not among these, but of the same rule, markets and days: {number_beside}."
    step = "Hold what is decided and still open against what the appeal found, before more is acted on."
    return made(
        claim,
        draft,
        "mishaps",
        detail=sentences(f"{listed(parts)}.", not_ours),
        step=step,
        weight=105,
        of_single_cases=True,
    )


def _basis(draft: Draft, clock: Clock, nth: int) -> str:
    if not clock.basis:
        return ""
    text = draft.text(f"basis_{nth}", clock.basis)
    return (
        f" Basis: {text}."
        if "verify with legal" in text or not _is_legal(clock)
        else f" Basis: {text}; verify with legal."
    )


def _is_legal(clock: Clock) -> bool:
    return clock.kind in {"statutory", "contractual"}
