"""The series behind the first spike of a scan, with the range that its own past leads to expect."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import pandas as pd

from tskit.calendars import holidays_between
from tskit.findings.redefined import break_marks
from tskit.findings.scan.page.ranked import about
from tskit.findings.scan.watched import course_of, holidays_of
from tskit.findings.scan.words import called

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tskit.findings.scan.cube import Cube
    from tskit.findings.scan.sight import Scan, Sight

__all__ = ["Watched", "first_spike"]

_DAYS = {"day": 56, "week": 182}
"""So many days are drawn: eight weeks by day, half a year by week."""
_DETECTORS = {"spikes", "rates"}


@dataclass(frozen=True, slots=True)
class Watched:
    """What a chart of one watched series needs: its rows, what they count, and what happened on its days."""

    title: str
    label: str
    unit: str
    caption: str
    step: Literal["day", "week"]
    frame: pd.DataFrame = field(repr=False)
    holidays: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    events: Mapping[date, str] = field(default_factory=dict["date", "str"])


def first_spike(seen: Scan) -> Watched:
    """Return the series of the first sight that left its usual range; where none did, that of the first metric over all."""
    sight = next((sight for sight in seen.sights if sight.detector in _DETECTORS), None)
    name = sight.metric if sight is not None else next(iter(seen.cubes), "")
    if not name:
        return Watched("What is unusual", "Cases", "cases", "The source answers none of the metrics.", "day", _NOTHING)
    cube = seen.cubes[name]
    step: Literal["day", "week"] = "week" if cube.is_share or (sight is not None and sight.step == "week") else "day"
    segment = {} if sight is None else sight.segment
    pattern = course_of(cube, segment, step=step, holidays=holidays_of(cube), days=_DAYS[step])
    frame = _told(pattern.table.assign(series=""), sight)
    title = called(cube.metric, {}, seen.case_set) if sight is None else about(sight, seen)
    caption = "Nothing left its usual range beyond noise; this is the whole." if sight is None else sight.statement
    unit = "share" if cube.is_share else "cases"
    return Watched(
        f"{title} by {step}",
        cube.metric.label,
        unit,
        caption,
        step,
        frame,
        _free(cube, segment),
        _breaks(seen, frame),
    )


_NOTHING = pd.DataFrame(columns=["period", "observed", "expected", "lower", "upper"])


def _told(frame: pd.DataFrame, sight: Sight | None) -> pd.DataFrame:
    """Return the rows with only the sight's own days as beyond noise: the scan corrects for more than this one series."""
    days = pd.to_datetime(frame["period"]).dt.date
    told = [sight is not None and sight.start <= day < sight.end for day in days]
    return frame.assign(is_beyond_noise=[bool(a) and b for a, b in zip(frame["alarm"], told, strict=True)])


def _free(cube: Cube, segment: Mapping[str, str]) -> pd.DataFrame:
    """Return the public holidays of the one market that a series is of; those of many markets would be every other day."""
    market = segment.get("market", "")
    if len(market) != 2:
        return pd.DataFrame()
    return holidays_between([market], cube.window.stretched(days_before=cube.window.days))


def _breaks(seen: Scan, frame: pd.DataFrame) -> dict[date, str]:
    days = [pd.Timestamp(value).date() for value in frame["period"]]
    return break_marks(seen.case_set, min(days), max(days) + timedelta(days=1)) if days else {}
