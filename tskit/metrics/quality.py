"""M01 to M05: whether decisions are right; M06 to M08: what appeals say; M13, M14 and M26: where actions come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tskit.metrics.conditions import attribute, both, decided_as, negated, one_of, present, within
from tskit.metrics.metric import Kind, Metric
from tskit.metrics.volume import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from tskit.metrics.metric import Condition

__all__ = ["METRICS"]

_WILSON = "Wilson; exact below 40 cases and at 0 % and 100 %"
_DESIGN = f"{_WILSON}; by design at the effective number of cases where weights vary"
_FOLLOW_UP = 14
_REVERSED = ("reversed", "partially_reversed")
_DECIDED = ("upheld", *_REVERSED)
_REPORTED = ("user_report", "trusted_flagger", "government_order", "court_order", "law_enforcement", "partner", "other")
_QA = ("decided_at", "qa_sampled", "qa_label_final")


def _label(t: ir.Table) -> ir.Value:
    """Return the result after dispute; the first one stands where nobody disputed it."""
    return ibis.coalesce(t.qa_label_final, t.qa_label) if "qa_label" in t.columns else t.qa_label_final


def _reviewed(t: ir.Table) -> ir.Value:
    return attribute(lambda t: t.qa_sampled)(t) & _label(t).notnull()


def _correct(t: ir.Table) -> ir.Value:
    return attribute(lambda t: _label(t) == "correct")(t)


_TECHNICAL: Mapping[str, Condition] = {
    "technical errors": both(_reviewed, one_of("error_type", "TE")),
}
_ACTED = decided_as(*ACTIONS)
_NOT_ACTED = decided_as("no_action")
_FALSE_POSITIVE = one_of("error_type", "FP")
_FALSE_NEGATIVE = one_of("error_type", "FN")
_TRUE_POSITIVE = both(_reviewed, _ACTED, negated(_FALSE_POSITIVE))
_TRUE_NEGATIVE = both(_reviewed, _NOT_ACTED, negated(_FALSE_NEGATIVE))


def _positives(t: ir.Table) -> ir.Value:
    return _TRUE_POSITIVE(t) | (_reviewed(t) & _NOT_ACTED(t) & _FALSE_NEGATIVE(t))


def _negatives(t: ir.Table) -> ir.Value:
    return _TRUE_NEGATIVE(t) | (_reviewed(t) & _ACTED(t) & _FALSE_POSITIVE(t))


_APPEALED = within("appealed_at", "decided_at", days=_FOLLOW_UP)
_OVERTURNED = both(one_of("appeal_status", *_REVERSED), within("appeal_decided_at", "decided_at", days=_FOLLOW_UP))
_NOTIFIER = both(one_of("appeal_status", *_DECIDED), one_of("decision_initial", "no_action"))
_AUTOMATED = one_of("automated_decision", "AUTOMATED_DECISION_FULLY")

_QA_NOTE = "targeted samples (no weight while others have one) and technical errors, which are counted apart"

# fmt: off  (one field a line would make each definition a page long)
METRICS = (
    Metric(
        id="M01",
        name="accuracy",
        label="Decision accuracy",
        unit="share",
        kind=Kind.SHARE,
        direction=1,
        formula="correct decisions / decisions reviewed for quality, after dispute",
        denominator="decisions of the period in the quality sample",
        exclusions=_QA_NOTE,
        interval=_DESIGN,
        source="TSPA glossary: correct decisions / total decisions",
        needs=_QA,
        at="decided_at",
        counted=_reviewed,
        hit=_correct,
        left_out=_TECHNICAL,
        weight="qa_sample_weight",
    ),
    Metric(
        id="M02",
        name="precision",
        label="Precision (quality sample)",
        unit="share",
        kind=Kind.SHARE,
        direction=1,
        formula="TP / (TP + FP) among sampled actions",
        denominator="actions of the period in the quality sample",
        exclusions=_QA_NOTE,
        interval=_DESIGN,
        source="DSA Art. 15(1)(e) accuracy indicators",
        needs=(*_QA, "error_type", "decision"),
        at="decided_at",
        counted=both(_reviewed, _ACTED),
        hit=_TRUE_POSITIVE,
        left_out=_TECHNICAL,
        weight="qa_sample_weight",
    ),
    Metric(
        id="M03",
        name="recall",
        label="Recall (quality sample)",
        unit="share",
        kind=Kind.SHARE,
        direction=1,
        formula="TP / (TP + FN), with FN from the sample of cases without action",
        denominator="violating cases of the period in the quality sample",
        exclusions=f"{_QA_NOTE}; appeals never stand in for a sample",
        interval=_DESIGN,
        source="DSA Art. 15(1)(e) accuracy indicators",
        needs=(*_QA, "error_type", "decision"),
        at="decided_at",
        counted=_positives,
        hit=_TRUE_POSITIVE,
        left_out=_TECHNICAL,
        weight="qa_sample_weight",
        seen=both(_reviewed, _NOT_ACTED),
        blind="no case without action was sampled",
    ),
    Metric(
        id="M04",
        name="false_positive_rate",
        label="False-positive rate (quality sample)",
        unit="share",
        kind=Kind.SHARE,
        direction=-1,
        formula="FP / (FP + TN); the false-discovery rate is 1 - precision",
        denominator="non-violating cases of the period in the quality sample",
        exclusions=_QA_NOTE,
        interval=_DESIGN,
        source="general practice",
        needs=(*_QA, "error_type", "decision"),
        at="decided_at",
        counted=_negatives,
        hit=both(_ACTED, _FALSE_POSITIVE),
        left_out=_TECHNICAL,
        weight="qa_sample_weight",
        seen=both(_reviewed, _NOT_ACTED),
        blind="no case without action was sampled",
    ),
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
        hit=one_of("source_type", "proactive_automated", "proactive_human"),
        left_out={"actions of unknown origin": both(_ACTED, lambda t: t.source_type.isnull())},
        seen=one_of("source_type", "proactive_automated", "proactive_human"),
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
# fmt: on
