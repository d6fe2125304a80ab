"""Raw beside adjusted: whether a rate moved, or only the mix of the cases that it is taken over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.measured import window_of
from tskit.metrics import measure
from tskit.stats import mantel_haenszel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.findings.moves import Move
    from tskit.findings.segments import Segment
    from tskit.model import CaseSet

__all__ = ["STRATA", "Adjusted", "Grown", "adjusted"]

STRATA = ("policy_id", "content_language", "severity", "market", "queue", "vendor", "source_type", "channel")
"""What a rate usually depends on; the first three together are the standard mix, each alone is looked at as well."""
_STANDARD = 3
_LEAST_COVERED = 0.7
_NOMINAL = 0.05
_SHARE_KEPT = 0.5
_LEAST_LEFT_OPEN = 0.2


@dataclass(frozen=True, slots=True)
class Grown:
    """The like-for-like group whose share of the cases grew most: its cases in both periods, and its own rate now."""

    values: tuple[str, ...]
    before: float
    now: float
    rate: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A change with the mix held still.

    `change` is the smallest that any way of holding the mix still leaves of the `raw` one, and `columns` that way; where
    a single column leaves nothing of it, it is that one. `strata` is the number of like-for-like groups, `covered` the share of cases that lie in one of them.
    """

    raw: float
    change: float
    low: float
    high: float
    p: float
    columns: tuple[str, ...]
    strata: int
    covered: float
    grown: Grown | None = None

    @property
    def is_mix_only(self) -> bool:
        """Return whether the raw change is gone once like is compared with like."""
        if not np.isfinite(self.change):
            return False
        return bool(self.p > _NOMINAL) or self.change * self.raw <= 0 or abs(self.change) < _SHARE_KEPT * abs(self.raw)


def adjusted(move: Move, case_set: CaseSet) -> Adjusted | None:
    """Return the change of a share or a level with the mix held still, or None where no column tells cases apart.

    A share's change is the Mantel-Haenszel difference, widened by the noise of earlier periods as the raw change is; a
    level's is the weighted mean of the changes on the log scale, without an interval.
    """
    available = [column for column in STRATA if not case_set.lacks(column) and column not in move.segment.columns]
    standard = tuple(column for column in STRATA[:_STANDARD] if column in available)
    ways = [way for way in dict.fromkeys([standard, *((column,) for column in available)]) if way]
    if not ways:
        return None
    if move.shape == "level":
        found = [_level(move, _both(move, case_set, way), way) for way in ways[:_STANDARD]]
    else:
        # Shares add up: the finest groups are counted once and joined for each way of holding the mix.
        finest = _both(move, case_set, tuple(available))
        grouped = ((way, finest.groupby(level=list(way)).sum()) for way in ways)
        found = [_share(move, both, way) for way, both in grouped if not _settles(both)]
    covered = [held for held in found if held.covered >= _LEAST_COVERED]
    gone = [held for held in covered if held.is_mix_only]
    if gone:
        return min(gone, key=lambda held: len(held.columns))
    return min(covered, key=lambda held: held.change * np.sign(held.raw), default=None)


def _both(move: Move, case_set: CaseSet, way: tuple[str, ...]) -> pd.DataFrame:
    window = window_of(case_set, move.metric.name)
    by = (*move.segment.columns, *way)
    now, before = (
        _counts(measure(case_set, move.metric.name, window=period, by=by), move.segment, way)
        for period in (window, window.before())
    )
    return now.add_suffix("_now").join(before.add_suffix("_before"), how="outer").fillna(0.0)


def _share(move: Move, both: pd.DataFrame, way: tuple[str, ...]) -> Adjusted:
    inflation = max(1.0, move.track.spread()) ** 2
    held = mantel_haenszel(both["k_now"], both["n_now"], both["k_before"], both["n_before"], inflation=inflation)
    raw = move.now - move.before
    return Adjusted(raw, held.value, held.low, held.high, held.p_value, way, held.strata, held.covered, _grown(both))


def _settles(both: pd.DataFrame) -> bool:
    """Return whether the groups settle the outcome, as a queue of automated decisions does: then they explain nothing."""
    k, n = both["k_now"] + both["k_before"], both["n_now"] + both["n_before"]
    within, whole = float((k * (1 - k / n)).sum()), float(k.sum() * (1 - k.sum() / n.sum()))
    return within < _LEAST_LEFT_OPEN * whole


def _grown(both: pd.DataFrame) -> Grown | None:
    totals = both[["n_now", "n_before"]].sum()
    if len(both) < 2 or (totals <= 0).any():  # one group alone has always the whole
        return None
    gain = both["n_now"] / totals["n_now"] - both["n_before"] / totals["n_before"]
    row = both.loc[gain.idxmax()]
    name = gain.idxmax()
    values = tuple(str(value) for value in (name if isinstance(name, tuple) else (name,)))
    return Grown(values, float(row["n_before"]), float(row["n_now"]), float(row["k_now"] / row["n_now"]))


def _level(move: Move, both: pd.DataFrame, way: tuple[str, ...]) -> Adjusted:
    known = both[(both["k_now"] > 0) & (both["k_before"] > 0)]
    n, m = known["n_now"], known["n_before"]
    steps = np.log((known["k_now"] / n) / (known["k_before"] / m))
    weights = n * m / (n + m)
    covered = float((n + m).sum() / max((both["n_now"] + both["n_before"]).sum(), 1.0))
    change = float((weights * steps).sum() / weights.sum()) if len(known) else np.nan
    raw = float(np.log(move.now / move.before))
    return Adjusted(raw, change, np.nan, np.nan, np.nan, way, len(known), covered)


def _counts(frame: pd.DataFrame, segment: Segment, way: Sequence[str]) -> pd.DataFrame:
    rows = frame[segment.select(frame)].dropna(subset=["value"])
    keys = [rows[column].astype("string").fillna("") for column in way]
    n = pd.to_numeric(rows["n"]).astype(float)
    return pd.DataFrame({"k": pd.to_numeric(rows["value"]).astype(float) * n, "n": n}).groupby(keys).sum()
