"""What people have in hand: escalations in flight, what the last shift promised, and the checklist of this one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.handover.checklist import checklist
from tskit.findings.tables import table
from tskit.findings.wording import count, listed, plural

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from tskit.findings.handover.look import Handover
    from tskit.findings.tables import Table

__all__ = ["checklist_table", "escalations_table", "promises_table", "sorted_escalations", "trouble_of"]

_STATES = {"late": "late", "open": "open", "done": "done", "dropped": "dropped"}


def escalations_table(look: Handover) -> Table:
    """Return the escalations in flight: those without an owner or past their deadline first."""
    rows = sorted_escalations(look)
    frame = pd.DataFrame(
        {
            "case_id": list(rows["case_id"]),
            "due": [_iso(at) for at in rows["due_at"]],
            "trouble": [trouble_of(look, row) or None for row in rows.to_dict("records")],
            "owner": [owner or "nobody" for owner in rows["owner"]],
            "next": [step or "not said" for step in rows["next_step"]],
            "decides": [
                other if other and other != owner else None
                for other, owner in zip(rows["next_owner"], rows["owner"], strict=True)
            ],
            "last": [_iso(at) for at in rows["last_at"]],
            "by": list(rows["last_by"]),
        }
    )
    headers = [
        ("case_id", "Case"), ("due", "Due", "due"), ("trouble", "Trouble"), ("owner", "Owner"), ("next", "Next decision"),
        ("decides", "Decided by"), ("last", "Last entry", "moment"), ("by", "By"),
    ]  # fmt: skip
    headers = [header for header in headers if header[0] != "decides" or frame["decides"].notna().any()]
    caption = (
        "None in flight."
        if rows.empty
        else f"{plural(len(rows), 'escalation')} in flight; the log of each: tskit log CASE."
    )
    made = table(frame, headers, key="escalations", title="Escalations in flight", caption=caption, role="cases")
    return replace(made, of_single_cases=True)


def sorted_escalations(look: Handover) -> pd.DataFrame:
    """Return the escalations in flight in the order of their urgency: trouble first, then by deadline."""
    rows = look.duty.escalations
    troubled = [not trouble_of(look, row) for row in rows.to_dict("records")]
    order = rows.assign(_calm=troubled).sort_values(["_calm", "due_at", "case_id"], na_position="last", kind="stable")
    return order.drop(columns="_calm").reset_index(drop=True)


def trouble_of(look: Handover, row: Mapping[Hashable, Any]) -> str:
    """Return what is wrong with an escalation: nobody took it up, nobody has it, its deadline passed; or ""."""
    if row["handed_to"]:
        return f"handed to {row['handed_to']} and not taken up"
    if not row["owner"]:
        return "without an owner"
    due = row["due_at"]
    if isinstance(due, pd.Timestamp) and not pd.isna(due) and due < pd.Timestamp(look.until):
        return "its deadline has passed"
    return ""


def promises_table(look: Handover) -> Table:
    """Return what was promised and is not done, the late first, and what was done since the last handover."""
    rows = look.duty.promises
    recent = rows["done_at"].ge(pd.Timestamp(look.since))
    rows = rows[rows["state"].isin(["late", "open"]) | recent]
    place = {state: n for n, state in enumerate(_STATES)}
    rows = rows.assign(_place=rows["state"].map(place)).sort_values(
        ["_place", "due_at"], na_position="last", kind="stable"
    )
    frame = pd.DataFrame(
        {
            "text": list(rows["text"]),
            "state": [_STATES[state] for state in rows["state"]],
            "due": [
                _iso(at) if state in {"late", "open"} else None
                for at, state in zip(rows["due_at"], rows["state"], strict=True)
            ],
            "owner": list(rows["owner"]),
            "case_id": [case or None for case in rows["case_id"]],
            "note": [note or None for note in rows["note"]],
            "id": list(rows["id"]),
        }
    )
    headers = [
        ("text", "Promised"), ("state", "State"), ("due", "Due", "due"), ("owner", "Who"), ("case_id", "Case"),
        ("note", "Note"), ("id", "No."),
    ]  # fmt: skip
    late, kept = int(rows["state"].eq("late").sum()), int(rows["state"].eq("done").sum())
    caption = (
        "Nothing is left to do."
        if rows.empty
        else f"{count(late)} late, {count(int(rows['state'].eq('open').sum()))} still open, {count(kept)} done."
    )
    made = table(frame, headers, key="promises", title="Promised by earlier shifts", caption=caption, role="people")
    return replace(made, of_single_cases=True)


def checklist_table(look: Handover) -> Table:
    """Return what to do first on this shift, and what stands on every shift's list, with what somebody has checked."""
    items = checklist(look)
    caption = "Tick off an item: tskit shift check ITEM."
    if all(item.name and not item.done for item in items):
        names = listed([str(item.name) for item in items])
        items, caption = [], f"Only what every shift asks: {names}."
    frame = pd.DataFrame(
        [(item.text, None if item.due_at is None else item.due_at.isoformat(), item.done, item.name) for item in items],
        columns=["text", "due", "done", "name"],
    )
    headers = [("text", "To do"), ("due", "By", "due"), ("done", "Checked"), ("name", "Item")]
    made = table(frame, headers, key="checklist", title="Checklist", caption=caption, role="people")
    return replace(made, of_single_cases=True)


def _iso(at: pd.Timestamp) -> str | None:
    return None if pd.isna(at) else at.isoformat()
