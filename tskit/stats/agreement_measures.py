"""The coefficients of agreement as functions of how often each pattern of ratings was drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.stats.agreement_units import Units
    from tskit.stats.bootstrap import Measure

    Floats = NDArray[np.float64]

__all__ = ["alpha", "alpha_by_category", "alpha_by_rank", "cohen", "fleiss", "nominal", "raw"]


def alpha(units: Units, distance: Floats) -> Measure:
    """Return Krippendorff's alpha with a table of distances."""
    counts, sizes = units.counts, units.sizes
    within = np.einsum("uc,uc->u", counts @ distance, counts) / (sizes - 1)

    def over(drawn: Floats) -> Floats:
        by_category = drawn @ counts
        expected = np.einsum("bc,bc->b", by_category @ distance, by_category)
        return _coefficient((drawn @ within) * (drawn @ sizes - 1), expected)

    return over


def alpha_by_rank(units: Units) -> Measure:
    """Return ordinal alpha: the distance of two categories is that of the middles of their ranks, squared."""
    counts, sizes = units.counts, units.sizes
    width = counts.shape[1]
    each = counts * (sizes / (sizes - 1))[:, np.newaxis]
    pairs = (counts[:, :, np.newaxis] * counts[:, np.newaxis, :] / (sizes - 1)[:, np.newaxis, np.newaxis]).reshape(
        len(counts), width * width
    )

    def over(drawn: Floats) -> Floats:
        by_category = drawn @ counts
        rank = np.cumsum(by_category, axis=1) - by_category / 2
        crossed = (drawn @ pairs).reshape(-1, width, width)
        seen = ((drawn @ each) * rank * rank).sum(axis=1) - np.einsum("bc,bck,bk->b", rank, crossed, rank)
        total = by_category.sum(axis=1)
        expected = total * (by_category * rank * rank).sum(axis=1) - ((by_category * rank).sum(axis=1)) ** 2
        return _coefficient(seen * (total - 1), np.where(_varies(by_category), expected, 0.0))

    return over


def alpha_by_category(units: Units) -> Measure:
    """Return alpha of each category against all others, a column each."""
    counts, sizes = units.counts, units.sizes
    within = counts * (sizes[:, np.newaxis] - counts) / (sizes - 1)[:, np.newaxis]

    def over(drawn: Floats) -> Floats:
        given, total = drawn @ counts, (drawn @ sizes)[:, np.newaxis]
        return _coefficient((drawn @ within) * (total - 1), given * (total - given))

    return over


def cohen(pairs: NDArray[np.int64], disagreement: Floats) -> Measure:
    """Return Cohen's kappa of pairs of codes, with what each disagreement weighs."""
    width = len(disagreement)
    seen_by_pair = disagreement[pairs[:, 0], pairs[:, 1]]
    one, other = (np.eye(width)[pairs[:, rater]] for rater in (0, 1))

    def over(drawn: Floats) -> Floats:
        expected = np.einsum("bc,bc->b", drawn @ one @ disagreement, drawn @ other)
        return _coefficient((drawn @ seen_by_pair) * drawn.sum(axis=1), expected)

    return over


def fleiss(units: Units) -> Measure:
    """Return Fleiss' kappa of items that all have as many ratings."""
    counts, share = units.counts, _pairs_alike(units)

    def over(drawn: Floats) -> Floats:
        given = drawn @ counts
        total = given.sum(axis=1)
        by_chance = (given * given).sum(axis=1)
        seen = 1 - (drawn @ share) / drawn.sum(axis=1)
        return _coefficient(seen * total * total, total * total - by_chance)

    return over


def raw(units: Units) -> Measure:
    """Return the share of pairs of ratings that agree, the mean over items."""
    share = _pairs_alike(units)
    return lambda drawn: (drawn @ share) / drawn.sum(axis=1)


def _pairs_alike(units: Units) -> Floats:
    sizes = units.sizes
    return ((units.counts**2).sum(axis=1) - sizes) / (sizes * (sizes - 1))


def _varies(by_category: Floats) -> NDArray[np.bool_]:
    return (by_category > 0).sum(axis=1) > 1


def nominal(categories: int) -> Floats:
    """Return the distances of categories that are all equally far apart."""
    return 1 - np.eye(categories)


def _coefficient(seen: Floats, expected: Floats) -> Floats:
    """Return 1 - seen / expected; where nothing is expected there is no value."""
    return 1 - np.divide(seen, expected, out=np.full_like(seen, np.nan), where=expected > 0)
