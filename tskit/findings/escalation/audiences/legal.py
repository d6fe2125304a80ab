"""What legal has to know: orders, clocks with their basis, notice, appeals, and what has to be kept."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tskit.findings.cards import Draft, capital, sentences
from tskit.findings.escalation.audiences.naming import rule
from tskit.findings.escalation.audiences.parts import (
    handled,
    moment,
    next_step,
    places,
    said,
    subject,
    takedown,
    unknown,
)
from tskit.findings.escalation.counted import some, things
from tskit.findings.escalation.told import ORDERS, Clock, Told
from tskit.findings.wording import listed

if TYPE_CHECKING:
    from tskit.model import Statement

__all__ = ["statement"]

_MOST_CLOCKS = 4
_VERIFY = "Deadlines are presets of the casebook: verify with legal before relying on one."
_KEEP = (
    "Nothing on record says what has to be preserved. Until legal says otherwise, keep the content, the records of its "
    "upload, the reports, the notices and the decision log as they are."
)
_ACTED = ("action", "partial")
_GROUNDS = {
    "DECISION_GROUND_ILLEGAL_CONTENT": "on the law",
    "DECISION_GROUND_INCOMPATIBLE_CONTENT": "on our own terms",
}


def statement(told: Told) -> Statement:
    """Return what legal may be told."""
    draft = Draft()
    headline = _headline(draft, told)
    paragraphs = (
        sentences(
            f"{capital(subject(draft, told))}.",
            _orders(draft, told),
            _orders_due(draft, told),
            handled(draft, told),
            _ground(draft, told),
        ),
        _clocks(draft, told),
        sentences(_notice(draft, told), _appeals(draft, told), takedown(draft, told)),
        _KEEP,
        next_step(draft, told),
        unknown(told),
    )
    return said("legal", headline, paragraphs, draft=draft)


def _headline(draft: Draft, told: Told) -> str:
    name, where = capital(draft.text("rule", rule(told))), places(told)
    place = f" in {where}" if where else ""
    running = [clock for clock in told.clocks if clock.next_at is not None and clock.kind != "target"]
    asked = sum(told.orders.values())
    orders = things(draft, "orders", asked, "request of an authority", "requests of authorities")
    if not running or running[0].next_at is None:
        if told.orders_due is not None:
            return f"{name}{place}: {orders}, next step on {moment(draft, told, 'orders_due_at', told.orders_due)}"
        return f"{name}{place}: {orders}, no deadline of the casebook running"
    at = moment(draft, told, "deadline_at", running[0].next_at)
    return f"{name}{place}: {orders}, next deadline on {at}"


def _orders(draft: Draft, told: Told) -> str:
    orders = told.orders
    if not orders:
        return "Whether an authority asked cannot be told: the source does not say who raised the cases."
    parts = [things(draft, kind, number, ORDERS[kind]) for kind, number in orders.items() if number]
    return f"Authorities raised cases: {listed(parts)}." if parts else "No authority is on record as having asked."


def _orders_due(draft: Draft, told: Told) -> str:
    """Return by when the log has the next step on a request of an authority, as far as it has one."""
    due = told.orders_due
    if due is None:
        return ""
    at = moment(draft, told, "orders_due_at", due)
    return f"The next step on them {'is' if due > told.escalation.until else 'was'} due on {at}, as the log has it."


def _ground(draft: Draft, told: Told) -> str:
    cases = told.escalation.cases
    if "decision_ground" not in cases:
        return ""
    stand = cases[cases["decision"].isin(_ACTED)] if "decision" in cases else cases
    counts = {words: int(stand["decision_ground"].eq(name).sum()) for name, words in _GROUNDS.items()}
    parts = [
        f"{things(draft, f'ground_{n}', number, 'action')} {'rests' if number == 1 else 'rest'} {words}"
        for n, (words, number) in enumerate(counts.items(), 1)
        if number
    ]
    return f"{capital(listed(parts))}." if parts else ""


def _clocks(draft: Draft, told: Told) -> str:
    clocks = [clock for clock in told.clocks if clock.kind != "target"]
    if not clocks:
        return f"No deadline of the casebook applies to these cases. {_VERIFY}"
    shown = [_clock(draft, told, clock, n) for n, clock in enumerate(clocks[:_MOST_CLOCKS], start=1)]
    more = len(clocks) - len(shown)
    rest = (
        f"{things(draft, 'more_deadlines', more, 'further deadline')} {'applies' if more == 1 else 'apply'}."
        if more
        else ""
    )
    return sentences(*shown, rest, _VERIFY)


def _clock(draft: Draft, told: Told, clock: Clock, nth: int) -> str:
    key = f"deadline_{nth}"
    whom = things(draft, f"{key}_cases", clock.cases, "case")
    parts: list[str] = []
    if clock.missed and clock.missed_at is not None:
        first = moment(draft, told, f"{key}_missed_at", clock.missed_at)
        parts.append(f"{draft.number(f'{key}_missed', clock.missed)} missed it, the first on {first}")
    if clock.next_at is not None:
        parts.append(f"next due on {moment(draft, told, f'{key}_at', clock.next_at)}")
    state = "; ".join(parts) or "met, or nothing left to do"
    basis = f" Basis: {draft.text(f'{key}_basis', clock.basis)}{_checked(draft, key, clock)}." if clock.basis else ""
    return f"{draft.text(key, clock.name)} ({clock.kind}, {whom}): {state}.{basis}"


def _checked(draft: Draft, key: str, clock: Clock) -> str:
    try:
        day = date.fromisoformat(clock.as_of[:10])
    except ValueError:
        return ", never verified"
    return f", as of {draft.day(f'{key}_as_of', day, weekday=False, year=True)}"


def _notice(draft: Draft, told: Told) -> str:
    did = told.done
    if did.told_cases is None or did.decided_cases is None:
        return "Whether the parties were told of the decisions is not on record."
    if not did.decided_cases:
        return "Nothing is decided yet, so that there is nothing to tell the parties."
    text = f"Of {things(draft, 'decided', did.decided_cases, 'decision')} the parties were told of {some(draft, 'notices', did.told_cases)}"
    if not did.told_cases:
        return f"{text}."
    if did.told_hours * 60 < 1:
        return f"{text}, at the same time."
    return f"{text}, half of them within {draft.number('notice_hours', did.told_hours, 'hours')} of the decision."


def _appeals(draft: Draft, told: Told) -> str:
    did = told.done
    if did.appeals is None:
        return "Whether appeals were made is not on record."
    text = f"Appealed: {things(draft, 'appeals', did.appeals, 'decision')}"
    if did.appeals:
        ends = {"upheld": did.upheld, "overturned": did.overturned, "pending": did.appeals_pending}
        parts = [f"{end}: {some(draft, f'appeals_{end}', number)}" for end, number in ends.items()]
        text = f"{text}; {', '.join(parts)}"
    return f"{text}. How to appeal is told with each notice; its text is not on record here."
