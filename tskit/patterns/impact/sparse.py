"""The effect where there are too few cases for a regression: the two sides alone, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.patterns.impact.effect import UNKNOWN, Effect
from tskit.stats import fisher_p, newcombe, rate_ratio

if TYPE_CHECKING:
    from tskit.patterns.impact.series import Series
    from tskit.patterns.impact.study import Study

__all__ = ["sparse_effect"]


def sparse_effect(study: Study) -> Effect:
    """Return the effect from the sums of both sides: an exact ratio of counts, or Newcombe's difference of rates."""
    kept, design = study.series.where(study.counts), study.judged
    before, after = kept.where(design.is_before), kept.where(design.is_after)
    return _of_counts(before, after) if kept.kind == "count" else _of_rates(before, after)


def _of_counts(before: Series, after: Series) -> Effect:
    then, now = float(before.total.sum()), float(after.total.sum())
    found = rate_ratio(now, then, exposure=float(after.size.sum() / before.size.sum()))
    expected, seen = then / float(before.size.sum()), now / float(after.size.sum())
    low, high = expected * (found.low - 1), expected * (found.high - 1)
    return _effect((seen - expected, low, high), (found.value, found.low, found.high), (seen, expected), found.p_value)


def _of_rates(before: Series, after: Series) -> Effect:
    k, n, q, m = (float(part.sum()) for part in (after.total, after.size, before.total, before.size))
    value, low, high = (float(part) for part in newcombe(k, n, q, m))
    then = q / m
    ratios = tuple((then + part) / then if then else float("nan") for part in (value, low, high))
    return _effect((value, low, high), (ratios[0], ratios[1], ratios[2]), (k / n, then), fisher_p(k, n, q, m))


def _effect(
    size: tuple[float, float, float], ratio: tuple[float, float, float], means: tuple[float, float], p: float
) -> Effect:
    unknown = float("nan")
    return Effect(
        value=size[0], low=size[1], high=size[2], ratio=ratio, seen=means[0], expected=means[1], p_value=p,
        smallest=unknown, level=UNKNOWN, slope=UNKNOWN, memory=unknown, correlated=1.0, widened=1.0,
        newey_west=(unknown, unknown),
    )  # fmt: skip
