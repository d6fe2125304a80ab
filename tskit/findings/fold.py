"""One finding for one cause: segments that moved only because of a part or a whole of them are folded into it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

import numpy as np

from tskit.findings.measured import point, window_of
from tskit.findings.tracks import Track, at_the_end

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tskit.findings.measured import Measured
    from tskit.findings.moves import Move
    from tskit.findings.segments import Segment
    from tskit.model import CaseSet

__all__ = ["Story", "explains", "folded"]

_STILL_MOVES = 3.0
"""A rest that lies nearer to its expected value than so many usual deviations has nothing left to explain."""
_SHARE_LEFT = 0.35
_SHARE_OWED = 0.8


@dataclass(frozen=True, slots=True)
class Story:
    """A move that explains others: `context` moved because of it or around it, and needs no finding of its own."""

    driver: Move
    context: tuple[Move, ...] = ()


def folded(moves: Iterable[Move], measured: Measured, *, case_set: CaseSet) -> list[Story]:
    """Return the moves of one metric as stories, the strongest first.

    The strongest move that is left leads to the most specific segment that explains it: one without which it would not
    have moved. Everything that does not move any more without that segment joins its story.
    """
    left = sorted(moves, key=lambda move: -abs(move.verdict.z))
    stories: list[Story] = []
    while left:
        driver = _most_specific(left[0], left, measured)
        joined = [
            move for move in left if move is not driver and explains(move, driver.segment, measured, case_set=case_set)
        ]
        stories.append(Story(driver, tuple(joined)))
        gone = {id(move) for move in (driver, *joined)}
        left = [move for move in left if id(move) not in gone]
    return stories


def explains(
    move: Move, segment: Segment, measured: Measured, *, case_set: CaseSet, opened: Measured | None = None
) -> bool:
    """Return whether the move is gone, or nearly so, once the cases of that segment are left out of it.

    `opened`, the cases opened by day and segment, spares a query where no case lies in both.
    """
    if move.segment.excludes(segment):
        return False
    if segment.holds(move.segment):
        return True
    if not measured.is_additive:
        return _explains_level(move, segment, case_set, opened)
    return _stands_still(move, segment, measured)


def _meet(one: Segment, other: Segment, opened: Measured) -> bool:
    """Return whether any case of the two periods lies in both segments."""
    cube = opened.cube(())
    return bool((one.select(cube) & other.select(cube) & (cube["bin"] < 2)).any())  # this period and the one before


def _explains_level(move: Move, segment: Segment, case_set: CaseSet, opened: Measured | None) -> bool:
    """Measure again without the segment: quantiles cannot be taken apart."""
    if opened is not None and not _meet(move.segment, segment, opened):
        return False
    rest = replace(case_set, cases=_outside(case_set.cases, move.segment, segment))
    window = window_of(case_set, move.metric.name)
    now, before = (point(rest, move.metric.name, window=period).value for period in (window, window.before()))
    if not (now > 0 and before > 0):
        return True
    return bool(abs(np.log(now / before)) <= _SHARE_LEFT * abs(np.log(move.now / move.before)))


def _outside(cases: Any, whole: Segment, part: Segment) -> Any:  # noqa: ANN401  # Ibis is untyped, and its home is elsewhere
    for column, value in whole.items:
        cases = cases.filter(cases[column].cast("string") == value)
    inside = [(cases[column].cast("string") == value).fill_null(False) for column, value in part.items]  # noqa: FBT003  # Ibis' own signature
    return cases.filter(~reduce(and_, inside))


def _most_specific(move: Move, moves: Sequence[Move], measured: Measured) -> Move:
    if not measured.is_additive:
        return move
    inside = [
        other
        for other in moves
        if other is not move and other.is_up == move.is_up and len(other.segment.items) >= len(move.segment.items)
    ]
    fitting = [other for other in inside if _carries(other, move, measured)]
    return max(fitting, key=lambda other: (len(other.segment.items), abs(_relative(other)))) if fitting else move


def _carries(part: Move, whole: Move, measured: Measured) -> bool:
    """Return whether the part accounts for most of the whole's change, and the whole stands still without it."""
    if part.segment.excludes(whole.segment) or not _stands_still(whole, part.segment, measured):
        return False
    if whole.shape == "share":
        return True
    return abs(part.now - part.expected) >= _SHARE_OWED * abs(whole.now - whole.expected)


def _stands_still(whole: Move, segment: Segment, measured: Measured) -> bool:
    if segment.holds(whole.segment):
        return True
    rest = whole.track.without(_overlap(whole, segment, measured))
    verdict = rest.judged()
    return (
        not np.isfinite(verdict.p)
        or abs(verdict.z) < _STILL_MOVES
        or abs(_size(rest)) <= _SHARE_LEFT * abs(_size(whole.track))
    )


def _overlap(move: Move, segment: Segment, measured: Measured) -> Track:
    """Return the track of the cases that lie in both segments."""
    cube = measured.cube(move.segment.columns)
    inside = move.segment.select(cube) & segment.select(cube)
    rows = cube[inside]
    hits = rows["value"] if move.shape in {"flow", "stock"} else rows["value"] * rows["of"]
    if move.shape == "stock":
        last = at_the_end(*(cube[name].to_numpy(dtype=np.int64) for name in ("bin", "back")))
        hits = hits.where(last[inside.to_numpy()], 0.0)
    bins = len(move.track.hits)
    sums = (np.bincount(rows["bin"], weights=w, minlength=bins)[:bins] for w in (hits, rows["of"]))
    return Track(move.shape, segment, *(np.asarray(total, dtype=np.float64) for total in sums))


def _size(track: Track) -> float:
    return float(track.levels[0] - track.levels[1])


def _relative(move: Move) -> float:
    return float(np.log((move.now + 0.5) / (move.expected + 0.5)))
