"""Which cases of many tell most: those that nobody took up, that were overturned, that are worst, open, or late."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.dive.facts import OVERTURNED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.patterns import Known

__all__ = ["most_telling", "unanswered"]

_HANDED = ("queue_moved", "escalated")
_NOBODY = ("system", "automation")


def most_telling(now: Known, *, named: Sequence[str] = (), most: int) -> list[str]:
    """Return the cases that tell most, the most telling first; those that somebody named come before all others.

    A hand-off that nobody took up comes first, then an overturned decision, the worst severity, what is open, what
    missed its target, and what was opened first. All of it is counted over all cases at once, however many there are.
    """
    cases = now.cases
    blank = pd.Series(False, index=cases.index)  # noqa: FBT003  # a column of no
    ranked = pd.DataFrame(
        {
            "named": cases["case_id"].isin(list(named)),
            "unanswered": cases["case_id"].isin(set(unanswered(now)["case_id"])),
            "overturned": cases.get("appeal_status", blank).isin(OVERTURNED),
            "severity": cases.get("severity", blank).astype(object).where(lambda s: s.notna(), "").astype(str),
            "is_open": ~cases.get("is_closed", ~blank).fillna(value=True).astype(bool),
            "is_late": _late(now),
            "opened": -cases["created_at"].astype("int64"),
        }
    )
    return [str(case_id) for case_id in ranked.sort_values(list(ranked.columns), ascending=False).index[:most]]


def unanswered(now: Known) -> pd.DataFrame:
    """Return the last hand-off of each open case after which nobody worked on it: `case_id`, `at`, `from_queue`, `to_queue`.

    Whoever hands a case on is not the one who takes it up, so what is written at the moment of the move is none.
    """
    events = now.events
    moves = events[events["event_type"].isin(_HANDED) & events["to_queue"].notna()]
    last = moves.drop_duplicates("case_id", keep="last")[["case_id", "occurred_at", "from_queue", "to_queue"]]
    is_person = events["actor_id"].notna() & ~events["actor_type"].isin(_NOBODY)
    touched = events[is_person].groupby("case_id")["occurred_at"].max()
    ended = events[events["event_type"].eq("closed")].groupby("case_id")["occurred_at"].max()
    at = last["occurred_at"]
    is_left = ~(last["case_id"].map(touched) > at) & ~(last["case_id"].map(ended) >= at)
    return last[is_left].rename(columns={"occurred_at": "at"}).reset_index(drop=True)


def _late(now: Known) -> pd.Series[bool]:
    cases, moment = now.cases, pd.Timestamp(now.until)
    if "sla_target_at" not in cases:
        return pd.Series(False, index=cases.index)  # noqa: FBT003  # a column of no
    end = cases.get("closed_at", pd.Series(pd.NaT, index=cases.index)).fillna(moment)
    return cases["sla_target_at"].notna() & (end > cases["sla_target_at"])
