"""M15 to M20: how long cases take, whether they are in time, and how many wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tskit.cases.history import with_first_closing
from tskit.metrics.conditions import (
    attribute,
    both,
    closed_without_time,
    every,
    intake,
    is_child,
    one_of,
    present,
    sure,
)
from tskit.metrics.metric import Kind, Metric

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from tskit.metrics.metric import Condition

__all__ = ["METRICS"]

_WILSON = "Wilson; exact below 40 cases and at 0 % and 100 %"
_ORDER = "order statistics; log-log Greenwood where Kaplan-Meier is used"
_IDLE_SECONDS = 1_800
_UNKNOWN_END = "closed, nobody knows when"


def _never_closed(t: ir.Table) -> ir.Value:
    known = t.closed_at.isnull()
    return known & ~sure(t.is_closed) if "is_closed" in t.columns else known


def _undecided(t: ir.Table) -> ir.Value:
    return t.decided_at.isnull() & (_never_closed(t) if "closed_at" in t.columns else every(t))


def _untouched(t: ir.Table) -> ir.Value:
    return t.first_assigned_at.isnull() & (_never_closed(t) if "closed_at" in t.columns else every(t))


def _met(t: ir.Table) -> ir.Value:
    in_time = sure(t.closed_at <= t.sla_target_at)
    return ibis.coalesce(t.sla_met, in_time) if "sla_met" in t.columns else in_time


def _unknown_met(t: ir.Table) -> ir.Value:
    return t.sla_met.isnull() if "sla_met" in t.columns else every(t)


def _capped(t: ir.Table) -> ir.Value:
    return ibis.least(t.handle_seconds, _IDLE_SECONDS).cast("float64") / 60


_NOT_WORKED: Mapping[str, Condition] = {
    "merged into another case": both(
        lambda t: is_child(t) | one_of("decision", "duplicate")(t), lambda t: ~sure(t.closed_at <= t.created_at)
    ),
    _UNKNOWN_END: closed_without_time,
}
_OPEN_WORDS = "; where over 5 % of the cohort is open, Kaplan-Meier"


def _close(name: str, label: str, quantile: float, words: str) -> Metric:
    return Metric(
        id="M15",
        name=name,
        label=label,
        unit="hours",
        kind=Kind.QUANTILE,
        direction=-1,
        formula=f"{words} of first closing - opening, in calendar hours{_OPEN_WORDS}",
        denominator="cases opened in the period",
        exclusions="closed before or when opened, merged, closed without a time; without events a reopened case counts "
        "up to its last closing",
        interval=_ORDER,
        source="DSA median times, Reg. (EU) 2024/2835 tables 4 and 7",
        needs=("created_at", "closed_at"),
        at="created_at",
        until="closed_at",
        rows=with_first_closing,
        counted=every,
        still_open=_never_closed,
        left_out=_NOT_WORKED,
        quantile=quantile,
    )


METRICS = (
    _close("hours_to_close", "Time to close, median", 0.5, "median"),
    _close("hours_to_close_p90", "Time to close, 90th percentile", 0.9, "90th percentile"),
    _close("hours_to_close_p95", "Time to close, 95th percentile", 0.95, "95th percentile"),
    Metric(
        id="M15d",
        name="hours_to_decision",
        label="Time to decision, median",
        unit="hours",
        kind=Kind.QUANTILE,
        direction=-1,
        formula=f"median of decision - opening, in calendar hours{_OPEN_WORDS}",
        denominator="cases opened in the period",
        exclusions="decided before opened; closed without a decision",
        interval=_ORDER,
        source="DSA time to act, Reg. (EU) 2024/2835 table 4",
        needs=("created_at", "decided_at"),
        at="created_at",
        until="decided_at",
        counted=every,
        still_open=_undecided,
    ),
    Metric(
        id="M16",
        name="hours_to_first_touch",
        label="Time to first touch, median",
        unit="hours",
        kind=Kind.QUANTILE,
        direction=-1,
        formula=f"median of first assignment to a person - opening, in calendar hours{_OPEN_WORDS}",
        denominator="cases opened in the period",
        exclusions="touched before opened; closed untouched; automatic replies are no touch",
        interval=_ORDER,
        source="TSPA, operations",
        needs=("created_at", "first_assigned_at"),
        at="created_at",
        until="first_assigned_at",
        counted=every,
        still_open=_untouched,
    ),
    Metric(
        id="M17",
        name="handle_time",
        label="Handle time, mean",
        unit="minutes",
        kind=Kind.MEAN,
        direction=0,
        formula="active review time / cases handled, idle time over 30 minutes cut off",
        denominator="cases closed in the period with a review time",
        exclusions="cases without a review time",
        interval="Student",
        source="general practice",
        needs=("closed_at", "handle_seconds"),
        at="closed_at",
        counted=present("handle_seconds"),
        measured=_capped,
        told={"with over 30 minutes, counted as 30": attribute(lambda t: t.handle_seconds > _IDLE_SECONDS)},
    ),
    Metric(
        id="M17m",
        name="handle_time_median",
        label="Handle time, median",
        unit="minutes",
        kind=Kind.QUANTILE,
        direction=0,
        formula="median active review time of cases handled",
        denominator="cases closed in the period with a review time",
        exclusions="cases without a review time",
        interval=_ORDER,
        source="general practice",
        needs=("closed_at", "handle_seconds"),
        at="closed_at",
        counted=present("handle_seconds"),
        measured=lambda t: t.handle_seconds,
    ),
    Metric(
        id="M18",
        name="sla_attainment",
        label="SLA attainment",
        unit="share",
        kind=Kind.SHARE,
        direction=1,
        formula="cases completed by their target / cases whose target fell due",
        denominator="cases whose target fell due in the period, those still open included",
        exclusions="targets not due yet; pauses are in the target already; closed before opened",
        interval=_WILSON,
        source="Salesforce CaseMilestone.IsViolated",
        needs=("sla_target_at", "closed_at"),
        at="sla_target_at",
        counted=every,
        hit=_met,
        left_out={_UNKNOWN_END: lambda t: closed_without_time(t) & _unknown_met(t)},
    ),
    Metric(
        id="M18c",
        name="sla_attainment_closed",
        label="SLA attainment, closed cases only",
        unit="share",
        kind=Kind.SHARE,
        direction=1,
        formula="cases completed by their target / closed cases whose target fell due",
        denominator="closed cases whose target fell due in the period",
        exclusions="open cases, however late",
        interval=_WILSON,
        source="Salesforce CaseMilestone.IsViolated",
        needs=("sla_target_at", "closed_at"),
        at="sla_target_at",
        counted=present("closed_at"),
        hit=_met,
        caution="looks better than it is while a backlog grows",
    ),
    Metric(
        id="M19",
        name="backlog",
        label="Backlog",
        unit="cases",
        kind=Kind.LEVEL,
        direction=-1,
        formula="cases opened by then and not closed by then",
        denominator="-",
        exclusions="appeals and child cases; closed without a time. Without events a reopened case counts as open "
        "until its last closing",
        interval="none: it is counted, not estimated",
        source="operations practice",
        needs=("created_at", "closed_at"),
        at="created_at",
        counted=intake,
        left_out={_UNKNOWN_END: closed_without_time},
    ),
    Metric(
        id="M20",
        name="ageing",
        label="Age of open cases",
        unit="cases",
        kind=Kind.AGEING,
        direction=-1,
        formula="open cases by hours since they were opened: 0-4 h, 4-24 h, 1-3 d, 3-7 d, over 7 d, and the oldest",
        denominator="-",
        exclusions="appeals and child cases; closed without a time",
        interval="none: it is counted, not estimated",
        source="operations practice",
        needs=("created_at", "closed_at"),
        at="created_at",
        counted=intake,
        left_out={_UNKNOWN_END: closed_without_time},
    ),
)
