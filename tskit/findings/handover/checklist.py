"""What to do first on a shift: from what is open and due, then what stands on every shift's list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.duty import CHECKLIST
from tskit.findings.handover.urgency import GRAVE
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
    is_first: bool = False


def checklist(look: Handover) -> list[Item]:
    """Return the items of the shift that takes over: single deeds by their deadline, then the standing items."""
    deeds = sorted(_deeds(look), key=lambda item: (not item.is_first, item.due_at is None, item.due_at or look.until))
    return [*deeds, *_standing(look)]


def _deeds(look: Handover) -> Iterator[Item]:
    """Give what has to be done with single cases, each case once: by what it is most urgent for."""
    told: set[str] = set()
    for make in (_of_gravest, _of_law, _of_escalations, _of_promises, _of_targets):
        for case_id, item in make(look):
            if not case_id or case_id not in told:
                yield item
            told.add(case_id)
    for notice in look.notices:
        yield Item(f"Look into it: {notice.short}")


def _of_gravest(look: Handover) -> Iterator[tuple[str, Item]]:
    for row in look.queue[look.queue["severity"].eq(GRAVEST)].head(_MOST).itertuples():
        yield (
            str(row.case_id),
            Item(f"Look at {GRAVEST} case {row.case_id}: {_when(row.hours_left)}", _moment(row.due_at)),
        )


def _of_law(look: Handover) -> Iterator[tuple[str, Item]]:
    for row in look.binding[look.binding["hours_left"] <= _SOON].head(_MOST).itertuples():
        yield str(row.case_id), Item(f"{row.name}, case {row.case_id}: {_when(row.hours_left)}", _moment(row.due_at))


def _of_escalations(look: Handover) -> Iterator[tuple[str, Item]]:
    for row in look.duty.escalations.itertuples():
        name, due = f"case {row.case_id}", _moment(row.due_at)
        if row.handed_to:
            # It waits already: whatever it is due for, it comes first.
            yield (
                str(row.case_id),
                Item(f"Take up {name}: handed to {row.handed_to}, and nobody has answered", due, is_first=True),
            )
        elif not row.owner:
            yield str(row.case_id), Item(f"Name an owner for the escalation of {name}", due)
        elif row.next_step:
            yield str(row.case_id), Item(f"{name[:1].upper()}{name[1:]}: {row.next_step}", due)


def _of_promises(look: Handover) -> Iterator[tuple[str, Item]]:
    rows = look.duty.promises[look.duty.promises["state"].isin(["late", "open"])]
    for row in rows.sort_values("due_at", na_position="last", kind="stable").head(_MOST).itertuples():
        yield str(row.case_id), Item(f"Promised: {row.text}", _moment(row.due_at))


def _of_targets(look: Handover) -> Iterator[tuple[str, Item]]:
    late = look.overdue(of=look.own)
    grave = late[late["case_id"].isin(look.queue.loc[look.queue["severity"].isin(GRAVE), "case_id"])]
    soon = look.due_within(_SOON).head(_MOST)
    for row in [*grave.head(_MOST).itertuples(), *soon.itertuples()]:
        yield str(row.case_id), Item(f"Take up case {row.case_id}: {_when(row.hours_left)}", _moment(row.due_at))


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
    last = look.duty.checks.drop_duplicates("item", keep="last")
    ticked = {
        str(row["item"]): f"{row['by']}, {look.soon(row['at'])}"
        for row in last.to_dict("records")
        if row["is_done"] and row["item"] in CHECKLIST
    }
    for name, text in CHECKLIST.items():
        if concerns.get(name, True) or name in ticked:
            yield Item(text, None, ticked.get(name), name)


def _when(hours: Any) -> str:  # noqa: ANN401  # a cell of a row
    if pd.isna(hours):
        return "no deadline is known"
    return f"due in {amount(hours, 'hours')}" if hours >= 0 else f"late by {amount(-hours, 'hours')}"


def _moment(at: Any) -> datetime | None:  # noqa: ANN401  # a cell of a row
    return None if pd.isna(at) else at.to_pydatetime()
