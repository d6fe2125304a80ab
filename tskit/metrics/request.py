"""One question put to a case set, and the steps that every kind of metric answers it by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from tskit.errors import ParameterError
from tskit.metrics.periods import Period, Span, index_of, spans
from tskit.model import CASES, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir

    from tskit.metrics.metric import Metric
    from tskit.model import CaseSet, Window

__all__ = ["BLANK", "INDEX", "Request", "fetch", "group_names"]

BLANK = "(blank)"
"""Stands in a group's name for cases without a value."""
INDEX = "_index"

_GROUPED = {Kind.TEXT, Kind.CATEGORY, Kind.ORDERED, Kind.BOOLEAN, Kind.INTEGER}


@dataclass(frozen=True, slots=True)
class Request:
    """A metric of a case set in a window, by columns and period."""

    case_set: CaseSet
    metric: Metric
    window: Window
    by: tuple[str, ...] = ()
    period: Period = ""

    @property
    def spans(self) -> tuple[Span, ...]:
        """Return the periods of the window."""
        return spans(self.window, self.period)

    def rows(self) -> ir.Table:
        """Return the cases that the metric looks at, those of all times."""
        make = self.metric.rows
        return make(self.case_set) if make else self.case_set.cases

    def cohort(self) -> ir.Table:
        """Return the cases whose instant lies in the window and in the time that the data knows of, with their span."""
        rows = self.rows()
        at = rows[self.metric.at]
        known = rows.filter(
            at >= ibis.literal(self.window.starts_at),
            at < ibis.literal(self.window.ends_at),
            at <= ibis.literal(self.case_set.as_of),
        )
        return with_groups(known, self.by).mutate(**{INDEX: index_of(known[self.metric.at], self.spans)})

    def grouped(self, rows: ir.Table, measures: dict[str, ir.Value]) -> pd.DataFrame:
        """Return the measures by group and span as a frame; the engine aggregates."""
        keys = [*self.by, INDEX] if self.period else [*self.by]
        if not keys:
            return fetch(rows.aggregate(**measures)).assign(**{INDEX: 0})
        found = fetch(rows.group_by(keys).aggregate(**measures))
        return found if self.period else found.assign(**{INDEX: 0})

    def left_out(self, rows: ir.Table) -> tuple[ir.Value, dict[str, ir.Value]]:
        """Return the condition that a case counts at all, and one measure for each reason why some do not."""
        counted = self.metric.counted(rows)
        conditions = [condition(rows) for condition in self.metric.left_out.values()]
        told = {f"_out_{i}": rows.count(where=condition) for i, condition in enumerate(conditions)}
        apart = [counted & condition(rows) for condition in self.metric.told.values()]
        told |= {f"_told_{i}": rows.count(where=condition) for i, condition in enumerate(apart)}
        return (counted & ~reduce(or_, conditions) if conditions else counted), told

    def on_grid(self, found: pd.DataFrame, *, zero: Sequence[str]) -> pd.DataFrame:
        """Return one row for each group and span, also for those without a case; `zero` columns are 0 there."""
        keys = [*self.by, INDEX]
        whole = pd.DataFrame({INDEX: np.arange(len(self.spans))})
        if self.by:
            whole = found[list(self.by)].drop_duplicates().merge(whole, how="cross")
        filled = whole.merge(found, on=keys, how="left") if len(found) else whole.reindex(columns=[*found.columns])
        counts = [*zero, *(name for name in filled.columns if name.startswith(("_out_", "_told_")))]
        filled[counts] = filled[counts].astype("float64").fillna(0.0)
        return filled.sort_values(keys, kind="stable", ignore_index=True)


def with_groups(rows: ir.Table, by: Sequence[str]) -> ir.Table:
    """Return the rows with the cases that have no value in a text column under a name of their own."""
    named = {name: rows[name].fill_null(BLANK) for name in by if rows[name].type().is_string()}
    return rows.mutate(**named) if named else rows


def group_names(case_set: CaseSet, by: Sequence[str]) -> tuple[str, ...]:
    """Return the columns to group by.

    Raises:
        ParameterError: a column is unknown, absent from the source, not open, or holds lists or instants.
    """
    names = (by,) if isinstance(by, str) else tuple(by)
    for name in names:
        column = CASES[name]
        if name not in case_set.cases.columns:
            raise ParameterError(f"The source has no column {name!r}; group by one of those that it has.")
        if column.sensitivity is not Sensitivity.OPEN:
            raise ParameterError(f"Figures by {name!r} would show single people or records; group by an open column.")
        if column.kind not in _GROUPED:
            raise ParameterError(f"The column {name!r} holds a {column.kind}; group by a column of categories.")
    return names


def fetch(expression: ir.Value) -> pd.DataFrame:
    """Return what the engine answers as a frame."""
    return expression.to_pyarrow().to_pandas()
