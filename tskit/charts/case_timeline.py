"""The course of single cases: queues as lanes, stays as bars, events as marks, the due time as a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from tskit.charts.canvas import Canvas, Layer, halo, mark, pixels, sheet, text
from tskit.charts.case_lanes import LANE, Axis, Placed
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, nothing
from tskit.charts.theme import LIGHT
from tskit.charts.wording import listed, sentence, width

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["case_timeline"]

_NEEDS = ("case_id", "kind", "lane", "from_at", "until_at", "name")
_MOST_CASES, _MOST_LANES = 5, 14
_STRETCH = 2.5
"""A due time or an event later than so many times the handling is told in words: it would squeeze all else."""
_HOUR = 3_600
_STEPS = [_HOUR * n for n in (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 672, 2016, 4368, 8736)]
_DAY = 24 * _HOUR


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


def _axis(frame: pd.DataFrame, *, is_since: bool) -> Axis:
    bars = frame[frame["kind"] == "stay"]
    starts = bars.groupby("case_id")["from_at"].min()
    since = frame["case_id"].map(starts)
    handled = ((bars["until_at"] - since[bars.index]).dt.total_seconds()).max()
    points = (frame["from_at"] - since).dt.total_seconds()
    within = points[(points >= 0) & (points <= max(handled, 60) * _STRETCH)]
    longest = max(float(handled), float(within.max()), 60.0)
    return Axis(starts.min().to_pydatetime(), longest * 1.03, is_since)


def _spec(frame: pd.DataFrame, axis: Axis, canvas: Canvas, *, zone: ZoneInfo, alt: str) -> dict[str, Any]:
    lanes = list(dict.fromkeys(zip(frame["case_id"], frame["lane"], strict=True)))
    lanes = [lane for lane in lanes if lane[1]][:_MOST_LANES]
    names = [_lane_name(lane, lanes, axis) for lane in lanes]
    left = 16 if canvas.is_narrow else min(max(width(name, size=12) for name in names) + 24, 230)
    canvas = canvas.but(left=left, right=20, top=30, bottom=34, height=len(lanes) * LANE + 8)
    placed = Placed(frame, axis, canvas, lanes)
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


def _lane_name(lane: tuple[str, str], lanes: Sequence[tuple[str, str]], axis: Axis) -> str:
    if not axis.is_since:
        return lane[1]
    is_first = lane == next(other for other in lanes if other[0] == lane[0])
    return f"{lane[0][-6:]} · {lane[1]}" if is_first else lane[1]


def _ticks(axis: Axis, canvas: Canvas, zone: ZoneInfo) -> list[tuple[float, str]]:
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


def _alt(frame: pd.DataFrame, axis: Axis, zone: ZoneInfo) -> str:
    cases = frame["case_id"].nunique()
    bars = frame[frame["kind"] == "stay"]
    queues = list(dict.fromkeys(bars["lane"]))
    gaps, back = frame[frame["kind"] == "gap"], int(frame["name"].eq("sent back").sum())
    what = "Timeline of one case" if cases == 1 else f"Timelines of {cases} cases, each from its opening"
    first = f", opened {axis.start.astimezone(zone):%Y-%m-%d %H:%M}" if cases == 1 else ""
    them = "it" if cases == 1 else "them"
    stood = f"; nobody touched {them} for four hours or more {_times(len(gaps))}" if len(gaps) else ""
    returned = f"; sent straight back {_times(back)}" if back else ""
    return sentence(f"{what}{first}: held by {listed(queues)}{returned}{stood}")


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _beyond(frame: pd.DataFrame, axis: Axis, zone: ZoneInfo) -> str:
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
