"""The figures that come first: how long it took, how it stood to its target, its moves, its standstills, its company."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.dive.facts import OVERTURNED
from tskit.findings.places import country
from tskit.findings.tables import table
from tskit.findings.wording import amount, count, listed, plural

if TYPE_CHECKING:
    from tskit.findings.dive.look import Dive
    from tskit.findings.tables import Table

__all__ = ["glance"]

_LATE = "missed"


def glance(dive: Dive) -> Table:
    """Return the figures that come first, as tiles: time to close, the clock, moves, standstill, company, cause."""
    rows = _of_one(dive) if dive.is_one else _of_several(dive)
    frame = pd.DataFrame(rows, columns=["label", "value", "unit", "text", "change", "tone", "verdict", "target"])
    frame["spark"] = [list[float]() for _ in rows]
    frame = frame.assign(range="", key=[f"tile_{n}" for n in range(len(rows))])
    headers = [(name, name) for name in frame.columns]
    made = table(frame, headers, key="glance", title="At a glance", role="headlines")
    return replace(made, of_single_cases=True)


def _of_one(dive: Dive) -> list[tuple[object, ...]]:
    case_id, told = dive.case_ids[0], dive.course
    clock = told.clock.iloc[0]
    is_closed = pd.notna(clock["completed_at"])
    opened = float(told.stays["hours"].sum())
    longest = float(told.gaps["hours"].max()) if len(told.gaps) else 0.0
    back = int(told.moves["is_return"].sum())
    return [
        _tile("Closed after" if is_closed else "Open for", opened, "hours", verdict=_reopened(dive)),
        _clock_tile(clock),
        _tile(
            "Moves between queues",
            len(told.moves),
            "moves",
            verdict=f"{back} straight back" if back else "none back" if len(told.moves) else "stayed where it was",
            tone="worse" if back else "neutral",
        )
        if dive.known.has_log
        else _tile("Moves between queues", float("nan"), "moves", verdict="the source keeps no log"),
        _tile("Longest standstill", longest, "hours", verdict=_longest(dive)),
        _company_tile(dive, case_id),
    ]


def _of_several(dive: Dive) -> list[tuple[object, ...]]:
    clock, told = dive.course.clock, dive.course
    late = int(clock["verdict"].eq(_LATE).sum())
    due = int(clock["verdict"].isin(["met", _LATE]).sum())
    overturned = sum(dive.known.case(c).get("appeal_status") in OVERTURNED for c in dive.case_ids)
    company = dive.tied.loc[~dive.tied["linked_id"].isin(dive.case_ids), "linked_id"].nunique()
    return [
        _tile("Cases", len(dive.case_ids), "cases", verdict=_markets(dive)),
        _tile(
            "Missed their target",
            late,
            "cases",
            verdict=f"of {count(due)} that fell due",
            tone="worse" if late else "neutral",
        ),
        _tile(
            "Sent straight back",
            int(told.moves.loc[told.moves["is_return"], "case_id"].nunique()),
            "cases",
            verdict=f"{plural(len(told.moves), 'move')} in all",
        ),
        _tile("Overturned on appeal", overturned, "cases"),
        _tile("Further cases tied to them", company, "cases", verdict="see Linked cases"),
    ]


def _tile(label: str, value: float, unit: str, *, verdict: str = "", tone: str = "neutral") -> tuple[object, ...]:
    said = amount(value, unit if unit != "moves" else "")
    return label, value, unit, said, "", tone, verdict, ""


def _clock_tile(clock: pd.Series[Any]) -> tuple[object, ...]:
    verdict, over = str(clock["verdict"]), float(clock["over_hours"])
    tone = "worse" if verdict == _LATE else "better" if verdict == "met" else "neutral"
    if pd.isna(over):
        return _tile(
            "Target",
            float("nan"),
            "hours",
            verdict="no target is known" if verdict == "unknown" else f"{verdict}, as the source says",
            tone=tone,
        )
    label = "Past its target" if verdict == _LATE else "Before its target"
    return _tile(label, abs(over), "hours", verdict=f"target {verdict}", tone=tone)


def _company_tile(dive: Dive, case_id: str) -> tuple[object, ...]:
    linked = dive.tied.loc[dive.tied["case_id"].eq(case_id), "linked_id"].nunique()
    crowds = [crowd for crowd in dive.crowds if crowd.case_id == case_id and crowd.stands_out]
    verdict = "more than chance gives" if crowds else "no more than chance gives" if linked else "none found"
    return _tile("Linked cases", linked, "cases", verdict=verdict, tone="worse" if crowds else "neutral")


def _reopened(dive: Dive) -> str:
    again = len(dive.course.reopenings)
    return (
        f"opened again {plural(again, 'time')}" if again else "in all its stays" if len(dive.course.stays) > 1 else ""
    )


def _longest(dive: Dive) -> str:
    if dive.course.gaps.empty:
        return "never stood still for 4 h"
    row = dive.course.gaps.sort_values("hours").iloc[-1]
    return f"{row['kind']}, in {dive.words(row['queue'])}" if row["queue"] else str(row["kind"])


def _markets(dive: Dive) -> str:
    if "market" not in dive.known.cases:
        return ""
    return listed([country(str(market)) for market in dive.known.cases["market"].dropna().unique()])
