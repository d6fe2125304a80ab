"""Counts, shares and means: one query each, with the aggregation in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.metrics.answers import answer
from tskit.metrics.conditions import is_known
from tskit.stats import mean_interval, poisson, proportion, weighted_proportion

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import ArrayLike

    from tskit.metrics.request import Request

__all__ = ["count", "distinct", "mean", "share", "shares_of"]


def count(request: Request) -> pd.DataFrame:
    """Return how many cases there were, with the exact Poisson interval."""
    rows = request.judged(request.cohort(), {})
    counts = {"k": rows.count(where=rows["_counted"]), **request.told(rows)}
    return _as_count(request, request.on_grid(request.grouped(rows, counts), zero=["k"]))


def distinct(request: Request) -> pd.DataFrame:
    """Return how many different items there were; they do not add up over periods or groups."""
    assert request.metric.measured
    cohort = request.cohort()
    rows = request.judged(cohort, {"_item": request.metric.measured(cohort)})
    counts = {"k": rows["_item"].nunique(where=rows["_counted"]), **request.told(rows)}
    return _as_count(request, request.on_grid(request.grouped(rows, counts), zero=["k"]))


def share(request: Request) -> pd.DataFrame:
    """Return k of n with Wilson's or the exact interval; weighted by design where the sample is."""
    rows = _sampled(request)
    measures = _numbers(rows) | request.told(rows)
    if "_seen" in rows.columns:
        measures["_seen"] = rows.count(where=rows["_seen"])
    found = request.on_grid(request.grouped(rows, measures), zero=["k", "n"])
    if "_w" in found and found["_n_weighted"].sum() > 0:
        return _weighted(request, found)
    low, high = proportion(found["k"], found["n"])
    figures = found.assign(value=_ratio(found["k"], found["n"]), low=low, high=high)
    return answer(request, _unless_blind(request, figures), notes=[_blind_note(request, found), _empty_note(found)])


def shares_of(request: Request) -> pd.DataFrame:
    """Return k and n by group alone, without a grid; of a weighted sample, the cases that were drawn at random."""
    rows = _sampled(request)
    found = request.grouped(rows, _numbers(rows))
    if "_w" in found and found["_n_weighted"].sum() > 0:
        found = found.assign(k=found["_k_weighted"], n=found["_n_weighted"])
    return found[[*request.by, "k", "n"]].astype({"k": "float64", "n": "float64"})


def mean(request: Request) -> pd.DataFrame:
    """Return the mean of a column with Student's interval; n is the number of cases."""
    metric = request.metric
    assert metric.measured
    cohort = request.cohort()
    rows = request.judged(cohort, {"_value": metric.measured(cohort).cast("float64")})
    value, counted = rows["_value"], rows["_counted"]
    measures = {
        "n": rows.count(where=counted),
        "_sum": value.sum(where=counted),
        "_squares": (value * value).sum(where=counted),
        **request.told(rows),
    }
    found = request.on_grid(request.grouped(rows, measures), zero=["n", "_sum", "_squares"])
    low, high = mean_interval(found["n"], found["_sum"], found["_squares"])
    figures = found.assign(value=_ratio(found["_sum"], found["n"]), low=np.maximum(low, 0), high=high, k=found["n"])
    return answer(request, figures, notes=[_empty_note(found)])


def _sampled(request: Request) -> ir.Table:
    """Return the judged cases of the cohort with `_hit`, and `_item`, `_weight` and `_seen` where the metric has these."""
    metric, rows = request.metric, request.cohort()
    assert metric.hit
    values = {"_hit": metric.hit(rows)}
    if metric.measured:
        values["_item"] = metric.measured(rows)
    if metric.weight in rows.columns:
        values["_weight"] = rows[metric.weight]
    if metric.seen:
        values["_seen"] = metric.seen(rows)
    return request.judged(rows, values)


def _numbers(rows: ir.Table) -> dict[str, ir.Value]:
    counted, hit = rows["_counted"], rows["_hit"]
    if "_item" in rows.columns:  # several cases of one item count once
        item = rows["_item"]
        return {"n": item.nunique(where=counted), "k": item.nunique(where=counted & hit)}
    numbers = {"n": rows.count(where=counted), "k": rows.count(where=counted & hit)}
    if "_weight" not in rows.columns:
        return numbers
    w = rows["_weight"]
    drawn = counted & is_known(w)
    return numbers | {
        "_n_weighted": rows.count(where=drawn),
        "_k_weighted": rows.count(where=drawn & hit),
        "_w": w.sum(where=drawn),
        "_wy": w.sum(where=drawn & hit),
        "_ww": (w * w).sum(where=drawn),
        "_wwy": (w * w).sum(where=drawn & hit),
        "_least": w.min(where=drawn),
        "_most": w.max(where=drawn),
    }


def _weighted(request: Request, found: pd.DataFrame) -> pd.DataFrame:
    """Return the design-weighted share of the cases that were drawn at random; those without a weight were targeted."""
    filled = found.fillna(dict.fromkeys(("_n_weighted", "_k_weighted", "_w", "_wy", "_ww", "_wwy"), 0.0))
    sums = tuple(filled[name].to_numpy(dtype=np.float64) for name in ("_w", "_wy", "_ww", "_wwy"))
    value, low, high, _ = weighted_proportion(sums)
    equal = ~(filled["_most"] > filled["_least"]).to_numpy(dtype=bool)
    plain = proportion(filled["_k_weighted"], filled["_n_weighted"])
    figures = filled.assign(
        value=np.where(equal, _ratio(filled["_k_weighted"], filled["_n_weighted"]), value),
        low=np.where(equal, plain[0], low),
        high=np.where(equal, plain[1], high),
        k=filled["_k_weighted"],
        n=filled["_n_weighted"],
    )
    targeted = (found["n"] - filled["_n_weighted"]).to_numpy(dtype=np.int64)
    notes = [
        pd.Series([f"{n:,} of a targeted sample left out" if n else "" for n in targeted], index=found.index),
        pd.Series(np.where(equal, "", "weighted by design"), index=found.index, dtype=object),
        _empty_note(figures),
    ]
    return answer(request, _unless_blind(request, figures), notes=[_blind_note(request, found), *notes])


def _as_count(request: Request, found: pd.DataFrame) -> pd.DataFrame:
    low, high = poisson(found["k"])
    return answer(request, found.assign(value=found["k"], low=low, high=high, n=found["k"]))


def _ratio(k: ArrayLike, n: ArrayLike) -> np.ndarray:
    above, below = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def _unless_blind(request: Request, figures: pd.DataFrame) -> pd.DataFrame:
    return figures.assign(value=np.nan, low=np.nan, high=np.nan) if _is_blind(request, figures) else figures


def _is_blind(request: Request, found: pd.DataFrame) -> bool:
    return bool(request.metric.seen) and not found["_seen"].sum()


def _blind_note(request: Request, found: pd.DataFrame) -> pd.Series:
    words = request.metric.blind if _is_blind(request, found) else ""
    return pd.Series(words, index=found.index, dtype=object)


def _empty_note(found: pd.DataFrame) -> pd.Series:
    return pd.Series(np.where(found["n"] > 0, "", "no case to divide by"), index=found.index, dtype=object)
