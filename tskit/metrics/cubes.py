"""What an engine was asked once is not asked again: coarser groups and longer periods are added up from finer ones.

Counts and sums of a window add up over its days and groups, so the answer to a fine question holds those to all coarser
ones. Distinct things and quantiles do not add up, and are asked each time.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tskit.metrics.doubts import flags_that_touch
from tskit.metrics.request import INDEX
from tskit.metrics.tallies import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    import ibis.expr.types as ir

    from tskit.metrics.request import Request

__all__ = ["added_up"]

_TOLD = ("_out_", "_told_")


@dataclass(frozen=True, slots=True)
class _Cube:
    """An engine's answer: tallies by group and period, and what was asked."""

    request: Request
    tallies: Mapping[str, Tally]
    frame: pd.DataFrame

    @property
    def told(self) -> dict[str, Tally]:
        """Return the counts of cases that do not count, or not as they stand."""
        return {name: tally for name, tally in self.tallies.items() if name.startswith(_TOLD)}

    def holds(self, request: Request, tallies: Mapping[str, Tally]) -> bool:
        """Return whether the answer to a question follows from this one."""
        return (
            request.metric is self.request.metric
            and set(request.by) <= set(self.request.by)
            and request.window.zone == self.request.window.zone
            and set(_edges(request)) <= set(_edges(self.request))
            and tallies.items() <= self.tallies.items()
        )

    def answer(self, request: Request, tallies: Mapping[str, Tally]) -> pd.DataFrame:
        """Return the tallies by the groups and periods of a coarser question, as the engine would."""
        edges = _edges(request)
        own = np.array([bisect_right(edges, span.window.start) - 1 for span in self.request.spans], dtype=np.int64)
        own = np.where(own < len(edges) - 1, own, -1)[self.frame[INDEX].to_numpy(dtype=np.int64)]
        rows = self.frame.assign(**{INDEX: own})[own >= 0].reset_index(drop=True)
        keys = [*request.by, INDEX]
        place = rows.groupby(keys, dropna=False, sort=False).ngroup()
        names = rows.loc[~place.duplicated(), keys].reset_index(drop=True)
        if not request.by and not request.period and names.empty:  # of no case at all an engine says that it is none
            names = pd.DataFrame({INDEX: [0]})
        cells = np.asarray(place, dtype=np.int64)
        sums = {
            name: tally.merged(rows[name].to_numpy(dtype=np.float64), cells, len(names))
            for name, tally in tallies.items()
        }
        return names.assign(**sums)


def added_up(request: Request, tallies: Mapping[str, Tally], *, rows_of: Callable[[Request], ir.Table]) -> pd.DataFrame:
    """Return tallies by group and period as the engine counts them, from what it was asked before where that will do.

    What is told of cases that do not count comes along. `rows_of` gives the judged cases of a question.
    """
    if any(tally.kind == "distinct" for tally in tallies.values()):
        return _asked(request, tallies, rows_of)[0]
    made = _made(request)
    for cube in made:
        if cube.holds(request, tallies):
            return cube.answer(request, {**cube.told, **tallies})
    frame, whole = _asked(request, tallies, rows_of)
    made.append(_Cube(request, whole, frame))
    return frame


def _made(request: Request) -> list[_Cube]:
    """Return the answers to what was asked of these tables about this metric."""
    case_set, metric = request.case_set, request.metric
    flags = flags_that_touch(case_set, metric)
    key = ("cubes", metric.name, flags, case_set.as_of, id(case_set.cases), id(case_set.events))
    if key not in case_set.held:  # the entry keeps the tables, so that nothing else can come by their ids
        case_set.held[key] = list[_Cube](), case_set.cases, case_set.events
    found: Any = case_set.held[key]
    return found[0]


def _asked(
    request: Request, tallies: Mapping[str, Tally], rows_of: Callable[[Request], ir.Table]
) -> tuple[pd.DataFrame, dict[str, Tally]]:
    rows = rows_of(request)
    whole = {**tallies, **{name: Tally((name,)) for name in rows.columns if name.startswith(_TOLD)}}
    return request.grouped(rows, {name: tally.asked(rows) for name, tally in whole.items()}), whole


def _edges(request: Request) -> list[date]:
    """Return the first day of each period, and the day after the last one."""
    return [*(span.window.start for span in request.spans), request.window.end]
