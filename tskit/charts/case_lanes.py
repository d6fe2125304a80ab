"""Where the stays, standstills and events of cases stand on a sheet of lanes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.charts.wording import width

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tskit.charts.canvas import Canvas, Rows

__all__ = ["LANE", "Axis", "Placed"]

LANE = 52
"""Pixels from one lane to the next."""
BAR = 18
_TURNS = ("sent back", "opened again", "target passed", "escalated")
_ENDS = ("closed", "decided")
_QUIET = ("put into a queue", "parties told", "moved", "opened")
"""Events that the bars show already; they have a mark and no name."""


@dataclass(frozen=True, slots=True)
class Axis:
    """The seconds from the first to the last moment that is drawn, and where it begins."""

    start: datetime
    seconds: float
    is_since: bool
    """Several cases share an axis of the time since each was opened."""


class Placed:
    """Where everything stands on the sheet, in pixels of the plot."""

    def __init__(self, frame: pd.DataFrame, axis: Axis, canvas: Canvas, lanes: Sequence[tuple[str, str]]) -> None:
        self._canvas = canvas
        self._axis = axis
        self._lanes = lanes
        starts = frame[frame["kind"] == "stay"].groupby("case_id")["from_at"].min()
        origin = frame["case_id"].map(starts) if axis.is_since else pd.Series(starts.min(), index=frame.index)
        self._frame = frame.assign(
            _x=self._pixels(frame["from_at"], origin), _x2=self._pixels(frame["until_at"], origin)
        )

    def _pixels(self, times: pd.Series[Any], origin: pd.Series[Any]) -> pd.Series[float]:
        seconds = (pd.to_datetime(times, utc=True) - origin).dt.total_seconds()
        return (seconds / self._axis.seconds * self._canvas.width).round(1)

    def _rows(self, kind: str) -> list[Any]:
        found = self._frame[self._frame["kind"] == kind]
        known = [row for row in found.itertuples(index=False) if not row.lane or (row.case_id, row.lane) in self._lanes]
        # A named tuple hides columns that begin with an underscore.
        places = found.loc[
            [(c, n) in self._lanes or not n for c, n in zip(found["case_id"], found["lane"], strict=True)]
        ]
        return list(zip(known, places["_x"], places["_x2"], strict=True))

    def _y(self, case_id: str, lane: str) -> float:
        return self._lanes.index((case_id, lane)) * LANE + LANE * 0.62

    def lane_names(self, names: Sequence[str]) -> Rows:
        """Return the names of the lanes: beside them, or above them where the sheet is narrow."""
        if self._canvas.is_narrow:
            return [{"x": 0, "y": n * LANE + 6, "t": name} for n, name in enumerate(names)]
        return [{"x": -12, "y": n * LANE + LANE * 0.62, "t": name} for n, name in enumerate(names)]

    def lane_lines(self) -> Rows:
        """Return the line along the middle of each lane."""
        return [
            {"x": 0, "x2": self._canvas.width, "y": self._y(*lane), "y2": self._y(*lane), "t": ""}
            for lane in self._lanes
        ]

    def bars(self) -> Rows:
        """Return the stays as bars; a short one keeps two pixels."""
        return [
            {"x": x, "x2": max(x2, x + 2), **self._box(row), "t": f"{row.lane}: {row.name}"}
            for row, x, x2 in self._rows("stay")
        ]

    def gaps(self) -> Rows:
        """Return the standstills, a little slimmer than the stay that they lie in."""
        return [
            {"x": x, "x2": max(x2, x + 2), **self._box(row, less=3), "t": f"Nobody touched it: {row.name}"}
            for row, x, x2 in self._rows("gap")
        ]

    def _box(self, row: Any, *, less: int = 0) -> dict[str, float]:  # noqa: ANN401  # a named tuple
        middle = self._y(row.case_id, row.lane)
        return {"y": middle - BAR / 2 + less, "y2": middle + BAR / 2 - less}

    def lasting(self) -> Rows:
        """Return how long each stay took, where its bar has room for it."""
        size = self._canvas.size - 1
        return [
            {"x": (x + x2) / 2, "y": self._y(row.case_id, row.lane), "t": row.name}
            for row, x, x2 in self._rows("stay")
            if x2 - x > width(row.name, size=size) + 14
        ]

    def hops(self) -> Rows:
        """Return the lines from the lane that a case left to the one that it was moved to."""
        rows = self._rows("stay")
        return [
            {"x": x, "x2": x, "y": self._y(one.case_id, one.lane), "y2": self._y(two.case_id, two.lane), "t": ""}
            for (one, _, end), (two, x, _) in pairwise(rows)
            if one.case_id == two.case_id and one.lane != two.lane and end == x
        ]

    def events(self, *, turns: bool, ends: bool) -> Rows:
        """Return the events on their lane: turns for the worse, ends, or all others."""
        return [
            {"x": x, "y": self._y(row.case_id, row.lane), "t": row.name}
            for row, x, _ in self._rows("event")
            if x <= self._canvas.width and (row.name in _TURNS) == turns and (row.name in _ENDS) == ends
        ]

    def names(self) -> Rows:
        """Return the names of events above their lane, from left to right as long as there is room."""
        size, taken, found = self._canvas.size - 1, dict[tuple[str, str], float](), list[dict[str, Any]]()
        for row, x, _ in self._rows("event"):
            lane = (row.case_id, row.lane)
            end = x + width(row.name, size=size)
            if (
                row.name in _QUIET
                or x < taken.get(lane, self._named_until(row.lane))
                or end > self._canvas.width + self._canvas.right
            ):
                continue
            taken[lane] = end + 8
            found.append({"x": x, "y": self._y(*lane) - BAR / 2 - 3, "t": row.name})
        return found

    def _named_until(self, lane: str) -> float:
        """Return how far the name of a lane reaches that stands above it, on a narrow sheet."""
        return width(lane, size=self._canvas.size) + 8.0 if self._canvas.is_narrow else -1.0

    def due(self) -> Rows:
        """Return the due times as lines through the lanes of their case."""
        return [
            {"x": x, "x2": x, "y": top, "y2": bottom, "t": "due"}
            for row, x, _ in self._rows("due")
            if x <= self._canvas.width
            for top, bottom in (self._reach(row.case_id),)
        ]

    def due_names(self) -> Rows:
        """Return the word for each due time, above its line."""
        return [
            {
                "x": x,
                "y": self._reach(row.case_id)[0] - 4 if not self._axis.is_since else self._reach(row.case_id)[0] + 10,
                "t": "due",
            }
            for row, x, _ in self._rows("due")
            if x <= self._canvas.width
        ]

    def _reach(self, case_id: str) -> tuple[float, float]:
        """Return the top and the bottom of the lanes of a case."""
        own = [n for n, lane in enumerate(self._lanes) if lane[0] == case_id]
        return own[0] * LANE, (own[-1] + 1) * LANE
