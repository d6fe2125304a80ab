"""Shares of two periods side by side, with the noise that their days show, corrected for all that were looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.stats import day_design_effect, holm, newcombe, proportion, two_proportion_p

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LEAST", "LEVEL", "compared", "is_claimed"]

LEVEL = 0.05
"""The chance of any false claim at all among those that one pattern makes."""
LEAST = 5
"""A group with fewer cases than this in both periods is shown, yet not tested: it could not stand out, and would cost
the others power."""


def compared(k: Floats, n: Floats, *, weekdays: tuple[int, int]) -> pd.DataFrame:
    """Return the shares k / n of both periods, one row a group, from counts by group, period (0 before, 1 now) and day.

    Columns: `cases`, `of`, `share`, `low`, `high`, the same of before (`before_cases`, `before_of`, `before_share`),
    `change` with `change_low` and `change_high` (Newcombe's, at the effective number of cases), and `p`, corrected for
    all groups (Holm). A group that is too small to be tested has no p; one without a denominator has no share.

    The noise of the change is that of the days before: had nothing changed, the days of both periods would stray alike,
    and a burst within the later one, which is what is looked for, must not hide itself.
    """
    n = np.broadcast_to(n, k.shape)
    own, effect = (np.array([_effect(*pair, weekdays, period) for pair in zip(k, n, strict=True)]) for period in (1, 0))
    (before, now), (before_of, of) = k.sum(axis=2).T, n.sum(axis=2).T
    low, high = proportion(now / own, of / own)
    change, change_low, change_high = newcombe(now / effect, of / effect, before / effect, before_of / effect)
    p = two_proportion_p(now / effect, of / effect, before / effect, before_of / effect)
    p = np.where(np.maximum(now, before) >= LEAST, p, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(of > 0, now / of, np.nan), np.where(before_of > 0, before / before_of, np.nan)
    return pd.DataFrame(
        {
            "cases": now.astype(np.int64),
            "of": of.astype(np.int64),
            "share": shares[0],
            "low": low,
            "high": high,
            "before_cases": before.astype(np.int64),
            "before_of": before_of.astype(np.int64),
            "before_share": shares[1],
            "change": change,
            "change_low": change_low,
            "change_high": change_high,
            "p": holm(p),
        }
    )


def is_claimed(frame: pd.DataFrame) -> pd.Series[bool]:
    """Return which rows of a comparison may be claimed to have changed."""
    return frame["p"].lt(LEVEL)


def _effect(k: Floats, n: Floats, weekdays: tuple[int, int], period: int) -> float:
    return day_design_effect([(k[period], n[period], weekdays[period])])
