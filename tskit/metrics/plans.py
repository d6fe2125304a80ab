"""What a metric reads of each case, as the text of one query: a pure function of the metric and the tables' columns.

Neither period nor groups are in it, so the same text serves every question about the metric, in every market, and is
worked out once in a process, or before it was forked.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
from ibis.backends.duckdb import Backend
from ibis.expr import operations as ops

from tskit.cases.history import reopened
from tskit.cases.instants import micros
from tskit.metrics.metric import Kind
from tskit.metrics.registry import find
from tskit.metrics.request import ROW, Request
from tskit.metrics.values import spells_of, values_of
from tskit.model import Casebook, CaseSet, Quality, Scope, Window

if TYPE_CHECKING:
    import ibis.expr.types as ir

__all__ = ["CASES_NAME", "EVENTS_NAME", "Columns", "history_plan", "plan"]

Columns = tuple[tuple[str, Any], ...]
"""The columns of a table, each with its type."""
CASES_NAME = "_tskit_cases"
EVENTS_NAME = "_tskit_events"
"""What the tables are called in the text."""


@lru_cache(maxsize=512)
def plan(metric: str, cases: Columns, events: Columns | None, flags: tuple[str, ...]) -> str:
    """Return the query for all cases of all times: position, instant, whether the case counts, and what is read of it.

    Times are whole microseconds. For a level each row is a time in which a case was open: `_at` its creation, `_opened`,
    `_closed`, and `_why` (the position of a doubt, or -1).

    Args:
        metric: a name of the catalogue.
        cases: the columns of the cases; the position is added to them.
        events: those of the event log, where there is one.
        flags: the loader's flags that the metric has to read.
    """
    backend = Backend()  # connected to nothing: it only gives the text its dialect
    case_set = _case_set(
        _table(CASES_NAME, (*cases, (ROW, "int64")), backend),
        None if events is None else _table(EVENTS_NAME, events, backend),
        flags,
    )
    day = datetime(1970, 1, 1, tzinfo=UTC).date()
    request = Request(case_set, find(metric), Window(day, day.replace(day=2), "UTC"))
    return str(
        backend.compile(_spells(request) if request.metric.kind in {Kind.LEVEL, Kind.AGEING} else _rows(request))
    )


@lru_cache(maxsize=16)
def history_plan(events: Columns) -> str:
    """Return the query for the events of cases that were ever reopened, which is all that closings are read from."""
    backend = Backend()
    return str(backend.compile(reopened(_table(EVENTS_NAME, events, backend))))


def _rows(request: Request) -> ir.Table:
    rows, metric = request.rows(), request.metric
    return request.judged(rows, {ROW: rows[ROW], "_at": micros(rows[metric.at]), **values_of(metric, rows)})


def _spells(request: Request) -> ir.Table:
    rows = spells_of(request, {ROW: request.case_set.cases[ROW]})
    times = {"_at": rows.created_at, "_opened": rows.opened_at, "_closed": rows.closed_at}
    return rows.select(ROW, "_why", **{name: micros(at) for name, at in times.items()})


def _table(name: str, columns: Columns, backend: Backend) -> ir.Table:
    return ops.DatabaseTable(name=name, schema=ibis.schema(dict(columns)), source=backend).to_expr()


def _case_set(cases: ir.Table, events: ir.Table | None, flags: tuple[str, ...]) -> CaseSet:
    """Return a case set that holds the tables, the flags and nothing else that an expression could depend on."""
    return CaseSet(
        scope=Scope(source=""),
        casebook=Casebook(root=Path(), name="", zone="UTC"),
        cases=cases,
        events=events,
        reviews=None,
        rejected=cases,
        quality=Quality(0, 0, 0, 0, 0, flags=dict.fromkeys(flags, 1)),
        profile="",
        fingerprint="",
        as_of=datetime(1970, 1, 1, tzinfo=UTC),
        inputs=(),
    )
