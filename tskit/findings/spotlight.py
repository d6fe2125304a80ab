"""The spotlight: cases opened by day where most moved, each day beside what its own past leads to expect."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.calendars import holidays_between
from tskit.findings.cards import capital
from tskit.findings.moves import LEVEL_OF_ERROR
from tskit.findings.redefined import break_marks
from tskit.findings.segments import EVERYTHING
from tskit.findings.series import Series, lacking
from tskit.findings.wording import count, day, plural, spread
from tskit.patterns.spikes import Around, Limits, spikes
from tskit.stats import benjamini_hochberg

if TYPE_CHECKING:
    from datetime import date

    from tskit.findings.look import Look
    from tskit.findings.measured import Measured
    from tskit.findings.segments import Segment

__all__ = ["spotlight"]

_COLUMNS = ["period", "observed", "expected", "lower", "upper", "alarm", "side", "is_beyond_noise", "why_not"]
_LIMITS = Limits()
_PAIR = 2


def spotlight(look: Look) -> Series:
    """Return cases opened by day where most moved, and of all cases when nothing did, as `charts.spike_band` draws them.

    Each day of the period and of the one before is judged by the days before it: trend, season, weekday and holidays of
    the market. A day is beyond noise when it is so among everything that the look compared, as with all of its findings.
    """
    measured = look.measured.get("cases_opened")
    if measured is None:
        return Series(pd.DataFrame(columns=_COLUMNS), lacking(look, "cases_opened"))
    volumes = look.told.volumes
    segment = volumes[0].segment if volumes else EVERYTHING
    run = volumes[0].peak.spike if volumes and volumes[0].peak else None
    frame = _judged(look, measured, segment)
    title = f"{capital(look.called('cases', segment))} opened by day" if segment.items else "Cases opened by day"
    begins = {run.start: "rise begins"} if run else {}
    return Series(
        frame,
        title,
        "The band holds what chance makes of the days before each, in 98 of 100",
        _said(frame, look),
        _holidays(look, segment),
        {**_breaks(look, frame), **begins},
    )


def _judged(look: Look, measured: Measured, segment: Segment) -> pd.DataFrame:
    """Return the days of both periods, judged; a segment begins with its first case."""
    daily = measured.daily(segment.columns).get(segment, pd.Series(dtype=float, index=pd.DatetimeIndex([])))
    known = daily[: str(look.case_set.as_of.date())]
    some = np.flatnonzero(known.to_numpy() > 0)
    since = look.window.start - timedelta(days=look.window.days)
    if not len(some) or known.index[-1].date() < since:
        return pd.DataFrame(columns=_COLUMNS)
    series = known.iloc[some[0] :].rename_axis("period").reset_index(name="cases")
    first = max(since, series["period"].iloc[0].date())
    around = Around(since=first, holidays={"": _days_off(look, segment, series["period"].iloc[0].date())})
    table = spikes(series, around=around, limits=_LIMITS).table
    p = table["p"].to_numpy(dtype=np.float64)
    # Among everything that was compared: as if all else had been found to be chance.
    q = benjamini_hochberg(np.concatenate([p, np.ones(look.looked_at)]))[: len(p)]
    return table.assign(is_beyond_noise=table["alarm"] & (q <= LEVEL_OF_ERROR), q=q)


def _days_off(look: Look, segment: Segment, first: date) -> list[date]:
    """Return the public holidays of the segment's market, on which fewer or other cases are reported."""
    market = segment.fixed.get("market", "")
    window = look.window.stretched(days_before=max((look.window.start - first).days, 0))
    return list(holidays_between([market], window)["day"]) if len(market) == 2 else []


def _holidays(look: Look, segment: Segment) -> pd.DataFrame:
    window = look.window.stretched(days_before=look.window.days)
    market = segment.fixed.get("market", "")
    places = [*look.case_set.casebook.sites, *([market] if len(market) == 2 else [])]
    return holidays_between(places, window).drop_duplicates("day") if places else pd.DataFrame()


def _breaks(look: Look, frame: pd.DataFrame) -> dict[date, str]:
    days = pd.DatetimeIndex(frame["period"])
    return break_marks(look.case_set, days[0].date(), days[-1].date()) if len(days) else {}


def _said(frame: pd.DataFrame, look: Look) -> str:
    """Return how many days of the period lie outside the band and the furthest of them, or that none is beyond noise."""
    days = frame[frame["period"] >= pd.Timestamp(look.window.start)] if len(frame) else frame
    judged = days[days["expected"].notna()]
    if judged.empty:
        return "The days before are too few to say what is usual."
    outside, beyond = judged[judged["alarm"]], judged[judged["is_beyond_noise"]]
    of = f"{count(len(outside))} of {plural(len(judged), 'day')} of the period"
    if beyond.empty:
        chance = f"{2 * _LIMITS.level * len(judged):.1f}"
        return f"No day is beyond noise: {of} {_raise(len(outside))}, where chance alone makes about {chance} do so."
    most = beyond.sort_values("strength", kind="stable").iloc[-1]
    return (
        f"{of} {_raise(len(outside))}{_together(outside)}; furthest is {day(most['period'].date(), weekday=True)} with "
        f"{count(most['observed'])}, where {spread(most['lower'], most['upper'], 'cases')} are within chance."
    )


def _raise(number: int) -> str:
    return "raises an alarm" if number == 1 else "raise an alarm"


def _together(alarms: pd.DataFrame) -> str:
    """Return how many alarms are of two days together, and lie in the band themselves."""
    is_inside = alarms["observed"].between(alarms["lower"], alarms["upper"])
    pairs = int((is_inside & (alarms["over"] == _PAIR)).sum())
    return f", {count(pairs)} of them only together with the day before" if pairs else ""
