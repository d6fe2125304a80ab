"""The rows of a case set in memory, as far as metrics read them: a report asks a hundred questions about the same rows.

Each metric's rows are read once, as numbers and as yes and no, and each column to group by once, as codes. Counting in
arrays then takes a thousandth of a query. Only where it is sure that every query gives the rows in the same order: on
DuckDB, where nothing but filters and a choice of columns lies between a table and the cases.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from ibis.common.exceptions import IbisError
from ibis.expr import operations as ops

from tskit.cases.history import OF_REOPENED, READ_OF_REOPENED, histories
from tskit.cases.sql import (
    all_of,
    columns_of,
    count_of,
    explained,
    is_named,
    numbered,
    placed,
    temporary,
    with_parts,
    with_value,
)
from tskit.metrics.doubts import flags_that_touch
from tskit.metrics.groups import Groups, coded, joined
from tskit.metrics.metric import Kind
from tskit.metrics.plans import CASES_NAME, EVENTS_NAME, Columns, history_plan, plan
from tskit.metrics.registry import find
from tskit.metrics.request import ROW

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import ibis.expr.types as ir
    import pandas as pd
    from numpy.typing import NDArray

    from tskit.metrics.groups import Arrow, Codes
    from tskit.metrics.metric import Metric
    from tskit.metrics.request import Request
    from tskit.model import CaseSet

__all__ = ["Held", "gather", "held", "held_of"]

_MOST_ROWS = 500_000
"""Above this the rows would take too much memory, and the engine's own aggregation is worth its price."""
_IN_ORDER = (ops.DatabaseTable, ops.Filter, ops.Project, ops.DropColumns)
_STREAMED = {"PROJECTION", "FILTER", "STREAMING_WINDOW", "READ_PARQUET", "SEQ_SCAN", "TABLE_SCAN", "EMPTY_RESULT"}
_NEVER = np.iinfo(np.int64).min
_LATER = np.iinfo(np.int64).max
_NUMBERS = count()
_ID = "case_id"
_HISTORY = "history"
_GATHERED = "gathered"


@dataclass(frozen=True, slots=True)
class Held:
    """What has been read of a case set's tables so far."""

    cases: ir.Table
    events: ir.Table | None
    backend: Any
    logs: dict[str, str]
    columns: dict[str, tuple[Codes, Arrow]] = field(default_factory=dict[str, Any])
    groups: dict[tuple[str, ...], Groups] = field(default_factory=dict[tuple[str, ...], Groups])
    rows: dict[object, Mapping[str, NDArray[Any]]] = field(default_factory=dict[object, Any])
    texts: dict[str, str] = field(default_factory=dict[str, str])
    answers: dict[object, pd.DataFrame] = field(default_factory=dict[object, Any])
    gathered: set[str] = field(default_factory=set[str])

    def grouped(self, by: tuple[str, ...]) -> Groups:
        """Return which group of these columns each case lies in."""
        if by not in self.groups:
            self.read_columns(by)
            self.groups[by] = joined([self.columns[name] for name in by], by, len(self.everybody()))
        return self.groups[by]

    def read(self, metric: Metric, flags: tuple[str, ...]) -> Mapping[str, NDArray[Any]]:
        """Return what the metric reads of each row, by the names of its plan."""
        key = (metric.name, flags)
        if key not in self.rows:
            text = self.planned(metric, flags)
            if text not in self.rows:  # some metrics read the same, as the backlog and its ages
                self.rows[text] = _arrays(self._asked(text, is_brief=_is_brief(metric)))
            self.rows[key] = self.rows[text]
        return self.rows[key]

    def planned(self, metric: Metric, flags: tuple[str, ...]) -> str:
        """Return the query for what the metric reads of each row."""
        events = None if self.events is None else _columns(self.events)
        if events is not None and _is_brief(metric):
            events = tuple(column for column in events if column[0] in OF_REOPENED)
        return plan(metric.name, _columns(self.cases), events, flags)

    def gather(self, texts: Sequence[str]) -> None:
        """Keep in the engine what these queries read of the cases: a file is opened and unpacked once, not once each."""
        if _GATHERED not in self.texts:
            wanted = [column for column in (*self.cases.columns, ROW) if any(is_named(column, text) for text in texts)]
            whole = f"({numbered(self._text('cases', self.cases), ROW)})"
            self.texts[_GATHERED] = self._kept("cases", columns_of(whole, wanted))
            self.gathered.update(wanted)

    def _rows_for(self, text: str) -> str:
        """Return the query for the cases, each with its position, that a query asks: what was gathered, or the file."""
        if self.gathered and all(c in self.gathered for c in self.cases.columns if is_named(c, text)):
            return self.texts[_GATHERED]
        return numbered(self._text("cases", self.cases), ROW)

    def everybody(self) -> Codes:
        """Return the one group that all cases lie in."""
        if "" not in self.columns:
            (number,) = self._asked(count_of(CASES_NAME)).column("n").to_pylist()
            self.columns[""] = (np.zeros(number, dtype=np.int64), pa.nulls(0))
        return self.columns[""][0]

    def is_streamed(self) -> bool:
        """Return whether the engine reads the cases one after the other, and so numbers them alike at each query.

        A view may join, and a filter of many values becomes a join: of its rows no order is promised.
        """
        query = numbered(self._text("cases", self.cases), ROW)
        [(_, planned)] = self.backend.raw_sql(explained(query)).fetchall()
        parts = json.loads(planned)
        while len(parts) == 1 and parts[0]["name"].strip() in _STREAMED:
            parts = parts[0]["children"]
        return not parts

    def read_columns(self, names: Sequence[str]) -> None:
        """Read these columns to group by, in one query."""
        wanted = [name for name in names if name not in self.columns]
        if wanted:
            found = self._asked(columns_of(CASES_NAME, wanted))
            self.columns.update({name: coded(found.column(name)) for name in wanted})
            self.columns.setdefault("", (np.zeros(found.num_rows, dtype=np.int64), pa.nulls(0)))

    def _asked(self, text: str, *, is_brief: bool = False) -> Arrow:
        """Return the answer to a plan; `is_brief` where it reads only the reopened cases of the event log."""
        parts = {CASES_NAME: self._rows_for(text)}
        if self.events is None or EVENTS_NAME not in text:
            return self._answered(text, parts)
        if not is_brief:
            return self._answered(text, parts | {EVENTS_NAME: self._text("events", self.events)})
        return self._with_history(text, parts, self.events)

    def _with_history(self, text: str, parts: Mapping[str, str], events: ir.Table) -> Arrow:
        """Return the answer where the log is that of the reopened cases alone: the load's own, else a temporary table.

        Cases are told apart by their position, not by their id: numbers join at half the price of texts.
        """
        if _HISTORY not in self.texts:
            if "" not in self.logs:
                query = with_parts(history_plan(_columns(events)), {EVENTS_NAME: self._text("events", events)})
                self.logs[""] = self._kept("history", query)
            self.texts[_HISTORY] = self._kept("placed", placed(self.logs[""], parts[CASES_NAME], key=_ID, by=ROW))
        cases = with_value(parts[CASES_NAME], _ID, ROW)
        return self._answered(text, {CASES_NAME: cases, EVENTS_NAME: self.texts[_HISTORY]})

    def _kept(self, name: str, query: str) -> str:
        """Keep the answer to a query in the engine, and return the query for it."""
        table = f"tskit_{name}_{next(_NUMBERS)}"
        self.backend.raw_sql(temporary(table, query))
        return all_of(table)

    def _answered(self, text: str, parts: Mapping[str, str]) -> Arrow:
        return self.backend.raw_sql(with_parts(text, parts)).to_arrow_table()

    def _text(self, name: str, table: ir.Table) -> str:
        if name not in self.texts:
            self.texts[name] = str(table.compile())
        return self.texts[name]


def held(case_set: CaseSet) -> Held | None:
    """Return the rows of a case set as far as they have been read, or None where they must not be kept in memory."""
    key = (id(case_set.cases), id(case_set.events))
    if key not in case_set.held:  # the entry keeps both tables, so nothing else can come by their ids
        case_set.held[key] = _opened(case_set), case_set.cases, case_set.events
    found: Any = case_set.held[key]
    return found[0]


def held_of(request: Request) -> tuple[Held, Mapping[str, NDArray[Any]]] | None:
    """Return the rows of a request's case set with what its metric reads of each, or None where the engine must count."""
    rows = held(request.case_set)
    if rows is None or find(request.metric.name) is not request.metric:
        return None
    return rows, rows.read(request.metric, flags_that_touch(request.case_set, request.metric))


def gather(case_set: CaseSet, metrics: Iterable[Metric]) -> None:
    """Read what these metrics need of the cases once for all of them, where rows are held at all."""
    rows = held(case_set)
    if rows is not None:
        rows.gather([rows.planned(metric, flags_that_touch(case_set, metric)) for metric in metrics])


def _opened(case_set: CaseSet) -> Held | None:
    try:
        backend: Any = case_set.cases.get_backend()
    except IbisError:  # tables of no engine, or of several
        return None
    if backend.name != "duckdb" or not _is_in_order(case_set.cases):
        return None
    found = Held(case_set.cases, case_set.events, backend, histories(case_set))
    (order,) = backend.raw_sql("SELECT current_setting('preserve_insertion_order')").fetchone()
    if not order or not found.is_streamed():
        return None
    is_large = case_set.quality.cases > _MOST_ROWS and len(found.everybody()) > _MOST_ROWS
    return None if is_large else found


def _is_brief(metric: Metric) -> bool:
    """Return whether the metric reads nothing of the event log but its reopened cases."""
    return metric.kind in {Kind.LEVEL, Kind.AGEING} or metric.rows in READ_OF_REOPENED


def _is_in_order(table: ir.Table) -> bool:
    """Return whether the engine gives the rows in the order of one table, the same at each query."""
    found = table.op().find((ops.Relation, ops.Subquery, ops.Impure))
    return all(isinstance(part, _IN_ORDER) for part in found)


def _columns(table: ir.Table) -> Columns:
    return tuple(table.schema().items())


def _arrays(found: Arrow) -> Mapping[str, NDArray[Any]]:
    """Return the columns as arrays; rows without an instant are in no period."""
    arrays = {name: _array(name, found.column(name)) for name in found.column_names}
    if np.array_equal(arrays[ROW], np.arange(found.num_rows)):
        return arrays
    order = np.argsort(arrays[ROW], kind="stable")
    return {name: values[order] for name, values in arrays.items()}


def _array(name: str, column: Arrow) -> NDArray[Any]:
    whole = column.combine_chunks()
    if name == "_item":
        return whole.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    if pa.types.is_boolean(whole.type):
        return whole.fill_null(False).to_numpy(zero_copy_only=False)  # noqa: FBT003  # unknown is no
    if name in {"_value", "_weight"}:
        return whole.to_numpy(zero_copy_only=False).astype(np.float64)
    return whole.fill_null(_NEVER if name == "_at" else _LATER).to_numpy(zero_copy_only=False)
