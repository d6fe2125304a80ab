"""Counts, rates and values as one kind of regression: straightened by their link, then fitted with correlated noise."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tskit.patterns.impact.noise import GRID, Seen, regress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.impact.noise import Regression
    from tskit.patterns.impact.series import Series

    Floats = NDArray[np.float64]

__all__ = ["Fit", "bandwidth", "fit", "inverse_link", "newey_west", "spread_of"]

_FARTHEST = 30.0
"""On the scale of the link; a weekday without any case lies at minus infinity."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted series: the regression on the scale of the link, and the white-noise spread of each period."""

    series: Series
    columns: Floats
    regression: Regression
    spread: Floats


def fit(series: Series, columns: Floats, *, grid: Floats = GRID) -> Fit:
    """Return the fit of a series: log-linear for counts, logistic for rates, linear for values.

    Counts and rates are straightened around the fit with independent noise, and once more around the new one.
    """
    if series.kind == "value":
        seen = Seen(series.total, columns, 1 / series.size, series.places)
        return Fit(series, columns, regress(seen, grid=grid), seen.spread)
    found = _straightened(series, columns, _independent(series, columns), grid)
    found = _straightened(series, columns, found.mean, grid)
    return Fit(series, columns, found, spread_of(series, columns @ found.mean))


def newey_west(series: Series, columns: Floats) -> tuple[Floats, Floats]:
    """Return coefficients and Newey-West covariance of the model that takes noise for independent.

    The bandwidth is `bandwidth`, and the covariance is scaled by T / (T - p).
    """
    robust = {"cov_type": "HAC", "cov_kwds": {"maxlags": bandwidth(series), "use_correction": True}}
    with warnings.catch_warnings():  # a weekday without a case is fitted perfectly, which is no reason to warn
        warnings.simplefilter("ignore")
        found = _model(series, columns).fit(**robust)
    return np.asarray(found.params, np.float64), np.asarray(found.cov_params(), np.float64)


def bandwidth(series: Series) -> int:
    """Return how many periods apart two may be and still count as alike, for Newey-West."""
    return min(max(int(1.3 * len(series) ** 0.5), 7 if series.period == "day" else 1), len(series) - 1)


def _straightened(series: Series, columns: Floats, coefficients: Floats, grid: Floats) -> Regression:
    line = np.clip(columns @ coefficients, -_FARTHEST, _FARTHEST)
    response = line + _residual(series, line)
    return regress(Seen(response, columns, spread_of(series, line), series.places, least=1.0), grid=grid)


def _independent(series: Series, columns: Floats) -> Floats:
    with warnings.catch_warnings():  # as in `newey_west`
        warnings.simplefilter("ignore")
        return np.asarray(_model(series, columns).fit().params, np.float64)


def _model(series: Series, columns: Floats) -> Any:  # noqa: ANN401  # statsmodels has no types
    # Half a second of import, which only a write-up that asks for effects should pay.
    from statsmodels.genmod import families  # noqa: PLC0415  # as said above
    from statsmodels.genmod.generalized_linear_model import GLM  # noqa: PLC0415  # as above
    from statsmodels.regression.linear_model import WLS  # noqa: PLC0415  # as above

    if series.kind == "value":
        return WLS(series.total, columns, weights=series.size)  # pyright: ignore[reportArgumentType]  # guessed from its default
    if series.kind == "count":
        return GLM(series.total, columns, family=families.Poisson(), offset=np.log(series.size))
    return GLM(np.column_stack([series.total, series.size - series.total]), columns, family=families.Binomial())


def inverse_link(kind: str, line: Floats) -> Floats:
    """Return what a reader sees of a line on the scale of the link."""
    if kind == "count":
        return np.exp(line)
    return 1 / (1 + np.exp(-line)) if kind == "rate" else line


def spread_of(series: Series, line: Floats) -> Floats:
    """Return the variance on the scale of the link that counting alone brings; of values, up to a factor."""
    if series.kind == "value":
        return 1 / series.size
    seen = inverse_link(series.kind, np.clip(line, -_FARTHEST, _FARTHEST))
    return 1 / (series.size * seen) if series.kind == "count" else 1 / (series.size * seen * (1 - seen))


def _residual(series: Series, line: Floats) -> Floats:
    seen = inverse_link(series.kind, line)
    slope = seen if series.kind == "count" else seen * (1 - seen)
    return (series.shown - seen) / slope
