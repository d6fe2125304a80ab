"""The cards of what is out of the ordinary about single cases: late, bounced, overturned, on an old text, grave."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.cards import Card, Draft, sentences
from tskit.findings.dive.decided import text_of
from tskit.findings.dive.facts import OVERTURNED
from tskit.findings.incidents import GRAVEST
from tskit.findings.wording import listed
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tskit.findings.dive.look import Dive
    from tskit.model import Tone
    from tskit.model.finding import Kind

__all__ = ["case_cards"]

_BOUNCES = 1


def case_cards(dive: Dive) -> list[Card]:
    """Return the cards of all cases; an ordinary case has none."""
    return [card for case_id in dive.case_ids for card in _of_case(dive, case_id)]


def _of_case(dive: Dive, case_id: str) -> Iterator[Card]:
    for make in (_grave, _late, _overturned, _incorrect, _superseded, _bounced, _reopened):
        card = make(dive, case_id)
        if card is not None:
            yield card


def _grave(dive: Dive, case_id: str) -> Card | None:
    case = dive.known.case(case_id)
    if case.get("severity") != GRAVEST:
        return None
    state = dive.words(case.get("status", "")) or "of unknown state"
    made = _Made(dive, case_id, "incident", "neutral", "facts")
    return made.card(
        f"{made.name} is of severity {GRAVEST}, and {state}",
        next_step="Open it in the system of record and check that every authority that must know has been told.",
        short=f"of severity {GRAVEST}",
        weight=110,
    )


def _late(dive: Dive, case_id: str) -> Card | None:
    clock = dive.course.of(case_id).clock.iloc[0]
    if clock["verdict"] != "missed":
        return None
    made = _Made(dive, case_id, "target", "worse", "clock")
    over = float(clock["over_hours"])
    if pd.isna(over):
        return made.card(f"{made.name} missed its target, as the source says", short="missed its target", weight=90)
    late = made.draft.number("hours_late", over, "hours")
    state = "was closed" if pd.notna(clock["completed_at"]) else "is still open"
    return made.card(
        f"{made.name} {state} {late} after it was due",
        detail=sentences(_clock_words(made.draft, dive, clock), _standstill(made.draft, dive, case_id)),
        limits="The due time is worked out by the casebook's clock." if clock["due_from"] == "casebook" else "",
        next_step=_next_for_late(dive, case_id),
        short=f"closed {late} late" if pd.notna(clock["completed_at"]) else f"open and {late} late",
        weight=90,
    )


def _overturned(dive: Dive, case_id: str) -> Card | None:
    case = dive.known.case(case_id)
    status = case.get("appeal_status")
    if status not in OVERTURNED:
        return None
    made = _Made(dive, case_id, "fact", "worse", "decisions")
    first, now = case.get("decision_initial"), case.get("decision")
    was = "overturned" if status == "reversed" else "overturned in part"
    change = f": {_words(first)}, now {_words(now)}" if first and now and first != now else ""
    return made.card(
        f"The decision on {made.within} was {was} on appeal{change}",
        detail=sentences(_who_decided(dive, case), _restored(made.draft, case)),
        next_step="Say why the first decision was made: tag the case, and ask what let it happen.",
        short=f"{was} on appeal",
        weight=85,
    )


def _incorrect(dive: Dive, case_id: str) -> Card | None:
    case = dive.known.case(case_id)
    if case.get("qa_label_final", "correct") == "correct":
        return None
    made = _Made(dive, case_id, "fact", "worse", "decisions")
    kind = case.get("qa_error_severity")
    words = f", a {kind} error" if kind else ""
    return made.card(
        f"Quality review found the decision on {made.within} incorrect{words}",
        detail=_who_decided(dive, case),
        next_step="Tag the case with its cause, and hold it against others of the same policy and vendor.",
        short="found incorrect in quality review",
        weight=80,
    )


def _superseded(dive: Dive, case_id: str) -> Card | None:
    text = text_of(dive, case_id)
    if text is None or not text.is_superseded:
        return None
    made = _Made(dive, case_id, "fact", "worse", "policy_versions")
    since = made.draft.number("hours_in_force", text.hours, "hours")
    used, due = made.draft.text("version_used", text.used), made.draft.text("version_in_force", text.in_force)
    return made.card(
        f"{made.name} was decided on version {used}, {since} after version {due} came into force",
        limits="The day of the change is read off the source's own decisions, not off the policy itself.",
        next_step="Check whether the reviewer had the new text; if not, this is RC1.4, a change that had not arrived.",
        short=f"decided on the superseded text {used}",
        weight=82,
    )


def _bounced(dive: Dive, case_id: str) -> Card | None:
    moves = dive.course.of(case_id).moves
    back = int(moves["is_return"].sum())
    if back < _BOUNCES:
        return None
    made = _Made(dive, case_id, "fact", "worse", "moves")
    number, returns = made.draft.number("moves", len(moves)), made.draft.number("returns", back)
    queues = list(dict.fromkeys([*moves["from_queue"], *moves["to_queue"]]))
    return made.card(
        f"{made.name} moved {number} times between queues, {returns} of them straight back",
        detail=sentences(
            f"It went between {listed([dive.words(name) for name in queues])}.", _untouched(made.draft, moves)
        ),
        next_step="Ask both queues which of them it belongs to, and correct the routing rule that sent it there.",
        short="sent back and forth",
        weight=70,
    )


def _reopened(dive: Dive, case_id: str) -> Card | None:
    again = dive.course.of(case_id).reopenings
    if again.empty:
        return None
    made = _Made(dive, case_id, "fact", "worse", "events")
    number = made.draft.number("reopenings", len(again))
    closed = again["hours"].dropna()
    rest = (
        f"It had been closed for {made.draft.number('closed_hours', float(closed.iloc[0]), 'hours')}."
        if len(closed)
        else ""
    )
    return made.card(
        f"{made.name} was opened again {number} {'time' if len(again) == 1 else 'times'}",
        detail=rest,
        next_step="See who opened it again and for what; closing too early is a cause of its own.",
        short="opened again",
        weight=65,
    )


class _Made:
    """A card in the making: of one case, so that a copy to share leaves it out."""

    def __init__(self, dive: Dive, case_id: str, kind: Kind, tone: Tone, evidence: str) -> None:
        self.draft = Draft()
        self.name = "The case" if dive.is_one else f"Case {self.draft.text('case_id', case_id)}"
        self.within = "the case" if dive.is_one else f"case {self.draft.text('case_id', case_id)}"
        self._kind: Kind = kind
        self._tone: Tone = tone
        self._evidence = evidence

    def card(
        self, claim: str, *, short: str, weight: float, detail: str = "", limits: str = "", next_step: str = ""
    ) -> Card:
        finding = Finding(
            claim,
            (Evidence("cases", self._evidence, _EVIDENCE[self._evidence]),),
            {},
            "",
            "",
            detail,
            limits,
            next_step,
            kind=self._kind,
            tone=self._tone,
            of_single_cases=True,
        )
        return Card(replace(finding, values=self.draft.values), short, weight)


_EVIDENCE = {
    "facts": "What is on record",
    "clock": "The SLA clock",
    "decisions": "Decisions, appeals and reviews",
    "policy_versions": "Versions of the policy",
    "moves": "Hand-offs",
    "events": "Every event",
}


def _clock_words(draft: Draft, dive: Dive, clock: pd.Series[Any]) -> str:
    ran = draft.number("clock_hours", float(clock["elapsed_hours"]), "hours")
    target = (
        f" of {draft.limit('target_hours', float(clock['target_hours']), 'hours')}"
        if pd.notna(clock["target_hours"])
        else ""
    )
    stopped = float(clock["paused_hours"])
    still = f", {draft.number('paused_hours', stopped, 'hours')} of pauses taken off" if stopped else ""
    return f"Its clock{target} had run {ran}{still}; the target passed on {dive.spoken(clock['due_at'])}."


def _standstill(draft: Draft, dive: Dive, case_id: str) -> str:
    gaps = dive.course.of(case_id).gaps
    if gaps.empty:
        return ""
    row = gaps.sort_values("hours").iloc[-1]
    hours = draft.number("standstill_hours", float(row["hours"]), "hours")
    where = f" in the {dive.words(row['queue'])}" if row["queue"] else ""
    site = ""
    if row["site"]:
        opened = draft.number("open_hours", float(row["working_hours"]), "hours")
        holiday = f", with {row['holiday']} in between" if row["holiday"] else ""
        site = f"; the {dive.words(row['site'])} site was open for {opened} of it{holiday}"
    return f"The longest standstill was {hours}{where}{site}."


def _next_for_late(dive: Dive, case_id: str) -> str:
    gaps = dive.course.of(case_id).gaps
    kinds = list(gaps.sort_values("hours")["kind"])
    if kinds and kinds[-1] == "holiday":
        return "Agree cover for the site's next public holiday before its roster is fixed."
    if kinds and kinds[-1] == "outside hours":
        return (
            "Check whether the queue has cover for its hours off, and whether the target is meant to run through them."
        )
    return "Find out what it waited for while the site was open: the order of the queue, a skill, or an answer from elsewhere."


def _who_decided(dive: Dive, case: Mapping[str, Any]) -> str:
    parts = [dive.words(case[name]) for name in ("decided_vendor", "decided_queue") if name in case]
    policy = f" under {dive.words(case['policy_id'])}" if "policy_id" in case else ""
    return f"It was decided at {' in the '.join(parts)}{policy}." if parts else ""


def _restored(draft: Draft, case: Mapping[str, Any]) -> str:
    if not {"decided_at", "appeal_decided_at"} <= set(case):
        return ""
    hours = (case["appeal_decided_at"] - case["decided_at"]).total_seconds() / 3600
    return f"The first decision stood for {draft.number('stood_hours', hours, 'hours')}."


def _untouched(draft: Draft, moves: pd.DataFrame) -> str:
    idle = moves[moves["waited_hours"].isna()]
    if idle.empty:
        return ""
    hours = draft.number("idle_hours", float(idle["next_hours"].sum()), "hours")
    return f"For {hours} it lay where nobody worked on it."


def _words(value: object) -> str:
    return str(value).replace("_", " ")
