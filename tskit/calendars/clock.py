"""The SLA clock: when a case is due, and how long the clock ran."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.calendars.hours import FIRST_YEAR, LAST_YEAR, Shifts, shifts
from tskit.calendars.micros import HOUR, MINUTE, NAT, micros, times, year_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.calendars.hours import WorkCalendar
    from tskit.model import Site

__all__ = ["due_at", "elapsed_hours", "paused_minutes"]

_YEAR = 366 * 24 * HOUR


def due_at(
    opened: pd.Series,
    hours: float | pd.Series,
    *,
    calendar: WorkCalendar,
    paused: float | pd.Series = 0.0,
) -> pd.Series:
    """Return when the clock will have run `hours` since `opened`, as UTC timestamps with the index of `opened`.

    Business hours that are used up at closing time are due at closing time, not at the next opening. A stopped clock
    moves the due time by its `paused` minutes of running time. NaT and missing hours give NaT; so do, on a calendar of
    business hours, times before 1980 and due times after 2100.
    """
    start = micros(opened)
    span = _scaled(hours, opened.index, HOUR) + _scaled(paused, opened.index, MINUTE)
    known = (start != NAT) & ~np.isnan(span)
    length = np.where(known, span, 0.0).round().astype(np.int64)
    if calendar.site is None:
        due = start + length
    else:
        due, within = _due_in_shifts(start, length, calendar.site)
        known &= within
    return times(np.where(known, due, NAT), opened.index)


def elapsed_hours(
    start: pd.Series,
    end: pd.Series,
    *,
    calendar: WorkCalendar,
    paused: float | pd.Series = 0.0,
) -> pd.Series:
    """Return the hours that the clock ran from `start` to `end`, less `paused` minutes of running time, never below 0.

    An end before its start gives a negative time under no pause, so that the mistake stays visible. NaT gives NaN; so
    do, on a calendar of business hours, times before 1980 or after 2100.
    """
    begins, ends = micros(start), micros(end)
    known = (begins != NAT) & (ends != NAT)
    if calendar.site is None:
        ran = np.where(known, ends - np.where(known, begins, 0), 0)
    else:
        known &= _sensible(begins) & _sensible(ends)
        shift = _covering(calendar.site, np.concatenate((begins[known], ends[known])), reach=0)
        ran = np.zeros(len(begins), np.int64)
        ran[known] = _worked_until(shift, ends[known]) - _worked_until(shift, begins[known])
    stopped = np.nan_to_num(_scaled(paused, start.index, MINUTE)).round()
    left = np.where(stopped > 0, np.maximum(ran - stopped, 0.0), ran)
    return pd.Series(np.where(known, left / HOUR, np.nan), index=start.index)


def paused_minutes(pauses: pd.DataFrame, *, calendar: WorkCalendar) -> pd.Series:
    """Return the minutes of running time that each case stood still, by `case_id`.

    `pauses` holds `case_id`, `paused_at` and `resumed_at`. Pauses that overlap count once, and outside business hours
    nothing is lost. A pause without an end has to be given one, such as the day until which the data reaches.
    """
    table = pauses.dropna(subset=["paused_at", "resumed_at"]).sort_values(["case_id", "paused_at"], kind="stable")
    table = table[table["resumed_at"] > table["paused_at"]].reset_index(drop=True)
    until = table.groupby("case_id")["resumed_at"].cummax()
    before = until.groupby(table["case_id"]).shift()
    begins = table["paused_at"].where(before.isna() | (table["paused_at"] > before), before)
    ends = table["resumed_at"].where(table["resumed_at"] > begins, begins)
    minutes = elapsed_hours(begins, ends, calendar=calendar) * 60
    return minutes.groupby(table["case_id"]).sum().rename("paused_minutes")


def _due_in_shifts(
    start: NDArray[np.int64], length: NDArray[np.int64], site: Site
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    within = _sensible(start)
    due = np.full(len(start), NAT)
    if not within.any():
        return due, within
    # The pace over ten years tells how far ahead to look; a year more covers any run of holidays.
    pace = shifts(site, 2020, 2029).total / (10 * _YEAR)
    shift = _covering(site, start[within], reach=int(length[within].max(initial=0) / pace))
    wanted = _worked_until(shift, start[within]) + length[within]
    at = np.minimum(np.searchsorted(shift.worked + shift.lasts, wanted), len(shift.begins) - 1)
    found = np.maximum(shift.begins[at] + wanted - shift.worked[at], start[within])
    due[within] = np.where(wanted <= shift.total, found, NAT)
    return due, within & (due != NAT)


def _worked_until(shift: Shifts, at: NDArray[np.int64]) -> NDArray[np.int64]:
    last = np.maximum(np.searchsorted(shift.begins, at, side="right") - 1, 0)
    return shift.worked[last] + np.clip(at - shift.begins[last], 0, shift.lasts[last])


def _covering(site: Site, times: NDArray[np.int64], *, reach: int) -> Shifts:
    if not len(times):
        return shifts(site, 2020, 2029)
    first, last = year_of(int(times.min())) - 1, year_of(min(int(times.max()) + reach + _YEAR, _end_of_time())) + 1
    return shifts(site, max(first, FIRST_YEAR - 1), min(last, LAST_YEAR))


def _sensible(times: NDArray[np.int64]) -> NDArray[np.bool_]:
    return (times >= _start_of(FIRST_YEAR)) & (times < _end_of_time())


def _end_of_time() -> int:
    return _start_of(LAST_YEAR)


def _start_of(year: int) -> int:
    return int(np.datetime64(f"{year}-01-01", "us").astype(np.int64))


def _scaled(amount: float | pd.Series, index: pd.Index, unit: int) -> NDArray[np.float64]:
    if isinstance(amount, pd.Series):
        return amount.to_numpy(dtype=np.float64, na_value=np.nan) * unit
    return np.full(len(index), float(amount)) * unit
