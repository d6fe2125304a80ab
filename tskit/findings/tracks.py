"""Tracks: one metric in one segment, added up to whole periods from the present one back into the past."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from tskit.findings.noise import UNJUDGED, Verdict, judge, log_steps, share_steps, spread_of
from tskit.findings.segments import Segment, codes_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from tskit.metrics import Metric

    Floats = NDArray[np.float64]

__all__ = ["BLANK", "Shape", "Track", "at_the_end", "binned", "segments_in", "shape_of", "tracks"]

Shape = Literal["flow", "stock", "share", "level"]
"""flow: cases that add up over time; stock: open at an instant; share: k of n; level: a time or a ratio, a mean."""
_SHAPES: dict[str, Shape] = {"count": "flow", "level": "stock", "share": "share"}
_WIDTH_TO_ERROR = 3.92
BLANK = "(blank)"
"""Cases without a value, as the metrics name them; they are no segment to report on."""


@dataclass(frozen=True, slots=True)
class Track:
    """Values by period, the newest first: `hits` is the sum of value x n, and `of` the sum of n.

    For a flow and a stock `hits` is the count itself. `noise` is the sampling error of a level on the log scale, which
    its values alone do not tell; it is empty for the others.
    """

    shape: Shape
    segment: Segment
    hits: Floats
    of: Floats
    noise: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def levels(self) -> Floats:
        """Return the value of the metric by period."""
        if self.shape in {"flow", "stock"}:
            return self.hits
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.of > 0, self.hits / self.of, np.nan)

    def steps(self) -> tuple[Floats, Floats]:
        """Return the changes from period to period with their sampling errors, on the scale that they are judged on."""
        if self.shape == "share":
            return share_steps(self.hits, self.of)
        if self.shape == "level":
            with np.errstate(divide="ignore", invalid="ignore"):
                logs = np.log(np.where(self.levels > 0, self.levels, np.nan))
            errors = np.hypot(self.noise[:-1], self.noise[1:]) if len(self.noise) else np.zeros(len(logs) - 1)
            return logs[:-1] - logs[1:], np.where(errors > 0, errors, 1.0)
        return log_steps(self.hits)

    def scores(self) -> Floats:
        """Return the steps in units of their sampling errors, the newest first."""
        steps, errors = self.steps()
        return steps / errors

    def spread(self) -> float:
        """Return how much more than its sampling error the series moved before this period."""
        return spread_of(self.scores()[1:])

    def judged(self, *, spread: float = 1.0, history: Track | None = None) -> Verdict:
        """Return whether the newest change is more than noise.

        Args:
            spread: the least spread to reckon with, in sampling errors.
            history: the same series in shorter steps, where it does not reach back far enough in whole periods.
        """
        if len(self.hits) < 2:
            return UNJUDGED
        steps, errors = self.steps()
        earlier = steps[1:] / errors[1:] if history is None else history.scores()
        verdict = judge(float(steps[0]), float(errors[0]), earlier, spread=spread)
        return verdict if history is None else replace(verdict, yardstick="weeks")

    def without(self, part: Track) -> Track:
        """Return this track less a part of it."""
        return replace(self, hits=np.maximum(self.hits - part.hits, 0), of=np.maximum(self.of - part.of, 0))


def shape_of(metric: Metric) -> Shape:
    """Return how the values of a metric add up; distinct things do not, and count as a level."""
    return _SHAPES.get(str(metric.kind), "level")


def binned(cube: pd.DataFrame, *, end: date, length: int) -> pd.DataFrame:
    """Return the frame with `bin`: 0 for the `length` days before `end`, 1 for those before them, and so on.

    Later days are left out. `hits` and `of` are added, so that shares and means add up by their denominators.
    """
    codes, starts = pd.factorize(cube["period_start"])
    back = np.array([(end - start).days - 1 for start in starts], dtype=np.int64)[codes]
    value = pd.to_numeric(cube["value"]).astype(float)
    of = pd.to_numeric(cube["n"]).astype(float).fillna(0.0).where(value.notna(), 0.0)
    return cube.assign(bin=back // length, back=back, value=value, of=of)[back >= 0]


def tracks(cube: pd.DataFrame, *, by: Sequence[str], shape: Shape, bins: int) -> Iterator[Track]:
    """Yield the track of each segment of a binned frame; segments of a blank value are left out."""
    place, found = segments_in(cube, by)
    period = cube["bin"].to_numpy(dtype=np.int64)
    kept = (period < bins) & (place >= 0)
    value, of = (cube[name].to_numpy(dtype=np.float64)[kept] for name in ("value", "of"))
    place, period = place[kept], period[kept]
    hits, of = _sums(value, of, shape, days=(period, cube["back"].to_numpy(dtype=np.int64)[kept]))
    present, place = np.unique(place, return_inverse=True)
    size = (len(present), bins)

    def wide(values: Floats) -> Floats:
        return np.bincount(place * bins + period, weights=values, minlength=size[0] * bins).astype(float).reshape(size)

    wide_hits, wide_of = wide(hits), wide(of)
    noise = np.sqrt(wide(_variances(cube[kept], of))) if shape == "level" else None
    for position, number in enumerate(present):
        total = wide_of[position]
        own = np.zeros(0) if noise is None else noise[position] / np.maximum(total, 1.0)
        yield Track(shape, found[number], wide_hits[position], total, own)


def segments_in(cube: pd.DataFrame, by: Sequence[str]) -> tuple[NDArray[np.int64], dict[int, Segment]]:
    """Return the number of the segment that each row lies in, -1 for one of a blank value, and the segments by number."""
    place = np.zeros(len(cube), dtype=np.int64)
    blank = np.zeros(len(cube), dtype=bool)
    names: list[list[str]] = []
    for column in by:
        codes, labels = codes_of(cube[column])
        blank |= (codes < 0) | (codes == (labels.index(BLANK) if BLANK in labels else -1))
        place = place * len(labels) + codes
        names.append(labels)
    place = np.where(blank, -1, place)
    found = {int(number): _segment(int(number), by, names) for number in np.unique(place) if number >= 0}
    return place, found


def _segment(number: int, by: Sequence[str], names: Sequence[list[str]]) -> Segment:
    values: list[str] = []
    for labels in reversed(names):
        number, code = divmod(number, len(labels))
        values.append(labels[code])
    return Segment.of(by, reversed(values))


def _variances(cube: pd.DataFrame, of: Floats) -> Floats:
    """Return the variance of each row's part in a weighted mean, from the interval of its value."""
    low, high = (cube[name].to_numpy(dtype=np.float64) for name in ("low", "high"))
    with np.errstate(divide="ignore", invalid="ignore"):
        width = np.log(high / np.where(low > 0, low, np.nan)) / _WIDTH_TO_ERROR
    known = width[~np.isnan(width)]
    return (np.where(np.isnan(width), np.median(known) if len(known) else 0.0, width) * of) ** 2


def _sums(
    value: Floats, of: Floats, shape: Shape, *, days: tuple[NDArray[np.int64], NDArray[np.int64]]
) -> tuple[Floats, Floats]:
    if shape == "flow":
        return np.nan_to_num(value), of
    if shape == "stock":
        # A stock does not add up over days: the period's value is the one at its end.
        last = at_the_end(*days)
        return np.where(last, np.nan_to_num(value), 0.0), np.where(last, of, 0.0)
    return np.nan_to_num(value * of), of


def at_the_end(period: NDArray[np.int64], back: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return whether each row is of the last day of its period that any row is of."""
    last = np.full(int(period.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(last, period, back)
    return last[period] == back
