"""The SLA clock of single cases: when each was due, how long the clock ran, and when the target was missed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.calendars import WorkCalendar, calendar_of, due_at, elapsed_hours, paused_minutes
from tskit.patterns.timeline import pauses, stays

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.model import Casebook, Clock
    from tskit.patterns.known import Known

__all__ = ["sla_clock"]


def sla_clock(known: Known, *, casebook: Casebook) -> pd.DataFrame:
    """Return one row a case, in the order of `known.case_ids`.

    Columns: `case_id`, `due_at`, `due_from` ("source", "casebook" or "" where nobody says), `target_hours` of the
    casebook's clock, `clock` in words, `completed_at` (first closing), `elapsed_hours` on that clock until then or until
    what is known ends, pauses taken off, `paused_hours` on the clock, `breached_at` (when the target passed uncompleted),
    `over_hours` (by how long; negative is time left), `verdict` ("met", "missed", "not due yet" or "unknown"), and
    `is_disputed`: the source's own verdict says otherwise.

    A target of the source has its stops added already; one of the casebook's clock moves by the pauses in the log.
    """
    held, stopped = stays(known), pauses(known)
    # A case that is opened again was completed once: its first closing counts.
    closings = held[held["ended_by"].eq("closed")].groupby("case_id")["until_at"].min()
    completed: dict[str, pd.Timestamp] = {str(case_id): at for case_id, at in closings.items()}
    rows = [
        _row(known.case(case_id), completed.get(case_id), stopped[stopped["case_id"].eq(case_id)], casebook, known)
        for case_id in known.case_ids
    ]
    frame = pd.DataFrame(rows)
    for name in ("due_at", "completed_at", "breached_at"):
        frame[name] = pd.to_datetime(frame[name], utc=True)
    return frame


def _row(
    case: Mapping[str, Any],
    completed: pd.Timestamp | None,
    stopped: pd.DataFrame,
    casebook: Casebook,
    known: Known,
) -> dict[str, object]:
    clock = next((clock for clock in casebook.clocks if _fits(clock, case)), None)
    calendar = calendar_of(clock, sites=casebook.sites) if clock else WorkCalendar.around_the_clock()
    # Without a pause in the log, the column tells how long the clock stood still.
    still = float(paused_minutes(stopped, calendar=calendar).sum()) if len(stopped) else case.get("paused_minutes", 0.0)
    opened, end = pd.Series([case["created_at"]]), completed or pd.Timestamp(known.until)
    due: pd.Timestamp | None = case.get("sla_target_at")
    if due is None and clock:
        due = due_at(opened, clock.hours, calendar=calendar, paused=still).iloc[0]
    ran = elapsed_hours(opened, pd.Series([end]), calendar=calendar, paused=still)
    verdict = _verdict(due, completed, known)
    said: bool | None = case.get("sla_met")
    return {
        "case_id": case["case_id"],
        "due_at": due,
        "due_from": "source" if "sla_target_at" in case else "casebook" if due is not None else "",
        "target_hours": clock.hours if clock else float("nan"),
        "clock": _words(clock),
        "completed_at": completed,
        "elapsed_hours": float(ran.iloc[0]),
        "paused_hours": still / 60,
        "breached_at": due if verdict == "missed" else None,
        "over_hours": (end - due).total_seconds() / 3600 if due is not None else float("nan"),
        "verdict": ("met" if said else "missed") if verdict == "unknown" and said is not None else verdict,
        "is_disputed": said is not None and verdict in {"met", "missed"} and said != (verdict == "met"),
    }


def _fits(clock: Clock, case: Mapping[str, Any]) -> bool:
    return all(str(case.get(name)) == value for name, value in clock.where.items())


def _verdict(due: pd.Timestamp | None, completed: pd.Timestamp | None, known: Known) -> str:
    if due is None:
        return "unknown"
    if completed is not None:
        return "met" if completed <= due else "missed"
    return "missed" if pd.Timestamp(known.until) > due else "not due yet"


def _words(clock: Clock | None) -> str:
    if clock is None:
        return ""
    return f"business hours of the {clock.site} site" if clock.site else "around the clock"
