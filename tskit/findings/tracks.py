"""Tracks: one metric in one segment, added up to whole periods from the present one back into the past."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from tskit.findings.noise import UNJUDGED, Verdict, judge, log_steps, share_steps, spread_of
from tskit.findings.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from tskit.metrics import Metric

    Floats = NDArray[np.float64]

__all__ = ["BLANK", "Shape", "Track", "binned", "shape_of", "tracks"]

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
    starts = pd.to_datetime(cube["period_start"])
    back = (pd.Timestamp(end) - starts).dt.days - 1
    value = pd.to_numeric(cube["value"]).astype(float)
    of = pd.to_numeric(cube["n"]).astype(float).fillna(0.0).where(value.notna(), 0.0)
    return cube.assign(bin=back // length, back=back, value=value, of=of)[back >= 0]


def tracks(cube: pd.DataFrame, *, by: Sequence[str], shape: Shape, bins: int) -> Iterator[Track]:
    """Yield the track of each segment of a binned frame; segments of a blank value are left out."""
    kept = cube[cube["bin"] < bins]
    columns = list(by)
    for column in columns:
        kept = kept[kept[column].notna() & kept[column].ne(BLANK)]
    hits, of = _sums(kept, shape)
    wide_hits, wide_of = (_wide(kept, columns, series, bins) for series in (hits, of))
    noise = np.sqrt(_wide(kept, columns, _variances(kept), bins).to_numpy()) if shape == "level" else None
    for position, values in enumerate(wide_hits.index):
        names = values if isinstance(values, tuple) else (values,)
        segment = Segment.of(columns, names if columns else ())
        total = wide_of.to_numpy()[position]
        own = np.zeros(0) if noise is None else noise[position] / np.maximum(total, 1.0)
        yield Track(shape, segment, wide_hits.to_numpy()[position], total, own)


def _variances(cube: pd.DataFrame) -> pd.Series[float]:
    """Return the variance of each row's part in a weighted mean, from the interval of its value."""
    low, high = (pd.to_numeric(cube[name]).astype(float) for name in ("low", "high"))
    ratio = (high / low.where(low > 0)).to_numpy(dtype=np.float64)
    width = pd.Series(np.log(ratio), index=cube.index) / _WIDTH_TO_ERROR
    return (width.fillna(width.median()).fillna(0.0) * cube["of"]) ** 2


def _sums(cube: pd.DataFrame, shape: Shape) -> tuple[pd.Series[float], pd.Series[float]]:
    if shape == "flow":
        return cube["value"].fillna(0.0), cube["of"]
    if shape == "stock":
        # A stock does not add up over days: the period's value is the one at its end.
        last = cube.groupby("bin")["back"].transform("min") == cube["back"]
        return cube["value"].fillna(0.0).where(last, 0.0), cube["of"].where(last, 0.0)
    return (cube["value"] * cube["of"]).fillna(0.0), cube["of"]


def _wide(cube: pd.DataFrame, columns: list[str], sums: pd.Series[float], bins: int) -> pd.DataFrame:
    keys = [cube[column].astype(str) for column in columns] or [pd.Series("", index=cube.index, name="all")]
    wide = sums.groupby([*keys, cube["bin"]]).sum().unstack("bin").fillna(0.0)  # noqa: PD010  # a pivot would sort and count once more
    return wide.reindex(columns=range(bins), fill_value=0.0)
