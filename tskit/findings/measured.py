"""Everything that one metric has to say: now, the period before, a year ago, and day by day in every segment."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.segments import levels
from tskit.findings.tracks import Track, binned, segments_in, shape_of, tracks
from tskit.metrics import cells, first_opening, matured, measure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tskit.findings.segments import Segment
    from tskit.findings.tracks import Shape
    from tskit.metrics import Metric
    from tskit.model import CaseSet, Window

__all__ = ["MOST_PERIODS", "PEAKING", "Measured", "Point", "first_day", "point", "take", "window_of"]

MOST_PERIODS = 26
PEAKING = ("cases_opened", "backlog")
"""Counts that are followed day by day; all others by whole weeks where the window is made of them."""
_LEAST_PERIODS = 9
_LONGEST = 800
_WEEK = 7
_YEAR = 364


@dataclass(frozen=True, slots=True)
class Point:
    """A metric over one window: value, interval, the cases it rests on, and why it is not known where it is not."""

    value: float
    low: float
    high: float
    k: float
    n: float
    note: str = ""
    is_complete: bool = True


_UNKNOWN = Point(np.nan, np.nan, np.nan, np.nan, np.nan, "the data begins later")


@dataclass(frozen=True, slots=True)
class Measured:
    """One metric of a scope, measured.

    `cubes` holds one frame of days (weeks, for quantiles of whole weeks) by segment columns, with `bin` counted back
    in whole periods; cases and shares need only the finest one, since they add up, quantiles need one per level.
    `reach` is the number of whole periods in the data, this one included; `weeks` that of whole weeks before it.
    """

    metric: Metric
    shape: Shape
    now: Point
    before: Point
    year_ago: Point
    window: Window
    reach: int
    weeks: int
    cubes: Mapping[tuple[str, ...], pd.DataFrame] = field(repr=False)

    @property
    def is_additive(self) -> bool:
        """Return whether values of segments add up to those of larger ones."""
        return self.shape != "level"

    def cube(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the frame that tells segments of these columns apart."""
        finest = max(self.cubes, key=len)
        return self.cubes[finest] if self.is_additive else self.cubes[tuple(columns)]

    def tracks(self, columns: Sequence[str]) -> list[Track]:
        """Return one track per segment of these columns, in periods of the window's length."""
        return list(tracks(self.cube(columns), by=columns, shape=self.shape, bins=self.reach))

    def histories(self, columns: Sequence[str]) -> Mapping[Segment, Track] | None:
        """Return the tracks in weeks before the window, or None where there are periods enough to judge by."""
        if self.reach > _LEAST_PERIODS:
            return None
        cube = self.cube(columns)
        weekly = cube[cube["back"] >= self.window.days]
        weekly = weekly.assign(bin=(weekly["back"] - self.window.days) // _WEEK)
        found = tracks(weekly, by=columns, shape=self.shape, bins=self.weeks)
        return {track.segment: track for track in found}

    def daily(self, columns: Sequence[str]) -> Mapping[Segment, pd.Series[float]]:
        """Return the cases by day in each segment of these columns, days without any included; for counts only."""
        cube = self.cube(columns)
        place, found = segments_in(cube, columns)
        first = self.window.start - timedelta(days=self.days_back)
        whole = pd.date_range(first, self.window.end, freq="D", inclusive="left")
        day = len(whole) - 1 - cube["back"].to_numpy(dtype=np.int64)
        kept = (place >= 0) & (day >= 0)
        present, place = np.unique(place[kept], return_inverse=True)
        value, size = cube["value"].to_numpy(dtype=np.float64)[kept], len(present) * len(whole)
        wide = np.bincount(place * len(whole) + day[kept], weights=value, minlength=size).reshape(-1, len(whole))
        return {found[int(number)]: pd.Series(days, index=whole) for number, days in zip(present, wide, strict=True)}

    @property
    def days_back(self) -> int:
        """Return the number of days before the window that were measured."""
        return max((self.reach - 1) * self.window.days, self.weeks * _WEEK)

    def levels(self) -> tuple[tuple[str, ...], ...]:
        """Return the combinations of columns that can be looked into."""
        return levels(max(self.cubes, key=len)) if self.is_additive else tuple(self.cubes)


def first_day(case_set: CaseSet) -> date:
    """Return the local day on which the first case of the data was opened."""
    return pd.Timestamp(first_opening(case_set)).tz_convert(case_set.scope.zone).date()


def window_of(case_set: CaseSet, metric: str) -> Window:
    """Return the window that a metric is judged over: the period asked for, or the part of it that has matured.

    A metric that follows each case for 14 days knows nothing yet of the last two weeks. The whole weeks before them
    stand for the period; where none of it has matured, the latest window of the same length that has.
    """
    window = case_set.scope.window
    grown = matured(case_set, metric, window=window)
    if grown.end - timedelta(days=_WEEK) >= window.start:
        return replace(grown, start=window.start)
    return grown


def point(case_set: CaseSet, metric: str, *, window: Window) -> Point:
    """Return a metric over a whole window, all cases together."""
    frame = measure(case_set, metric, window=window)
    if frame.empty:
        return Point(np.nan, np.nan, np.nan, np.nan, np.nan, "no cases")
    row = frame.iloc[0]
    value, low, high, k, n = (_number(row[name]) for name in ("value", "low", "high", "k", "n"))
    return Point(value, low, high, k, n, str(row["note"] or ""), bool(row["is_complete"]))


def take(case_set: CaseSet, metric: Metric, *, by: Sequence[str], start: date) -> Measured:
    """Measure one metric now, before, a year ago, and day by day in every segment as far back as is of use.

    Args:
        case_set: the loaded cases.
        metric: what to measure.
        by: the columns to look into.
        start: the first day of the data.
    """
    window, shape = window_of(case_set, metric.name), shape_of(metric)
    known = max((window.start - start).days, 0)
    periods = min(known // window.days, MOST_PERIODS, max(_LONGEST // window.days, 2))
    weeks = min(known // _WEEK, 2 * MOST_PERIODS)
    back = max(periods * window.days, weeks * _WEEK if periods < _LEAST_PERIODS else 0)
    history = window.stretched(days_before=back)
    splits = levels(by, depth=1) if shape == "level" else (tuple(by),)
    cubes = {columns: _cube(case_set, metric, by=columns, history=history) for columns in splits}
    now = point(case_set, metric.name, window=window)
    before, year_ago = (
        _UNKNOWN
        if then.start < start
        else _from_cube(cubes[splits[-1]], days=days, length=window.days, shape=shape)
        if _adds_up(metric) and days <= back
        else point(case_set, metric.name, window=then)
        for days, then in ((window.days, window.before()), (_YEAR, window.year_before()))
    )
    return Measured(metric, shape, now, before, year_ago, window, periods + 1, weeks, cubes)


def _adds_up(metric: Metric) -> bool:
    """Return whether a longer window's value follows exactly from its days: no quantile, and no weights.

    Follow-up is no hindrance: windows before one that has matured have matured as well.
    """
    return shape_of(metric) != "level" and not metric.weight


def _from_cube(cube: pd.DataFrame, *, days: int, length: int, shape: Shape) -> Point:
    rows = cube[(cube["back"] >= days) & (cube["back"] < days + length)]
    if shape == "stock":  # open at the end of the window's last day
        return Point(float(rows["value"][rows["back"] == days].sum()), np.nan, np.nan, np.nan, np.nan)
    if rows.empty and shape == "share":
        return Point(np.nan, np.nan, np.nan, np.nan, np.nan, "no cases")
    k, n = float(pd.to_numeric(rows["k"]).sum()), float(rows["of"].sum())
    return Point(k / n if shape == "share" else float(rows["value"].sum()), np.nan, np.nan, k, n)


def _cube(case_set: CaseSet, metric: Metric, *, by: tuple[str, ...], history: Window) -> pd.DataFrame:
    window = window_of(case_set, metric.name)
    is_whole_weeks = window.days % _WEEK == 0 and window.start.isoweekday() == 1
    period = "week" if is_whole_weeks and metric.name not in PEAKING else "day"
    cube = cells(case_set, metric.name, window=history, by=by, period=period)
    cube = cube[cube["value"].notna() & (cube["n"].fillna(0).gt(0) | cube["value"].gt(0))]
    return binned(cube, end=window.end, length=window.days)


def _number(value: object) -> float:
    return float("nan") if pd.isna(value) else float(value)  # type: ignore[arg-type]  # a cell of a numeric column
