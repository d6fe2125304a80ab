"""A column of the cases, also where the source lacks it."""

from __future__ import annotations

from typing import Any

import pandas as pd

__all__ = ["column", "is_open"]


def column(cases: pd.DataFrame, name: str) -> pd.Series[Any]:
    """Return a column, or one without values where the source lacks it."""
    return cases[name] if name in cases else pd.Series(pd.NA, index=cases.index, dtype=object, name=name)


def is_open(cases: pd.DataFrame) -> pd.Series[bool]:
    """Return whether each case is open; one of which nobody says that it is closed is."""
    return ~column(cases, "is_closed").fillna(value=False).astype(bool)
