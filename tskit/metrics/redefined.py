"""Groups whose name means something else in one of two windows: they are shown, and not compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.crosswalk import breaks_between

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from tskit.cases.crosswalk import Break
    from tskit.model import CaseSet, Window

__all__ = ["redefined", "redefined_groups"]


def redefined(case_set: CaseSet, values: Mapping[str, str], *, breaks: Sequence[Break]) -> Break | None:
    """Return the break that keeps cases of these values by column from being compared, or None where none does.

    The scope's own filters count as well: of cases of one redefined value no figure compares.
    """
    filters = dict(case_set.scope.filters)
    for one in breaks:
        chosen = [values[one.column]] if one.column in values else filters.get(one.column, ())
        if any(one.fate(value) for value in chosen):
            return one
    return None


def redefined_groups(
    case_set: CaseSet, frame: pd.DataFrame, *, by: Sequence[str], window: Window, against: Window
) -> dict[int, str]:
    """Return for each row of a frame of groups that must not be compared a note that says why, by its position."""
    filtered = [name for name, _ in case_set.scope.filters]
    crossed = breaks_between(case_set, against, window, columns=[*by, *filtered])
    if not crossed:
        return {}
    found: dict[int, str] = {}
    for position, row in enumerate(frame[list(by)].itertuples(index=False)):
        values = {name: str(value) for name, value in zip(by, row, strict=True)}
        one = redefined(case_set, values, breaks=crossed)
        if one is not None:
            found[position] = f"redefined on {one.day}, not compared across it"
    return found
