"""What the team wrote about the cases: their decision log, and who has the escalation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.duty import case_log, escalations

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tskit.duty import DutyState

__all__ = ["logged"]


def logged(state: DutyState, case_ids: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the entries about the cases with what was replaced, and how their escalations stand, as the log was read."""
    with state.reading():
        rows = escalations(state.log, until=state.until)
        mine = rows[rows["case_id"].isin(list(case_ids))].reset_index(drop=True)
        return case_log(state.log, case_ids, until=state.until, with_history=True), mine
