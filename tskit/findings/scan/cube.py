"""One answer of the engine for each metric: all segments by day, from which every detector takes what it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from tskit.findings.measured import window_of
from tskit.findings.segments import Segment, codes_of
from tskit.findings.tracks import BLANK, shape_of
from tskit.metrics import cells

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from tskit.metrics import Metric
    from tskit.model import CaseSet, Window

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Cube", "Groups", "Step", "cube_of"]

Step = Literal["day", "week"]
_DAYS: Mapping[Step, int] = {"day": 1, "week": 7}
_LONGEST = 730
"""Days before the window that say what is usual: two years, so that a season shows."""
_USUAL = 56
"""Days before the window that a change is sized against, as in `expected_days`."""


@dataclass(frozen=True, slots=True)
class Groups:
    """The segments of some columns: which one each row of a cube lies in (-1 where a value is missing)."""

    columns: tuple[str, ...]
    place: Ints = field(repr=False)
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Cube:
    """A metric by day and by every column at once: `k` cases, of `n` for a share.

    `back` counts the days of a row back from the end of the window, 0 being its last day. `days_back` is how many days
    before the window are known. Of a share that is weighted in the metric, cases are counted here.
    """

    metric: Metric
    columns: tuple[str, ...]
    codes: Mapping[str, Ints] = field(repr=False)
    labels: Mapping[str, list[str]] = field(repr=False)
    back: Ints = field(repr=False)
    k: Floats = field(repr=False)
    n: Floats = field(repr=False)
    window: Window
    days_back: int

    @property
    def is_share(self) -> bool:
        """Return whether the metric is a share, and not a count."""
        return shape_of(self.metric) == "share"

    def groups(self, columns: Sequence[str]) -> Groups:
        """Return the segments of these columns that hold a case."""
        place, whole = np.zeros(len(self.back), dtype=np.int64), np.ones(len(self.back), dtype=bool)
        for column in columns:
            place = place * (len(self.labels[column]) + 1) + self.codes[column]
            whole &= self.codes[column] >= 0
        known, first, inverse = np.unique(place[whole], return_index=True, return_inverse=True)
        full = np.full(len(place), -1, dtype=np.int64)
        full[whole] = inverse
        rows = np.flatnonzero(whole)[first]
        values = [[self.labels[column][self.codes[column][row]] for column in columns] for row in rows]
        return Groups(tuple(columns), full, tuple(Segment.of(columns, each) for each in values) if len(known) else ())

    def inside(self, segment: Segment) -> NDArray[np.bool_]:
        """Return which rows lie in a segment; none where its columns are not known here."""
        mask = np.ones(len(self.back), dtype=bool)
        for column, value in segment.items:
            known = self.labels.get(column, [])
            mask &= self.codes[column] == known.index(value) if value in known else False
        return mask

    def span(self, start: date, end: date) -> NDArray[np.bool_]:
        """Return which rows lie in these days (half open)."""
        last = (self.window.end - end).days
        return (self.back >= last) & (self.back < last + (end - start).days)

    def sums(self, groups: Groups, *, before: int, days: int) -> tuple[Floats, Floats]:
        """Return k and n by segment over so many days, which end `before` days before the window's end."""
        rows = (groups.place >= 0) & (self.back >= before) & (self.back < before + days)
        size = len(groups.segments)
        parts = (np.bincount(groups.place[rows], values[rows], size) for values in (self.k, self.n))
        k, n = (np.asarray(part, dtype=np.float64) for part in parts)
        return k, n

    def series(self, groups: Groups, kept: NDArray[np.bool_], *, step: Step) -> pd.DataFrame:
        """Return k and n of the kept segments by day or week (counted back from the window's end), as `spikes` reads it.

        Columns: those of the segments, `group` (the place of the segment), `period`, `k` and `n`. A period begins at its
        first day; only whole ones are there.
        """
        days = _DAYS[step]
        periods = (self.days_back + self.window.days) // days
        bin_ = self.back // days
        rows = (groups.place >= 0) & (bin_ < periods) & np.append(kept, False)[groups.place]
        at = groups.place[rows] * periods + (periods - 1 - bin_[rows])
        size = len(groups.segments) * periods
        k, n = (np.bincount(at, values[rows], size).reshape(-1, periods) for values in (self.k, self.n))
        # A period in which all of a few sparse segments have no case is one without cases, and not one without data.
        begun = np.ones(k.shape, dtype=bool) if self.is_share else np.maximum.accumulate(k > 0, axis=1)
        place, period = np.nonzero(begun & np.asarray(kept)[:, None])
        starts = np.array(
            [self.window.end - timedelta(days=days * (periods - b)) for b in range(periods)], dtype="datetime64[s]"
        )
        named = {
            column: np.array([segment.fixed[column] for segment in groups.segments], dtype=object)[place]
            for column in groups.columns
        }
        return pd.DataFrame(
            {**named, "group": place, "period": starts[period], "k": k[place, period], "n": n[place, period]}
        )

    def cells(self) -> pd.DataFrame:
        """Return k and n by every column in the window ("after") and the one before it ("before")."""
        days = self.window.days
        rows = self.back < 2 * days
        frame = pd.DataFrame(
            {
                column: np.array([*self.labels[column], BLANK], dtype=object)[self.codes[column][rows]]
                for column in self.columns
            }
        )
        is_after = self.back[rows] < days
        k = self.k[rows]
        frame = frame.assign(window=np.where(is_after, "after", "before"), n=self.n[rows] if self.is_share else k, k=k)
        return frame.groupby([*self.columns, "window"], sort=True, as_index=False)[["n", "k"]].sum()

    def excess(self, segment: Segment, start: date, end: date, *, inside: Segment | None = None) -> float:
        """Return by how many cases a segment lay above what the weeks before the window lead to expect in these days.

        With `inside`, the part of it that lies in another segment as well.
        """
        own = self.inside(segment)
        span = self.span(start, end)
        days = self.window.days
        usual = min(self.days_back, _USUAL)
        past = (self.back >= days) & (self.back < days + usual)
        both = own if inside is None else own & self.inside(inside)
        if not self.is_share:
            return float(self.k[both & span].sum() - self.k[both & past].sum() * (end - start).days / max(usual, 1))
        rate = float(self.k[own & past].sum() / max(self.n[own & past].sum(), 1.0))
        return float(self.k[both & span].sum() - rate * self.n[both & span].sum())


def cube_of(case_set: CaseSet, metric: Metric, *, by: Sequence[str], first: date) -> Cube:
    """Return a metric by day and by all columns, from the first day of the data, or two years, up to the window's end."""
    window = window_of(case_set, metric.name)
    back = min(max((window.start - first).days, 0), _LONGEST)
    frame = cells(case_set, metric.name, window=window.stretched(days_before=back), by=by, period="day")
    frame = frame[frame["k"].notna() & (frame["n"].fillna(0).gt(0) | frame["k"].gt(0))]
    days, starts = pd.factorize(frame["period_start"])
    known = np.array([(window.end - start).days - 1 for start in starts], dtype=np.int64)
    codes: dict[str, Ints] = {}
    labels: dict[str, list[str]] = {}
    for column in by:
        code, names = codes_of(frame[column])
        blank = names.index(BLANK) if BLANK in names else -1
        codes[column], labels[column] = np.where(code == blank, -1, code), names
    k, n = (frame[name].to_numpy(dtype=np.float64) for name in ("k", "n"))
    return Cube(
        metric, tuple(by), codes, labels, known[days] if len(frame) else days.astype(np.int64), k, n, window, back
    )
