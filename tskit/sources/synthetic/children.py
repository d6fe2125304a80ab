"""Appeals that were opened as cases of their own, and point to the case that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tskit.sources.synthetic import arrow
from tskit.sources.synthetic.arrivals import INCIDENT
from tskit.sources.synthetic.work import NEVER

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Columns, Text
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.rows import Cases
    from tskit.sources.synthetic.world import Bools

__all__ = ["APPEAL_HOURS", "child_columns", "child_events"]

APPEAL_HOURS = 168
"""Hours to answer an appeal, around the clock."""

_EVERY = 4  # one appeal in four came in by mail or form and got a case of its own
_COPIED = (
    "subject",
    "content_id",
    "entity_type",
    "component",
    "subject_account_id",
    "ingestion_route",
    "content_type",
    "content_language",
    "content_created_at",
    "market",
    "policy_id",
)


def child_columns(cases: Cases, columns: Columns, *, plan: Plan) -> tuple[Columns, np.ndarray]:
    """Return the rows of the appeal cases of a batch and the positions of their parents in it."""
    outcome, end = cases.outcome, plan.end
    parents = np.flatnonzero((outcome.appealed < end) & ~outcome.is_late & _by_mail(cases))
    n, taken = len(parents), pa.array(parents)
    opened, answered = outcome.appealed[parents], outcome.answered[parents]
    due = opened + APPEAL_HOURS * 3600
    closed = answered < end
    modified = np.where(closed, answered, opened) + 5
    copied = {name: columns[name].take(taken) for name in _COPIED}
    fixed = {
        "record_type": "appeal",
        "channel": "web form",
        "source_type": "appeal",
        "severity": "S0",
        "priority": "Low",
        "queue": "appeals-apac",
        "vendor": "internal",
        "tier": "T1",
        "is_escalated": "false",
        "reopened_count": "0",
        "appeal_status": "none",
        "qa_sampled": "false",
        "paused_minutes": "0.0",
    }
    return {
        **copied,
        **{name: pa.repeat(pa.scalar(text), n) for name, text in fixed.items()},
        "case_id": arrow.ids(cases.intake.number[parents] + 1, "5005gAP", 8, suffix="ADA"),
        "case_number": arrow.ids(cases.intake.number[parents] + 1, "A", 9),
        "parent_case_id": columns["case_id"].take(taken),
        "created_at": arrow.times(opened, end=NEVER),
        "closed_at": arrow.times(answered, end=end),
        "status": arrow.labels(closed.astype(np.int64), ("in_progress", "closed")),
        "status_raw": arrow.labels(closed.astype(np.int64), ("In review", "Closed")),
        "is_closed": arrow.truth(closed),
        "first_assigned_at": arrow.times(opened + (answered - opened) // 2, end=end),
        "sla_target_at": arrow.times(due, end=NEVER),
        "sla_met": arrow.truth(closed & (answered <= due), where=closed | (due < end)),
        "source_modified_at": arrow.times(modified, end=NEVER),
    }, parents


def _by_mail(cases: Cases) -> Bools:
    return (cases.intake.number % _EVERY == 0) | (cases.intake.origin == INCIDENT)


def child_events(cases: Cases, parents: np.ndarray, case_ids: Text, *, first: int, plan: Plan) -> Columns:
    """Return created, accepted and closed of each appeal case; `first` is the number of events before them."""
    outcome = cases.outcome
    opened, answered = outcome.appealed[parents], outcome.answered[parents]
    times = np.stack([opened, opened + (answered - opened) // 2, answered], axis=1)
    case, kind = np.nonzero(times < plan.end)
    return {
        "event_id": arrow.ids(first + 1 + np.arange(len(case)), "ev", 10),
        "case_id": case_ids.take(pa.array(case)),
        "event_type": arrow.labels(kind, ("created", "accepted", "closed")),
        "occurred_at": arrow.times(times[case, kind], end=plan.end),
        "seq": arrow.whole(kind + 1),
        "actor_type": arrow.labels((kind > 0).astype(np.int64), ("system", "user")),
        "is_paired_id_row": pa.repeat(pa.scalar("false"), len(case)),
    }
