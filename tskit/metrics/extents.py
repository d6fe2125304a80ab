"""What a case set reaches over: its first opening, and how many values its columns have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from tskit.metrics.doubts import flags_that_touch
from tskit.metrics.held import held
from tskit.metrics.registry import find
from tskit.metrics.request import BLANK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model import CaseSet

__all__ = ["first_opening", "numbers_of_values"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def first_opening(case_set: CaseSet) -> datetime:
    """Return the instant at which the first case of the data was opened."""
    rows = held(case_set)
    if rows is None:
        earliest: Any = (
            case_set.cases.created_at.min().to_pyarrow().as_py()
        )  # Ibis' own pandas path warns under pandas 3
        return earliest
    metric = find("cases_opened")
    at = rows.read(metric, flags_that_touch(case_set, metric))["_at"]
    return _EPOCH + timedelta(microseconds=int(at[at > np.iinfo(np.int64).min].min()))


def numbers_of_values(case_set: CaseSet, columns: Sequence[str]) -> Mapping[str, int]:
    """Return by column how many different values the cases have in it."""
    rows = held(case_set)
    if rows is None:
        counts = case_set.cases.aggregate([case_set.cases[name].nunique().name(name) for name in columns])
        [found] = counts.to_pyarrow().to_pylist()
        return found
    rows.read_columns(columns)
    values = {name: rows.grouped((name,)).values[name].to_pylist() for name in columns}
    return {name: sum(value is not None and value != BLANK for value in found) for name, found in values.items()}
