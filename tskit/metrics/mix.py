"""Differences of shares with the mix of cases held still."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.metrics.shares import shares_of
from tskit.stats import mantel_haenszel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.metrics.request import Request

__all__ = ["STRATA", "adjust"]

STRATA = ("policy_id", "market", "severity")
"""What a difference of shares is adjusted for, as far as the source has it."""

_NOTHING = {"k": 0.0, "n": 0.0, "k_before": 0.0, "n_before": 0.0}


def adjust(
    requests: Sequence[Request], groups: pd.DataFrame, strata: Sequence[str], effects: Sequence[float]
) -> np.ndarray:
    """Return change, low, high and p-value within strata, a row for each group: Mantel-Haenszel over the strata."""
    names = list(requests[0].by)
    now, then = (shares_of(replace(request, by=(*names, *strata))) for request in requests)
    cells = pd.concat([now, then.rename(columns={"k": "k_before", "n": "n_before"})]).fillna(_NOTHING)
    both = cells.groupby([*names, *strata], dropna=False, as_index=False)[list(_NOTHING)].sum()
    parts = dict(iter(both.groupby(names, dropna=False))) if names else {(): both}
    keys = [tuple(row) for row in groups[names].itertuples(index=False)] if names else [()]
    return np.array([_within(parts.get(key), effect) for key, effect in zip(keys, effects, strict=True)])


def _within(cells: pd.DataFrame | None, effect: float) -> tuple[float, float, float, float]:
    if cells is None:
        return np.nan, np.nan, np.nan, np.nan
    found = mantel_haenszel(cells["k"], cells["n"], cells["k_before"], cells["n_before"], inflation=effect)
    return found.value, found.low, found.high, found.p_value
