"""Did a change work: effects of a date on a metric, with what could be told and what could not."""

from tskit.patterns.impact.before_after import before_and_after
from tskit.patterns.impact.change import Change, Outcome
from tskit.patterns.impact.difference import difference
from tskit.patterns.impact.effect import Effect
from tskit.patterns.impact.ground import Ground, ground_of
from tskit.patterns.impact.guardrail import guardrail
from tskit.patterns.impact.power import power_before
from tskit.patterns.impact.series import Series, series_of

__all__ = [
    "Change",
    "Effect",
    "Ground",
    "Outcome",
    "Series",
    "before_and_after",
    "difference",
    "ground_of",
    "guardrail",
    "power_before",
    "series_of",
]
