"""Who hands cases to whom, how often, and after how long: the nodes and edges of a map."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from tskit.model import Pattern
from tskit.patterns.flow.dwell import HORIZON, dwell_table
from tskit.patterns.flow.held import binned, held
from tskit.patterns.flow.journeys import NOBODY
from tskit.patterns.flow.layout import CLOSED, OPENED, placed
from tskit.patterns.flow.noise import compared, is_claimed
from tskit.patterns.flow.restricted import Durations
from tskit.patterns.flow.spans import HOUR, settings_of, spans_of
from tskit.patterns.flow.steps import steps
from tskit.patterns.flow.wording import change_of_share, hours, in_all, many, percent, period, steady
from tskit.patterns.rows import fetched

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import CaseSet
    from tskit.model.scope import Window
    from tskit.patterns.flow.spans import Spans

__all__ = ["FlowMap", "flow_map"]


@dataclass(frozen=True, slots=True)
class FlowMap:
    """A map of queues: `nodes` with their places, `edges` between them, and the pattern that says what is in it."""

    pattern: Pattern
    nodes: pd.DataFrame = field(repr=False)
    edges: pd.DataFrame = field(repr=False)


def flow_map(case_set: CaseSet, *, window: Window | None = None) -> FlowMap:
    """Return which queue cases came from and went to within a window, the most frequent way first.

    `edges` (the pattern's table, too): `source`, `target`, `cases` (how many times), `returns` (moves straight back),
    `median_hours` and `p90_hours` that the cases had lain in `source` before (missing where they were not open),
    `exits_share` of all that left `source`, with what `compared` gives of it. Cases come from "(opened)" and "(closed)"
    and go to "(closed)". A move of a closed case counts, too, so that moves are those of `handoffs`.

    `nodes`: `node`, `kind` ("opened", "queue", "closed"), `entries`, `step` (stays before one there, on average),
    `median_hours`, `mean_hours`, `open` as `dwell` has them, and `layer`, `x`, `y` to draw them at.
    """
    spans = spans_of(case_set, window)
    told = steps(case_set)
    told = told.filter(spans.inside(told["at"]))
    edges = _edges(told, spans)
    stays = dwell_table(held(case_set, spans, horizon=HORIZON), horizon=HORIZON)
    nodes = placed(_nodes(_entries(told, spans), stays, edges), edges)
    statement = _statement(edges, spans)
    return FlowMap(Pattern("flow_map", statement, edges, settings=settings_of(spans, horizon=HORIZON)), nodes, edges)


def _ways(told: ir.Table) -> tuple[ir.Value, ir.Value]:
    source = ibis.cases(
        (told.kind == "opened", OPENED), (told.kind == "reopened", CLOSED), else_=told.source.fill_null("")
    )
    return source, ibis.ifelse(told.kind == "closed", CLOSED, told.queue)


def _edges(told: ir.Table, spans: Spans) -> pd.DataFrame:
    """Return the ways between queues with their counts, durations and shares of what left the queue."""
    source, target = _ways(told)
    rows = told.mutate(_source=source, _target=target, period=spans.period(told["at"]), day=spans.day(told["at"]))
    by_day = rows.group_by(["_source", "_target", "period", "day"])
    counts = fetched(by_day.aggregate(cases=rows.count(), returns=rows.count(where=rows.is_return)))
    lasted = rows.filter(rows.period == 1, rows.held >= 0)
    lasted = lasted.mutate(_bin=binned(lasted.held))
    times = fetched(lasted.group_by(["_source", "_target", "_bin"]).aggregate(done=lasted.count()))
    return _compared(_named(counts), _named(times), spans)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    names = {name: frame[name].replace("", NOBODY).astype(object) for name in ("_source", "_target")}
    return frame.assign(**names).rename(columns={"_source": "source", "_target": "target"})


def _compared(counts: pd.DataFrame, times: pd.DataFrame, spans: Spans) -> pd.DataFrame:
    ways = counts[["source", "target"]].drop_duplicates().sort_values(["source", "target"], ignore_index=True)
    sources = sorted(ways["source"].unique())
    place = counts.merge(ways.reset_index(names="_row"), on=["source", "target"])
    spots = place[["_row", "period", "day"]].to_numpy(dtype=np.int64).T
    k = spans.cube(spots, place["cases"].to_numpy(dtype=np.float64), size=len(ways))
    whole = np.zeros((len(sources), 2, spans.days))
    of_source = ways["source"].map({name: number for number, name in enumerate(sources)}).to_numpy(dtype=np.int64)
    np.add.at(whole, of_source, k)
    shares = compared(k, whole[of_source], weekdays=spans.weekdays).rename(columns={"share": "exits_share"})
    returns = place[place["period"] == 1].groupby("_row")["returns"].sum().reindex(ways.index, fill_value=0)
    own = {way: rows for way, rows in times.sort_values("_bin").groupby(["source", "target"])}  # noqa: C416  # pairs
    lasted = [_quantiles(own.get(way)) for way in ways.itertuples(index=False, name=None)]
    middle = pd.DataFrame(lasted, columns=list(_QUANTILES))
    edges = ways.assign(returns=returns.astype("int64")).join(middle).join(shares)
    edges = edges[["source", "target", "cases", *[name for name in edges if name not in ("source", "target", "cases")]]]
    # A way that was taken in the period before only stays in the table: that nobody goes it any more is a change.
    return edges.sort_values(["cases", "source", "target"], ascending=[False, True, True], ignore_index=True)


_QUANTILES = {"median_hours": 0.5, "p90_hours": 0.9}


def _quantiles(own: pd.DataFrame | None) -> list[float]:
    """Return the quantiles of how long cases had lain before they went one way; none where they were not open."""
    if own is None:
        return [np.nan for _ in _QUANTILES]
    lasted = Durations(own["_bin"].to_numpy() / HOUR, own["done"].to_numpy(dtype=np.float64), np.zeros(len(own)))
    return [lasted.quantile(q)[0] for q in _QUANTILES.values()]


def _entries(told: ir.Table, spans: Spans) -> pd.DataFrame:
    """Return how often cases came to each queue within the window, and how many stays they had behind them."""
    come = told.filter(told["at"] >= spans.edges[1], told.kind != "closed")
    found = fetched(come.group_by("queue").aggregate(entries=come.count(), step=come.stay.cast("float64").mean()))
    return found.assign(queue=found["queue"].replace("", NOBODY).astype(object))


def _nodes(entries: pd.DataFrame, stays: pd.DataFrame, edges: pd.DataFrame) -> pd.DataFrame:
    """Return all queues that an edge begins or ends at, between where cases are opened and closed."""
    there = sorted({*edges["source"], *edges["target"], OPENED, CLOSED})
    names = pd.DataFrame({"node": pd.Series(there, dtype=object)})
    nodes = names.merge(entries.rename(columns={"queue": "node"}), on="node", how="left")
    nodes = nodes.merge(stays.rename(columns={"queue": "node"})[["node", *_OF_STAYS]], on="node", how="left")
    kinds = nodes["node"].map({OPENED: "opened", CLOSED: "closed"}).fillna("queue").astype(object)
    nodes.insert(1, "kind", kinds)
    ends = {OPENED: edges.loc[edges["source"] == OPENED, "cases"].sum()}
    ends[CLOSED] = edges.loc[edges["target"] == CLOSED, "cases"].sum()
    entered = nodes["node"].map(ends).fillna(nodes["entries"]).fillna(0)
    return nodes.assign(entries=entered.astype("int64"), step=nodes["step"].fillna(0.0))


_OF_STAYS = ("median_hours", "mean_hours", "open")


def _statement(edges: pd.DataFrame, spans: Spans) -> str:
    moves = edges[~edges["source"].isin([OPENED, CLOSED]) & (edges["target"] != CLOSED) & (edges["cases"] > 0)]
    total, back = int(moves["cases"].sum()), int(moves["returns"].sum())
    if not total:
        text = f"No case moved from a queue to another {period(spans)}."
    else:
        first = moves.iloc[0]
        after = "" if np.isnan(first["median_hours"]) else f", after {hours(first['median_hours'])} (median)"
        text = (
            f"{many(total, 'move')} between queues {period(spans)}, {many(back, 'of them', 'of them')} straight back "
            f"({percent(back / total)}). Most go from {first['source']} to {first['target']}: "
            f"{many(first['cases'], 'move')} ({percent(first['cases'] / total)}){after}."
        )
    changed = edges[is_claimed(edges)].sort_values("p")
    if changed.empty:
        return f"{text} {steady(spans, int(edges['p'].notna().sum()), 'way')}"
    told = (
        change_of_share(f"the share of {row['source']} that goes to {row['target']}", row, spans)
        for _, row in changed.rename(columns={"exits_share": "share"}).iterrows()
    )
    return f"{text} {in_all(told)}"
