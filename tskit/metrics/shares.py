"""Counts, shares and means: one query each, with the aggregation in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.metrics.answers import answer
from tskit.metrics.counting import tallied, tallied_apart
from tskit.metrics.metric import Kind
from tskit.metrics.tallies import Tally
from tskit.stats import mean_interval, poisson, proportion, weighted_proportion

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from tskit.metrics.request import Request

__all__ = ["count", "distinct", "mean", "share", "shares_of"]

_COUNTED = ("_counted",)


def count(request: Request) -> pd.DataFrame:
    """Return how many cases there were, with the exact Poisson interval."""
    return _as_count(request, tallied(request, {"k": Tally(_COUNTED)}, zero=["k"]))


def distinct(request: Request) -> pd.DataFrame:
    """Return how many different items there were; they do not add up over periods or groups."""
    return _as_count(request, tallied(request, {"k": Tally(_COUNTED, "_item", "distinct")}, zero=["k"]))


def share(request: Request) -> pd.DataFrame:
    """Return k of n with Wilson's or the exact interval; weighted by design where the sample is."""
    tallies = _numbers(request) | ({"_seen": Tally(("_seen",))} if request.metric.seen else {})
    found = tallied(request, tallies, zero=["k", "n"])
    if "_w" in found and found["_n_weighted"].sum() > 0:
        return _weighted(request, found)
    low, high = _interval(request, found["k"], found["n"])
    figures = found.assign(value=_ratio(found["k"], found["n"]), low=low, high=high)
    return answer(request, _unless_blind(request, figures), notes=[_blind_note(request, found), _empty_note(found)])


def shares_of(request: Request) -> pd.DataFrame:
    """Return k and n by group alone, without a grid; of a weighted sample, the cases that were drawn at random."""
    found = tallied_apart(request, _numbers(request))
    if "_w" in found and found["_n_weighted"].sum() > 0:
        found = found.assign(k=found["_k_weighted"], n=found["_n_weighted"])
    return found[[*request.by, "k", "n"]].astype({"k": "float64", "n": "float64"})


def mean(request: Request) -> pd.DataFrame:
    """Return the mean of a column with Student's interval; n is the number of cases."""
    tallies = {
        "n": Tally(_COUNTED),
        "_sum": Tally(_COUNTED, "_value", "sum"),
        "_squares": Tally(_COUNTED, "_value", "squares"),
    }
    found = tallied(request, tallies, zero=["n", "_sum", "_squares"])
    found = found.fillna({"_sum": 0.0, "_squares": 0.0})
    low, high = mean_interval(found["n"], found["_sum"], found["_squares"])
    figures = found.assign(value=_ratio(found["_sum"], found["n"]), low=np.maximum(low, 0), high=high, k=found["n"])
    return answer(request, figures, notes=[_empty_note(found)])


def _numbers(request: Request) -> dict[str, Tally]:
    metric, hit = request.metric, (*_COUNTED, "_hit")
    if metric.measured:  # several cases of one item count once
        return {"n": Tally(_COUNTED, "_item", "distinct"), "k": Tally(hit, "_item", "distinct")}
    numbers = {"n": Tally(_COUNTED), "k": Tally(hit)}
    if not request.case_set.has(metric.weight):
        return numbers
    drawn, drawn_hit = (*_COUNTED, "_known"), (*_COUNTED, "_known", "_hit")
    return numbers | {
        "_n_weighted": Tally(drawn),
        "_k_weighted": Tally(drawn_hit),
        "_w": Tally(drawn, "_weight", "sum"),
        "_wy": Tally(drawn_hit, "_weight", "sum"),
        "_ww": Tally(drawn, "_weight", "squares"),
        "_wwy": Tally(drawn_hit, "_weight", "squares"),
        "_least": Tally(drawn, "_weight", "least"),
        "_most": Tally(drawn, "_weight", "most"),
    }


def _interval(request: Request, k: pd.Series, n: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    return (np.full(len(k), np.nan), np.full(len(k), np.nan)) if request.is_bare else proportion(k, n)


def _weighted(request: Request, found: pd.DataFrame) -> pd.DataFrame:
    """Return the design-weighted share of the cases that were drawn at random; those without a weight were targeted."""
    filled = found.fillna(dict.fromkeys(("_n_weighted", "_k_weighted", "_w", "_wy", "_ww", "_wwy"), 0.0))
    sums = tuple(filled[name].to_numpy(dtype=np.float64) for name in ("_w", "_wy", "_ww", "_wwy"))
    value, low, high, _ = weighted_proportion(sums)
    equal = ~(filled["_most"] > filled["_least"]).to_numpy(dtype=bool)
    plain = _interval(request, filled["_k_weighted"], filled["_n_weighted"])
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
    is_plain = request.is_bare and request.metric.kind is Kind.COUNT
    low, high = (np.nan, np.nan) if is_plain else poisson(found["k"])
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
