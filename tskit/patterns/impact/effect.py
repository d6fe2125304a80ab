"""The size of a change: what was seen after it against what would have been, with an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.patterns.impact.model import bandwidth, inverse_link, newey_west
from tskit.stats import student_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.impact.design import Design
    from tskit.patterns.impact.model import Fit
    from tskit.stats import StudentMixture

    Floats = NDArray[np.float64]

Triple = tuple[float, float, float]

__all__ = ["CHANCE", "CORRELATED", "UNKNOWN", "Effect", "contrast_of", "detectable", "effect_of", "lines_of"]

CHANCE = 0.8
"""The chance to see an effect that is called large enough to be seen."""
CORRELATED = 0.05
"""Below that p-value, residuals are said to be still alike."""
UNKNOWN = (float("nan"), float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Effect:
    """The mean effect over the periods after the change, with 95 % intervals.

    `value`, `low` and `high` are in the outcome's own unit (a share: 0.01 is one point); `ratio` (with its interval) is
    the same as a multiple of `expected`, the mean without the change; `seen` is the fitted mean with it. `level` is the
    change at its beginning and `slope` that of the trend, per period, on the scale of the link, each with its interval.
    `smallest` is the effect that would have been found with a chance of 80 %, as `value`. `newey_west` is the interval
    of a model without a memory, for comparison. `correlated` is the p-value of residuals that are still alike, and
    `widened` by how much the interval was widened for it.
    """

    value: float
    low: float
    high: float
    ratio: Triple
    seen: float
    expected: float
    p_value: float
    smallest: float
    level: Triple
    slope: Triple
    memory: float
    correlated: float
    widened: float
    newey_west: tuple[float, float]

    @property
    def is_beyond_noise(self) -> bool:
        """Return whether the interval leaves out no change."""
        return not self.low <= 0 <= self.high


def lines_of(found: Fit, design: Design) -> tuple[Floats, Floats]:
    """Return the fitted line and the line without the change, on the scale of the link."""
    mean = found.regression.mean
    return found.columns @ mean, design.without_change() @ mean


def effect_of(found: Fit, design: Design) -> Effect:
    """Return the effect of the change in a fitted series."""
    after, series = design.is_after, found.series
    with_change, without = (line[after] for line in lines_of(found, design))
    weight = series.size[after] if series.kind == "rate" else np.ones(int(after.sum()))
    contrast = contrast_of(design, weight * _steepness(series.kind, without))
    correlated, widened = _still_alike(found, contrast)
    along = found.regression.along(contrast).widened(widened)
    centre = along.mean

    def mean(line: Floats) -> float:
        return float(np.average(inverse_link(series.kind, line), weights=weight))

    # What was seen stands; an end of the interval says how far off the expectation may be.
    seen, expected, (low, high) = mean(with_change), mean(without), along.interval()
    least, most = mean(without + centre - low), mean(without + centre - high)
    smallest, plain = detectable(along), _newey_west(found, contrast)
    return Effect(
        value=seen - expected,
        low=seen - least,
        high=seen - most,
        ratio=(_ratio(seen, expected), _ratio(seen, least), _ratio(seen, most)),
        seen=seen,
        expected=expected,
        p_value=along.p_value(),
        smallest=mean(without + smallest) - expected,
        level=_one(found, design, 0, widened),
        slope=_one(found, design, 1, widened),
        memory=_memory(found),
        correlated=correlated,
        widened=widened,
        newey_west=(seen - mean(without + centre - plain[0]), seen - mean(without + centre - plain[1])),
    )


def detectable(along: StudentMixture) -> float:
    """Return the smallest effect that is found (95 %, two-sided) with a chance of `CHANCE`, on the scale of the link."""
    return (student_quantile(0.975, along.freedom) + student_quantile(CHANCE, along.freedom)) * along.error


def contrast_of(design: Design, weight: Floats) -> Floats:
    """Return the combination of coefficients that is the mean effect over the periods after, weighted."""
    contrast = np.zeros(design.columns.shape[1])
    contrast[-design.changes :] = weight @ design.columns[design.is_after][:, -design.changes :] / weight.sum()
    return contrast


def _steepness(kind: str, line: Floats) -> Floats:
    seen = inverse_link(kind, line)
    if kind == "value":
        return np.ones(len(seen))
    return seen if kind == "count" else seen * (1 - seen)


def _ratio(seen: float, expected: float) -> float:
    return seen / expected if expected > 0 else float("nan")


def _one(found: Fit, design: Design, nth: int, widened: float) -> Triple:
    """Return one coefficient of the change with its interval; NaN where the design has none."""
    if nth >= design.changes:
        return UNKNOWN
    contrast = np.zeros(design.columns.shape[1])
    contrast[nth - design.changes] = 1.0
    along = found.regression.along(contrast).widened(widened)
    return (along.mean, *along.interval())


def _memory(found: Fit) -> float:
    """Return how alike two neighbouring periods are, as a correlation, averaged over the pairs."""
    return float(found.regression.weights @ found.regression.grid.prod(axis=1))


def _newey_west(found: Fit, contrast: Floats) -> tuple[float, float]:
    coefficients, covariance = newey_west(found.series, found.columns)
    error = float(np.sqrt(max(contrast @ covariance @ contrast, 0.0)))
    half = student_quantile(0.975, found.regression.freedom) * error
    centre = float(coefficients @ contrast)
    return centre - half, centre + half


def _still_alike(found: Fit, contrast: Floats) -> tuple[float, float]:
    """Return the p-value of whitened residuals without any correlation (Ljung-Box), and how much to widen for it.

    Where they still have some, Newey-West on what was whitened (Andrews and Monahan 1992) says how wide the interval has
    to be; it is never made shorter.
    """
    # Half a second of import, which only a write-up that asks for effects should pay.
    from statsmodels.regression.linear_model import OLS  # noqa: PLC0415  # as said above
    from statsmodels.stats.diagnostic import acorr_ljungbox  # noqa: PLC0415  # as above

    regression = found.regression
    left = regression.response - regression.columns @ regression.coefficients[regression.best]
    lags = max(3, min(10, len(left) // 5))
    if left @ left <= 1e-18 * float(regression.response @ regression.response):
        return 1.0, 1.0
    chance = float(acorr_ljungbox(left, lags=[lags], model_df=2)["lb_pvalue"].iloc[0])
    if chance >= CORRELATED:
        return chance, 1.0
    white = OLS(regression.response, regression.columns).fit(
        cov_type="HAC", cov_kwds={"maxlags": bandwidth(found.series), "use_correction": True}
    )
    robust = float(np.sqrt(contrast @ np.asarray(white.cov_params()) @ contrast))
    own = float(np.sqrt(contrast @ regression.covariances[regression.best] @ contrast))
    return chance, max(1.0, robust / own)
