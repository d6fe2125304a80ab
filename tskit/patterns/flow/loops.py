"""How often cases are handed on, sent straight back, come back, and are opened again."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from tskit.cases.history import with_reopening
from tskit.cases.instants import micros
from tskit.model import Pattern
from tskit.patterns.flow.journeys import journeys
from tskit.patterns.flow.noise import compared, is_claimed
from tskit.patterns.flow.spans import DAY, settings_of, spans_of
from tskit.patterns.flow.steps import as_of_micros
from tskit.patterns.flow.wording import change_of_share, in_all, many, percent, period, steady
from tskit.patterns.rows import fetched

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import CaseSet
    from tskit.model.scope import Window
    from tskit.patterns.flow.spans import Spans

__all__ = ["FOLLOWED", "loops"]

FOLLOWED = 14
"""Days within which a case counts as reopened, as in the metric; a case that was closed later is not judged yet."""
_KINDS = {
    "handed on": "moved from a queue to another",
    "sent back": "went to another queue and straight back",
    "came back": "came back to a queue that had held it before, straight or by way of others",
    "reopened": f"opened again within {FOLLOWED} days of the first closing",
}


def loops(case_set: CaseSet, *, window: Window | None = None) -> Pattern:
    """Return the shares of cases that were handed on, sent back, came back and were opened again.

    The table has `kind`, `meaning` and what `compared` gives. The first three are shares of the cases that were closed in
    the window, as the metrics of reassignment count them; the last one of those that were first closed in it, 14 days ago
    or earlier, without merged ones.
    """
    spans = spans_of(case_set, window)
    moved, again = _moved(case_set, spans), _reopened(case_set, spans)
    counts = [*((moved[kind], moved["of"]) for kind in ("moves", "returns", "is_back")), (again["k"], again["of"])]
    k, n = (np.stack(parts) for parts in zip(*counts, strict=True))
    table = compared(k, n, weekdays=spans.weekdays)
    table.insert(0, "kind", pd.Series(list(_KINDS), dtype=object))
    table.insert(1, "meaning", pd.Series(list(_KINDS.values()), dtype=object))
    hops = float(moved["hops"][1].sum() / moved["of"][1].sum()) if moved["of"][1].sum() else np.nan
    settings = settings_of(spans, moves_per_case=hops, followed_days=FOLLOWED)
    return Pattern("loops", _statement(table, hops, spans), table, settings=settings)


def _moved(case_set: CaseSet, spans: Spans) -> dict[str, np.ndarray]:
    """Return by period and day how many cases were closed (`of`), moved, were sent back and came back; and their moves."""
    table = journeys(case_set).table
    closed = table.filter(spans.inside(table.closed))
    measures = {
        "of": closed.count(),
        "moves": closed.count(where=closed.moves > 0),
        "returns": closed.count(where=closed.returns > 0),
        "is_back": closed.count(where=closed.is_back),
        "hops": closed.moves.sum(),
    }
    return _daily(closed, closed.closed, measures, spans)


def _reopened(case_set: CaseSet, spans: Spans) -> dict[str, np.ndarray]:
    """Return by period and day how many cases were closed for the first time (`of`), and reopened in time (`k`)."""
    nothing = np.zeros((2, spans.days))
    rows = with_reopening(case_set)
    if not case_set.has("closed_at") or not {"reopened_at", "reopened_count"} & set(rows.columns):
        return {"of": nothing, "k": nothing}
    rows = rows.mutate(_closed=micros(rows.closed_at), _merged=_is_merged(rows))
    mature = as_of_micros(case_set) - FOLLOWED * DAY
    rows = rows.filter(spans.inside(rows["_closed"]), rows["_closed"] <= mature, ~rows["_merged"])
    if "reopened_at" in rows.columns:
        passed = micros(rows.reopened_at) - rows["_closed"]
        is_again = ((passed >= 0) & (passed <= FOLLOWED * DAY)).fill_null(ibis.literal(value=False))
    else:
        is_again = (rows.reopened_count > 0).fill_null(ibis.literal(value=False))
    return _daily(rows, rows["_closed"], {"of": rows.count(), "k": rows.count(where=is_again)}, spans)


def _is_merged(rows: ir.Table) -> ir.Value:
    """Return whether a case was merged into another one: its closing says nothing of work that was to be done again."""
    no = ibis.literal(value=False)
    is_merged = (rows.decision == "duplicate").fill_null(no) if "decision" in rows.columns else no
    if "parent_case_id" not in rows.columns:
        return is_merged
    kinds = [rows[name] for name in ("record_type", "source_type") if name in rows.columns]
    is_appeal = reduce(or_, [(kind == "appeal").fill_null(no) for kind in kinds], no)
    return is_merged | ((rows.parent_case_id.fill_null("") != "") & ~is_appeal)


def _daily(rows: ir.Table, at: ir.Value, measures: dict[str, ir.Value], spans: Spans) -> dict[str, np.ndarray]:
    found = fetched(rows.group_by(period=spans.period(at), day=spans.day(at)).aggregate(**measures))
    places = np.vstack([np.zeros(len(found), dtype=np.int64), found[["period", "day"]].to_numpy(dtype=np.int64).T])
    return {name: spans.cube(places, found[name].to_numpy(dtype=np.float64), size=1)[0] for name in measures}


def _statement(table: pd.DataFrame, hops: float, spans: Spans) -> str:
    closed = int(table["of"].iloc[0])
    if not closed:
        return f"No case was closed {period(spans)}."
    told = "; ".join(
        f"{percent(row['share'])} {row['kind']} ({percent(row['low'])} to {percent(row['high'])})"
        for _, row in table.iterrows()
        if row["of"]
    )
    text = f"{many(closed, 'case')} closed {period(spans)} moved {hops:.2f} times on average: {told}."
    moved = table[is_claimed(table)].sort_values("p")
    if moved.empty:
        return f"{text} {steady(spans, int(table['p'].notna().sum()), 'share')}"
    return f"{text} {in_all(change_of_share(row['kind'], row, spans) for _, row in moved.iterrows())}"
