"""Which version of a policy was in force when, as the decisions themselves tell it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.patterns.rows import fetched, filled

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from tskit.model import CaseSet

__all__ = ["in_force", "policy_versions"]

_FEW = 3
"""A version that fewer decisions name than this is a slip of the pen, not a version that was in force."""


def policy_versions(case_set: CaseSet, policy_id: str, *, until: datetime | None = None) -> pd.DataFrame:
    """Return the versions of a policy that decisions name, in the order in which they came into force.

    Columns: `policy_version`, `from_at` (when decisions went over to it), `until_at` (missing for the last one),
    `decisions`, and `late`: decisions that still named it after the next one had come. A source that lacks the version
    or the time of decisions gives no row. The moment of change is the one that fewest decisions contradict, so that a
    few made on superseded text do not move it.
    """
    columns = ["policy_version", "from_at", "until_at", "decisions", "late"]
    if case_set.lacks("policy_id", "policy_version", "decided_at"):
        return pd.DataFrame(columns=columns)
    cases = filled(case_set.cases, "policy_version", "decided_at")
    told = cases.filter(cases.policy_id == policy_id)
    if until is not None:
        told = told.filter(told.decided_at <= until)
    frame = fetched(told.select("policy_version", "decided_at"))
    frame = frame[frame.groupby("policy_version")["decided_at"].transform("size") >= _FEW]
    if frame.empty:
        return pd.DataFrame(columns=columns)
    grouped = frame.groupby("policy_version")["decided_at"]
    order = list(grouped.median().sort_values().index)
    times = {str(name): pd.DatetimeIndex(values).as_unit("us").asi8 for name, values in grouped}
    starts = [frame["decided_at"].min(), *(_change(times[a], times[b]) for a, b in pairwise(order))]
    ends = [*starts[1:], pd.NaT]
    late = [
        int((grouped.get_group(name) >= end).sum()) if pd.notna(end) else 0
        for name, end in zip(order, ends, strict=True)
    ]
    sizes = [len(times[name]) for name in order]
    return pd.DataFrame(
        {"policy_version": order, "from_at": starts, "until_at": ends, "decisions": sizes, "late": late}
    ).assign(from_at=pd.to_datetime(starts, utc=True), until_at=pd.to_datetime(pd.Series(ends), utc=True))


def in_force(versions: pd.DataFrame, at: pd.Timestamp) -> pd.Series | None:
    """Return the row of the version that was in force at an instant, or None where nobody can tell."""
    begun = versions[versions["from_at"] <= at]
    return None if begun.empty else begun.iloc[-1]


def _change(before: NDArray[np.int64], after: NDArray[np.int64]) -> pd.Timestamp:
    """Return the instant of a decision under the later version at which fewest decisions lie on the wrong side."""
    candidates = np.sort(after)
    too_late = len(before) - np.searchsorted(np.sort(before), candidates, side="left")
    too_early = np.arange(len(candidates))
    best = candidates[int(np.argmin(too_late + too_early))]
    return pd.Timestamp(best, unit="us", tz="UTC")
