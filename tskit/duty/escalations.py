"""How each escalation stands: open or closed, who has it, and what must be decided next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tskit.duty.case_entry import case_entry
from tskit.duty.entries import ESCALATIONS, standing
from tskit.duty.frames import frame_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from tskit.calendars import Moment
    from tskit.duty.case_entry import CaseEntry
    from tskit.duty.entries import DutyLog

__all__ = ["Standing", "escalations", "standing_of"]

_COLUMNS = {
    "case_id": "str",
    "state": "str",
    "opened_at": "datetime64[us, UTC]",
    "opened_by": "str",
    "owner": "str",
    "next_step": "str",
    "next_owner": "str",
    "due_at": "datetime64[us, UTC]",
    "next_seq": "int64",
    "handed_to": "str",
    "handed_at": "datetime64[us, UTC]",
    "handed_by": "str",
    "last_at": "datetime64[us, UTC]",
    "last_by": "str",
    "entries": "int64",
    "last_seq": "int64",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How one escalation stands after its entries; `next` is None where nothing is left to be decided.

    `handed` is the hand-off that nobody but its author has answered yet.
    """

    first: CaseEntry
    last: CaseEntry
    entries: int
    owner: str = field(default="", repr=False)
    is_open: bool = True
    next: CaseEntry | None = None
    handed: CaseEntry | None = None

    @property
    def next_owner(self) -> str:
        """Return who decides the next step: whom it names, else who has the escalation; empty where nothing is open."""
        return (self.next.owner or self.owner) if self.next else ""


def standing_of(found: Iterable[CaseEntry]) -> Standing | None:
    """Return how an escalation stands after these entries, in order; None if there is none."""
    state: Standing | None = None
    for entry in found:
        state = _after(state, entry)
    return state


def escalations(log: DutyLog | None, *, until: Moment = None) -> pd.DataFrame:
    """Return one row for each case that was ever escalated, in the order in which they were opened.

    The first entry opens an escalation, `closed` closes it, and only `opened` opens it again. `owner` is who has it:
    whom the latest entry named, or whom it was handed to. `next_step`, `next_owner` and `due_at` are the step that must be
    decided next, empty where a decision settled it. `handed_to`, `handed_at` and `handed_by` are a hand-off that nobody
    has answered by an entry of their own and whose author named no other owner since, empty otherwise. `entries` counts
    those that stand; `last_seq` is the number of the latest.

    Raises:
        ParameterError: `until` asks for more entries than the log has.
    """
    by_case: dict[str, list[CaseEntry]] = {}
    for entry in standing(log, ESCALATIONS, until=until):
        by_case.setdefault(entry.subject, []).append(case_entry(entry))
    return frame_of([_row(state) for found in by_case.values() if (state := standing_of(found))], _COLUMNS)


def _after(state: Standing | None, entry: CaseEntry) -> Standing:
    first, count = (state.first, state.entries) if state else (entry, 0)
    is_open = entry.kind != "closed" and (state is None or state.is_open or entry.kind == "opened")
    return Standing(first, entry, count + 1, _owner(state, entry), is_open, _next(state, entry), _handed(state, entry))


def _owner(state: Standing | None, entry: CaseEntry) -> str:
    named = entry.to if entry.kind == "handoff" else "" if entry.kind == "next" else entry.owner
    return named or (state.owner if state else "")


def _next(state: Standing | None, entry: CaseEntry) -> CaseEntry | None:
    if entry.kind == "next":
        return entry
    is_settled = entry.kind == "closed" or (entry.kind == "decision" and not entry.is_beside)
    return None if is_settled or state is None else state.next


def _handed(state: Standing | None, entry: CaseEntry) -> CaseEntry | None:
    if entry.kind == "handoff":
        return entry
    waiting = state.handed if state else None
    # Whoever handed it over may also name another owner after all; it waits for nobody then.
    is_over = entry.kind in ("owner", "closed") or waiting is None or entry.author != waiting.author
    return None if is_over else waiting


def _row(state: Standing) -> dict[str, Any]:
    step, handed = state.next, state.handed
    return {
        "case_id": state.first.case_id,
        "state": "open" if state.is_open else "closed",
        "opened_at": state.first.at,
        "opened_by": state.first.author,
        "owner": state.owner,
        "next_step": step.text if step else "",
        "next_owner": state.next_owner,
        "due_at": step.due_at if step else None,
        "next_seq": step.seq if step else 0,
        "handed_to": handed.to if handed else "",
        "handed_at": handed.at if handed else None,
        "handed_by": handed.author if handed else "",
        "last_at": state.last.at,
        "last_by": state.last.author,
        "entries": state.entries,
        "last_seq": state.last.seq,
    }
