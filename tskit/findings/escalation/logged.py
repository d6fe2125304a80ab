"""What the team wrote about the cases: their decision log, and who has the escalation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tskit.duty import case_log, escalations, open_duty
from tskit.duty.frames import frame_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pandas as pd

    from tskit.model import CaseSet

__all__ = ["logged"]

_TEXTS = ("case_id", "kind", "text", "author", "owner", "to", "key", "supersedes", "state")
_ENTRIES = {
    "at": "datetime64[us, UTC]",
    **dict.fromkeys(_TEXTS, "str"),
    "due_at": "datetime64[us, UTC]",
    "is_beside": "bool",
    **dict.fromkeys(("seq", "ended_by"), "int64"),
}
_ROWS = {
    **dict.fromkeys(
        ("case_id", "state", "opened_by", "owner", "next_step", "next_owner", "handed_to", "handed_by"), "str"
    ),
    **dict.fromkeys(("opened_at", "due_at", "handed_at", "last_at"), "datetime64[us, UTC]"),
    "last_by": "str",
    **dict.fromkeys(("next_seq", "entries", "last_seq"), "int64"),
}


def logged(case_set: CaseSet, case_ids: Sequence[str], *, until: datetime | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the entries about the cases with what was replaced, and how their escalations stand, as of a moment.

    Reading never makes a record where there is none: a team that keeps no records has no entry. None is now: what was
    written after the end of the data is known as well.
    """
    book = case_set.casebook
    keeps = book.is_sample or not isinstance(book.store, Path) or book.store.exists()
    if not keeps:
        return frame_of((), _ENTRIES), frame_of((), _ROWS)
    log = open_duty(book)
    with log.store:
        rows = escalations(log, until=until)
        mine = rows[rows["case_id"].isin(list(case_ids))].reset_index(drop=True)
        return case_log(log, case_ids, until=until, with_history=True), mine
