"""M13, M14 and M26: where actions come from, and whether reports lead to any."""

from __future__ import annotations

from tskit.metrics.conditions import attribute, both, decided_as, is_blank, one_of, present
from tskit.metrics.metric import Kind, Metric
from tskit.metrics.volume import ACTIONS

__all__ = ["METRICS"]

_WILSON = "Wilson; exact below 40 cases and at 0 % and 100 %"
_REPORTED = ("user_report", "trusted_flagger", "government_order", "court_order", "law_enforcement", "partner", "other")
_FOUND = one_of("source_type", "proactive_automated", "proactive_human", "proactive")
_ACTED = decided_as(*ACTIONS)
_AUTOMATED = one_of("automated_decision", "AUTOMATED_DECISION_FULLY")

METRICS = (
    Metric(
        id="M13",
        name="proactive_rate",
        label="Proactive rate",
        unit="share",
        kind=Kind.SHARE,
        direction=1,
        formula="actions found before anybody reported them / actions",
        denominator="actions of the period",
        exclusions="cases whose origin is unknown",
        interval=_WILSON,
        source="Meta, proactive rate",
        needs=("decided_at", "decision", "source_type"),
        at="decided_at",
        counted=_ACTED,
        hit=_FOUND,
        left_out={"actions of unknown origin": both(_ACTED, lambda t: is_blank(t.source_type))},
        seen=_FOUND,
        blind="the source holds reported cases only",
        caution="not a recall: nobody knows what was missed",
    ),
    Metric(
        id="M14",
        name="automated_share",
        label="Automated decisions",
        unit="share",
        kind=Kind.SHARE,
        direction=0,
        formula="fully automated decisions / decisions whose automation is known",
        denominator="decisions of the period",
        exclusions="decisions whose automation is unknown",
        interval=_WILSON,
        source="DSA statement of reasons, automated_decision",
        needs=("decided_at", "automated_decision"),
        at="decided_at",
        counted=present("automated_decision"),
        hit=_AUTOMATED,
    ),
    Metric(
        id="M14d",
        name="automated_detection_share",
        label="Automated detection",
        unit="share",
        kind=Kind.SHARE,
        direction=0,
        formula="decisions on cases found by automated means / decisions whose detection is known",
        denominator="decisions of the period",
        exclusions="decisions whose detection is unknown",
        interval=_WILSON,
        source="DSA statement of reasons, automated_detection",
        needs=("decided_at", "automated_detection"),
        at="decided_at",
        counted=present("automated_detection"),
        hit=attribute(lambda t: t.automated_detection),
    ),
    Metric(
        id="M26",
        name="actionability",
        label="Reports that led to action",
        unit="share",
        kind=Kind.SHARE,
        direction=1,
        formula="items acted on / items reported and decided, several reports of one item counted once",
        denominator="items reported, decided in the period",
        exclusions="cases found proactively, appeals",
        interval=_WILSON,
        source="DSA Art. 23; TikTok, user reports actioned",
        needs=("decided_at", "decision", "source_type", "content_id"),
        at="decided_at",
        counted=both(present("decision"), one_of("source_type", *_REPORTED)),
        hit=_ACTED,
        measured=lambda t: t.content_id,
    ),
    Metric(
        id="M26u",
        name="unfounded_share",
        label="Unfounded reports",
        unit="share",
        kind=Kind.SHARE,
        direction=-1,
        formula="items whose reports were invalid / items reported and decided",
        denominator="items reported, decided in the period",
        exclusions="cases found proactively, appeals",
        interval=_WILSON,
        source="DSA Art. 23",
        needs=("decided_at", "decision", "source_type", "content_id"),
        at="decided_at",
        counted=both(present("decision"), one_of("source_type", *_REPORTED)),
        hit=decided_as("invalid"),
        measured=lambda t: t.content_id,
    ),
)
