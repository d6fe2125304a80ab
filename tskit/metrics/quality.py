"""M01 to M04: whether decisions are right, as the quality sample shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tskit.metrics.conditions import attribute, both, decided_as, negated, one_of
from tskit.metrics.metric import Kind, Metric
from tskit.metrics.volume import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import ibis.expr.types as ir

    from tskit.metrics.metric import Condition

__all__ = ["METRICS"]

_WILSON = "Wilson; exact below 40 cases and at 0 % and 100 %"
_DESIGN = f"{_WILSON}; by design at the effective number of cases where weights vary"
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


_QA_NOTE = "targeted samples (no weight while others have one) and technical errors, which are counted apart"

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
)
