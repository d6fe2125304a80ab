"""The log of what happened to each case, one row a change, agreeing with the columns of the case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tskit.sources.synthetic import arrow
from tskit.sources.synthetic.outcome import ACTION, APPEALS, DECISIONS, PARTIAL
from tskit.sources.synthetic.work import NEVER
from tskit.sources.synthetic.world import ESCALATIONS, QUEUES

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Columns, Text
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.rows import Cases
    from tskit.sources.synthetic.staff import Staff
    from tskit.sources.synthetic.world import Ints

__all__ = ["DECIDER", "EventLog", "Step", "event_columns", "log"]

_TYPES = (
    "created",
    "assigned",
    "queue_moved",
    "accepted",
    "paused",
    "resumed",
    "escalated",
    "decided",
    "notified",
    "sla_breached",
    "closed",
    "reopened",
    "appealed",
    "appeal_decided",
    "decision_changed",
    "qa_reviewed",
)
_RANK = {name: rank for rank, name in enumerate(_TYPES)}
_SYSTEM, _AUTOMATION, _EXPERT, _ACCEPTOR = -2, -1, -3, -5
DECIDER = -4
"""Who did it, where it was the one who decided the case."""
_WORDS = (*DECISIONS, *APPEALS, "correct", "incorrect")


@dataclass(frozen=True, slots=True)
class EventLog:
    """Events in the order of cases and time; `case` counts within the batch, codes of −1 are blank."""

    case: Ints
    at: Ints
    kind: Ints
    seq: Ints
    actor: Ints
    from_queue: Ints
    to_queue: Ints
    old: Ints
    new: Ints


@dataclass(frozen=True, slots=True)
class Step:
    """One kind of event for all cases; `at` is `NEVER` where it does not happen."""

    kind: str
    at: Ints
    actor: int = _SYSTEM
    from_queue: Ints | None = None
    to_queue: Ints | None = None
    old: Ints | None = None
    new: Ints | None = None


def log(
    cases: Cases, *, plan: Plan, staff: Staff, rng: np.random.Generator, further: tuple[Step, ...] = ()
) -> EventLog:
    """Return all events of a batch, and `further` ones, up to the end of the data."""
    steps = [*_routing(cases), *_handling(cases, plan.end), *_aftermath(cases, plan.end), *further]
    happened = [np.flatnonzero(step.at < plan.end) for step in steps]
    case = np.concatenate(happened)
    at = np.concatenate([step.at[rows] for step, rows in zip(steps, happened, strict=True)])
    kind = np.repeat([_RANK[step.kind] for step in steps], [len(rows) for rows in happened])
    who = np.repeat([step.actor for step in steps], [len(rows) for rows in happened])
    order = np.lexsort((kind, at, case))
    case = case[order]
    first = np.searchsorted(case, case, side="left")
    expert = staff.draw(rng, np.zeros(len(cases.intake), dtype=np.int64))
    return EventLog(
        case=case,
        at=at[order],
        kind=kind[order],
        seq=np.arange(len(case)) - first + 1,
        actor=_actors(cases, who[order], case, expert),
        from_queue=_gather([step.from_queue for step in steps], happened)[order],
        to_queue=_gather([step.to_queue for step in steps], happened)[order],
        old=_gather([step.old for step in steps], happened)[order],
        new=_gather([step.new for step in steps], happened)[order],
    )


def event_columns(events: EventLog, case_ids: Text, *, first: int, staff: Staff, end: int) -> Columns:
    """Return the columns of the export for a batch of events; `first` is the number of events before it."""
    return {
        "event_id": arrow.ids(first + 1 + np.arange(len(events.case)), "ev", 10),
        "case_id": case_ids.take(pa.array(events.case)),
        "event_type": arrow.labels(events.kind, _TYPES),
        "occurred_at": arrow.times(events.at, end=end),
        "seq": arrow.whole(events.seq),
        "actor_id": arrow.labels(events.actor, staff.names),
        "actor_type": arrow.labels(_actor_types(events, staff), ("user", "vendor", "automation", "system")),
        "from_queue": arrow.labels(events.from_queue, QUEUES),
        "to_queue": arrow.labels(events.to_queue, QUEUES),
        "field": arrow.labels(_fields(events.kind), ("queue", "decision", "appeal_status", "qa_label_final")),
        "old_value": arrow.labels(events.old, _WORDS),
        "new_value": arrow.labels(events.new, _WORDS),
        "is_paired_id_row": arrow.labels(np.zeros(len(events.case), dtype=np.int64), ("false",)),
    }


def _routing(cases: Cases) -> list[Step]:
    intake, work = cases.intake, cases.work
    people = ~intake.is_automated
    back_and_forth = intake.path == 2
    wrong = np.where(intake.queue < 14, (intake.queue + 7) % 14, 0)
    # The two moves of a case that goes back and forth start from its own queue.
    first_from = np.where(back_and_forth, intake.queue, wrong)
    first_to = np.where(back_and_forth, wrong, intake.queue)
    return [
        Step("created", intake.created),
        Step("assigned", np.where(people, intake.created + 20, NEVER), to_queue=work.first_queue),
        Step("queue_moved", work.moved, _SYSTEM, first_from, first_to),
        Step("queue_moved", work.moved_back, _SYSTEM, wrong, intake.queue),
        Step("accepted", work.accepted, _ACCEPTOR),
    ]


def _handling(cases: Cases, end: int) -> list[Step]:
    intake, work, first = cases.intake, cases.work, cases.outcome.first
    experts = np.full(len(intake), ESCALATIONS)
    acted = (first == ACTION) | (first == PARTIAL)
    told = np.where(acted | (intake.source < 2), work.decided + 1, NEVER)
    shut = np.where(work.reopened < end, work.closed, NEVER)
    late = np.where((work.due < end) & (work.closed > work.due), work.due, NEVER)
    return [
        Step("paused", work.paused, _ACCEPTOR),
        Step("resumed", work.resumed, _ACCEPTOR),
        Step("escalated", work.escalated, _ACCEPTOR),
        Step("queue_moved", work.escalated, _SYSTEM, intake.queue, experts),
        Step("queue_moved", work.returned, _EXPERT, experts, intake.queue),
        Step("decided", work.decided, DECIDER, new=first),
        Step("notified", told),
        Step("sla_breached", late),
        Step("closed", work.closed_first, DECIDER),
        Step("reopened", work.reopened, _SYSTEM),
        Step("closed", shut, DECIDER),
    ]


def _aftermath(cases: Cases, end: int) -> list[Step]:
    outcome, quality = cases.outcome, cases.quality
    changed = np.where(outcome.current(end) != outcome.first, outcome.answered, NEVER)
    verdict = len(DECISIONS) + len(APPEALS) + quality.is_wrong_final
    return [
        Step("appealed", outcome.appealed),
        Step("appeal_decided", outcome.answered, _EXPERT, new=len(DECISIONS) + outcome.result),
        Step("decision_changed", changed, _EXPERT, old=outcome.first, new=outcome.current(end)),
        Step("qa_reviewed", quality.at, _EXPERT, new=verdict),
    ]


def _gather(columns: list[Ints | None], happened: list[Ints]) -> Ints:
    parts = [
        np.full(len(rows), -1) if column is None else column[rows]
        for column, rows in zip(columns, happened, strict=True)
    ]
    return np.concatenate(parts)


def _actors(cases: Cases, who: Ints, case: Ints, expert: Ints) -> Ints:
    """Return who did it: a position in the staff, −1 for automation, −2 for the system."""
    work = cases.work
    actor = np.where(who == DECIDER, work.decided_by[case], who)
    actor = np.where(who == _ACCEPTOR, work.accepted_by[case], actor)
    return np.where(who == _EXPERT, expert[case], actor)


def _actor_types(events: EventLog, staff: Staff) -> Ints:
    own = (events.actor >= 0) & (events.actor < staff.sizes[0])
    kinds = np.where(own, 0, 1)
    kinds = np.where(events.actor == _AUTOMATION, 2, kinds)
    return np.where(events.actor == _SYSTEM, 3, kinds)


def _fields(kind: Ints) -> Ints:
    field = np.full(len(_TYPES), -1)
    field[_RANK["queue_moved"]] = 0
    field[[_RANK["decided"], _RANK["decision_changed"]]] = 1
    field[_RANK["appeal_decided"]] = 2
    field[_RANK["qa_reviewed"]] = 3
    return field[kind]
