"""Which cases of many tell most: those that nobody took up, that were overturned, that are worst, open, or late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.dive.facts import OVERTURNED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.patterns import Known

__all__ = ["most_telling"]


def most_telling(now: Known, handed: pd.DataFrame, *, named: Sequence[str] = (), most: int) -> list[str]:
    """Return the cases that tell most, the most telling first; those that somebody named come before all others.

    A hand-off that nobody took up comes first, then an overturned decision, the worst severity, what is open, what
    missed its target, and what was opened first. All of it is counted over all cases at once, however many there are. `handed` are the
    hand-offs as `patterns.taken_up` gives them.
    """
    cases = now.cases
    blank = pd.Series(False, index=cases.index)  # noqa: FBT003  # a column of no
    ranked = pd.DataFrame(
        {
            "named": cases["case_id"].isin(list(named)),
            "unanswered": cases["case_id"].isin(handed.loc[handed["is_open"], "case_id"]),
            "overturned": cases.get("appeal_status", blank).isin(OVERTURNED),
            "severity": cases.get("severity", blank).astype(object).where(lambda s: s.notna(), "").astype(str),
            "is_open": ~cases.get("is_closed", ~blank).fillna(value=True).astype(bool),
            "is_late": _late(now),
            "opened": -cases["created_at"].astype("int64"),
        }
    )
    return [str(case_id) for case_id in ranked.sort_values(list(ranked.columns), ascending=False).index[:most]]


def _late(now: Known) -> pd.Series[bool]:
    cases, moment = now.cases, pd.Timestamp(now.until)
    if "sla_target_at" not in cases:
        return pd.Series(False, index=cases.index)  # noqa: FBT003  # a column of no
    end = cases.get("closed_at", pd.Series(pd.NaT, index=cases.index)).fillna(moment)
    return cases["sla_target_at"].notna() & (end > cases["sla_target_at"])
