"""Moves: one metric in one segment, now against the period before, with the verdict whether that is more than noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.findings.noise import Verdict
    from tskit.findings.segments import Segment
    from tskit.findings.tracks import Shape, Track
    from tskit.metrics import Metric

__all__ = ["FEWEST_CASES", "FLOORS", "LEVEL_OF_ERROR", "Floor", "Move", "moves_of", "range_of"]

FEWEST_CASES = 30
"""A segment with fewer cases is never compared or ranked."""
LEVEL_OF_ERROR = 0.05


@dataclass(frozen=True, slots=True)
class Floor:
    """The least change that matters to anybody, however sure it is: a share of the value before, and an amount."""

    relative: float
    absolute: float


FLOORS: Mapping[Shape, Floor] = {
    "flow": Floor(0.10, 30),
    "stock": Floor(0.20, 30),
    "share": Floor(0.0, 0.02),
    "level": Floor(0.10, 0.0),
}


@dataclass(frozen=True, slots=True)
class Move:
    """A change of a metric in a segment since the period before.

    `of_now` and `of_before` are the cases that the values rest on. `low` and `high` hold the value that noise alone
    would have left, in 95 of 100 periods. `q` is `p` after correction for everything that was looked at.
    """

    metric: Metric
    track: Track
    now: float
    before: float
    of_now: float
    of_before: float
    low: float
    high: float
    verdict: Verdict
    q: float = float("nan")

    @property
    def segment(self) -> Segment:
        """Return the cases that the move is about."""
        return self.track.segment

    @property
    def shape(self) -> Shape:
        """Return how the metric's values add up."""
        return self.track.shape

    @property
    def is_up(self) -> bool:
        """Return whether the value rose."""
        return self.now > self.before

    @property
    def is_material(self) -> bool:
        """Return whether the change is large enough to matter."""
        floor = FLOORS[self.shape]
        expected = self.expected
        return abs(self.now - expected) >= max(floor.absolute, floor.relative * abs(expected))

    @property
    def stands_out(self) -> bool:
        """Return whether the change is more than noise after correction, and large enough to matter."""
        return bool(self.q <= LEVEL_OF_ERROR) and self.is_material

    @property
    def expected(self) -> float:
        """Return the value that the earlier changes lead to expect."""
        if self.shape == "share":
            return min(1.0, max(0.0, self.before + self.verdict.centre))
        return self.before * float(np.exp(self.verdict.centre))


def moves_of(metric: Metric, found: Sequence[Track], *, histories: Mapping[Segment, Track] | None = None) -> list[Move]:
    """Return the moves of one metric in segments of one level; those that rest on too few cases are left out.

    Args:
        metric: what the tracks measure.
        found: the tracks of the level.
        histories: by segment the same series in shorter steps, where there are too few whole periods.
    """
    kept = [track for track in found if len(track.hits) > 1 and _is_large_enough(track)]
    past = [track if histories is None else histories.get(track.segment, track) for track in kept]
    spreads = [track.spread() for track in past]
    usual = float(np.median(spreads)) if len(spreads) > 2 else 1.0
    return [
        _move(metric, track, track.judged(spread=usual, history=None if histories is None else back))
        for track, back in zip(kept, past, strict=True)
    ]


def _is_large_enough(track: Track) -> bool:
    sizes = track.hits[:2] if track.shape in {"flow", "stock"} else track.of[:2]
    return bool(max(sizes) >= FEWEST_CASES if track.shape in {"flow", "stock"} else min(sizes) >= FEWEST_CASES)


def _move(metric: Metric, track: Track, verdict: Verdict) -> Move:
    now, before = (float(value) for value in track.levels[:2])
    low, high = range_of(track.shape, before, verdict)
    return Move(metric, track, now, before, float(track.of[0]), float(track.of[1]), low, high, verdict)


def range_of(shape: Shape, before: float, verdict: Verdict) -> tuple[float, float]:
    """Return the range that noise alone would have left a value in, in 95 of 100 periods."""
    edges = (verdict.centre - verdict.margin, verdict.centre + verdict.margin)
    if shape == "share":
        return max(0.0, before + edges[0]), min(1.0, before + edges[1])
    return before * float(np.exp(edges[0])), before * float(np.exp(edges[1]))
