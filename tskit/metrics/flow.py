"""M22 to M25: how cases move between tiers, queues and states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.history import with_first_event, with_moves, with_reopening
from tskit.metrics.conditions import attribute, every, intake, is_child, one_of, present, within
from tskit.metrics.metric import Kind, Metric
from tskit.metrics.volume import APART

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = ["METRICS"]

_WILSON = "Wilson; exact below 40 cases and at 0 % and 100 %"
_FOLLOW_UP = 14
_HIGHER = ("T2", "T3", "legal", "policy")
_MOVES = ("closed_at", "events.to_queue", "events.occurred_at", "events.seq")


def _with_escalation(case_set: CaseSet) -> ir.Table:
    """Return the cases with the time of their first escalation, where the log keeps it."""
    return case_set.cases if case_set.events is None else with_first_event(case_set, "escalated", name="_escalated_at")


def _escalated(t: ir.Table) -> ir.Value:
    if "_escalated_at" in t.columns:
        return within("_escalated_at", "created_at", days=_FOLLOW_UP)(t)
    return one_of("tier", *_HIGHER)(t)


def _reopened(t: ir.Table) -> ir.Value:
    if "reopened_at" in t.columns:
        return within("reopened_at", "closed_at", days=_FOLLOW_UP)(t)
    return attribute(lambda t: t.reopened_count > 0)(t)


METRICS = (
    Metric(
        id="M22",
        name="escalation_rate",
        label="Escalation rate",
        unit="share",
        kind=Kind.SHARE,
        direction=0,
        formula="cases escalated to tier 2 or higher within 14 days / cases opened",
        denominator="cases opened in the period",
        exclusions="appeals and child cases; immature cohorts. Without events the tier reached so far is taken",
        interval=_WILSON,
        source="Salesforce CaseHistory; IsEscalated alone is unreliable",
        needs=("created_at", "tier"),
        needs_with_events=("created_at", "events.event_type"),
        at="created_at",
        follow_up_days=_FOLLOW_UP,
        rows=_with_escalation,
        counted=intake,
        hit=_escalated,
        left_out=APART,
    ),
    Metric(
        id="M23",
        name="escalation_acceptance",
        label="Escalations accepted",
        unit="share",
        kind=Kind.SHARE,
        direction=1,
        formula="escalated cases that a higher tier took / escalated cases decided",
        denominator="escalated cases decided in the period",
        exclusions="escalations not decided yet",
        interval=_WILSON,
        source="our proposal",
        needs=("decided_at", "is_escalated", "tier"),
        at="decided_at",
        counted=attribute(lambda t: t.is_escalated),
        hit=one_of("tier", *_HIGHER),
    ),
    Metric(
        id="M24",
        name="reassignment_rate",
        label="Reassignment rate",
        unit="share",
        kind=Kind.SHARE,
        direction=-1,
        formula="cases with at least one effective move between queues / cases closed",
        denominator="cases closed in the period",
        exclusions="second rows of one change; moves from or to no queue",
        interval=_WILSON,
        source="ServiceNow reassignment_count",
        needs=_MOVES,
        at="closed_at",
        rows=with_moves,
        counted=every,
        hit=lambda t: t["_moves"] > 0,
    ),
    Metric(
        id="M24h",
        name="moves_per_case",
        label="Moves between queues per case",
        unit="moves",
        kind=Kind.MEAN,
        direction=-1,
        formula="effective moves between queues / cases closed",
        denominator="cases closed in the period",
        exclusions="second rows of one change; moves from or to no queue",
        interval="Student",
        source="ServiceNow reassignment_count",
        needs=_MOVES,
        at="closed_at",
        rows=with_moves,
        counted=every,
        measured=lambda t: t["_moves"],
    ),
    Metric(
        id="M24p",
        name="ping_pong_share",
        label="Cases sent back and forth",
        unit="share",
        kind=Kind.SHARE,
        direction=-1,
        formula="cases that went from a queue to another and straight back / cases closed",
        denominator="cases closed in the period",
        exclusions="second rows of one change; moves from or to no queue",
        interval=_WILSON,
        source="ServiceNow reassignment_count",
        needs=_MOVES,
        at="closed_at",
        rows=with_moves,
        counted=every,
        hit=lambda t: t["_returns"] > 0,
    ),
    Metric(
        id="M25",
        name="reopen_rate",
        label="Reopen rate",
        unit="share",
        kind=Kind.SHARE,
        direction=-1,
        formula="cases reopened within 14 days of their first closing / cases closed",
        denominator="cases closed in the period",
        exclusions="merged cases; immature cohorts. Without events any reopening so far is taken",
        interval=_WILSON,
        source="operations practice",
        needs=("closed_at", "reopened_count"),
        needs_with_events=("closed_at", "events.event_type"),
        at="closed_at",
        follow_up_days=_FOLLOW_UP,
        rows=with_reopening,
        counted=present("closed_at"),
        hit=_reopened,
        left_out={"merged into another case": lambda t: is_child(t) | one_of("decision", "duplicate")(t)},
    ),
)
