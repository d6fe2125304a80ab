"""What is listed whatever a test says: every case of the gravest severity, and SLA attainment during a backlog."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tskit.findings.tables import table
from tskit.metrics import measure
from tskit.model import Window

if TYPE_CHECKING:
    from tskit.findings.look import Look
    from tskit.findings.peaks import Peak
    from tskit.findings.tables import Table
    from tskit.model import CaseSet

__all__ = ["GRAVEST", "gravest_cases", "sla_during"]

GRAVEST = "S3"
_IN_WORDS = ("market", "queue", "policy_id")
_COLUMNS = ("case_id", "created_at", "market", "queue", "policy_id", "status", "decision", "decided_at", "sla_met")


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
        frame = _known(case_set, columns)
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


def _known(case_set: CaseSet, columns: list[str]) -> pd.DataFrame:
    """Return the gravest cases as they were read before: a report lists them, and a finding counts them."""
    key = ("gravest", id(case_set.cases), case_set.scope.window, tuple(sorted(case_set.casebook.labels.items())))
    if key not in case_set.held:  # the entry keeps the table, so nothing else can come by its id
        case_set.held[key] = _gravest(case_set, columns), case_set.cases
    found: Any = case_set.held[key]
    return found[0].copy(deep=False)


def _gravest(case_set: CaseSet, columns: list[str]) -> pd.DataFrame:
    window, cases = case_set.scope.window, case_set.cases
    in_window = (cases.created_at >= window.starts_at) & (cases.created_at < window.ends_at)
    frame: pd.DataFrame = (
        cases.filter(in_window & (cases.severity == GRAVEST)).select(columns).to_pyarrow().to_pandas(use_threads=False)
    )
    if "status" in frame:
        is_done = frame["status"].isin(["closed", "resolved", "cancelled"])
        frame = frame.assign(_done=is_done).sort_values(["_done", "created_at", "case_id"]).drop(columns="_done")
    for name in ("created_at", "decided_at"):
        if name in frame:
            local = pd.to_datetime(frame[name], utc=True).dt.tz_convert(window.zone)
            frame[name] = local.dt.strftime("%Y-%m-%d %H:%M").where(local.notna(), None)
    if "sla_met" in frame:
        frame["sla_met"] = frame["sla_met"].map({True: "yes", False: "no"}).astype(object)
    words = case_set.casebook.labels
    for name in _IN_WORDS:
        if name in frame:
            frame[name] = frame[name].astype(object).replace(dict(words))
    return frame.astype(object).where(frame.notna(), None).reset_index(drop=True)
