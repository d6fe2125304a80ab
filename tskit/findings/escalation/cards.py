"""The cards of a brief: what needs somebody now, what went wrong, how far it spread, and what speaks against the view."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Card, Draft, capital, sentences
from tskit.findings.escalation.audiences.parts import doubt, moment, places, reached, rule, similar
from tskit.findings.escalation.counted import things, were
from tskit.findings.incidents import GRAVEST
from tskit.findings.wording import listed, quoted
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tskit.findings.escalation.told import Clock, Told
    from tskit.model import Certainty, Tone
    from tskit.model.finding import Kind

__all__ = ["cards"]

_SOON_HOURS = 24
_SUREST = 1e-6
_EVIDENCE: Mapping[str, tuple[Evidence, ...]] = {
    "mishaps": (Evidence("cases", "mishaps", "What went wrong"),),
    "deadlines": (Evidence("cases", "deadlines", "Deadlines"),),
    "hours": (Evidence("figure", "hours", "Cases by hour"),),
    "markets": (Evidence("table", "markets", "Markets"),),
    "precedents": (
        Evidence("table", "base_rates", "How similar cases were decided"),
        Evidence("cases", "precedents", "Similar past decisions"),
    ),
    "against": (Evidence("table", "against", "What speaks against the present view"),),
    "facts": (Evidence("cases", "cases", "The cases"),),
}


def cards(told: Told) -> list[Card]:
    """Return the cards in the order in which somebody has to act on them; what is not there has none.

    What is of the gravest severity and what somebody has to do now come first, then what was wrong, then how large it
    is, then how such cases were decided and what speaks against the present view.
    """
    makers: tuple[Callable[[Told], Card | None], ...] = (
        _grave, _handoff, _passed, _due, _takedown, _spread, _exposure, _similar, _against,
    )  # fmt: skip
    made = [maker(told) for maker in makers]
    return sorted((card for card in made if card is not None), key=lambda card: -card.weight)


def _grave(told: Told) -> Card | None:
    number = told.done.by_severity.get(GRAVEST, 0)
    if not number:
        return None
    draft = Draft()
    claim = f"{things(draft, 'gravest', number, 'case')} {'is' if number == 1 else 'are'} of severity {draft.text('severity', GRAVEST)}"
    step = "Open each in the system of record and check that every authority that must know has been told."
    return _card(claim, draft, "facts", step=step, weight=130, kind="incident", of_single_cases=True)


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
    return _card(claim, draft, "mishaps", detail=sentences(went, target), step=step, weight=120, of_single_cases=True)


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
    return _card(
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
    return _card(
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
    not_ours = (
        f"{things(draft, 'wrong_beside', beside, 'case')} of them {'is' if beside == 1 else 'are'} not among these, but of the same rule, markets and days."
        if beside
        else ""
    )
    step = "Hold what is decided and still open against what the appeal found, before more is acted on."
    return _card(
        claim,
        draft,
        "mishaps",
        detail=sentences(f"{listed(parts)}.", not_ours),
        step=step,
        weight=105,
        of_single_cases=True,
    )


def _spread(told: Told) -> Card | None:
    seen = told.spread
    if not seen.stands_out:
        return None
    draft, where = Draft(), places(told)
    count = draft.number("arrived", seen.cases)
    usual, most = draft.number("usual", seen.usual, "mean"), draft.number("usual_most", seen.most)
    hours = things(draft, "hours", seen.hours, "whole hour")
    claim = f"{count} cases reported as {draft.text('rule', rule(told))}{f' in {where}' if where else ''} came in within {hours}, where {usual} are usual"
    began = f"The first came in on {moment(draft, told, 'from_at', seen.from_at)}, the last on {moment(draft, told, 'until_at', seen.until_at)}."
    sure = (
        f"{most} would be no surprise, judged by the same hours of {draft.number('weeks', seen.weeks)} earlier weeks, "
        "with the spread that these have."
    )
    made = _card(
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
        made.finding,
        certainty=certainty,
        why_sure=sure,
        values=draft.values,
        limits="All cases reported as these in these markets are counted, whether they belong together or not.",
    )
    return replace(made, finding=finding)


def _exposure(told: Told) -> Card | None:
    met = told.escalation.exposure
    if met.basis == "none":
        return None
    draft = Draft()
    text = reached(draft, told)
    items = f"It is that of {things(draft, 'items', met.contents, 'item')}, each counted once." if met.contents else ""
    limits = "Streams and listeners are not people: somebody who met two items counts twice, and one who listened twice may, too."
    made = _card(
        text.removesuffix("."),
        draft,
        "markets",
        detail=items,
        weight=90,
        tone="neutral",
        of_single_cases=told.escalation.is_one,
    )
    return replace(made, finding=replace(made.finding, limits=limits))


def _similar(told: Told) -> Card | None:
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
    return _card(
        claim.removesuffix("."),
        draft,
        "precedents",
        detail=sentences(rest, version, few),
        step=step,
        weight=60,
        tone="neutral",
    )


def _against(told: Told) -> Card | None:
    draft = Draft()
    claim = doubt(draft, told).removesuffix(".")
    found = told.against.found
    quotes = {f"{check.name}_{name}": value for check in found for name, value in check.quoted.items()}
    step = "Answer each in the log before the next decision." if found else ""
    tone: Tone = "worse" if found else "neutral"
    made = _card(
        claim, draft, "against", detail=sentences(*(check.text for check in found)), step=step, weight=50, tone=tone
    )
    return replace(made, finding=replace(made.finding, values=quoted(draft.quotes) | quotes))


def _card(  # noqa: PLR0913  # a card has so many parts
    claim: str,
    draft: Draft,
    key: str,
    *,
    weight: float,
    detail: str = "",
    step: str = "",
    kind: Kind = "fact",
    tone: Tone = "worse",
    of_single_cases: bool = False,
) -> Card:
    finding = Finding(
        capital(claim), _EVIDENCE[key], draft.values, "", "", capital(detail), "", step,
        kind=kind, tone=tone, of_single_cases=of_single_cases,
    )  # fmt: skip
    return Card(finding, "", weight)


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
