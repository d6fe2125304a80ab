"""Local days, weeks and months of a window, and where an instant falls among them, as arithmetic in the engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

import ibis
import numpy as np

from tskit.cases.instants import SECOND, micros, whole_steps
from tskit.errors import ParameterError
from tskit.model import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    from numpy.typing import NDArray

__all__ = ["GRACE", "Period", "Span", "edges", "index_of", "micros_of", "spans"]

Period = Literal["", "half", "day", "week", "month"]
"""`half` cuts a window in its middle, as where a period and the one before it are asked for at once."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GRACE = timedelta(hours=1)
"""A period counts as over when the data ends less than this before it: the last hour of a day may hold no case."""


@dataclass(frozen=True, slots=True)
class Span:
    """One day, week or month; `start` is its first day, `window` the part of it that was asked for."""

    start: date
    window: Window
    is_whole: bool

    def has_matured(self, as_of: datetime, days: int) -> bool:
        """Return whether so many days have passed since the end."""
        return as_of + GRACE >= self.window.ends_at + timedelta(days=days)


@lru_cache(maxsize=256)
def spans(window: Window, period: Period) -> tuple[Span, ...]:
    """Return the days, weeks (from Monday) or months that the window touches; with no period, the window itself."""
    if period not in {"", "half", "day", "week", "month"}:
        raise ParameterError.unknown(period, ["day", "week", "month"], what="period")
    if not period:
        return (Span(window.start, window, is_whole=True),)
    if period == "half":
        middle = window.start + timedelta(days=window.days // 2)
        parts = (replace(window, end=middle), replace(window, start=middle))
        return tuple(Span(part.start, part, is_whole=True) for part in parts)
    found: list[Span] = []
    start = _first_day(window.start, period)
    while start < window.end:
        end = _next(start, period)
        part = Window(max(start, window.start), min(end, window.end), window.zone)
        found.append(Span(start, part, is_whole=part.start == start and part.end == end))
        start = end
    return tuple(found)


@lru_cache(maxsize=256)
def edges(window: Window, period: Period) -> NDArray[np.int64]:
    """Return the first instant of each day, week or month, and the end of the last one, in microseconds; not to be written to."""
    found = spans(window, period)
    instants = np.array([micros_of(span.window.starts_at) for span in found] + [micros_of(window.ends_at)])
    instants.flags.writeable = False
    return instants


def micros_of(at: datetime) -> int:
    """Return the microseconds since 1970 of an instant."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def index_of(at: ir.Value, found: Sequence[Span]) -> ir.Value:
    """Return the expression for the position, among the spans, of an instant that lies in one of them.

    Plain arithmetic on whole numbers: no engine's own calendar or zone is asked, so all give the same. Where a change of
    the clocks makes a day or week longer, that span is a piece of its own.
    """
    if len(found) == 1:
        return ibis.literal(0, type="int64")
    edges = [int(span.window.starts_at.timestamp()) for span in found]
    pieces = _pieces([*edges, int(found[-1].window.ends_at.timestamp())])
    if len(pieces) == 1:
        return _position(at, pieces[0])
    branches = [(at < _instant(after[0]), _position(at, piece)) for piece, after in pairwise(pieces)]
    return ibis.cases(*branches, else_=_position(at, pieces[-1]))


def _pieces(edges: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return runs of equally long spans, each as its first edge, first position and length in seconds."""
    pieces: list[tuple[int, int, int]] = []
    for position, (edge, after) in enumerate(pairwise(edges)):
        if not pieces or pieces[-1][2] != after - edge:
            pieces.append((edge, position, after - edge))
    return pieces


def _position(at: ir.Value, piece: tuple[int, int, int]) -> ir.Value:
    edge, position, length = piece
    steps = whole_steps(micros(at) - edge * SECOND, length * SECOND)
    return steps + position if position else steps


def _instant(epoch: int) -> ir.Value:
    return ibis.literal(datetime.fromtimestamp(epoch, UTC))


def _first_day(day: date, period: Period) -> date:
    return {"day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1)}[period]


def _next(day: date, period: Period) -> date:
    if period == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if period == "week" else 1)
