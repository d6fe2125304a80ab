"""What went wrong on our side: content that was wrongly taken down, and hand-offs that nobody took up in time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.dive.facts import OVERTURNED
from tskit.patterns.gaps import LEAST_HOURS

if TYPE_CHECKING:
    from tskit.findings.escalation.look import Escalation

__all__ = ["missed_handoffs", "wrong_takedowns"]

_ACTED = ("action", "partial")
_BESIDE = timedelta(hours=24)
_MOST_BESIDE = 200
_MOST_DAYS = timedelta(days=14)
_TAKEN_DOWN = (
    *("case_id", "decided_at", "appealed_at", "reversed_at", "policy_id", "market", "decided_vendor", "hours_up"),
    "is_beside",
)
_MISSED = ("case_id", "at", "from_queue", "to_queue", "target_at", "waited_hours", "touched_at")


def wrong_takedowns(escalation: Escalation) -> pd.DataFrame:
    """Return the actions that were reversed on appeal, in order of the reversal, one row a case.

    Columns: `case_id`, `decided_at`, `appealed_at`, `reversed_at`, `policy_id`, `market`, `decided_vendor`, `hours_up`
    (how long the wrong decision stood) and `is_beside`: the case is not one of these, but was decided under the same
    rule in one of their markets, between the first report and a day after the last. Where the cases lie more than two
    weeks apart, nothing is beside them but the ordinary course of things. What the source lacks is missing.
    """
    mine = _overturned(escalation.cases).assign(is_beside=False)
    beside = _overturned(_decided_beside(escalation)).assign(is_beside=True)
    found = pd.concat([part for part in (mine, beside) if len(part)] or [mine], ignore_index=True)
    frame = found.rename(columns={"appeal_decided_at": "reversed_at"}).reindex(columns=[*_TAKEN_DOWN])
    for name in ("decided_at", "appealed_at", "reversed_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    frame["hours_up"] = (frame["reversed_at"] - frame["decided_at"]).dt.total_seconds() / 3600
    return frame.sort_values(["reversed_at", "case_id"], ignore_index=True)


def missed_handoffs(escalation: Escalation) -> pd.DataFrame:
    """Return the hand-offs during which a target passed, or after which nobody worked for four hours, in order.

    Columns: `case_id`, `at`, `from_queue`, `to_queue`, `target_at`, `waited_hours` until somebody worked on the case, it
    was closed, or the moment that all is seen from, and `touched_at`: missing where nobody has taken it up. Where a
    hand-off was taken up, it was missed only if its target passed before that.
    """
    moves = escalation.handed
    due = escalation.deadlines
    targets = due.loc[due["kind"].eq("target"), ["case_id", "due_at"]].rename(columns={"due_at": "target_at"})
    frame = moves.merge(targets, how="left", on="case_id")
    has_passed = (frame["target_at"] > frame["at"]) & (frame["target_at"] < frame["ended_at"])
    is_left = frame["is_open"] & (frame["waited_hours"] >= LEAST_HOURS)
    return frame.loc[has_passed | is_left, list(_MISSED)].sort_values(["at", "case_id"], ignore_index=True)


def _overturned(cases: pd.DataFrame) -> pd.DataFrame:
    if not {"appeal_status", "decided_at"} <= set(cases):
        return cases.head(0)
    first = cases.get("decision_initial", cases.get("decision"))
    is_action = pd.Series(True, index=cases.index) if first is None else first.isin(_ACTED)  # noqa: FBT003  # a column
    return cases[cases["appeal_status"].isin(OVERTURNED) & is_action]


def _decided_beside(escalation: Escalation) -> pd.DataFrame:
    """Return the other cases under the same rules in the same markets, decided while these were coming in."""
    case_set, mine = escalation.case_set, escalation.cases
    if case_set.lacks("policy_id", "market", "decided_at", "appeal_status", "appeal_decided_at"):
        return mine.head(0)
    cases, until = case_set.cases, escalation.until
    first, last = mine["created_at"].min(), mine["created_at"].max() + _BESIDE
    if last - first > _MOST_DAYS + _BESIDE:
        return mine.head(0)
    near = cases.filter(
        cases.decided_at.between(first, min(last, pd.Timestamp(until))), cases.appeal_decided_at <= until
    )
    same = near.filter(
        near.policy_id.isin(_values(mine, "policy_id")),
        near.market.isin(_values(mine, "market")),
        near.appeal_status.isin(OVERTURNED),
    )
    wanted = (*_TAKEN_DOWN, "appeal_status", "decision_initial", "decision", "appeal_decided_at")
    kept = same.select([name for name in wanted if name in same.columns])
    frame: pd.DataFrame = kept.order_by("decided_at", "case_id").to_pyarrow().to_pandas()
    # Thousands of ids in one query take the engine longer than all else.
    return frame[~frame["case_id"].isin(escalation.case_ids)].head(_MOST_BESIDE)


def _values(cases: pd.DataFrame, name: str) -> list[str]:
    """Return the values of a column; the rule that a case was reported under stands for the one of a decision to come."""
    told = cases.get(name, pd.Series(dtype=object)).dropna()
    return sorted(set(told.astype(str)))
