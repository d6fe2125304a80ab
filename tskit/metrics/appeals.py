"""M05 to M08: what appeals say about decisions. An appeal is a proxy: few people appeal, and not at random."""

from __future__ import annotations

from tskit.metrics.conditions import both, decided_as, negated, one_of, within
from tskit.metrics.metric import Kind, Metric
from tskit.metrics.volume import ACTIONS

__all__ = ["METRICS"]

_WILSON = "Wilson; exact below 40 cases and at 0 % and 100 %"
_FOLLOW_UP = 14
_REVERSED = ("reversed", "partially_reversed")
_DECIDED = ("upheld", *_REVERSED)
_ACTED = decided_as(*ACTIONS)
_AUTOMATED = one_of("automated_decision", "AUTOMATED_DECISION_FULLY")
_APPEALED = within("appealed_at", "decided_at", days=_FOLLOW_UP)
_OVERTURNED = both(one_of("appeal_status", *_REVERSED), within("appeal_decided_at", "decided_at", days=_FOLLOW_UP))
_NOTIFIER = both(one_of("appeal_status", *_DECIDED), one_of("decision_initial", "no_action"))

METRICS = (
    Metric(
        id="M05",
        name="appeal_precision",
        label="Automated actions that stood (appeal proxy)",
        unit="share",
        kind=Kind.SHARE,
        direction=1,
        formula="(automated actions - those reversed on appeal within 14 days) / automated actions",
        denominator="fully automated actions of the period",
        exclusions="none",
        interval=_WILSON,
        source="TikTok transparency report, table 8",
        at="decided_at",
        follow_up_days=_FOLLOW_UP,
        needs=("decided_at", "decision", "automated_decision", "appeal_status", "appeal_decided_at"),
        counted=both(_ACTED, _AUTOMATED),
        hit=negated(_OVERTURNED),
        caution="an appeal proxy, not accuracy: few people appeal",
    ),
    Metric(
        id="M06",
        name="appeal_rate",
        label="Appeal rate",
        unit="share",
        kind=Kind.SHARE,
        direction=-1,
        formula="decisions appealed within 14 days / decisions that can be appealed",
        denominator="decisions of the period to act or not to act",
        exclusions="duplicate, invalid and escalated reports, which nobody can appeal; immature cohorts",
        interval=_WILSON,
        source="Meta, appealed content; Santa Clara Principles 2.0, Numbers",
        needs=("decided_at", "decision", "appealed_at"),
        at="decided_at",
        follow_up_days=_FOLLOW_UP,
        counted=decided_as(*ACTIONS, "no_action"),
        hit=_APPEALED,
    ),
    Metric(
        id="M07",
        name="overturn_rate",
        label="Overturn rate",
        unit="share",
        kind=Kind.SHARE,
        direction=-1,
        formula="(reversed + partially reversed) / appeals decided",
        denominator="appeals decided in the period: upheld, partially reversed or reversed",
        exclusions="appeals pending, omitted or withdrawn; notifiers' appeals, shown apart",
        interval=_WILSON,
        source="Reg. (EU) 2024/2835, table 7",
        needs=("appeal_decided_at", "appeal_status"),
        at="appeal_decided_at",
        counted=one_of("appeal_status", *_DECIDED),
        hit=one_of("appeal_status", *_REVERSED),
        left_out={"appeals of notifiers": _NOTIFIER},
    ),
    Metric(
        id="M07n",
        name="overturn_rate_notifier",
        label="Overturn rate of notifiers' appeals",
        unit="share",
        kind=Kind.SHARE,
        direction=-1,
        formula="(reversed + partially reversed) / notifiers' appeals decided",
        denominator="appeals against taking no action, decided in the period",
        exclusions="appeals pending or omitted",
        interval=_WILSON,
        source="Reg. (EU) 2024/2835, table 7",
        needs=("appeal_decided_at", "appeal_status", "decision_initial"),
        at="appeal_decided_at",
        counted=_NOTIFIER,
        hit=one_of("appeal_status", *_REVERSED),
    ),
    Metric(
        id="M08",
        name="overturn_per_action",
        label="Actions overturned",
        unit="share",
        kind=Kind.SHARE,
        direction=-1,
        formula="actions reversed, wholly or in part, within 14 days / actions",
        denominator="actions of the period",
        exclusions="immature cohorts",
        interval=_WILSON,
        source="Meta, restored content",
        needs=("decided_at", "decision", "appeal_status", "appeal_decided_at"),
        at="decided_at",
        follow_up_days=_FOLLOW_UP,
        counted=_ACTED,
        hit=_OVERTURNED,
    ),
)
