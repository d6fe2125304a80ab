"""What the team wrote about the cases: their decision log, and who has the escalation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.duty import ESCALATIONS, case_log, duty_state, escalations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    import pandas as pd

    from tskit.duty import DutyState
    from tskit.model import CaseSet

__all__ = ["logged"]


def logged(
    case_set: CaseSet, case_ids: Sequence[str], *, until: datetime | None, log_until: str
) -> tuple[DutyState, pd.DataFrame, pd.DataFrame]:
    """Return how far the log was read, the entries about the cases with what was replaced, and how their escalations stand.

    `until` and `log_until` are as of when, as `duty_state` takes them.
    """
    zone = case_set.scope.window.zone
    state = duty_state(case_set.casebook, (ESCALATIONS,), zone=zone, until=until, log_until=log_until)
    with state.reading():
        rows = escalations(state.log, until=state.until)
        mine = rows[rows["case_id"].isin(list(case_ids))].reset_index(drop=True)
        return state, case_log(state.log, case_ids, until=state.until, with_history=True), mine
