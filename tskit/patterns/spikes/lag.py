"""How much of the latest periods is known yet, learnt from how earlier ones filled up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from datetime import date

    from tskit.patterns.spikes.design import Step

__all__ = ["reported_shares"]

_ALL = 0.995


def reported_shares(
    frame: pd.DataFrame,
    *,
    until: date,
    known: str = "known_on",
    value: str = "cases",
    step: Step = "day",
    ages: int = 28,
) -> tuple[float, ...]:
    """Return the share of a period's cases that is known when it is so old: the latest period's first (chain ladder).

    `frame` has the cases of each `period` by the day on which they became known. `until` is the day after the last one
    of the latest period. Each share is the product of how much periods that are old enough grew from one age to the next,
    so that no period has to be complete; shares end where all is known, and after `ages` periods.

    Raises:
        ParameterError: no period is old enough to show how the latest ones will grow.
    """
    days = 7 if step == "week" else 1
    end = pd.Timestamp(until)
    happened = pd.to_datetime(frame["period"])
    age = np.maximum(((pd.to_datetime(frame[known]) - happened).dt.days.to_numpy()) // days, 0)
    old = ((end - happened).dt.days.to_numpy()) // days - 1
    keep = (age <= old) & (old >= 0)
    if not keep.any() or old.max() < 1:
        raise ParameterError("No period is old enough to tell how many cases are known later; load more of the past.")
    ages = min(ages, int(old.max()))
    triangle = np.zeros((int(old.max()) + 1, ages + 1))
    np.add.at(triangle, (old[keep], np.minimum(age[keep], ages)), frame[value].to_numpy(dtype=np.float64)[keep])
    known_by = triangle.cumsum(axis=1)
    grown = [_growth(known_by, at) for at in range(ages)]
    shares = 1 / np.cumprod(grown[::-1])[::-1]
    return tuple(float(share) for share in shares[: int((shares < _ALL).sum())])


def _growth(known_by: np.ndarray, age: int) -> float:
    """Return how much periods that are older than this grew from this age to the next."""
    before, after = known_by[age + 1 :, age].sum(), known_by[age + 1 :, age + 1].sum()
    return float(after / before) if before else 1.0
