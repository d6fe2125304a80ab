"""A tidy frame of counts as a panel: series by periods, what is missing told from what is nought."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from tskit.patterns.spikes.design import Step

    Floats = NDArray[np.float64]

__all__ = ["Columns", "Panel", "holiday_shares", "panel"]

_DAYS: dict[Step, int] = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of the frame tell the series, the count and, for a rate, what it is out of."""

    by: tuple[str, ...]
    value: str
    out_of: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Series by periods: `counts` is NaN where nothing is known; `out_of` is none for counts.

    `keys` has a row for each series; `periods` are the first days, without a gap.
    """

    keys: pd.DataFrame = field(repr=False)
    periods: pd.DatetimeIndex = field(repr=False)
    step: Step
    counts: Floats = field(repr=False)
    out_of: Floats | None = field(repr=False, default=None)

    @property
    def days(self) -> int:
        """Return the days in a period."""
        return _DAYS[self.step]


def panel(frame: pd.DataFrame, columns: Columns) -> Panel:
    """Return the panel of a frame with one row a series and period (`period`, its first day; `period_start` in metrics).

    Of a period that a metric calls incomplete (`is_complete`), nothing is known.
    A series begins with its first row. After that, a period without a row is one without a case; a period in which no
    series has a row, or a row without a value, is one that nothing is known of. Of a rate, nothing is known without a row.

    Raises:
        ParameterError: a column is missing, a series has two rows of a period, the periods are neither days nor weeks,
            or a count is negative, no whole number, or more than what it is out of.
    """
    frame = _measured(frame, columns)
    _check(frame, columns)
    at = pd.DatetimeIndex(pd.to_datetime(frame["period"])).tz_localize(None)
    step, periods = _periods(at)
    keys, place = _series(frame, columns.by)
    when = np.asarray((at - periods[0]).days // _DAYS[step], dtype=np.int64)
    if pd.Series(place * len(periods) + when).duplicated().any():
        raise ParameterError("A series has two rows of the same period; name in `by` what tells its rows apart.")
    shape = len(keys), len(periods)
    absent = np.nan if columns.out_of else 0.0
    counts = _spread(frame[columns.value], place, when, np.full(shape, absent))
    out_of = _spread(frame[columns.out_of], place, when, np.full(shape, np.nan)) if columns.out_of else None
    first = np.full(len(keys), len(periods))
    np.minimum.at(first, place, when)
    counts[np.arange(len(periods)) < first[:, None]] = np.nan
    counts[:, np.setdiff1d(np.arange(len(periods)), when)] = np.nan
    _check_counts(counts, out_of, columns)
    return Panel(keys, periods, step, counts, out_of)


def holiday_shares(made: Panel, holidays: Mapping[str, Collection[date]], *, place: str = "") -> Floats | None:
    """Return the share of each period's days that were a public holiday, series by periods; none without holidays.

    `holidays` are days by place, and "" is every place; `place` is the column of the series that names it.

    Raises:
        ParameterError: holidays are told of places, and no column says where a series is.
    """
    if not any(holidays.values()):
        return None
    if set(holidays) - {""} and place not in made.keys.columns:
        raise ParameterError("Holidays are given by place; say with `place` which column of `by` names it.")
    shares = {name: _share(made, days) for name, days in holidays.items()}
    everywhere = shares.get("", np.zeros(len(made.periods)))
    if not place:
        return np.broadcast_to(everywhere, made.counts.shape)
    return np.stack([np.maximum(shares.get(str(name), 0.0), everywhere) for name in made.keys[place]])


def _share(made: Panel, days: Collection[date]) -> Floats:
    at = pd.DatetimeIndex(pd.to_datetime(sorted(set(days))))
    when = np.asarray((at - made.periods[0]).days, dtype=np.int64) // made.days
    inside = when[(when >= 0) & (when < len(made.periods))]
    return np.bincount(inside, minlength=len(made.periods)) / made.days


def _measured(frame: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Return the frame of a metric as one of counts: the first day by its name here, unfinished periods without a value.

    Where no series has a whole period any more, the frame ends: the latest period that can be judged is the last one.
    """
    if "period" not in frame.columns:
        frame = frame.rename(columns={"period_start": "period"})
    if "is_complete" not in frame.columns or not {"period", columns.value} <= set(frame.columns):
        return frame
    is_whole = frame["is_complete"].astype(bool)
    known = frame.assign(**{columns.value: frame[columns.value].where(is_whole)})
    return known[known["period"] <= known.loc[is_whole, "period"].max()] if is_whole.any() else known


def _check(frame: pd.DataFrame, columns: Columns) -> None:
    wanted = [name for name in ("period", columns.value, columns.out_of, *columns.by) if name]
    missing = [name for name in wanted if name not in frame.columns]
    if missing:
        raise ParameterError(f"The frame has no column {missing[0]!r}; it has {', '.join(map(str, frame.columns))}.")
    if frame.empty:
        raise ParameterError("The frame has no rows; there is nothing to watch.")


def _periods(at: pd.DatetimeIndex) -> tuple[Step, pd.DatetimeIndex]:
    days = np.unique(np.asarray((at - at.min()).days, dtype=np.int64))
    if (at != at.normalize()).any():
        raise ParameterError("A period begins at a day, and not within it; give the first day of each day or week.")
    step: Step = "week" if len(days) > 1 and not (days % _DAYS["week"]).any() else "day"
    gaps = np.diff(days)
    if len(gaps) and np.median(gaps) > _DAYS[step]:
        raise ParameterError("Spikes are looked for in days or weeks; these periods are longer, or most are missing.")
    return step, pd.date_range(at.min(), at.max(), freq=f"{_DAYS[step]}D", name="period")


def _series(frame: pd.DataFrame, by: Sequence[str]) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    if not by:
        return pd.DataFrame({"series": ["all"]}), np.zeros(len(frame), dtype=np.int64)
    groups = frame.groupby(list(by), dropna=False, sort=True, observed=True)
    place = np.asarray(groups.ngroup(), dtype=np.int64)
    first = np.flatnonzero(~pd.Series(place).duplicated())
    keys = frame[list(by)].iloc[first[np.argsort(place[first])]].reset_index(drop=True)
    if "series" not in by:
        keys["series"] = [" · ".join(map(str, key)) for key in keys.itertuples(index=False)]
    return keys, place


def _spread(values: pd.Series, place: NDArray[np.int64], when: NDArray[np.int64], into: Floats) -> Floats:
    into[place, when] = values.to_numpy(dtype=np.float64, na_value=np.nan)
    return into


def _check_counts(counts: Floats, out_of: Floats | None, columns: Columns) -> None:
    known = counts[~np.isnan(counts)]
    if (known < 0).any() or (known != np.floor(known)).any():
        raise ParameterError(f"Spikes are looked for in counts; {columns.value!r} has values that are none.")
    if out_of is not None and (counts > out_of).any():
        raise ParameterError(f"{columns.value!r} counts more than {columns.out_of!r} in some rows; swap them?")
