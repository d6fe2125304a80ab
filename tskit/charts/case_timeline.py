"""The course of single cases: queues as lanes, stays as bars, events as marks, the due time as a line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from tskit.charts.canvas import Canvas, Layer, Rows, halo, mark, pixels, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, nothing
from tskit.charts.theme import LIGHT
from tskit.charts.wording import listed, sentence, width

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["case_timeline"]

_NEEDS = ("case_id", "kind", "lane", "from_at", "until_at", "name")
_LANE, _BAR = 52, 18
_MOST_CASES, _MOST_LANES = 5, 14
_STRETCH = 2.5
"""A due time or an event later than so many times the handling is told in words: it would squeeze all else."""
_HOUR = 3_600
_STEPS = [_HOUR * n for n in (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 672, 2016, 4368, 8736)]
_DAY = 24 * _HOUR
_TURNS = ("sent back", "opened again", "target passed", "escalated")
_ENDS = ("closed", "decided")
_QUIET = ("put into a queue", "parties told", "moved", "opened")
"""Events that the bars show already; they have a mark and no name."""


@dataclass(frozen=True, slots=True)
class _Axis:
    """The seconds from the first to the last moment that is drawn, and where it begins."""

    start: datetime
    seconds: float
    is_since: bool
    """Several cases share an axis of the time since each was opened."""


def case_timeline(frame: pd.DataFrame, *, about: About, zone: str) -> Figure:
    """Draw what happened to a case, or to several from the opening of each.

    Args:
        frame: one row per thing to draw: `case_id`, `kind` ("stay" and "gap" from `from_at` to `until_at`, "event" and
            "due" at `from_at`), `lane` (the queue; empty for due) and `name`, the words that go with it.
        about: the key, the title and the subtitle.
        zone: the zone that times are written in.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=_NEEDS)
    frame = frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ("from_at", "until_at")})
    columns = [
        TableColumn("case_id", "Case"),
        TableColumn("what", "What"),
        TableColumn("lane", "Queue"),
        TableColumn("from", "From"),
        TableColumn("until", "Until"),
        TableColumn("name", "In words"),
    ]
    cases = list(dict.fromkeys(frame["case_id"]))
    drawn = frame[frame["case_id"].isin(cases[:_MOST_CASES])].reset_index(drop=True)
    bars = drawn[drawn["kind"] == "stay"]
    told = _told(frame, ZoneInfo(zone))
    if bars.empty:
        return replace(nothing(told.head(0), about, columns=columns), of_single_cases=True)
    axis = _axis(drawn, is_since=len(cases) > 1)
    alt = _alt(drawn, axis, ZoneInfo(zone))
    caption = sentence("; ".join(part for part in (_beyond(drawn, axis, ZoneInfo(zone)), _left_out(cases)) if part))
    worded = replace(about, caption=about.caption or caption)
    made = figure(
        told,
        worded,
        draw=lambda canvas: _spec(drawn, axis, canvas, zone=ZoneInfo(zone), alt=alt),
        alt=alt,
        columns=columns,
    )
    return replace(made, of_single_cases=True)


def _told(frame: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    kinds = {"stay": "held by a queue", "gap": "stood still", "event": "event", "due": "due"}
    return pd.DataFrame(
        {
            "case_id": frame["case_id"],
            "what": frame["kind"].map(kinds),
            "lane": frame["lane"],
            "from": [_written(at, zone) for at in frame["from_at"]],
            "until": [_written(at, zone) for at in frame["until_at"]],
            "name": frame["name"],
        }
    )


def _written(at: Any, zone: ZoneInfo) -> str | None:  # noqa: ANN401  # a cell of any frame
    return None if pd.isna(at) else f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def _axis(frame: pd.DataFrame, *, is_since: bool) -> _Axis:
    bars = frame[frame["kind"] == "stay"]
    starts = bars.groupby("case_id")["from_at"].min()
    since = frame["case_id"].map(starts)
    handled = ((bars["until_at"] - since[bars.index]).dt.total_seconds()).max()
    points = (frame["from_at"] - since).dt.total_seconds()
    within = points[(points >= 0) & (points <= max(handled, 60) * _STRETCH)]
    longest = max(float(handled), float(within.max()), 60.0)
    return _Axis(starts.min().to_pydatetime(), longest * 1.03, is_since)


def _spec(frame: pd.DataFrame, axis: _Axis, canvas: Canvas, *, zone: ZoneInfo, alt: str) -> dict[str, Any]:
    lanes = list(dict.fromkeys(zip(frame["case_id"], frame["lane"], strict=True)))
    lanes = [lane for lane in lanes if lane[1]][:_MOST_LANES]
    names = [_lane_name(lane, lanes, axis) for lane in lanes]
    left = 16 if canvas.is_narrow else min(max(width(name, size=12) for name in names) + 24, 230)
    canvas = canvas.but(left=left, right=20, top=30, bottom=34, height=len(lanes) * _LANE + 8)
    placed = _Placed(frame, axis, canvas, lanes)
    data = {
        "grid": [{"x": x, "x2": x, "y": 0, "y2": canvas.height, "t": ""} for x, _ in _ticks(axis, canvas, zone)],
        "ticks": [{"x": x, "y": canvas.height + 8, "t": t} for x, t in _ticks(axis, canvas, zone)],
        "lanes": placed.lane_names(names),
        "lines": placed.lane_lines(),
        "bars": placed.bars(),
        "gaps": placed.gaps(),
        "hops": placed.hops(),
        "due": placed.due(),
        "due_names": placed.due_names(),
        "events": placed.events(turns=False, ends=False),
        "ends": placed.events(turns=False, ends=True),
        "turns": placed.events(turns=True, ends=False),
        "names": placed.names(),
        "lasting": placed.lasting(),
    }
    return sheet(canvas, _layers(canvas), data, alt=alt)


def _layers(canvas: Canvas) -> list[Layer]:
    span = {"x": pixels("x"), "x2": {"field": "x2"}, "y": pixels("y"), "y2": {"field": "y2"}}
    tip = {"tooltip": [{"field": "t", "type": "nominal", "title": "What"}]}
    at = {"x": pixels("x"), "y": pixels("y"), **tip}
    small = {"fontSize": canvas.size - 1}
    return [
        mark("grid", "rule", span, stroke=LIGHT.line),
        mark("lines", "rule", span, stroke=LIGHT.line),
        mark("bars", "rect", {**span, **tip}, fill=LIGHT.accent_soft, stroke=LIGHT.accent, strokeWidth=1),
        mark("gaps", "rect", {**span, **tip}, fill=LIGHT.band, stroke=LIGHT.unsure, strokeDash=[3, 3], strokeWidth=1),
        mark("hops", "rule", span, stroke=LIGHT.muted, strokeWidth=1.5),
        mark("due", "rule", span, stroke=LIGHT.worse, strokeDash=[5, 4], strokeWidth=1.5),
        mark("events", "point", at, shape="circle", filled=True, fill=LIGHT.ink, size=40, opacity=1),
        mark("ends", "point", at, shape="square", filled=True, fill=LIGHT.ink, size=56, opacity=1),
        mark("turns", "point", at, shape="diamond", filled=True, fill=LIGHT.worse, size=80, opacity=1),
        _words("ticks", {"align": "center", "baseline": "top", "fill": LIGHT.soft, "lineBreak": "\n", **small}),
        _words(
            "lanes",
            {"align": "left" if canvas.is_narrow else "right", "baseline": "middle", "fill": LIGHT.ink, **small},
        ),
        _words("due_names", {"align": "center", "baseline": "bottom", "fill": LIGHT.worse, "fontWeight": 600, **small}),
        halo(_words("names", {"align": "left", "baseline": "bottom", "fill": LIGHT.soft, **small})),
        _words("names", {"align": "left", "baseline": "bottom", "fill": LIGHT.soft, **small}),
        _words("lasting", {"align": "center", "baseline": "middle", "fill": LIGHT.ink, **small}),
    ]


def _words(data: str, settings: dict[str, Any]) -> Layer:
    layer = text(data, settings)
    layer["encoding"] |= {"x": pixels("x"), "y": pixels("y")}
    return layer


class _Placed:
    """Where everything stands on the sheet, in pixels of the plot."""

    def __init__(self, frame: pd.DataFrame, axis: _Axis, canvas: Canvas, lanes: Sequence[tuple[str, str]]) -> None:
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
        return self._lanes.index((case_id, lane)) * _LANE + _LANE * 0.62

    def lane_names(self, names: Sequence[str]) -> Rows:
        if self._canvas.is_narrow:
            return [{"x": 0, "y": n * _LANE + 6, "t": name} for n, name in enumerate(names)]
        return [{"x": -12, "y": n * _LANE + _LANE * 0.62, "t": name} for n, name in enumerate(names)]

    def lane_lines(self) -> Rows:
        return [
            {"x": 0, "x2": self._canvas.width, "y": self._y(*lane), "y2": self._y(*lane), "t": ""}
            for lane in self._lanes
        ]

    def bars(self) -> Rows:
        return [
            {"x": x, "x2": max(x2, x + 2), **self._box(row), "t": f"{row.lane}: {row.name}"}
            for row, x, x2 in self._rows("stay")
        ]

    def gaps(self) -> Rows:
        return [
            {"x": x, "x2": max(x2, x + 2), **self._box(row, less=3), "t": f"Nobody touched it: {row.name}"}
            for row, x, x2 in self._rows("gap")
        ]

    def _box(self, row: Any, *, less: int = 0) -> dict[str, float]:  # noqa: ANN401  # a named tuple
        middle = self._y(row.case_id, row.lane)
        return {"y": middle - _BAR / 2 + less, "y2": middle + _BAR / 2 - less}

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
        return [
            {"x": x, "y": self._y(row.case_id, row.lane), "t": row.name}
            for row, x, _ in self._rows("event")
            if x <= self._canvas.width and (row.name in _TURNS) == turns and (row.name in _ENDS) == ends
        ]

    def names(self) -> Rows:
        """Return the names of events above their lane, from left to right as long as there is room."""
        size, taken, found = self._canvas.size - 1, dict[tuple[str, str], float](), Rows()
        for row, x, _ in self._rows("event"):
            lane = (row.case_id, row.lane)
            end = x + width(row.name, size=size)
            if row.name in _QUIET or x < taken.get(lane, -1.0) or end > self._canvas.width + self._canvas.right:
                continue
            taken[lane] = end + 8
            found.append({"x": x, "y": self._y(*lane) - _BAR / 2 - 3, "t": row.name})
        return found

    def due(self) -> Rows:
        return [
            {"x": x, "x2": x, "y": top, "y2": bottom, "t": "due"}
            for row, x, _ in self._rows("due")
            if x <= self._canvas.width
            for top, bottom in (self._reach(row.case_id),)
        ]

    def due_names(self) -> Rows:
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
        return own[0] * _LANE, (own[-1] + 1) * _LANE


def _lane_name(lane: tuple[str, str], lanes: Sequence[tuple[str, str]], axis: _Axis) -> str:
    if not axis.is_since:
        return lane[1]
    is_first = lane == next(other for other in lanes if other[0] == lane[0])
    return f"{lane[0][-6:]} · {lane[1]}" if is_first else lane[1]


def _ticks(axis: _Axis, canvas: Canvas, zone: ZoneInfo) -> list[tuple[float, str]]:
    most = 4 if canvas.is_narrow else 7
    step = next((step for step in _STEPS if axis.seconds / step <= most), _STEPS[-1])
    if axis.is_since:
        count = int(axis.seconds // step) + 1
        return [(round(n * step / axis.seconds * canvas.width, 1), _since(n * step, step)) for n in range(count)]
    first = axis.start.astimezone(zone)
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    # Ticks stand on round local hours; a clock that is set forward or back moves them by an hour at most.
    offset = -(-((first - midnight).total_seconds()) // step) * step
    found: list[tuple[float, str]] = []
    at = midnight + timedelta(seconds=offset)
    while (at - first).total_seconds() <= axis.seconds:
        x = (at - first).total_seconds() / axis.seconds * canvas.width
        found.append((round(x, 1), _clock(at, step)))
        at += timedelta(seconds=step)
    return found


def _clock(at: datetime, step: float) -> str:
    day = f"{at.day} {at:%b}"
    return day if step >= _DAY else f"{at:%H:%M}\n{day}"


def _since(seconds: float, step: float) -> str:
    return f"{seconds / _DAY:g} d" if step >= _DAY else f"{seconds / _HOUR:g} h"


def _alt(frame: pd.DataFrame, axis: _Axis, zone: ZoneInfo) -> str:
    cases = frame["case_id"].nunique()
    bars = frame[frame["kind"] == "stay"]
    queues = list(dict.fromkeys(bars["lane"]))
    gaps, back = frame[frame["kind"] == "gap"], int(frame["name"].eq("sent back").sum())
    what = "Timeline of one case" if cases == 1 else f"Timelines of {cases} cases, each from its opening"
    first = f", opened {axis.start.astimezone(zone):%Y-%m-%d %H:%M}" if cases == 1 else ""
    stood = (
        f"; nobody touched {'it' if cases == 1 else 'them'} for four hours or more {len(gaps)} times"
        if len(gaps)
        else ""
    )
    returned = f"; sent straight back {back} times" if back else ""
    return sentence(f"{what}{first}: held by {listed(queues)}{returned}{stood}")


def _beyond(frame: pd.DataFrame, axis: _Axis, zone: ZoneInfo) -> str:
    """Return in words what lies after the end of the axis."""
    if axis.is_since:
        return ""
    end = axis.start.astimezone(UTC) + timedelta(seconds=axis.seconds)
    late = frame[frame["kind"].isin(["event", "due"]) & (frame["from_at"] > end)]
    told = [f"{name} {_written(at, zone)}" for name, at in zip(late["name"], late["from_at"], strict=True)]
    return f"not drawn, since it came later: {listed(told, most=4)}" if told else ""


def _left_out(cases: Sequence[str]) -> str:
    more = len(cases) - _MOST_CASES
    return f"the first {_MOST_CASES} cases are drawn; the table behind the chart has {more} more" if more > 0 else ""
