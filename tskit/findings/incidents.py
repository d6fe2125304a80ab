"""What is listed whatever a test says: backlogs around a site's holiday, and every case of the gravest severity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.calendars import holidays_between
from tskit.findings.tables import table
from tskit.metrics import measure
from tskit.model import Window

if TYPE_CHECKING:
    from tskit.findings.look import Look
    from tskit.findings.peaks import Peak
    from tskit.findings.segments import Segment
    from tskit.findings.tables import Table
    from tskit.model import CaseSet, Site

__all__ = ["GRAVEST", "Closure", "closure_before", "gravest_cases", "sites_of", "sla_during"]

GRAVEST = "S3"
_DAYS_BEFORE = 3
_MOSTLY = 0.6
_COLUMNS = ("case_id", "created_at", "market", "queue", "policy_id", "status", "decision", "decided_at", "sla_met")


@dataclass(frozen=True, slots=True)
class Closure:
    """A public holiday of the site that works on a segment, shortly before its backlog."""

    site: str
    country: str
    day: date
    name: str


def closure_before(peak: Peak, look: Look) -> Closure | None:
    """Return the last public holiday before a backlog's highest day at a site that works on the segment, or None."""
    assert peak.spike is not None
    first = peak.spike.start - timedelta(days=_DAYS_BEFORE)
    window = Window(first, peak.spike.peak + timedelta(days=1), look.case_set.scope.zone)
    found = [closure for site in sites_of(peak.segment, look) for closure in _closures(site, window)]
    return max(found, key=lambda closure: closure.day, default=None)


def sites_of(segment: Segment, look: Look) -> tuple[Site, ...]:
    """Return the sites that work on a segment: those in the country that most of its cases come from.

    Where the casebook ties a clock of business hours to the segment, its site comes first.
    """
    casebook = look.case_set.casebook
    values = segment.fixed
    clocked = {clock.site for clock in casebook.clocks if clock.site and dict(clock.where).items() <= values.items()}
    named = tuple(site for site in casebook.sites if site.name in clocked)
    if named and segment.items:
        return named
    if not look.case_set.has("market") and len(casebook.sites) == 1:
        return casebook.sites
    market = values.get("market") or _main_market(segment, look)
    return tuple(site for site in casebook.sites if site.country == market)


def sla_during(peak: Peak, look: Look) -> tuple[float, float] | None:
    """Return SLA attainment of the segment in the days of the peak, and the cases that were due, or None."""
    assert peak.spike is not None
    if "sla_attainment" not in look.measured:
        return None
    last = peak.spike.end or look.case_set.scope.last_day
    window = Window(peak.spike.start, last + timedelta(days=1), look.case_set.scope.zone)
    frame = measure(look.case_set, "sla_attainment", window=window, by=peak.segment.columns)
    rows = frame[peak.segment.select(frame)] if peak.segment.items else frame
    if rows.empty or not np.isfinite(float(rows["value"].astype(float).iloc[0])):
        return None
    return float(rows["value"].iloc[0]), float(rows["n"].iloc[0])


def gravest_cases(case_set: CaseSet) -> Table:
    """Return every case of severity S3 that was opened in the period, one row each, the open ones first.

    They are listed one by one, whatever any statistic says. A source without severity gives an empty table.
    """
    columns = [name for name in _COLUMNS if case_set.has(name)]
    labels = [(name, _LABELS[name]) for name in columns]
    if not case_set.has("severity"):
        frame, caption = (
            pd.DataFrame(columns=columns),
            "The source has no column severity, so no case can be singled out.",
        )
    else:
        frame = _gravest(case_set, columns)
        caption = "Listed one by one, never gated by a test. Open each in the system of record before acting on it."
        if frame.empty:
            caption = "No case of severity S3 was opened in this period."
    return table(frame, labels, key="gravest_cases", title="Cases of severity S3", caption=caption, role="cases")


_LABELS = {
    "case_id": "Case",
    "created_at": "Opened",
    "market": "Market",
    "queue": "Queue",
    "policy_id": "Policy",
    "status": "Status",
    "decision": "Decision",
    "decided_at": "Decided",
    "sla_met": "In time",
}


def _gravest(case_set: CaseSet, columns: list[str]) -> pd.DataFrame:
    window, cases = case_set.scope.window, case_set.cases
    in_window = (cases.created_at >= window.starts_at) & (cases.created_at < window.ends_at)
    frame: pd.DataFrame = cases.filter(in_window & (cases.severity == GRAVEST)).select(columns).to_pyarrow().to_pandas()
    if "status" in frame:
        is_done = frame["status"].isin(["closed", "resolved", "cancelled"])
        frame = frame.assign(_done=is_done).sort_values(["_done", "created_at", "case_id"]).drop(columns="_done")
    for name in ("created_at", "decided_at"):
        if name in frame:
            local = pd.to_datetime(frame[name], utc=True).dt.tz_convert(window.zone)
            frame[name] = local.dt.strftime("%Y-%m-%d %H:%M").where(local.notna(), None)
    if "sla_met" in frame:
        frame["sla_met"] = frame["sla_met"].map({True: "yes", False: "no"}).astype(object)
    keys = pd.Series([{"case_id": str(value)} for value in frame["case_id"]], index=frame.index, dtype=object)
    plain = frame.astype(object).where(frame.notna(), None)
    return plain.assign(case_id=keys).reset_index(drop=True)


def _closures(site: Site, window: Window) -> list[Closure]:
    frame = holidays_between([site], window)
    rows = zip(frame["day"], frame["name"], strict=True)
    return [Closure(_site_name(site.name), site.country, day, str(name)) for day, name in rows]


def _site_name(name: str) -> str:
    return name.replace("_", " ").title() if name.islower() else name


def _main_market(segment: Segment, look: Look) -> str:
    if "cases_opened" not in look.measured or "market" not in look.by:
        return ""
    cube = look.measured["cases_opened"].cube(("market", *segment.columns))
    rows = cube[segment.select(cube)]
    by_market = rows.groupby(rows["market"].astype(str))["value"].sum().sort_values(ascending=False)
    if by_market.empty or by_market.iloc[0] < _MOSTLY * by_market.sum():
        return ""
    return str(by_market.index[0])
