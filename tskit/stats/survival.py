"""Kaplan-Meier quantiles from counts in bins of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tskit.stats.intervals import z_value

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["kaplan_meier", "kaplan_meier_quantile"]


def kaplan_meier(ended: ArrayLike, open_: ArrayLike) -> tuple[Floats, Floats]:
    """Return the share still open after each bin and the sum of Greenwood's terms up to it.

    `ended` and `open_` count, bin by bin in the order of time, cases that ended in it and cases last seen open in it;
    these count as at risk in their own bin.
    """
    ended, open_ = np.asarray(ended, dtype=np.float64), np.asarray(open_, dtype=np.float64)
    left = np.cumsum(ended + open_)
    at_risk = left[-1] - np.concatenate([[0.0], left[:-1]]) if len(left) else left
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.cumprod(np.where(at_risk > 0, 1 - ended / at_risk, 1.0))
        terms = np.where(ended > 0, ended / (at_risk * (at_risk - ended)), 0.0)
    return np.asarray(share, dtype=np.float64), np.cumsum(terms)


def kaplan_meier_quantile(
    times: ArrayLike, ended: ArrayLike, open_: ArrayLike, *, q: float = 0.5, level: float = 0.95
) -> tuple[float, float, float]:
    """Return the time by which a share q of the cases has ended, with its log-log Greenwood interval.

    A bound or quantile that the data does not reach is NaN: so many are still open that nobody can know.
    """
    times = np.asarray(times, dtype=np.float64)
    if not len(times):
        return np.nan, np.nan, np.nan
    share, greenwood = kaplan_meier(ended, open_)
    z = z_value(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_share = np.log(share)
        half = z * np.sqrt(greenwood) / np.abs(log_share)
        lower, upper = share ** np.exp(half), share ** np.exp(-half)
    lower, upper = np.where(share >= 1, 1.0, lower), np.where(share >= 1, 1.0, upper)
    lower, upper = np.where(share <= 0, 0.0, lower), np.where(share <= 0, 0.0, upper)
    return _first(times, share, q), _first(times, lower, q), _first(times, upper, q)


def _first(times: Floats, share: Floats, q: float) -> float:
    # a sum of floats may stop a hair above the line that it exactly reaches
    reached = np.flatnonzero(np.nan_to_num(share, nan=1.0) <= 1 - q + 1e-12)
    return float(times[reached[0]]) if len(reached) else np.nan
