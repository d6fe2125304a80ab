"""Cases that arrive hour by hour, beside the same hours of earlier weeks: what is usual, and what to expect next."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tskit.calendars import holidays_between
from tskit.errors import ParameterError
from tskit.model import Window
from tskit.patterns.entered import COMBINED, cases_by_hour
from tskit.stats import count_interval

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tskit.model import CaseSet

    Floats = NDArray[np.float64]

__all__ = [
    "FEWEST_WEEKS",
    "WEEKS",
    "Arrivals",
    "Expected",
    "arrivals",
    "centre",
    "expected",
    "expected_in_all",
    "level",
    "usual",
    "varying",
]

WEEKS = 13
"""So many earlier weeks are what is usual, the latest first; days that were a public holiday are passed over."""
FEWEST_WEEKS = 8
"""With fewer, nothing is judged."""
_REACH = WEEKS + 5
"""Weeks to look back for as many without a holiday."""
_FEW = 5
"""Below a median of so many the mean is taken: the median of small counts jumps."""
_HOUR = timedelta(hours=1)
_QUARTER = timedelta(minutes=15)
_MINUTE = timedelta(minutes=1)
_SUNDAY = 7


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Counts of cases by hour: `counts[combination, back]`, where hour `back` ends so many hours before `ends_at`.

    `combinations` has a row for each market, reported kind and queue that occurs together ("" where a case has none, or
    the source does not say). `holidays` are the public holidays of each market, `starts_on` the first whole day of the
    data, and `ends_at` is `until` rounded up to a quarter of an hour, or down where it is less than a minute past one.
    """

    combinations: pd.DataFrame = field(repr=False)
    counts: Floats = field(repr=False)
    until: datetime
    ends_at: datetime
    zone: ZoneInfo
    starts_on: date
    holidays: Mapping[str, Mapping[date, str]] = field(repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return those of market, reported kind and queue that the source tells of."""
        return tuple(name for name in COMBINED if self.combinations[name].ne("").any())

    def back(self, at: datetime) -> int:
        """Return the number of the hour that begins at `at` or holds it; hours to come have negative ones."""
        return -((at - self.ends_at) // _HOUR) - 1

    def hours(self, starts_at: datetime, ends_at: datetime) -> list[datetime]:
        """Return the beginnings of the whole hours of a stretch, in step with `ends_at`, in UTC."""
        first = self.ends_at + ((starts_at - self.ends_at) // _HOUR) * _HOUR
        return [first + n * _HOUR for n in range(max(0, -((first - ends_at) // _HOUR)))]

    def seen(self, hours: Sequence[datetime]) -> Floats:
        """Return the cases of each combination in each of these hours."""
        return self.counts[:, [self.back(at) for at in hours]]


@dataclass(frozen=True, slots=True)
class Expected:
    """How many cases to expect: the number, the range of 95 of 100, the weeks it rests on, and markets on holiday."""

    cases: float
    low: float
    high: float
    weeks: int
    holidays: tuple[str, ...] = ()


def arrivals(case_set: CaseSet, *, until: datetime, queues: Sequence[str] = (), zone: str = "") -> Arrivals:
    """Return how many cases arrived in each hour of the past weeks, as far as was known at `until`.

    A case arrives when it first enters one of `queues` (none: any queue) in these weeks, as the log tells it; in a
    source without a log, when it is opened, in the queue that it has. Cases that no queue ever held need nobody and are
    not counted.
    """
    name = zone or case_set.scope.zone or case_set.casebook.zone
    rounded = _rounded(until)
    since = rounded - timedelta(weeks=_REACH, days=2)
    frame = cases_by_hour(case_set, queues, since=since, until=until, ends_at=rounded)
    combinations, counts = _dense(frame, hours=int((rounded - since) / _HOUR))
    local = ZoneInfo(name)
    span = Window(since.astimezone(local).date(), rounded.astimezone(local).date() + timedelta(days=15), name)
    return Arrivals(
        combinations,
        counts,
        until,
        rounded,
        local,
        _first_day(case_set, local),
        _holidays(sorted(set(combinations["market"])), span, case_set),
    )


def usual(arrived: Arrivals, hours: Sequence[datetime]) -> Floats | None:
    """Return the counts of the same hours in earlier weeks: combinations by hours by weeks, the latest week first.

    An hour of an ordinary day has those of the same weekday, without public holidays of the market; an hour of a public
    holiday has those of Sundays. None where the data has fewer than `FEWEST_WEEKS` of them.
    """
    markets = arrived.combinations["market"].to_numpy()
    places = {market: _places(arrived, hours, market) for market in sorted(set(markets))}
    weeks = min((len(row) for rows in places.values() for row in rows), default=0)
    if weeks < FEWEST_WEEKS:
        return None
    found = np.zeros((len(markets), len(hours), weeks))
    for market, rows in places.items():
        of_market = np.flatnonzero(markets == market)
        where = np.array([row[:weeks] for row in rows], dtype=np.int64).reshape(len(hours), weeks)
        found[of_market] = arrived.counts[of_market][:, where]
    return found


def centre(past: Floats) -> Floats:
    """Return what is usual, from the counts of earlier weeks on the last axis: the median, or the mean of small counts."""
    median = np.median(past, axis=-1)
    return np.where(median >= _FEW, median, past.mean(axis=-1))


def level(past: Floats, *, varies: float = 0.0) -> tuple[Floats, Floats]:
    """Return mean and variance for the chances of the next count, from the counts of earlier weeks on the last axis.

    The mean is what is usual; of small counts, half a case more over all weeks, since a kind that never came yet may come.
    The variance is at least that of a Poisson count whose mean itself varies by the share `varies` (squared), with what
    the past few weeks leave open added.
    """
    weeks = past.shape[-1]
    median = np.median(past, axis=-1)
    middle = centre(past) + np.where(median >= _FEW, 0.0, 0.5 / weeks)
    variance = np.maximum(np.maximum(spread_of(past), middle), middle + varies * middle**2)
    return middle, variance * (1 + np.where(median >= _FEW, np.pi / 2, 1.0) / weeks)


def spread_of(past: Floats) -> Floats:
    """Return the variance of counts between weeks; the week furthest off is left out.

    Without it a single incident of the past would hide the next. What is left of the squares is what it would be of
    normal values on average, for 8 to 13 of them.
    """
    weeks = past.shape[-1]
    off = np.sort((past - past.mean(axis=-1, keepdims=True)) ** 2, axis=-1)[..., :-1]
    return off.sum(axis=-1) / (weeks * (0.3 + 0.025 * weeks))


def varying(past: Floats) -> float:
    """Return by which share, squared, the means of many counts vary together beyond chance: one row a count."""
    mean = past.mean(axis=-1)
    return float(max((spread_of(past) - mean).sum() / max((mean**2).sum(), 1e-9), 0.0))


def expected(arrived: Arrivals, *, starts_at: datetime, ends_at: datetime) -> pd.DataFrame:
    """Return one row an hour between two moments, and what to expect of each.

    Columns: `at`, `cases` (missing for hours to come), `expected`, `low`, `high` (95 of 100 such hours lie between),
    `is_future` and `holiday` (markets on holiday then, as "SG, MY"). Empty where the data does not reach back far enough.
    """
    hours = arrived.hours(starts_at, ends_at)
    past = usual(arrived, hours)
    names = ["at", "cases", "expected", "low", "high", "is_future", "holiday"]
    if past is None or not hours:
        return pd.DataFrame(columns=names)
    counts = past.sum(axis=0)
    middle, variance = level(counts)
    low, high = count_interval(mean=middle, variance=variance)
    is_future = np.array([at >= arrived.ends_at for at in hours])
    seen = [np.nan if future else float(arrived.seen([at]).sum()) for at, future in zip(hours, is_future, strict=True)]
    off = [_on_holiday(arrived, at) for at in hours]
    columns = (pd.to_datetime(pd.Series(hours), utc=True), seen, centre(counts), low, high, is_future, off)
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def expected_in_all(arrived: Arrivals, *, starts_at: datetime, ends_at: datetime) -> Expected:
    """Return what to expect between two moments; missing where the data does not reach back.

    An hour that lies between them in part counts by that part.
    """
    hours = arrived.hours(starts_at, ends_at)
    past = usual(arrived, hours)
    if past is None or not hours:
        return Expected(np.nan, np.nan, np.nan, 0)
    parts = [(min(at + _HOUR, ends_at) - max(at, starts_at)) / _HOUR for at in hours]
    counts = np.asarray(parts) @ past.sum(axis=0)
    middle, variance = level(counts)
    low, high = count_interval(mean=middle, variance=variance)
    off = [name for at in hours for name in _on_holiday(arrived, at).split(", ") if name]
    return Expected(float(centre(counts)), float(low), float(high), past.shape[-1], tuple(dict.fromkeys(off)))


def _dense(frame: pd.DataFrame, *, hours: int) -> tuple[pd.DataFrame, Floats]:
    """Return the combinations that occur, and their counts by hour."""
    combinations = frame[list(COMBINED)].drop_duplicates().sort_values(list(COMBINED)).reset_index(drop=True)
    counts = np.zeros((len(combinations), hours))
    place = combinations.assign(_row=range(len(combinations)))
    rows = frame.merge(place, on=list(COMBINED))
    rows = rows[rows["back"].between(0, hours - 1)]
    np.add.at(counts, (rows["_row"].to_numpy(int), rows["back"].to_numpy(int)), rows["cases"].to_numpy(float))
    return combinations, counts


def _places(arrived: Arrivals, hours: Sequence[datetime], market: str) -> list[list[int]]:
    off = arrived.holidays.get(market, {})
    known: dict[date, list[date]] = {}
    rows: list[list[int]] = []
    for at in hours:
        local = at.astimezone(arrived.zone)
        days = known.setdefault(local.date(), _days_like(local.date(), arrived, off))
        earlier = (datetime.combine(day, local.time(), arrived.zone).astimezone(UTC) for day in days)
        found = [arrived.back(then) for then in earlier if then + _HOUR <= arrived.ends_at]
        rows.append([back for back in found if back < arrived.counts.shape[1]][:WEEKS])
    return rows


def _days_like(day: date, arrived: Arrivals, off: Mapping[date, str]) -> list[date]:
    """Return the earlier days that a day is held against, the latest first: the same weekday, or Sundays for a holiday."""
    last = day - timedelta(days=7)
    if day in off:
        last = day - timedelta(days=day.isoweekday() % _SUNDAY or _SUNDAY)
    days = [last - timedelta(weeks=n) for n in range(_REACH + 3)]
    return [then for then in days if then not in off and then >= arrived.starts_on]


def _on_holiday(arrived: Arrivals, at: datetime) -> str:
    day = at.astimezone(arrived.zone).date()
    return ", ".join(market for market, days in arrived.holidays.items() if market and day in days)


def _holidays(markets: Sequence[str], span: Window, case_set: CaseSet) -> dict[str, dict[date, str]]:
    """Return the public holidays of each market; a market that is no country has none."""
    sites = case_set.casebook.sites
    found: dict[str, dict[date, str]] = {}
    for market in markets:
        place = market or (sites[0] if sites else "")
        try:
            frame = holidays_between([place], span) if place else pd.DataFrame({"day": [], "name": []})
        except ParameterError:
            frame = pd.DataFrame({"day": [], "name": []})
        found[market] = dict(zip(frame["day"], frame["name"], strict=True))
    return found


def _first_day(case_set: CaseSet, zone: ZoneInfo) -> date:
    first = case_set.cases.created_at.min().to_pyarrow().as_py()
    if first is None:
        return date.max
    aware = first if first.tzinfo else first.replace(tzinfo=UTC)
    return aware.astimezone(zone).date() + timedelta(days=1)


def _rounded(until: datetime) -> datetime:
    at = until.astimezone(UTC)
    past = (at - datetime.min.replace(tzinfo=UTC)) % _QUARTER
    # The few seconds by which an export runs over its hour would else cost a quarter of an hour that nobody has seen.
    return at - past if past < _MINUTE else at - past + _QUARTER
