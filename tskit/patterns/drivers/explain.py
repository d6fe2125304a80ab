"""What drove a change: the segments that moved by themselves, with what cannot be told from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from tskit.errors import ParameterError
from tskit.model import Pattern
from tskit.patterns.drivers.cells import checked, in_order, side_by_side
from tskit.patterns.drivers.expected import count_baseline, rate_baseline
from tskit.patterns.drivers.lattice import Lattice, lattice
from tskit.patterns.drivers.search import LEVEL, Search, search
from tskit.patterns.drivers.values import moved_values
from tskit.patterns.drivers.words import sentence, statement
from tskit.stats import one_thread, z_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.patterns.drivers.models import Model

__all__ = ["Cause", "Kind", "causes", "explain"]

Kind: TypeAlias = Literal["count", "rate", "value"]

_COLUMNS: dict[Kind, tuple[str, ...]] = {
    "count": ("before", "after"),
    "rate": ("n_before", "k_before", "n_after", "k_after"),
    "value": ("forecast", "actual"),
}
_CANNOT_TELL = 3.0
"""Nats: an explanation whose odds are within a factor of 20 of the one named is a runner-up (Kass and Raftery 1995)."""
_RUNNERS_UP = 3
_LEAST = 0.5
"""Of less than half a hit no factor is taken."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A segment that moved: its values, the factor against all else with its 95 % interval, and what was expected.

    `support` is its share of belief among what is told beside it, `p` the chance that any segment at all shows as much
    beside the other causes; `runners_up` are segments that the data cannot tell from it. Factor, interval, support and
    p are NaN for continuous values.
    """

    where: dict[str, object]
    expected: float
    seen: float
    factor: float
    low: float
    high: float
    support: float
    p: float
    runners_up: tuple[tuple[dict[str, object], float], ...] = ()


@one_thread
def explain(
    found: pd.DataFrame, *, dims: Sequence[str], kind: Literal["count", "rate"], windows: int = 1, level: float = LEVEL
) -> Pattern:
    """Return which segments explain a change between two windows, from cells (dimensions, window, n, k).

    A count is that of n, a rate k of n. `windows` is how many times as long the window before is. Where nothing moved
    beyond noise the table is empty and the statement says so. The table has a row for each cause and runner-up.

    Raises:
        ParameterError: a column is missing, or the dimensions are none, doubled or more than eight.
    """
    wide = side_by_side(found, dims=dims)
    if kind == "count":
        wide = wide.rename(columns={"n_before": "before", "n_after": "after"})
    told = causes(wide, dims=dims, kind=kind, windows=windows, level=level)
    rows = [row for number, cause in enumerate(told, start=1) for row in _rows(number, cause, kind)]
    columns = ["number", "role", "segment", "expected", "seen", "factor", "low", "high", "support", "p", "sentence"]
    settings = {"dims": ", ".join(dims), "kind": kind, "windows": windows, "level": level, "cells": len(wide)}
    interval = (told[0].low, told[0].high) if told else None
    return Pattern("drivers", statement(told, kind), pd.DataFrame(rows, columns=columns), interval, settings)


@one_thread
def causes(
    wide: pd.DataFrame, *, dims: Sequence[str], kind: Kind, windows: int = 1, level: float = LEVEL
) -> tuple[Cause, ...]:
    """Return the segments that moved, the surest first; none where nothing moved beyond noise.

    `wide` has a row for each combination of dimensions and, for a count, the columns before and after; for a rate
    n_before, k_before, n_after and k_after; for a value forecast and actual.

    Raises:
        ParameterError: a column is missing, or the dimensions are none, doubled or more than eight.
    """
    checked(dims)
    missing = [name for name in (*dims, *_COLUMNS[kind]) if name not in wide.columns]
    if missing:
        raise ParameterError(f"The cells lack the column {missing[0]!r}, which drivers of a {kind} need.")
    frame = in_order(wide.astype(dict.fromkeys(dims, "category")), dims)
    given = [frame[name].to_numpy(dtype=np.float64) for name in _COLUMNS[kind]]
    if not len(frame):
        return ()
    segments = lattice(frame, dims)
    if kind == "value":
        return _of_values(segments, given[0], given[1])
    if kind == "count":
        baseline = count_baseline(given[0], given[1], windows=windows)
    else:
        baseline = rate_baseline(segments, (given[0], given[1]), (given[2], given[3]))
    asked, model = search(segments, baseline, level=level)
    surest = np.argsort([-abs(log) / error for log, error in zip(model.logs, model.errors, strict=True)], kind="stable")
    return tuple(_cause(asked, model, int(i)) for i in surest)


def _of_values(segments: Lattice, forecast: np.ndarray, actual: np.ndarray) -> tuple[Cause, ...]:
    made: list[Cause] = []
    for segment, _ in moved_values(segments, forecast, actual):
        inside = segments.inside(segment)
        expected, seen = float(forecast[inside].sum()), float(actual[inside].sum())
        made.append(Cause(segments.named(segment), expected, seen, np.nan, np.nan, np.nan, np.nan, np.nan))
    return tuple(made)


def _cause(asked: Search, model: Model, i: int) -> Cause:
    segment = model.causes[i]
    inside = asked.segments.inside(segment)
    baseline, half = asked.baseline, float(z_value(0.95)) * model.errors[i]
    times = [float(np.exp(np.clip(model.logs[i] + step, -20, 20))) for step in (-half, 0.0, half)]
    counted = float((baseline.expected * model.times)[inside].sum()) / times[1]
    seen, expected = baseline.hits(float(baseline.seen[inside].sum()), inside), baseline.hits(counted, inside)
    if baseline.turned is not None:  # many times the misses are fewer hits
        times = [baseline.hits(counted * one, inside) / max(expected, _LEAST) for one in reversed(times)]
    low, factor, high = times
    support, others = _runners_up(asked, model, segment)
    named, p = asked.segments.named(segment), asked.chance(model, segment)
    return Cause(named, expected, seen, factor, low, high, support, p, others)


def _runners_up(asked: Search, model: Model, segment: int) -> tuple[float, tuple[tuple[dict[str, object], float], ...]]:
    """Return the belief in a cause, and the segments that would do nearly as well in its place with theirs."""
    rest = [other for other in model.causes if other != segment]
    found = asked.looks(asked.model(*rest)).best(_RUNNERS_UP + 1)
    tried = [(other, asked.model(*rest, other).score) for other in found if other not in model.causes]
    near = [(other, score) for other, score in tried if score >= model.score - _CANNOT_TELL][:_RUNNERS_UP]
    odds = np.exp(np.array([model.score, *(score for _, score in near)]) - model.score)
    share = odds / odds.sum()
    others = [(asked.segments.named(other), float(part)) for (other, _), part in zip(near, share[1:], strict=True)]
    return float(share[0]), tuple(others)


def _rows(number: int, cause: Cause, kind: Kind) -> list[list[object]]:
    own: list[object] = [cause.expected, cause.seen, cause.factor, cause.low, cause.high, cause.support, cause.p]
    rows: list[list[object]] = [[number, "cause", cause.where, *own, sentence(cause, kind)]]
    for where, support in cause.runners_up:
        unknown = [np.nan] * 5
        rows.append([number, "runner-up", where, *unknown, support, np.nan, ""])
    return rows
