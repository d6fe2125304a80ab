"""How much less a day's cases tell when they are alike: the design effect of shares counted by day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

__all__ = ["DayRun", "day_design_effect"]

DayRun = tuple["ArrayLike", "ArrayLike", int]
"""k and n by day, and the weekday of the first day (0 is Monday)."""

_WEEK = 7


def day_design_effect(runs: Sequence[DayRun]) -> float:
    """Return how many times larger the variance of a difference of two shares is than if cases were independent.

    It is read from how the share of a day strays from that of its run once weekdays are allowed for, neighbouring
    days' likeness included; never below 1. With too few days to tell, it is 1.
    """
    parts = [_residuals(k, n) for k, n, _ in runs]
    residual, n = (np.concatenate([part[i] for part in parts]) for i in range(2))
    weekday = np.concatenate(
        [(np.arange(len(part[0])) + run[2]) % _WEEK for part, run in zip(parts, runs, strict=True)]
    )
    run = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    freedom = int((n > 0).sum()) - len(parts) - (_WEEK - 1)
    if freedom < _WEEK:
        return 1.0
    by_weekday = np.bincount(weekday, residual, _WEEK) / np.maximum(np.bincount(weekday, n, _WEEK), 1e-12)
    totals = np.bincount(run, n)
    stray = (residual - n * by_weekday[weekday]) / np.maximum(totals, 1.0)[run]
    scale = int((n > 0).sum()) / freedom
    own = float(stray @ stray)
    near = sum(
        2 * (1 - lag / _WEEK) * float(stray[lag:] @ (stray[:-lag] * (run[lag:] == run[:-lag])))
        for lag in range(1, _WEEK)
    )
    plain = sum(_binomial_variance(np.asarray(k, float), np.asarray(m, float)) for k, m, _ in runs)
    return max(1.0, own * scale / plain, (own + near) * scale / plain) if plain > 0 else 1.0


def _residuals(k: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    hits, cases = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    share = hits.sum() / max(cases.sum(), 1.0)
    return hits - cases * share, cases


def _binomial_variance(k: Floats, n: Floats) -> float:
    total, hits = n.sum(), k.sum()
    return float(hits / total * (1 - hits / total) / total) if total > 0 else 0.0
