"""What patterns ask of the engine: cases opened by a moment, rows with a value, and the frame in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    import ibis.expr.types as ir
    import pandas as pd

    from tskit.model import CaseSet

__all__ = ["fetched", "filled", "opened_by"]


def opened_by(case_set: CaseSet, until: datetime | None) -> ir.Table:
    """Return the cases with a known opening up to a moment, or all of these."""
    cases = filled(case_set.cases, "created_at")
    return cases if until is None else cases.filter(cases.created_at <= until)


def filled(table: ir.Table, *columns: str) -> ir.Table:
    """Return the rows that have a value in all of these columns."""
    return table.drop_null(list(columns))


def fetched(table: ir.Table) -> pd.DataFrame:
    """Return the rows of a lazy table as a frame."""
    frame: pd.DataFrame = table.to_pyarrow().to_pandas()
    return frame
