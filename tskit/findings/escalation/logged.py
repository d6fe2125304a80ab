"""What the team wrote about the cases: their decision log, and who has the escalation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tskit.duty import case_log, escalations, open_duty

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pandas as pd

    from tskit.model import CaseSet

__all__ = ["logged"]


def logged(case_set: CaseSet, case_ids: Sequence[str], *, until: datetime | None) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the entries about the cases with what was replaced, and how their escalations stand, as of a moment.

    Reading never makes a record where there is none: a team that keeps no records has no entry. None is now: what was
    written after the end of the data is known as well.
    """
    book = case_set.casebook
    keeps = book.is_sample or not isinstance(book.store, Path) or book.store.exists()
    if not keeps:
        return case_log(None, case_ids, with_history=True), escalations(None)
    log = open_duty(book)
    with log.store:
        rows = escalations(log, until=until)
        mine = rows[rows["case_id"].isin(list(case_ids))].reset_index(drop=True)
        return case_log(log, case_ids, until=until, with_history=True), mine
