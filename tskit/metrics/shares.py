"""Counts, shares and means: one query each, with the aggregation in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tskit.metrics.answers import answer, said
from tskit.metrics.counting import tallied, tallied_apart
from tskit.metrics.metric import Kind
from tskit.metrics.tallies import Tally
from tskit.stats import mean_interval, poisson, proportion, weighted_proportion

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from tskit.metrics.grid import Grid
    from tskit.metrics.request import Request

    Floats = NDArray[np.float64]
    Texts = NDArray[np.object_]

__all__ = ["count", "counted", "distinct", "mean", "share", "shares_of", "tallies_of"]

_COUNTED = ("_counted",)


def count(request: Request) -> pd.DataFrame:
    """Return how many cases there were, with the exact Poisson interval."""
    return _as_count(request, tallied(request, tallies_of(request), zero=["k"]))


def distinct(request: Request) -> pd.DataFrame:
    """Return how many different items there were; they do not add up over periods or groups."""
    return _as_count(request, tallied(request, {"k": Tally(_COUNTED, "_item", "distinct")}, zero=["k"]))


def share(request: Request) -> pd.DataFrame:
    """Return k of n with Wilson's or the exact interval; weighted by design where the sample is."""
    found = counted(request)
    return answer(request, found, notes=() if request.is_bare else _notes(request, found))


def counted(request: Request) -> Grid:
    """Return value, low, high, k and n of a share by group and period; a sample that is weighted has `_equal`, too."""
    found = tallied(request, tallies_of(request), zero=["k", "n"])
    if "_w" in found and np.nansum(found["_n_weighted"]) > 0:
        figures = _weighted(request, found)
    else:
        low, high = _interval(request, found["k"], found["n"])
        figures = found.having({"value": _ratio(found["k"], found["n"]), "low": low, "high": high})
    if not _is_blind(request, found):
        return figures
    nothing = np.full(len(found), np.nan)
    return figures.having({"value": nothing, "low": nothing, "high": nothing})


def tallies_of(request: Request) -> dict[str, Tally]:
    """Return what is counted of each group and period for a count or a share."""
    if request.metric.kind is Kind.COUNT:
        return {"k": Tally(_COUNTED)}
    return _numbers(request) | ({"_seen": Tally(("_seen",))} if request.metric.seen else {})


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
    total, squares = _filled(found["_sum"]), _filled(found["_squares"])
    low, high = mean_interval(found["n"], total, squares)
    value = _ratio(total, found["n"])
    figures = found.having({"value": value, "low": np.maximum(low, 0), "high": high, "k": found["n"]})
    return answer(request, figures, notes=() if request.is_bare else [_empty_note(found)])


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


def _interval(request: Request, k: Floats, n: Floats) -> tuple[Floats, Floats]:
    return (np.full(len(k), np.nan), np.full(len(k), np.nan)) if request.is_bare else proportion(k, n)


def _weighted(request: Request, found: Grid) -> Grid:
    """Return the design-weighted share of the cases that were drawn at random; those without a weight were targeted."""
    value, low, high, _ = weighted_proportion(
        (_filled(found["_w"]), _filled(found["_wy"]), _filled(found["_ww"]), _filled(found["_wwy"]))
    )
    k, n = _filled(found["_k_weighted"]), _filled(found["_n_weighted"])
    equal = ~(found["_most"] > found["_least"])
    plain = _interval(request, k, n)
    figures = {
        "value": np.where(equal, _ratio(k, n), value),
        "low": np.where(equal, plain[0], low),
        "high": np.where(equal, plain[1], high),
        "_targeted": found["n"] - n,
    }
    return found.having({**figures, "k": k, "n": n, "_equal": equal})


def _notes(request: Request, figures: Grid) -> list[Texts]:
    """Return what is said of a share's rows."""
    blind = np.full(len(figures), request.metric.blind if _is_blind(request, figures) else "", dtype=object)
    if "_equal" not in figures:
        return [blind, _empty_note(figures)]
    targeted = [f"{n:,} of a targeted sample left out" if n else "" for n in figures["_targeted"].astype(np.int64)]
    design = said(~figures["_equal"], "weighted by design")
    return [blind, np.array(targeted, dtype=object), design, _empty_note(figures)]


def _as_count(request: Request, found: Grid) -> pd.DataFrame:
    is_plain = request.is_bare and request.metric.kind is Kind.COUNT
    nothing = np.full(len(found), np.nan)
    low, high = (nothing, nothing) if is_plain else poisson(found["k"])
    return answer(request, found.having({"value": found["k"], "low": low, "high": high, "n": found["k"]}))


def _ratio(k: ArrayLike, n: ArrayLike) -> Floats:
    above, below = np.asarray(k, dtype=np.float64), np.asarray(n, dtype=np.float64)
    return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)


def _filled(numbers: Floats) -> Floats:
    return np.where(np.isnan(numbers), 0.0, numbers)


def _is_blind(request: Request, found: Grid) -> bool:
    return bool(request.metric.seen) and not np.nansum(found["_seen"])


def _empty_note(found: Grid) -> Texts:
    return said(~(found["n"] > 0), "no case to divide by")
