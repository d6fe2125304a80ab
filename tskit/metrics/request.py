"""One question put to a case set, and the steps that every kind of metric answers it by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from tskit.errors import ParameterError
from tskit.metrics.doubts import doubts_of
from tskit.metrics.periods import Period, Span, edges, index_of, spans
from tskit.model import CASES, Kind, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tskit.metrics.metric import Condition, Metric
    from tskit.model import CaseSet, Window

__all__ = ["BLANK", "INDEX", "ROW", "Request", "fetch", "group_names", "named"]

BLANK = "(blank)"
"""Stands in a group's name for cases without a value."""
INDEX = "_index"
ROW = "_row"
"""The position of a case in the case set, where rows are held in memory."""

_ALSO = (
    *("case_id", "created_at", "closed_at", "is_closed", "decision", "decision_initial", "dq_flags"),
    *("record_type", "source_type", "parent_case_id", "tier"),
)
"""Columns that metrics read where the source has them, beside those that they need."""

_GROUPED = {Kind.TEXT, Kind.CATEGORY, Kind.ORDERED, Kind.BOOLEAN, Kind.INTEGER}


@dataclass(frozen=True, slots=True)
class Request:
    """A metric of a case set in a window, by columns and period.

    `is_bare` asks for the groups and periods that hold a case, without intervals of counts and shares and without notes.
    """

    case_set: CaseSet
    metric: Metric
    window: Window
    by: tuple[str, ...] = ()
    period: Period = ""
    is_bare: bool = False

    @property
    def spans(self) -> tuple[Span, ...]:
        """Return the periods of the window."""
        return spans(self.window, self.period)

    @property
    def edges(self) -> NDArray[np.int64]:
        """Return the first instant of each period, and the end of the last one, in microseconds; not to be written to."""
        return edges(self.window, self.period)

    @property
    def exclusions(self) -> Mapping[str, Condition]:
        """Return what keeps a case of the period out of the figure, by words: doubts about its row, then the metric's own."""
        return {**doubts_of(self.case_set, self.metric), **self.metric.left_out}

    def rows(self) -> ir.Table:
        """Return the cases that the metric looks at, those of all times."""
        make = self.metric.rows
        return make(self._narrow()) if make else self.case_set.cases

    def _narrow(self) -> CaseSet:
        """Return the case set with no more columns than a metric may read: a join pays for each."""
        wanted = {*self.metric.needs, *_ALSO, *self.by, ROW}
        cases = self.case_set.cases
        return replace(self.case_set, cases=cases.select(*(name for name in cases.columns if name in wanted)))

    def cohort(self) -> ir.Table:
        """Return the cases whose instant lies in the window and in the time that the data knows of."""
        rows = self.rows()
        at = rows[self.metric.at]
        return rows.filter(
            at >= ibis.literal(self.window.starts_at),
            at < ibis.literal(self.window.ends_at),
            at <= ibis.literal(self.case_set.as_of),
        )

    def judged(self, rows: ir.Table, values: Mapping[str, ir.Value]) -> ir.Table:
        """Return group, span and these values of each case, and what the metric says of it.

        `_counted` holds where it counts; `_out_0` ... where a reason keeps it out, `_told_0` ... where it counts but
        not as it stands. Everything is worked out once, however often it is then counted.
        """
        counted = self.metric.counted(rows)
        reasons = [condition(rows) for condition in self.exclusions.values()]
        kept = counted & ~reduce(or_, reasons) if reasons else counted
        marks = {f"_out_{i}": reason for i, reason in enumerate(reasons)}
        marks |= {f"_told_{i}": counted & condition(rows) for i, condition in enumerate(self.metric.told.values())}
        keys = {name: named(rows[name]) for name in self.by}
        if self.period:
            keys[INDEX] = index_of(rows[self.metric.at], self.spans)
        return rows.select(**keys, _counted=kept, **marks, **values)

    def grouped(self, rows: ir.Table, measures: Mapping[str, ir.Value]) -> pd.DataFrame:
        """Return the measures of judged rows by group and span as a frame; the engine aggregates."""
        keys = [*self.by, INDEX] if self.period else [*self.by]
        found = fetch(rows.group_by(keys).aggregate(**measures) if keys else rows.aggregate(**measures))
        return found if self.period else found.assign(**{INDEX: 0})

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


def named(column: ir.Value) -> ir.Value:
    """Return a column to group by, with the cases that have no text in it under a name of their own."""
    return column.fill_null(BLANK) if column.type().is_string() else column


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
    return expression.to_pyarrow().to_pandas(use_threads=False)
