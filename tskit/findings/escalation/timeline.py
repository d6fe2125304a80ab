"""What happened in the order of time: hour by hour, step by step, and from hand to hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings import dive
from tskit.findings.dive.course import EVENTS
from tskit.findings.escalation.wrong import missed_handoffs, wrong_takedowns
from tskit.findings.tables import table
from tskit.findings.wording import amount, count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.findings.dive import Drawn
    from tskit.findings.escalation.look import Escalation
    from tskit.findings.tables import Table

__all__ = ["Hours", "course", "gaps_table", "handoffs_table", "hours", "mishaps_table", "story_table"]

_MOST_HOURS = 168
_AFTER = timedelta(hours=24)
_MOST_ROWS = 150
_TOLD = (
    *("created", "queue_moved", "escalated", "decided", "decision_changed", "appealed", "appeal_decided"),
    *("sla_breached", "reopened", "paused", "resumed"),
)
_TOGETHER = {"escalated": "queue_moved", "decision_changed": "appeal_decided"}
"""What a log tells twice at one moment: the first is left out beside the second."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Cases by the hour in which they were opened, as `charts.hourly` takes them, with the words and the zone."""

    frame: pd.DataFrame = field(repr=False)
    title: str
    zone: str


def hours(escalation: Escalation) -> Hours:
    """Return how many of the cases were opened in each hour: of a week at most, up to a day after the last of them."""
    opened = escalation.cases["created_at"]
    # Hours begin where those of the reader's clock begin, also where a zone lies half an hour apart.
    shift = (escalation.until.astimezone(escalation.zone).utcoffset() or timedelta()) % timedelta(hours=1)
    begun = (opened + shift).dt.floor("h") - shift
    last = min(begun.max() + _AFTER, (pd.Timestamp(escalation.until) + shift).floor("h") - shift)
    first = max(begun.min(), begun.max() - timedelta(hours=_MOST_HOURS))
    every = pd.date_range(first, last, freq="h")
    counts = begun.value_counts().reindex(every, fill_value=0)
    frame = pd.DataFrame({"at": every, "cases": counts.to_numpy()})
    shown = frame.head(0) if escalation.is_one else frame
    return Hours(shown, "When they came in, hour by hour", escalation.zone.key)


def course(escalation: Escalation) -> Drawn:
    """Return who held the cases that are told one by one, and when, for the chart."""
    return dive.course(escalation.dive)


def gaps_table(escalation: Escalation) -> Table:
    """Return when nobody touched an open case for four hours or more, among the cases whose course is worked out."""
    made = dive.gaps_table(escalation.whole)
    since = [at.isoformat() for at in escalation.whole.course.gaps["from_at"]]
    columns = tuple(replace(header, unit="moment") if header.name == "from" else header for header in made.columns)
    return _with_rest(replace(made, columns=columns, frame=made.frame.assign(**{"from": since})), escalation)


def story_table(escalation: Escalation) -> Table:
    """Return what happened to the cases in the order of time, with what went wrong marked where it happened."""
    told = escalation.course.events
    told = told[told["event_type"].isin(_TOLD)].sort_values("at", kind="stable")
    told = told[~_is_twice(told)]
    marks = _marks(escalation)
    # Openings are many and say least: beyond what fits, only those with a mark stay.
    rows = [_told_row(escalation, row, marks) for row in told.to_dict("records")]
    kept = rows if len(rows) <= _MOST_ROWS else [row for row in rows if row[3] or row[1] != EVENTS["created"]]
    frame = pd.DataFrame(kept[:_MOST_ROWS], columns=["at", "what", "case_id", "mark"])
    headers = [("at", "When", "moment"), ("what", "What"), ("case_id", "Case"), ("mark", "Mark")]
    left_out = len(rows) - len(frame)
    more = f"{count(left_out)} further steps are left out; the event log has them." if left_out else ""
    caption = " ".join(part for part in (_no_log(escalation), more) if part)
    made = table(frame, headers, key="story", title="Step by step", caption=caption, role="cases")
    return _with_rest(replace(made, of_single_cases=True), escalation)


def handoffs_table(escalation: Escalation) -> Table:
    """Return every hand-off from queue to queue: who took it up and after how long; those that nobody did come first."""
    missed = set(zip(*(missed_handoffs(escalation)[name] for name in ("case_id", "at")), strict=True))
    moves = escalation.handed.sort_values(["is_open", "at"], ascending=[False, True], kind="stable").head(_MOST_ROWS)
    frame = pd.DataFrame(
        {
            "at": [at.isoformat() for at in moves["at"]],
            "case_id": moves["case_id"],
            "from": [_queue(escalation, name) for name in moves["from_queue"]],
            "to": [_queue(escalation, name) for name in moves["to_queue"]],
            "taken": [at.isoformat() if pd.notna(at) else None for at in moves["touched_at"]],
            "waited": [amount(waited, "hours") for waited in moves["waited_hours"]],
            "mark": [_hand_mark(row, missed) for row in moves.to_dict("records")],
        }
    )
    headers = [
        ("at", "Handed on", "moment"), ("case_id", "Case"), ("from", "From"), ("to", "To"), ("mark", "Mark"),
        ("waited", "Waited"), ("taken", "Taken up", "moment"),
    ]  # fmt: skip
    caption = _no_log(escalation) or ("" if len(frame) else "No case moved from one queue to another.")
    made = table(frame, headers, key="handoffs", title="Hand-offs", caption=caption, role="cases")
    return replace(made, of_single_cases=True)


def mishaps_table(escalation: Escalation) -> Table:
    """Return wrong takedowns and hand-offs that were missed, in the order of time."""
    gone, missed = wrong_takedowns(escalation), missed_handoffs(escalation)
    rows = [
        *((row["decided_at"], *_takedown(row)) for row in gone.to_dict("records")),
        *((row["at"], *_missed(escalation, row)) for row in missed.to_dict("records")),
    ]
    columns = ["at", "what", "case_id", "then", "then_at", "lasted"]
    frame = pd.DataFrame(sorted(rows, key=lambda row: row[0])[:_MOST_ROWS], columns=columns)
    frame = frame.assign(at=[at.isoformat() for at in frame["at"]])
    headers = [
        ("at", "When", "moment"), ("what", "What"), ("case_id", "Case"), ("then", "Then"), ("then_at", "At", "moment"),
        ("lasted", "Lasted"),
    ]  # fmt: skip
    caption = "" if len(frame) else "No action was reversed and no hand-off was missed, as far as is on record."
    made = table(frame, headers, key="mishaps", title="What went wrong", caption=caption, role="cases")
    return replace(made, of_single_cases=True)


def _told_row(
    escalation: Escalation, row: Mapping[Any, Any], marks: Mapping[tuple[str, str], str]
) -> tuple[str, str, str, str]:
    case_id, kind, at = str(row["case_id"]), str(row["event_type"]), row["at"]
    return at.isoformat(), _what(escalation, row), case_id, marks.get((case_id, kind), "")


def _what(escalation: Escalation, row: Mapping[Any, Any]) -> str:
    kind = str(row["event_type"])
    case = escalation.known.cases.loc[row["case_id"]]
    if kind in {"queue_moved", "escalated"} and isinstance(row["to_queue"], str):
        return f"moved to the {escalation.words(row['to_queue'])}"
    column = {"decided": "decision_initial", "appeal_decided": "appeal_status"}.get(kind, "")
    value = case.get(column) if column else None
    return (
        f"{EVENTS.get(kind, kind)}: {str(value).replace('_', ' ')}"
        if isinstance(value, str)
        else EVENTS.get(kind, kind)
    )


def _is_twice(told: pd.DataFrame) -> pd.Series[bool]:
    """Return which events say what another of the same case says at the same moment."""
    there = set(zip(told["case_id"], told["at"], told["event_type"], strict=True))
    twice = [
        (case_id, at, _TOGETHER.get(kind, "")) in there
        for case_id, at, kind in zip(told["case_id"], told["at"], told["event_type"], strict=True)
    ]
    return pd.Series(twice, index=told.index, dtype=bool)


def _marks(escalation: Escalation) -> dict[tuple[str, str], str]:
    """Return what is to be marked, by case and kind of event."""
    cases = escalation.cases
    marks = {(str(cases["created_at"].idxmin()), "created"): "first report"}
    for row in wrong_takedowns(escalation).to_dict("records"):
        marks |= {(row["case_id"], "decided"): "wrong takedown", (row["case_id"], "appeal_decided"): "put right"}
    for row in missed_handoffs(escalation).to_dict("records"):
        kind = "queue_moved"
        marks[row["case_id"], kind] = "missed hand-off" if pd.isna(row["touched_at"]) else "taken up too late"
    return marks


def _hand_mark(row: Mapping[Any, Any], missed: set[tuple[Any, Any]]) -> str:
    if (row["case_id"], row["at"]) in missed:
        return "missed: nobody took it up" if row["is_open"] else "its target passed before it was taken up"
    return "waiting" if row["is_open"] else ""


def _takedown(row: Mapping[Any, Any]) -> tuple[str, str, str, str | None, str]:
    what = f"wrong takedown{', beside these cases' if row['is_beside'] else ''}"
    then = row["reversed_at"].isoformat() if pd.notna(row["reversed_at"]) else None
    return what, row["case_id"], "reversed on appeal", then, amount(float(row["hours_up"]), "hours")


def _missed(escalation: Escalation, row: Mapping[Any, Any]) -> tuple[str, str, str, str | None, str]:
    is_left = pd.isna(row["touched_at"])
    what = f"missed hand-off to the {escalation.words(row['to_queue'])}"
    then = "target passed" if pd.notna(row["target_at"]) and row["target_at"] <= escalation.until else ""
    at = row["target_at"].isoformat() if then else None
    return what, row["case_id"], then, at, f"{amount(row['waited_hours'], 'hours')}{', so far' if is_left else ''}"


def _queue(escalation: Escalation, name: object) -> str:
    return escalation.words(name) if isinstance(name, str) and name else "nobody"


def _no_log(escalation: Escalation) -> str:
    return (
        "" if escalation.known.has_log else "The source keeps no log of events: these are the times of the cases alone."
    )


def _with_rest(made: Table, escalation: Escalation) -> Table:
    """Return the table, saying of how many cases it does not tell."""
    rest = len(escalation.case_ids) - len(escalation.followed)
    if not rest:
        return made
    said = f"Of the {count(len(escalation.followed))} most telling cases; {count(rest)} more are counted, not followed."
    return replace(made, caption=f"{made.caption} {said}".strip())
