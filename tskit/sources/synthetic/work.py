"""What reviewers do with a case, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.sources.synthetic.chance import lognormal, yes
from tskit.sources.synthetic.world import (
    AUTOMATED,
    ESCALATIONS,
    LEGAL,
    POLICIES,
    QUEUE_SITE,
    QUEUES,
    SLA_HOURS,
    URGENT,
)

if TYPE_CHECKING:
    from tskit.sources.synthetic.intake import Intake
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.staff import Staff
    from tskit.sources.synthetic.world import Bools, Floats, Ints

__all__ = ["NEVER", "Work", "do_work"]

NEVER = 1 << 40
"""A time after every other one, for what does not happen."""

_HOUR = 3600.0
_WAIT = dict.fromkeys(QUEUES, 3.6) | {"ip-apac": 2.9, "legal-orders": 2.8}
_WAIT_SPREAD = 1.15
_URGENT_WAIT = (1.0, 1.0, 1.05, 0.16)  # hours by severity, around the clock
_PAUSED, _LONG_PAUSED = 0.035, 0.004
_REOPENED = 0.02
_RETURNED = 0.28


@dataclass(frozen=True, slots=True)
class Work:
    """The course of each case, in seconds since 1970; `NEVER` for what does not happen.

    A time may lie after the end of the data: whoever reads it cuts it off.
    """

    first_queue: Ints
    last_queue: Ints
    decided_queue: Ints
    accepted_by: Ints
    decided_by: Ints
    accepted: Ints
    moved: Ints
    moved_back: Ints
    escalated: Ints
    returned: Ints
    paused: Ints
    resumed: Ints
    decided: Ints
    closed_first: Ints
    reopened: Ints
    closed: Ints
    due: Ints
    paused_s: Ints
    handle_s: Floats


def do_work(intake: Intake, *, plan: Plan, staff: Staff, rng: np.random.Generator) -> Work:
    """Return the course of every case."""
    n, auto = len(intake), intake.is_automated
    accepted = _accepted(intake, plan=plan, rng=rng)
    handle = _handle(intake, rng)
    paused, resumed = _pause(accepted, handle, ~auto, rng)
    ready = np.where(paused < NEVER, resumed, accepted) + handle.astype(np.int64)
    escalated, returned, decided = _escalate(intake, ready, plan=plan, rng=rng)
    kept = (escalated < NEVER) & (returned == NEVER)
    queue = np.where(kept & (escalated <= plan.end), ESCALATIONS, intake.queue)
    decided_queue = np.where(kept, ESCALATIONS, intake.queue)
    acceptor = staff.draw(rng, np.array(QUEUE_SITE)[intake.queue])
    expert = staff.draw(rng, np.zeros(n, dtype=np.int64))
    closed_first = decided + np.where(auto, 1, lognormal(rng, 240.0, 0.9, n).clip(5, 86_400)).astype(np.int64)
    reopened, closed = _reopen(intake, closed_first, plan=plan, rng=rng)
    paused_s = np.where(paused < plan.end, np.minimum(resumed, plan.end) - paused, 0)
    moved, moved_back = _moves(intake, accepted)
    return Work(
        first_queue=np.where(intake.path == 1, _neighbour(intake.queue), intake.queue),
        last_queue=_last_queue(intake, queue, plan.end, (moved, moved_back)),
        decided_queue=decided_queue,
        accepted_by=np.where(auto, -1, acceptor),
        decided_by=np.where(auto, -1, np.where(kept, expert, acceptor)),
        accepted=np.where(auto, NEVER, accepted),
        moved=moved,
        moved_back=moved_back,
        escalated=escalated,
        returned=returned,
        paused=paused,
        resumed=resumed,
        decided=decided,
        closed_first=closed_first,
        reopened=reopened,
        closed=closed,
        due=_due(intake, reopened, paused_s, plan.end),
        paused_s=paused_s,
        handle_s=np.where(auto, np.nan, handle),
    )


def _accepted(intake: Intake, *, plan: Plan, rng: np.random.Generator) -> Ints:
    n = len(intake)
    wait = lognormal(rng, np.array(list(_WAIT.values()))[intake.queue], _WAIT_SPREAD, n)
    wait += np.where(intake.path > 0, lognormal(rng, 1.2, 0.7, n) * intake.path, 0.0)
    accepted = _at_pace(intake.queue, intake.created, wait, plan)
    urgent = lognormal(rng, np.array(_URGENT_WAIT)[intake.severity], 0.85, n) * _HOUR
    accepted = np.where(intake.queue == URGENT, intake.created + urgent.astype(np.int64), accepted)
    return np.where(intake.queue == AUTOMATED, intake.created + rng.integers(2, 90, n), accepted)


def _at_pace(queue: Ints, start: Ints, hours: Floats, plan: Plan) -> Ints:
    out = np.empty_like(start)
    site = np.array(QUEUE_SITE)[queue]
    for number, pace in enumerate(plan.paces):
        here = site == number
        out[here] = pace.finish(start[here], hours[here])
    return out


def _handle(intake: Intake, rng: np.random.Generator) -> Floats:
    usual = np.array([policy.handle_s for policy in POLICIES])[intake.policy]
    spoken = np.where(np.isin(intake.entity, (1, 2, 5)), 1.5, 1.0)
    handle = lognormal(rng, usual * spoken, 0.55, len(intake)).clip(8, 3 * _HOUR)
    return np.where(intake.is_automated, 1.0, np.round(handle))


def _pause(accepted: Ints, handle: Floats, by_people: Bools, rng: np.random.Generator) -> tuple[Ints, Ints]:
    n = len(accepted)
    long = yes(rng, _LONG_PAUSED, n)
    pauses = by_people & (long | yes(rng, _PAUSED, n))
    length = np.where(long, lognormal(rng, 16 * 24.0, 0.7, n), lognormal(rng, 14.0, 0.8, n)).clip(0.2, 70 * 24) * _HOUR
    paused = np.where(pauses, accepted + (handle / 2).astype(np.int64), NEVER)
    return paused, np.where(pauses, paused + length.astype(np.int64), NEVER)


def _escalate(intake: Intake, ready: Ints, *, plan: Plan, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    n = len(intake)
    share = np.where(intake.severity >= 2, 0.11, 0.045)
    rises = yes(rng, share, n) & ~intake.is_automated & (intake.queue != LEGAL)
    comes_back = rises & yes(rng, _RETURNED, n) & (intake.severity < 2)
    hot = intake.severity >= 2
    hours = lognormal(rng, np.where(hot, 0.5, 2.0), 0.8, n)
    settled = _at_pace(np.full(n, ESCALATIONS), ready, hours, plan)
    settled = np.where(hot, ready + (hours * _HOUR).astype(np.int64), settled)
    decided = np.where(rises, settled, ready)
    again = _at_pace(intake.queue, settled, lognormal(rng, 1.2, 0.7, n), plan)
    decided = np.where(comes_back, again, decided)
    return np.where(rises, ready, NEVER), np.where(comes_back, settled, NEVER), decided


def _reopen(intake: Intake, closed: Ints, *, plan: Plan, rng: np.random.Generator) -> tuple[Ints, Ints]:
    n = len(intake)
    opens = yes(rng, _REOPENED, n) & ~intake.is_automated
    later = closed + (lognormal(rng, 34.0, 0.8, n).clip(0.3, 13 * 24) * _HOUR).astype(np.int64)
    hours = lognormal(rng, np.where(intake.severity >= 2, 0.4, 2.2), 0.8, n)
    again = np.where(
        intake.severity >= 2, later + (hours * _HOUR).astype(np.int64), _at_pace(intake.queue, later, hours, plan)
    )
    reopened = np.where(opens & (later < plan.end), later, NEVER)
    return reopened, np.where(reopened < NEVER, again, closed)


def _due(intake: Intake, reopened: Ints, paused_s: Ints, end: int) -> Ints:
    allowed = np.array(SLA_HOURS)[intake.severity] * 3600
    # The clock starts anew when a case is opened again; a pause lies before that.
    return np.where(reopened < end, reopened + allowed, intake.created + allowed + paused_s)


def _moves(intake: Intake, accepted: Ints) -> tuple[Ints, Ints]:
    span = accepted - intake.created
    first = intake.created + 45 + (span * 0.35).astype(np.int64)
    second = intake.created + 90 + (span * 0.7).astype(np.int64)
    return np.where(intake.path > 0, first, NEVER), np.where(intake.path == 2, second, NEVER)


def _last_queue(intake: Intake, queue: Ints, end: int, moves: tuple[Ints, Ints]) -> Ints:
    away = (intake.path == 1) & (moves[0] >= end)
    away |= (intake.path == 2) & (moves[0] < end) & (moves[1] >= end)
    return np.where(away, _neighbour(intake.queue), queue)


def _neighbour(queue: Ints) -> Ints:
    """Return the queue that a case is sent to by mistake: the same language, the other family."""
    return np.where(queue < 14, (queue + 7) % 14, 0)
