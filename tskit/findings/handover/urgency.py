"""What is open by urgency: how much of it, the gravest one by one, and what passes its deadline next."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.incidents import GRAVEST
from tskit.findings.tables import table
from tskit.findings.wording import amount, count, limit, listed, plural

if TYPE_CHECKING:
    from tskit.findings.handover.look import Handover
    from tskit.findings.tables import Table

__all__ = ["GRAVE", "HORIZONS", "binding_table", "gravest_table", "holder", "late_table", "open_table", "own_table"]

HORIZONS = (4, 12, 24)
"""Hours ahead that a shift looks."""
GRAVE = ("S2", GRAVEST)
"""A case of these that is late is no ordinary work."""
_NOT_KNOWN = "No deadline is known."
_MOST = 12
_SEVERITIES = ("S3", "S2", "S1", "S0")
_HEADERS = [
    ("case_id", "Case"), ("due", "Due", "due"), ("severity", "Severity"), ("name", "Deadline"), ("queue", "Queue"),
    ("holder", "With"),
]  # fmt: skip


def open_table(look: Handover) -> Table:
    """Return the open cases by severity, and by when their next deadline passes, each on its own clock.

    Where none passes within 12 hours the caption alone counts them.
    """
    queue = look.queue
    names = [name for name in _SEVERITIES if queue["severity"].eq(name).any()]
    parts = [(name, queue[queue["severity"].eq(name)]) for name in names]
    unknown = queue[~queue["severity"].isin(_SEVERITIES)]
    parts += [("severity not known", unknown)] if len(unknown) else []
    parts += [("all", queue)] if len(parts) > 1 else []
    frame = pd.DataFrame([_counted(name, rows) for name, rows in parts])
    headers = [
        ("severity", "Severity"), ("open", "Open", "cases"), ("late", "Late", "cases"), ("in_4", "4 h", "cases"),
        ("in_12", "12 h", "cases"), ("in_24", "24 h", "cases"), ("later", "Later", "cases"), ("none", "No deadline", "cases"),
    ]  # fmt: skip
    kept = [
        header for header in headers if len(frame) and (header[0] in {"severity", "open"} or frame[header[0]].any())
    ]
    where = "in any queue" if not look.turn.queues else f"in the {plural(len(look.turn.queues), 'queue')} of the shift"
    oldest = amount(float(queue["age_hours"].max()), "hours") if len(queue) else ""
    caption = f"Open {where}, by when the next deadline passes, each case once; the oldest for {oldest}."
    if not len(look.due_within(HORIZONS[1])):
        each = listed([f"{plural(len(rows), 'case')} of {name}" for name, rows in parts if name != "all"])
        caption = f"{each[:1].upper()}{each[1:]}; the oldest for {oldest}." if len(queue) else f"Nothing {where}."
        frame = frame.head(0)
    empty = pd.DataFrame(columns=[header[0] for header in headers])
    return table(frame if len(frame) else empty, kept or headers, key="open", title="Open by urgency", caption=caption)


def gravest_table(look: Handover) -> Table:
    """Return every open case of severity S3, one by one, whatever its deadline."""
    rows = look.queue[look.queue["severity"].eq(GRAVEST)]
    frame = _listed(look, rows.assign(name=rows["due_name"])).assign(
        age=[float(age) for age in rows["age_hours"]], case_id=list(rows["case_id"])
    )
    headers = [
        ("case_id", "Case"), ("due", "Due", "due"), ("age", "Open for", "hours"), ("queue", "Queue"), ("holder", "With"),
    ]  # fmt: skip
    caption = f"Each open case of severity {GRAVEST}, the next deadline first." if len(rows) else "None is open."
    if not look.knows_severity:
        caption = "Severity is not known."
    return _cases(frame, headers, key="gravest", title=f"Severity {GRAVEST}, one by one", caption=caption)


def binding_table(look: Handover) -> Table:
    """Return what the law or a contract wants within 24 hours, and what has passed, whoever is at fault."""
    rows = look.binding[look.binding["hours_left"] <= HORIZONS[-1]].sort_values("hours_left", kind="stable")
    nothing = f"Nothing within {limit(HORIZONS[-1], 'hours')}." if look.knows_deadlines else _NOT_KNOWN
    caption = f"{_windows(rows)} Deadlines are presets of the casebook: verify with legal." if len(rows) else nothing
    return _cases(
        _listed(look, _with_case(look, rows).head(_MOST)),
        _HEADERS, key="binding", title="Due by law or contract", caption=f"{caption}{_rest(rows)}",
    )  # fmt: skip


def own_table(look: Handover) -> Table:
    """Return which targets of the team pass within 24 hours, the first of them case by case.

    Where none passes within 12 hours there is time, and the caption alone says how many do. It names no case, since a
    copy to share keeps captions.
    """
    rows = look.due_within(HORIZONS[-1], of=look.own).sort_values("hours_left", kind="stable")
    is_near = len(look.due_within(HORIZONS[1], of=look.own)) > 0
    nothing = f"None within {limit(HORIZONS[-1], 'hours')}." if look.knows_deadlines else _NOT_KNOWN
    caption = _windows(rows) if len(rows) else nothing
    if len(rows) and not is_near:
        within, day = limit(HORIZONS[1], "hours"), limit(HORIZONS[-1], "hours")
        caption = f"None within {within}, {plural(len(rows), 'case')} within {day}."
    listed_rows = _with_case(look, rows if is_near else rows.head(0)).head(_MOST)
    rest = _rest(rows) if is_near else ""
    return _cases(
        _listed(look, listed_rows), _HEADERS, key="own", title="Targets that pass next", caption=f"{caption}{rest}"
    )


def late_table(look: Handover) -> Table:
    """Return the cases whose target has passed, the gravest and the longest ago first.

    Where none of them is of severity S2 or S3, the caption alone counts them, and the card names the first.
    """
    rows = _with_case(look, look.overdue(of=look.own)).sort_values(
        ["severity", "hours_left"], ascending=[False, True], na_position="last", kind="stable"
    )
    is_grave = rows["severity"].isin(GRAVE).any()
    number = f"{plural(len(rows), 'case')} past {'its' if len(rows) == 1 else 'their'} target"
    nothing = "None." if look.knows_deadlines else _NOT_KNOWN
    caption = nothing if rows.empty else f"{number}, the gravest first.{_rest(rows)}"
    if len(rows) and not is_grave:
        caption = f"{plural(len(rows), 'case')}, none of S2 or S3."
    listed_rows = (rows if is_grave else rows.head(0)).head(_MOST)
    return _cases(_listed(look, listed_rows), _HEADERS, key="late", title="Already late", caption=caption)


def holder(row: object) -> str:
    """Return who has a case: a pseudonym, somebody where the source tells no more, or nobody."""
    owner, taken = getattr(row, "owner_id", None), getattr(row, "first_assigned_at", None)
    if getattr(row, "is_stopped", False) is True:
        return "waits for an answer"
    if isinstance(owner, str) and owner:
        return owner[:8]
    return "nobody" if pd.isna(taken) else "somebody"


def _counted(name: str, rows: pd.DataFrame) -> dict[str, object]:
    left = rows["hours_left"]
    windows = {f"in_{hours}": int(left.between(0, hours).sum()) for hours in HORIZONS}
    return {
        "severity": name,
        "open": len(rows),
        "late": int((left < 0).sum()),
        # Each case stands in one column: 12 h are those from 4 to 12.
        "in_4": windows["in_4"],
        "in_12": windows["in_12"] - windows["in_4"],
        "in_24": windows["in_24"] - windows["in_12"],
        "later": int((left > HORIZONS[-1]).sum()),
        "none": int(left.isna().sum()),
    }


def _with_case(look: Handover, rows: pd.DataFrame) -> pd.DataFrame:
    """Return deadlines beside what is known of their case."""
    known = look.queue[["case_id", "severity", "queue", "owner_id", "first_assigned_at", "is_stopped"]]
    return rows.merge(known, on="case_id", how="left")


def _listed(look: Handover, rows: pd.DataFrame) -> pd.DataFrame:
    logged = look.duty.escalations
    # Whoever had it handed it on, and whoever was to take it up has not answered.
    waiting = set(logged.loc[logged["handed_to"].ne(""), "case_id"])
    return pd.DataFrame(
        {
            "case_id": list(rows["case_id"]),
            "due": [None if pd.isna(at) else at.isoformat() for at in rows["due_at"]],
            "severity": list(rows["severity"].astype(object).where(rows["severity"].notna(), None)),
            "name": list(rows["name"].astype(object).where(rows["name"].notna(), None)),
            "queue": [look.words(name) if isinstance(name, str) and name else None for name in rows["queue"]],
            "holder": ["nobody yet" if row.case_id in waiting else holder(row) for row in rows.itertuples()],
        }
    )


def _windows(rows: pd.DataFrame) -> str:
    late = int((rows["hours_left"] < 0).sum())
    parts = [f"{count(late)} already late"] if late else []
    parts += [
        f"{count(int(rows['hours_left'].between(0, hours).sum()))} within {limit(hours, 'hours')}" for hours in HORIZONS
    ]
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _rest(rows: pd.DataFrame) -> str:
    return f" The first {count(_MOST)} are listed; {count(len(rows) - _MOST)} more." if len(rows) > _MOST else ""


def _cases(frame: pd.DataFrame, headers: list[tuple[str, ...]], *, key: str, title: str, caption: str) -> Table:
    made = table(frame, headers, key=key, title=title, caption=caption, role="cases")  # type: ignore[arg-type]  # headers of two or three parts
    return replace(made, of_single_cases=True)
