"""What to do first on a shift: from what is open and due, then what stands on every shift's list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from tskit.duty import CHECKLIST
from tskit.findings.incidents import GRAVEST
from tskit.findings.wording import amount

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from tskit.findings.handover.look import Handover

__all__ = ["Item", "checklist"]

_MOST = 4
_SOON = 4


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list: what to do, by when, who has checked it, and the short name that `tskit shift check` takes."""

    text: str
    due_at: datetime | None = None
    done: str | None = None
    name: str | None = None


def checklist(look: Handover) -> list[Item]:
    """Return the items of the shift that takes over: single deeds by their deadline, then the standing items."""
    deeds = sorted(_deeds(look), key=lambda item: (item.due_at is None, item.due_at or look.until))
    return [*deeds, *_standing(look)]


def _deeds(look: Handover) -> Iterator[Item]:
    grave = look.queue[look.queue["severity"].eq(GRAVEST)]
    for row in grave.head(_MOST).itertuples():
        yield Item(f"Look at {GRAVEST} case {row.case_id}: {_when(row.hours_left)}", _moment(row.due_at))
    told = set(grave["case_id"].head(_MOST))
    for row in look.binding[look.binding["hours_left"] <= _SOON].head(_MOST).itertuples():
        told.add(str(row.case_id))
        yield Item(f"{row.name}, case {row.case_id}: {_when(row.hours_left)}", _moment(row.due_at))
    for row in look.duty.escalations.itertuples():
        told.add(str(row.case_id))
        if row.handed_to:
            yield Item(f"Take up case {row.case_id}: handed to {row.handed_to}, and nobody has answered")
        elif not row.owner:
            yield Item(f"Name an owner for the escalation of case {row.case_id}", _moment(row.due_at))
        elif row.next_step:
            yield Item(f"Case {row.case_id}: {row.next_step}", _moment(row.due_at))
    late = look.duty.promises[look.duty.promises["state"].isin(["late", "open"])]
    for row in late.head(_MOST).itertuples():
        told.add(str(row.case_id))
        yield Item(f"Promised: {row.text}", _moment(row.due_at))
    soon = look.due_within(_SOON)
    for row in soon[~soon["case_id"].isin(told)].head(_MOST).itertuples():
        yield Item(f"Take up case {row.case_id}: {_when(row.hours_left)}", _moment(row.due_at))
    for notice in look.notices:
        yield Item(f"Look into it: {notice.short}")


def _standing(look: Handover) -> Iterator[Item]:
    """Give the standing items that have something to them now; who is there and who can be reached is always asked."""
    concerns = {
        "severe": look.queue["severity"].eq(GRAVEST).any(),
        "due": len(look.due_within(_SOON)) > 0,
        "orders": len(look.binding) > 0,
        "escalations": len(look.duty.escalations) > 0,
        "promises": look.duty.promises["state"].isin(["late", "open"]).any(),
        "spikes": bool(look.notices),
    }
    checked = look.duty.checks.drop_duplicates("item", keep="last").set_index("item")
    for name, text in CHECKLIST.items():
        done = None
        if name in checked.index and checked.at[name, "is_done"]:
            done = f"{checked.at[name, 'by']}, {look.soon(checked.at[name, 'at'])}"
        if concerns.get(name, True) or done:
            yield Item(text, None, done, name)


def _when(hours: float) -> str:
    if pd.isna(hours):
        return "no deadline is known"
    return f"due in {amount(hours, 'hours')}" if hours >= 0 else f"late by {amount(-hours, 'hours')}"


def _moment(at: pd.Timestamp) -> datetime | None:
    return None if pd.isna(at) else at.to_pydatetime()
