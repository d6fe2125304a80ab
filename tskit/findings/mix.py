"""Raw beside adjusted: whether a rate moved, or only the mix of the cases that it is taken over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from tskit.findings.measured import window_of
from tskit.findings.segments import codes_of
from tskit.metrics import cells_now_and_before
from tskit.stats import mantel_haenszel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from tskit.findings.moves import Move
    from tskit.model import CaseSet

__all__ = ["STRATA", "Adjusted", "Grown", "Strata", "adjusted"]

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


@dataclass(frozen=True, slots=True)
class Strata:
    """Like-for-like groups by some columns: the code of each group's value by column, the labels, and the counts.

    `counts` has four rows: hits and cases of this period, hits and cases of the one before.
    """

    columns: tuple[str, ...]
    codes: tuple[NDArray[np.int64], ...]
    labels: tuple[list[str], ...]
    counts: NDArray[np.float64]

    def by(self, columns: Sequence[str]) -> Strata:
        """Return the groups by fewer columns, in the order of their labels, with the counts added up."""
        picked = [self.columns.index(column) for column in columns]
        place = np.zeros(self.counts.shape[1], dtype=np.int64)
        for position in picked:
            _, place = np.unique(place * len(self.labels[position]) + self.codes[position], return_inverse=True)
        _, first = np.unique(place, return_index=True)
        sums = [np.bincount(place, weights=row, minlength=len(first)).astype(np.float64) for row in self.counts]
        codes = tuple(self.codes[position][first] for position in picked)
        return Strata(tuple(columns), codes, tuple(self.labels[position] for position in picked), np.vstack(sums))

    def name(self, position: int) -> tuple[str, ...]:
        """Return the labels of one group."""
        return tuple(labels[codes[position]] for codes, labels in zip(self.codes, self.labels, strict=True))


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
        grouped = ((way, finest.by(way)) for way in ways)
        found = [_share(move, both, way) for way, both in grouped if not _settles(both)]
    covered = [held for held in found if held.covered >= _LEAST_COVERED]
    gone = [held for held in covered if held.is_mix_only]
    if gone:
        return min(gone, key=lambda held: len(held.columns))
    return min(covered, key=lambda held: held.change * np.sign(held.raw), default=None)


def _both(move: Move, case_set: CaseSet, way: tuple[str, ...]) -> Strata:
    window = window_of(case_set, move.metric.name)
    by = (*move.segment.columns, *way)
    frames = cells_now_and_before(case_set, move.metric.name, window=window, by=by)
    kept = [frame[move.segment.select(frame) & frame["value"].notna()] for frame in frames]
    numbers = [_counts(frame) for frame in kept]
    nothing = [np.zeros((2, len(frame))) for frame in kept]
    counts = np.hstack([np.vstack([numbers[0], nothing[0]]), np.vstack([nothing[1], numbers[1]])])
    coded = [_coded([frame[column] for frame in kept]) for column in way]
    return Strata(way, tuple(codes for codes, _ in coded), tuple(labels for _, labels in coded), counts).by(way)


def _coded(parts: Sequence[pd.Series[Any]]) -> tuple[NDArray[np.int64], list[str]]:
    """Return the values of both periods as codes of one list of labels; what is missing has none."""
    found = [codes_of(part) for part in parts]
    labels = sorted({"", *(label for _, known in found for label in known)})
    places = [np.array([*(labels.index(label) for label in known), 0], dtype=np.int64) for _, known in found]
    return np.concatenate([place[codes] for place, (codes, _) in zip(places, found, strict=True)]), labels


def _share(move: Move, both: Strata, way: tuple[str, ...]) -> Adjusted:
    inflation = max(1.0, move.track.spread()) ** 2
    k, n, k_before, n_before = both.counts
    held = mantel_haenszel(k, n, k_before, n_before, inflation=inflation)
    raw = move.now - move.before
    return Adjusted(raw, held.value, held.low, held.high, held.p_value, way, held.strata, held.covered, _grown(both))


def _settles(both: Strata) -> bool:
    """Return whether the groups settle the outcome, as a queue of automated decisions does: then they explain nothing."""
    k, n = both.counts[0] + both.counts[2], both.counts[1] + both.counts[3]
    with np.errstate(divide="ignore", invalid="ignore"):
        within, whole = float(np.nansum(k * (1 - k / n))), float(k.sum() * (1 - k.sum() / n.sum()))
    return within < _LEAST_LEFT_OPEN * whole


def _grown(both: Strata) -> Grown | None:
    k, n, _, n_before = both.counts
    if len(n) < 2 or n.sum() <= 0 or n_before.sum() <= 0:  # one group alone has always the whole
        return None
    most = int(np.argmax(n / n.sum() - n_before / n_before.sum()))
    return Grown(both.name(most), float(n_before[most]), float(n[most]), float(k[most] / n[most]))


def _level(move: Move, both: Strata, way: tuple[str, ...]) -> Adjusted:
    k, n, k_before, m = both.counts[:, (both.counts[0] > 0) & (both.counts[2] > 0)]
    steps = np.log((k / n) / (k_before / m))
    weights = n * m / (n + m)
    covered = float((n + m).sum() / max(float(both.counts[1].sum() + both.counts[3].sum()), 1.0))
    change = float((weights * steps).sum() / weights.sum()) if len(n) else np.nan
    raw = float(np.log(move.now / move.before))
    return Adjusted(raw, change, np.nan, np.nan, np.nan, way, len(n), covered)


def _counts(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Return hits and cases of each row."""
    value, n = (frame[name].to_numpy(dtype=np.float64) for name in ("value", "n"))
    return np.vstack([value * n, n])
