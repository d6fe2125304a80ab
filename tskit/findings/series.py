"""Series for the charts: frames by day, week or segment, with the words that belong above them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.calendars import holidays_between
from tskit.findings.cards import capital
from tskit.findings.redefined import break_marks
from tskit.findings.segments import EVERYTHING, Segment
from tskit.findings.spikes import BASE_WEEKS, expected_days
from tskit.findings.tables import Table, table
from tskit.findings.wording import day, listed
from tskit.metrics import measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.findings.look import Look
    from tskit.findings.measured import Measured

__all__ = ["Series", "ageing", "backlog_days", "by_segment", "by_week", "holidays_table", "lacking", "ranked_changes"]

_COLUMNS = ["period_start", "value", "expected", "expected_low", "expected_high", "is_complete"]
_WEEKS_SHOWN = 26
_MOST_SEGMENTS = 12


@dataclass(frozen=True, slots=True)
class Series:
    """A frame to draw, what it is called, and what is marked in it."""

    frame: pd.DataFrame = field(repr=False)
    title: str
    subtitle: str = ""
    caption: str = ""
    holidays: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    events: Mapping[date, str] = field(default_factory=dict[date, str])


def backlog_days(look: Look) -> Series:
    """Return the backlog by day where it stood out (of all cases when it did not), beside what was to be expected."""
    stories = look.told.backlogs
    segment = stories[0].peak.segment if stories else EVERYTHING
    closure = stories[0].closure if stories else None
    title = f"{capital(look.called('backlog', segment))} by day"
    return _daily(look, "backlog", segment, title, {closure.day: f"holiday in {closure.site}"} if closure else {})


def by_week(look: Look, metric: str) -> Series:
    """Return a metric over all cases by week, with its interval, the last half year; empty where it is missing."""
    if metric not in look.measured:
        return Series(pd.DataFrame(columns=["period_start", "value"]), lacking(look, metric))
    window = look.window.stretched(days_before=_days_to_show(look))
    frame = measure(look.case_set, metric, window=window, period="week")
    label = look.measured[metric].metric.label
    return Series(frame, f"{label} by week", "The band is the 95 % interval of each week")


def by_segment(look: Look, metric: str, *, column: str) -> Series:
    """Return a metric by week and value of a column, the largest segments first; empty where either is missing."""
    if metric not in look.measured or not look.case_set.has(column):
        lacks = lacking(look, metric) if metric not in look.measured else f"The source has no column {column}"
        return Series(pd.DataFrame(columns=[column, "period_start", "value"]), lacks)
    if column in look.crowded:
        return Series(
            pd.DataFrame(columns=[column, "period_start", "value"]), f"Too many values of {column} to compare"
        )
    window = look.window.stretched(days_before=max(BASE_WEEKS * 7 - look.window.days, 0))
    frame = measure(look.case_set, metric, window=window, by=(column,), period="week")
    sizes = frame.groupby(column)["n"].sum().sort_values(ascending=False)
    largest = [name for name in sizes.index if str(name) != "(blank)"][:_MOST_SEGMENTS]
    kept = frame[frame[column].isin(largest)]
    rank = kept[column].map({name: position for position, name in enumerate(largest)})
    ordered = kept.assign(_rank=rank).sort_values(["_rank", "period_start"], ignore_index=True).drop(columns="_rank")
    ordered[column] = ordered[column].map(lambda value: look.words(str(value)))
    label = look.measured[metric].metric.label
    return Series(ordered, f"{label} by week and {column.replace('_', ' ')}", f"The {len(largest)} largest")


def ranked_changes(look: Look, metric: str) -> Series:
    """Return the change of a metric in each single segment since the period before, with its range, for ranking.

    Counts and levels change relatively, shares in points; segments with too few cases are not among them.
    """
    moves = [move for move in look.of(metric) if len(move.segment.items) == 1 and np.isfinite(move.verdict.margin)]
    rows: list[dict[str, object]] = []
    for move in moves:
        is_share = move.shape == "share"
        step = move.now - move.before if is_share else float(np.log((move.now + 0.5) / (move.before + 0.5)))
        ends = np.array([step, step - move.verdict.margin, step + move.verdict.margin])
        value, low, high = ends if is_share else np.expm1(ends)
        rows.append(
            {
                "segment": look.named(move.segment),
                "change": value,
                "low": low,
                "high": high,
                "is_beyond_noise": move.stands_out,
                "value": move.now,
                "before": move.before,
            }
        )
    columns = ["segment", "change", "low", "high", "is_beyond_noise", "value", "before"]
    label = look.measured[metric].metric.label if metric in look.measured else lacking(look, metric)
    return Series(
        pd.DataFrame(rows, columns=columns), f"{label}: change by {listed(look.by)}", "Against the period before"
    )


def ageing(look: Look) -> Series:
    """Return the open cases at the end of the period by age."""
    if "backlog" not in look.measured:
        return Series(pd.DataFrame(columns=["bucket", "value"]), lacking(look, "backlog"))
    frame = measure(look.case_set, "ageing", window=look.window).rename(columns={"cases": "value"})
    last = day(look.case_set.scope.last_day)
    oldest = pd.to_numeric(frame.get("oldest_hours", pd.Series(dtype=float))).max()
    subtitle = f"The oldest has waited {oldest / 24:.0f} days" if np.isfinite(oldest) and oldest >= 48 else ""
    return Series(frame, f"Open cases by age at the end of {last}", subtitle)


def holidays_table(look: Look) -> Table:
    """Return the public holidays of markets and sites in the period and the week before it."""
    casebook = look.case_set.casebook
    markets = dict(look.case_set.scope.filters).get("market", casebook.markets) if look.case_set.has("market") else ()
    window = look.window.stretched(days_before=7)
    sites = {site.country: site.name.replace("_", " ").title() for site in casebook.sites}
    frame = holidays_between([*(m for m in markets if len(m) == 2), *casebook.sites], window)
    frame = frame.drop_duplicates(["day", "name", "country"])
    shown = frame.assign(
        date=[value.isoformat() for value in frame["day"]],
        site=[sites.get(code, "") for code in frame["country"]],
        kind=["moves from year to year" if moving else "same date each year" for moving in frame["moving"]],
    )
    columns = [
        ("date", "Day", "date"),
        ("country", "Market"),
        ("name", "Holiday"),
        ("site", "Site closed"),
        ("kind", "Date"),
    ]
    caption = "Arrivals follow the market's holidays, closures the site's."
    if frame.empty:
        caption = "No public holiday of a market or site of this casebook lies in the period or the week before it."
    return table(shown, columns, key="holidays", title="Public holidays", caption=caption)


def _daily(look: Look, metric: str, segment: Segment, title: str, events: Mapping[date, str]) -> Series:
    measured = look.measured.get(metric)
    if measured is None:
        return Series(pd.DataFrame(columns=_COLUMNS), lacking(look, metric))
    daily = measured.daily(segment.columns).get(segment, pd.Series(dtype=float))
    frame = _beside_expected(daily, measured)
    known = look.case_set.as_of.date()
    frame["is_complete"] = [value <= known for value in frame["period_start"]]
    return Series(
        frame,
        title,
        f"The band holds what the {BASE_WEEKS} weeks before the period lead to expect, by weekday",
        holidays=_holidays(look),
        events={**_breaks(look, frame), **events},
    )


def _breaks(look: Look, frame: pd.DataFrame) -> dict[date, str]:
    """Return the days shown on which values of the source were redefined: what ends there has not fallen."""
    days = list(frame["period_start"])
    return break_marks(look.case_set, days[0], days[-1]) if days else {}


def _beside_expected(daily: pd.Series[float], measured: Measured) -> pd.DataFrame:
    days = measured.window.days
    if len(daily) < days + BASE_WEEKS * 7:
        shown = daily.rename_axis("day").reset_index(name="value")
        frame = shown.assign(expected=np.nan, expected_low=np.nan, expected_high=np.nan)
    else:
        inside = expected_days(daily, days=days)
        before = daily.iloc[-days - days : -days].to_frame("value")
        frame = pd.concat([before, inside]).rename(columns={"low": "expected_low", "high": "expected_high"})
        frame = frame.rename_axis("day").reset_index()
    frame["period_start"] = [stamp.date() for stamp in pd.DatetimeIndex(frame["day"])]
    return frame.assign(is_complete=True)[_COLUMNS]


def _holidays(look: Look) -> pd.DataFrame:
    casebook = look.case_set.casebook
    window = look.window.stretched(days_before=look.window.days)
    return holidays_between(casebook.sites, window) if casebook.sites else pd.DataFrame()


def _days_to_show(look: Look) -> int:
    known = (look.window.start - look.start).days
    return max(min(_WEEKS_SHOWN * 7 - look.window.days, known - known % 7), 0)


def lacking(look: Look, metric: str) -> str:
    """Return why a metric that was not measured is missing."""
    lacks = look.missing.get(metric, ())
    return f"Not computed: it needs {listed([f'the column {name}' for name in lacks])}" if lacks else "Not asked for"
