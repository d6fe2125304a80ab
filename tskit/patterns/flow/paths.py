"""Which ways cases take from queue to queue, how frequent each is, and whether that has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.model import Pattern
from tskit.patterns.flow.journeys import journeys
from tskit.patterns.flow.noise import compared, is_claimed
from tskit.patterns.flow.spans import settings_of, spans_of
from tskit.patterns.flow.wording import change_of_share, in_all, many, percent, period, steady
from tskit.patterns.rows import fetched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.model import CaseSet
    from tskit.model.scope import Window
    from tskit.patterns.flow.journeys import Journeys
    from tskit.patterns.flow.spans import Spans

__all__ = ["paths"]

_TESTED = 200
"""So many paths are tested for change, the most frequent of both periods; further ones are only counted."""


def paths(case_set: CaseSet, *, window: Window | None = None, most: int = 12) -> Pattern:
    """Return the paths of the cases that were closed in a window, the most frequent first.

    The table has `path`, `paths` (1, or how many the last row stands for), `stays` (missing there), and what `compared`
    gives: `cases` of `of`, the share with its interval, the same before, and the change. `cases` add up to all cases that
    were closed in the window. Beyond the first `most`, paths are folded into the last row, but for those whose share has
    changed by more than noise.
    """
    spans, found = spans_of(case_set, window), journeys(case_set)
    closed = found.table.filter(spans.inside(found.table.closed))
    keys = [*found.words, "stays"]
    counted = closed.mutate(period=spans.period(closed.closed), day=spans.day(closed.closed))
    counts = fetched(counted.group_by([*keys, "period", "day"]).aggregate(cases=counted.count()))
    ways, cube = _in_order(counts, found, spans)
    frame = _folded(ways, cube, spans, most=most)
    return Pattern("paths", _statement(frame, spans), frame, settings=settings_of(spans, most=most))


def _in_order(counts: pd.DataFrame, found: Journeys, spans: Spans) -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return the paths in words, the most frequent of both periods first, and their cases by period and day."""
    keys = [*found.words, "stays"]
    totals = counts.groupby(keys, as_index=False).agg(_total=("cases", "sum"))
    ways = totals.sort_values(["_total", "stays", *found.words], ascending=[False, *[True] * len(keys)])
    ways = ways.reset_index(drop=True)
    placed = counts.merge(ways[keys].assign(_row=ways.index), on=keys)
    places = placed[["_row", "period", "day"]].to_numpy(dtype=np.int64).T
    cube = spans.cube(places, placed["cases"].to_numpy(dtype=np.float64), size=len(ways))
    texts = [found.path(words, stays) for *words, stays in ways[keys].itertuples(index=False, name=None)]
    return pd.DataFrame({"path": pd.Series(texts, dtype=object), "stays": ways["stays"].astype("Int64")}), cube


def _folded(ways: pd.DataFrame, cube: NDArray[np.float64], spans: Spans, *, most: int) -> pd.DataFrame:
    """Return the most frequent paths, those whose share changed, and the others as one row."""
    whole = cube.sum(axis=0)
    tested = compared(cube[:_TESTED], whole, weekdays=spans.weekdays)
    rank = tested["cases"].rank(method="first", ascending=False)
    is_shown = ((rank <= most) & (tested["cases"] > 0)) | is_claimed(tested)
    shown = ways[: len(tested)].assign(paths=1).join(tested)[is_shown.to_numpy()]
    is_rest = np.ones(len(ways), dtype=bool)
    is_rest[shown.index] = False
    folded = cube[is_rest]
    if folded.sum() > 0:
        number = int((folded[:, 1].sum(axis=1) > 0).sum())
        row = compared(folded.sum(axis=0)[None], whole, weekdays=spans.weekdays).assign(p=np.nan)
        row.insert(0, "path", pd.Series([many(number, "other path")], dtype=object))
        row.insert(1, "stays", pd.Series([pd.NA], dtype="Int64"))
        row = row.assign(paths=number)
    else:
        row = shown.head(0)
    ordered = shown.sort_values(["cases", "path"], ascending=[False, True])
    frame = pd.concat([part for part in (ordered, row) if len(part)] or [ordered], ignore_index=True)
    frame.attrs["looked_at"] = int(tested["p"].notna().sum())
    names = ["path", "paths", "stays", *tested.columns]
    return frame[names]


def _statement(frame: pd.DataFrame, spans: Spans) -> str:
    total, known = int(frame["of"].max() if len(frame) else 0), frame[frame["stays"].notna() & (frame["cases"] > 0)]
    if not total:
        return f"No case was closed {period(spans)}."
    first = known.iloc[0]
    text = (
        f"{many(total, 'case')} closed {period(spans)} took {many(int(frame['paths'].sum()), 'path')}; the most frequent "
        f"is {first['path']} with {many(first['cases'], 'case')} ({percent(first['share'])})."
    )
    moved = frame[is_claimed(frame)].sort_values("p")
    if moved.empty:
        return f"{text} {steady(spans, frame.attrs['looked_at'], 'path')}"
    return f"{text} {in_all(change_of_share(row['path'], row, spans) for _, row in moved.iterrows())}"
