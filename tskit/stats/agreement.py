"""How far people agree beyond chance: alpha, kappa and plain agreement, each with an interval by item.

Ratings are codes (see `coded`): items by raters, negative where a rating is missing. A coefficient is 1 less the
disagreement seen over that expected by chance, so where no variation is expected it has no value: never 0, never 1.
Intervals are percentiles over items drawn again (Zapf and others 2016).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tskit.errors import ParameterError
from tskit.stats.agreement_measures import alpha, alpha_by_category, alpha_by_rank, cohen, fleiss, nominal, raw
from tskit.stats.agreement_units import checked_codes, units_of
from tskit.stats.bootstrap import at_once, percentile_interval
from tskit.stats.intervals import proportion

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from tskit.stats.agreement_units import Units
    from tskit.stats.bootstrap import Measure

    Floats = NDArray[np.float64]

__all__ = ["Agreement", "category_alphas", "cohen_kappa", "fleiss_kappa", "krippendorff_alpha", "raw_agreement"]

_RESAMPLES = 2_000
_MOST_UNKNOWN = 0.05
_NO_PAIR = "no item has two ratings"
_NO_VARIATION = "all ratings are alike, so nothing can be said beyond chance"
_NO_DISAGREEMENT = "nobody disagreed, so drawing items again gives no interval"
_NO_INTERVAL = "the ratings vary too little for an interval"
_EXACT = "exact interval of the items"


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its 95 % interval, the items and ratings that it rests on, and a note where one is missing.

    `left_out` counts items with a single rating.
    """

    value: float
    low: float
    high: float
    items: int
    ratings: int
    left_out: int = 0
    note: str = ""


def krippendorff_alpha(
    codes: ArrayLike,
    *,
    distance: Literal["nominal", "ordinal"] | Floats = "nominal",
    resamples: int = _RESAMPLES,
    seed: int = 0,
) -> Agreement:
    """Return Krippendorff's alpha; ratings may be missing, and items with a single one are left out.

    Args:
        codes: items by raters; for ordinal ratings the codes stand in the order of the scale.
        distance: how far two categories are apart: all the same, by rank, or a table of categories by categories as
            from `masi_distances` (squared already where a metric asks for squares).
        resamples: how often the items are drawn again for the interval.
        seed: makes the interval reproducible.

    Raises:
        ParameterError: the table of distances is too small for the codes.
    """
    table = np.zeros((0, 0)) if isinstance(distance, str) else np.asarray(distance, dtype=np.float64)
    units = units_of(codes, categories=len(table))
    if not units.items:
        return _unknown(units, _NO_PAIR)
    if not isinstance(distance, str) and table.shape != (units.counts.shape[1],) * 2:
        raise ParameterError("The table of distances needs one row and one column for each category of the codes.")
    if isinstance(distance, str):
        measure = alpha_by_rank(units) if distance == "ordinal" else alpha(units, nominal(units.counts.shape[1]))
    else:
        measure = alpha(units, table)
    return _estimate(measure, units, resamples=resamples, seed=seed)


def category_alphas(codes: ArrayLike, *, resamples: int = _RESAMPLES, seed: int = 0) -> tuple[Agreement, ...]:
    """Return alpha of each category against all others, in the order of the codes.

    `items` counts those to which somebody gave the category, and `ratings` how often it was given.
    """
    units = units_of(codes)
    measure = alpha_by_category(units)
    if not units.items:
        return tuple(_unknown(units, _NO_PAIR) for _ in range(units.counts.shape[1]))
    values = at_once(measure, units.copies)
    bounds = percentile_interval(measure, units.copies, resamples=resamples, seed=seed)
    used = units.copies @ (units.counts > 0), units.copies @ units.counts
    return tuple(
        _judged(float(value), (float(low), float(high), float(blank)), items=int(items), ratings=int(n), units=units)
        for value, low, high, blank, items, n in zip(values, *bounds, *used, strict=True)
    )


def cohen_kappa(
    codes: ArrayLike,
    *,
    weights: Literal["nominal", "linear", "quadratic"] | Floats = "nominal",
    resamples: int = _RESAMPLES,
    seed: int = 0,
) -> Agreement:
    """Return Cohen's kappa of two raters over the items that both rated.

    Args:
        codes: items by the two raters; for weighted kappa the codes stand in the order of the scale.
        weights: how much a disagreement weighs: all the same, by steps of the scale, by their square, or a table.
        resamples: how often the items are drawn again for the interval.
        seed: makes the interval reproducible.

    Raises:
        ParameterError: there are not exactly two raters, or the table of weights is too small for the codes.
    """
    table = checked_codes(codes)
    if table.shape[1] != 2 and table.size:
        raise ParameterError("Cohen's kappa compares two raters; take Fleiss' kappa or alpha for more.")
    both = table[(table >= 0).all(axis=1)]
    pairs, copies = np.unique(both, axis=0, return_counts=True)
    disagreement = _weights(weights, int(both.max(initial=-1)) + 1)
    left_out = int(((table >= 0).sum(axis=1) == 1).sum())
    found = _Found(copies.astype(np.float64), 2 * len(both), left_out)
    return _estimate(cohen(pairs, disagreement), found, resamples=resamples, seed=seed)


def fleiss_kappa(codes: ArrayLike, *, resamples: int = _RESAMPLES, seed: int = 0) -> Agreement:
    """Return Fleiss' kappa; it needs as many ratings on each item, by whomever. Items with a single one are left out."""
    units = units_of(codes)
    sizes = np.unique(units.sizes)
    if len(sizes) > 1:
        uneven = f"it needs as many ratings on each item, and there are {sizes[0]:.0f} to {sizes[-1]:.0f}"
        return _unknown(units, uneven)
    return _estimate(fleiss(units), units, resamples=resamples, seed=seed)


def raw_agreement(codes: ArrayLike, *, resamples: int = _RESAMPLES, seed: int = 0) -> Agreement:
    """Return the share of pairs of ratings that agree, the mean over items; chance is not allowed for.

    Where all items agree, or none does, the interval is the exact one of so many items.
    """
    units = units_of(codes)
    found = _estimate(raw(units), units, resamples=resamples, seed=seed)
    if found.value not in {0.0, 1.0}:
        return found
    low, high = proportion(found.value * units.items, units.items)
    return Agreement(found.value, float(low), float(high), units.items, units.ratings, units.left_out, _EXACT)


@dataclass(frozen=True, slots=True)
class _Found:
    """What an estimate needs to know of pairs of raters."""

    copies: Floats
    ratings: int
    left_out: int

    @property
    def items(self) -> int:
        return int(self.copies.sum())


def _estimate(measure: Measure, units: Units | _Found, *, resamples: int, seed: int) -> Agreement:
    if not units.items:
        return _unknown(units, _NO_PAIR)
    value = float(at_once(measure, units.copies))
    low, high, blank = percentile_interval(measure, units.copies, resamples=resamples, seed=seed)
    bounds = float(low), float(high), float(blank)
    return _judged(value, bounds, items=units.items, ratings=units.ratings, units=units)


def _judged(
    value: float, bounds: tuple[float, float, float], *, items: int, ratings: int, units: Units | _Found
) -> Agreement:
    """Return the estimate, without an interval where resampling cannot give an honest one."""
    low, high, blank = bounds
    if np.isnan(value):
        return Agreement(np.nan, np.nan, np.nan, items, ratings, units.left_out, _NO_VARIATION)
    if value == 1 or blank > _MOST_UNKNOWN:
        note = _NO_DISAGREEMENT if value == 1 else _NO_INTERVAL
        return Agreement(value, np.nan, np.nan, items, ratings, units.left_out, note)
    return Agreement(value, low, high, items, ratings, units.left_out)


def _unknown(units: Units | _Found, note: str) -> Agreement:
    return Agreement(np.nan, np.nan, np.nan, units.items, units.ratings, units.left_out, note)


def _weights(weights: str | Floats, categories: int) -> Floats:
    if not isinstance(weights, str):
        table = np.asarray(weights, dtype=np.float64)
        if table.ndim != 2 or table.shape[0] != table.shape[1] or len(table) < categories:
            raise ParameterError("The table of weights needs one row and one column for each category of the codes.")
        return table
    steps = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories))).astype(np.float64)
    return nominal(categories) if weights == "nominal" else steps if weights == "linear" else steps**2
