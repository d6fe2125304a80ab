"""One series of periods, read from the tidy frame that a metric returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.impact.change import Outcome

    Floats = NDArray[np.float64]
    Days = NDArray[np.datetime64]

__all__ = ["Series", "following", "series_of"]

_STEPS = {"day": 1, "week": 7, "month": 28}
_NEEDS = {"count": ("k",), "rate": ("k", "n"), "value": ("value",)}


@dataclass(frozen=True, slots=True)
class Series:
    """Known periods in order: first day, first day after, place on the calendar, `total` out of `size`, and the kind.

    Of a count, `total` is the cases and `size` the exposure; of a rate, k and n; of a value, the value and its weight.
    `left_out` counts periods that are unfinished or have no figure.
    """

    kind: str
    period: str
    starts: Days
    ends: Days
    places: NDArray[np.int64]
    total: Floats
    size: Floats
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.total)

    @property
    def shown(self) -> Floats:
        """Return what a reader sees: the count per unit of exposure, the share, or the value."""
        return self.total if self.kind == "value" else self.total / self.size

    def where(self, keep: NDArray[np.bool_]) -> Series:
        """Return the periods that are kept."""
        parts = {name: getattr(self, name)[keep] for name in ("starts", "ends", "places", "total", "size")}
        return replace(self, **parts)


def series_of(frame: pd.DataFrame, outcome: Outcome) -> Series:
    """Return the known periods of a frame with one row a period, as `tskit.metrics.measure` gives it for one group.

    Columns: `period_start`; `k` for a count (`value` where there is none) and, where it is there, `exposure`; `k` and `n`
    for a rate; `value` and, where it is there, `weight` (else `n`) for a value. Rows whose `is_complete` is false are left
    out, and so are those without a figure: no denominator means no rate. A period without a row is unknown, not zero.

    Raises:
        ParameterError: a column is missing, a period comes twice, or k exceeds n.
    """
    named = frame.rename(columns={"value": "k"}) if outcome.kind == "count" and "k" not in frame else frame
    for name in ("period_start", *_NEEDS[outcome.kind]):
        if name not in named:
            raise ParameterError(
                f"The series of {outcome.label} has no column {name!r}; it has {', '.join(map(str, frame.columns))}."
            )
    rows = named.sort_values("period_start", kind="stable", ignore_index=True)
    starts = pd.to_datetime(rows["period_start"]).to_numpy().astype("datetime64[D]")
    if len(np.unique(starts)) < len(starts):
        raise ParameterError(f"The series of {outcome.label} has a period twice; choose one group, or add them up.")
    total, size = _figures(rows, outcome)
    known = np.isfinite(total) & np.isfinite(size) & (size > 0)
    if "is_complete" in rows:
        known &= rows["is_complete"].fillna(value=False).to_numpy(dtype=bool)
    if outcome.kind == "rate" and (total > size)[known].any():
        raise ParameterError(f"The series of {outcome.label} has a period with k above n; k must be part of n.")
    period = _period(starts)
    places, ends = _places(starts, period)
    whole = Series(outcome.kind, period, starts, ends, places, total, size, int((~known).sum()))
    return whole.where(known)


def following(series: Series, periods: int) -> Series:
    """Return the periods to come: without a figure, each as large as those of its weekday are on average."""
    last = series.places[-1]
    places = last + 1 + np.arange(periods)
    if series.period == "month":
        starts = (series.starts[-1].astype("datetime64[M]") + 1 + np.arange(periods)).astype("datetime64[D]")
        ends = (starts.astype("datetime64[M]") + 1).astype("datetime64[D]")
    else:
        step = _STEPS[series.period]
        starts = series.starts[-1] + step * (1 + np.arange(periods))
        ends = starts + step
    cycle = 7 if series.period == "day" else 1
    of_day = {day: float(series.size[series.places % cycle == day].mean()) for day in np.unique(series.places % cycle)}
    size = np.array([of_day.get(day, float(series.size.mean())) for day in places % cycle])
    return replace(series, starts=starts, ends=ends, places=places, total=np.full(periods, np.nan), size=size)


def _figures(rows: pd.DataFrame, outcome: Outcome) -> tuple[Floats, Floats]:
    name = "value" if outcome.kind == "value" else "k"
    sizes = {"count": ("exposure",), "rate": ("n",), "value": ("weight", "n")}[outcome.kind]
    size = next((rows[column] for column in sizes if column in rows), pd.Series(1.0, index=rows.index))
    return _numbers(rows[name]), _numbers(size)


def _numbers(values: pd.Series[float]) -> Floats:
    return np.asarray(pd.to_numeric(values).astype("Float64").to_numpy(dtype=np.float64, na_value=np.nan), np.float64)


def _period(starts: Days) -> str:
    """Return day, week or month: the longest whose length fits between all periods."""
    gaps = np.diff(starts).astype(int)
    if not len(gaps):
        return "day"
    if (pd.DatetimeIndex(starts).day == 1).all() and gaps.min() >= _STEPS["month"]:
        return "month"
    return "week" if (gaps % 7 == 0).all() else "day"


def _places(starts: Days, period: str) -> tuple[NDArray[np.int64], Days]:
    if period == "month":
        months = starts.astype("datetime64[M]")
        return months.astype(np.int64), (months + 1).astype("datetime64[D]")
    return starts.astype(np.int64) // _STEPS[period], starts + _STEPS[period]
