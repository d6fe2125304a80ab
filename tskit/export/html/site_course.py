"""The course of a headline figure over the runs of one series, each run a point."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.export.html.answer import sparkline
from tskit.export.html.site_words import moment
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tskit.model import Headline, RunRow

__all__ = ["Course", "Courses"]

_MOST = 12
"""More points than these cannot be told apart on a line of this size."""


@dataclass(frozen=True, slots=True)
class Course:
    """A small line with a point for each run; `said` is the same in words, the oldest value first."""

    said: str
    line: str
    dots: str
    x: float
    y: float


class Courses:
    """Knows the earlier values of each headline figure, by series and metric."""

    def __init__(self, rows: Iterable[RunRow]) -> None:
        self._points: dict[tuple[str, str], list[tuple[str, str, float, str]]] = defaultdict(list)
        for row in rows:
            for figure in row.headlines:
                if row.series and figure.value is not None and math.isfinite(figure.value):
                    held = self._points[row.series, figure.metric]
                    held.append((row.started, row.id, figure.value, figure.text))
        for points in self._points.values():
            points.sort()

    def of(self, row: RunRow, figure: Headline) -> Course | None:
        """Return the line up to a run; None where fewer than three runs make it."""
        points = [p for p in self._points.get((row.series, figure.metric), []) if p[:2] <= (row.started, row.id)][
            -_MOST:
        ]
        drawn = sparkline([value for _, _, value, _ in points])
        if drawn is None:
            return None
        first = moment(points[0][0], row.zone).words.partition(",")[0]
        told = "; ".join(text for *_, text in points)
        said = neutralise(
            f"{figure.label} over {len(points)} runs{f' since {first}' if first else ''}: {told}", limit=400
        )
        return Course(said, drawn.line, _dotted(drawn.line), drawn.x, drawn.y)


def _dotted(line: str) -> str:
    """Return a path with a step of no length at each corner of `line`, which round caps make a dot."""
    corners: Sequence[str] = line.replace("L", "M").split("M")[1:]
    return "".join(f"M{corner}h0" for corner in corners)
