"""Where boxes and arrows of a map of queues lie: in columns on a wide page, as a list with arcs beside it on a narrow one."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tskit.charts.canvas import Canvas, Rows

__all__ = ["Box", "Way", "arrow", "boxes", "curve", "height_of", "is_back", "middle"]

_MOST_COLUMNS = 5
_BOX, _PITCH, _ROW = (148, 42), 64, 38
_BETWEEN = 40
"""Pixels between two columns: what ways need to be followed."""
_HEAD = 4
"""Pixels that a way ends before its box, for the head of its arrow."""
_APART = 6
"""Pixels between a way and the one back, so that both are seen."""
_STEPS = 24
_LIST = 150
"""Where arcs begin on a narrow page, right of the names."""


@dataclass(frozen=True, slots=True)
class Box:
    """A queue in its place: its column, its row there, the middle of its box, and the size of it."""

    name: str
    column: int
    x: float
    y: float
    size: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Way:
    """A way from one queue to another, how often it was taken, and of these how often straight back."""

    source: str
    target: str
    cases: float
    returns: float
    hours: float | None = field(default=None)


def height_of(columns: Sequence[int], canvas: Canvas) -> int:
    """Return how high the map is: of its fullest column, or of the list."""
    if canvas.is_narrow:
        return _ROW * len(columns)
    folded = _folded(columns)
    return max(folded.count(column) for column in folded) * _PITCH + 10


def boxes(queues: Rows, canvas: Canvas) -> dict[str, Box]:
    """Return the box of each queue, by name; queues come in the order of their columns and, within one, from the top."""
    if canvas.is_narrow:
        size = (float(_LIST), float(_ROW))
        return {q["name"]: Box(q["name"], i, _LIST / 2, (i + 0.5) * _ROW, size) for i, q in enumerate(queues)}
    folded = _folded([queue["layer"] for queue in queues])
    across = max(folded) + 1
    wide = min(_BOX[0], canvas.width / across - _BETWEEN)
    placed: dict[str, Box] = {}
    for queue, column in zip(queues, folded, strict=True):
        inside = [n for n, other in enumerate(folded) if other == column]
        row = inside.index(len(placed))
        y = (row + 0.5) * canvas.height / len(inside)
        x = (column + 0.5) * canvas.width / across
        placed[queue["name"]] = Box(queue["name"], column, x, y, (wide, _BOX[1]))
    return placed


def _folded(columns: Sequence[int]) -> list[int]:
    """Return the columns without gaps, neighbours put together where they are too many for a page."""
    order = {column: n for n, column in enumerate(sorted(set(columns)))}
    return [order[column] * min(_MOST_COLUMNS, len(order)) // len(order) for column in columns]


def curve(source: Box, target: Box, *, is_list: bool) -> list[tuple[float, float]]:
    """Return the points of the way from one box to another."""
    if is_list:
        return _arc(source, target)
    if source.column == target.column:
        return _bulge(source, target)
    side = 1 if target.column > source.column else -1
    start = (source.x + side * source.size[0] / 2, source.y - side * _APART)
    end = (target.x - side * (target.size[0] / 2 + _HEAD), target.y - side * _APART)
    half = (end[0] - start[0]) / 2
    return _bezier(start, (start[0] + half, start[1]), (end[0] - half, end[1]), end)


def is_back(source: Box, target: Box, *, is_list: bool) -> bool:
    """Say whether a way leads to an earlier column or, within a column or a list, upwards."""
    return target.y < source.y if is_list or source.column == target.column else target.column < source.column


def _bulge(source: Box, target: Box) -> list[tuple[float, float]]:
    """Return the way within a column: down on the right of it, up on the left."""
    side = 1 if target.y > source.y else -1
    x = source.x + side * source.size[0] / 2
    away = side * min(14 + abs(target.y - source.y) / 12, 34)
    start, end = (x, source.y + side * _APART), (x + side * _HEAD, target.y - side * _APART)
    return _bezier(start, (x + away, start[1]), (x + away, end[1]), end)


def _arc(source: Box, target: Box) -> list[tuple[float, float]]:
    side = 1 if target.y > source.y else -1
    # The way back reaches further out, or it would lie upon the one there.
    away = (24 if side > 0 else 44) + 110 * min(abs(target.y - source.y) / (_ROW * 14), 1)
    start, end = (_LIST, source.y + side * 4), (_LIST + _HEAD, target.y - side * 4)
    return _bezier(start, (_LIST + away, start[1]), (_LIST + away, end[1]), end)


def _bezier(*corners: tuple[float, float]) -> list[tuple[float, float]]:
    weights = [(1, 0, 0, 0)] if len(set(corners)) == 1 else [_weights(i / _STEPS) for i in range(_STEPS + 1)]
    return [
        (
            round(sum(w * corner[0] for w, corner in zip(row, corners, strict=True)), 1),
            round(sum(w * corner[1] for w, corner in zip(row, corners, strict=True)), 1),
        )
        for row in weights
    ]


def _weights(t: float) -> tuple[float, float, float, float]:
    return (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3


def arrow(points: Sequence[tuple[float, float]]) -> float:
    """Return the angle, in degrees clockwise from upwards, in which a way arrives."""
    (x0, y0), (x1, y1) = points[-2], points[-1]
    return round(math.degrees(math.atan2(x1 - x0, y0 - y1)), 1)


def middle(points: Sequence[tuple[float, float]], taken: Iterable[Box], *, room: float) -> tuple[float, float] | None:
    """Return the point of a way nearest its middle that lies in no box, with `room` beside it; none if all do."""
    order = sorted(range(len(points)), key=lambda i: abs(i - len(points) // 2))
    return next((points[i] for i in order if not any(_hides(box, points[i], room) for box in taken)), None)


def _hides(box: Box, point: tuple[float, float], room: float) -> bool:
    return abs(point[0] - box.x) < box.size[0] / 2 + room and abs(point[1] - box.y) < box.size[1] / 2 + 6
