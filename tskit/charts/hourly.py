"""Counts by the hour against what was expected, up to now and beyond it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, halo, mark, pixels, scale_over, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, is_true, nothing, number
from tskit.charts.hourly_story import Hour, describe
from tskit.charts.theme import LIGHT
from tskit.charts.wording import shown, width

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["hourly"]

_NEEDS = ("at", "cases")
_SECONDS = 3_600
_STEPS = (1, 2, 3, 6, 12, 24, 48, 72, 168)
_DAY = 24
_MARKS = {"spike", "silence"}
_GAP = 4
"""Pixels that a bar must have before it leaves one of them free to its neighbour."""
_SIGN = 9
"""Pixels that a sign above a bar takes."""


def hourly(frame: pd.DataFrame, *, about: About, zone: str) -> Figure:
    """Draw counts by the hour as bars within the range that was expected; hours to come have their range alone.

    Args:
        frame: one row an hour: `at`, its beginning (UTC where it has no zone), and `cases`, missing where the hour is
            to come; drawn where they are there: `expected`, `low` and `high`, `is_future`, and `mark` ("spike" or
            "silence").
        about: the key, the title, and the name and unit of what is counted.
        zone: the zone that hours are written in.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=_NEEDS)
    place = ZoneInfo(zone)
    hours = _hours(frame, place)
    told = _told(frame, hours)
    # Hours that are all to come have nothing but their range, and are worth a look.
    drawn = [hour for hour in hours if hour.cases is not None] or [hour for hour in hours if hour.high is not None]
    if not drawn or (drawn[0].cases is None and not all(hour.is_future for hour in hours)):
        return nothing(told, about, columns=_columns(about))
    story = describe(hours, about=about)
    worded = replace(about, subtitle=about.subtitle or story.subtitle, caption=about.caption or story.caption)

    def draw(canvas: Canvas) -> dict[str, Any]:
        return _Plot(hours, about, canvas).spec(alt=story.alt)

    return figure(told, worded, draw=draw, alt=story.alt, columns=_columns(about))


def _columns(about: About) -> list[TableColumn]:
    return [
        TableColumn("at", "Hour from"),
        TableColumn("cases", about.label, about.unit),
        TableColumn("expected", "Expected", "number"),
        TableColumn("low", "Expected from", "number"),
        TableColumn("high", "Expected to", "number"),
        TableColumn("mark", "Mark"),
    ]


def _hours(frame: pd.DataFrame, zone: ZoneInfo) -> list[Hour]:
    future = is_true(frame, "is_future", default=False)
    numbers = {
        name: [number(value) for value in frame[name]] if name in frame.columns else [None] * len(frame)
        for name in ("cases", "expected", "low", "high")
    }
    marks = frame["mark"].tolist() if "mark" in frame.columns else [""] * len(frame)
    hours = [
        Hour(
            _moment(value).astimezone(zone),
            numbers["cases"][i],
            numbers["expected"][i],
            numbers["low"][i],
            numbers["high"][i],
            is_future=future[i],
            mark=str(marks[i]) if marks[i] in _MARKS else "",
        )
        for i, value in enumerate(frame["at"])
    ]
    # By the instant: where a clock is set back, two hours have one local time.
    return sorted(hours, key=lambda hour: hour.at.timestamp())


def _moment(value: Any) -> datetime:  # noqa: ANN401  # a cell of any frame
    at = pd.Timestamp(value).to_pydatetime()
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _told(frame: pd.DataFrame, hours: Sequence[Hour]) -> pd.DataFrame:
    given = [name for name in ("cases", "expected", "low", "high") if name in frame.columns]
    rows = {name: [getattr(hour, name) for hour in hours] for name in given}
    marks = [hour.mark or ("to come" if hour.is_future else "") for hour in hours]
    return pd.DataFrame({"at": [f"{hour.at:%Y-%m-%d %H:%M}" for hour in hours], **rows, "mark": marks})


@dataclass(frozen=True, slots=True)
class _Plot:
    hours: list[Hour]
    about: About
    canvas: Canvas

    def spec(self, *, alt: str) -> dict[str, Any]:
        canvas = self.canvas.but(top=30, bottom=44, height=self.canvas.height - 30)
        scale = self._scale()
        return sheet(canvas, _layers(canvas, scale), self._data(canvas, scale), alt=alt)

    def _scale(self) -> Scale:
        values = [value for hour in self.hours for value in (hour.cases, hour.high, hour.expected) if value is not None]
        return scale_over(values, unit=self.about.unit, most_ticks=4)

    def _data(self, canvas: Canvas, scale: Scale) -> dict[str, Rows]:
        past = [hour for hour in self.hours if not hour.is_future]
        come = [hour for hour in self.hours if hour.is_future]
        tops = [(hour, (1 - scale.at(hour.cases)) * canvas.height) for hour in past if hour.cases is not None]
        return {
            "frame": [{"v": 0}],
            "band": [self._band(hour, canvas) for hour in past if hour.low is not None and hour.high is not None],
            "come": [self._band(hour, canvas) for hour in come if hour.low is not None and hour.high is not None],
            "bars": [self._bar(hour, canvas) for hour, _ in tops if hour.cases and hour.mark != "spike"],
            "spikes": [self._bar(hour, canvas) for hour, _ in tops if hour.cases and hour.mark == "spike"],
            "expected": [self._level(hour, canvas) for hour in self.hours if hour.expected is not None],
            "up": [
                {"px": self._middle(hour, canvas), "py": round(top - 8, 1)}
                for hour, top in self._apart(tops, "spike", canvas)
            ],
            "down": [
                {"px": self._middle(hour, canvas), "py": canvas.height - 7}
                for hour, _ in self._apart([(hour, -(hour.high or 0)) for hour in past], "silence", canvas)
            ],
            "highest": self._highest(tops, canvas),
            "now": self._now(canvas),
            "ticks": self._ticks(canvas),
            "hover": [self._hover(hour, canvas) for hour in self.hours],
        }

    def _place(self, hour: Hour, canvas: Canvas) -> tuple[float, float]:
        first, last = self.hours[0].at.timestamp(), self.hours[-1].at.timestamp() + _SECONDS
        step = canvas.width / (last - first)
        left = (hour.at.timestamp() - first) * step
        return left, left + step * _SECONDS

    def _middle(self, hour: Hour, canvas: Canvas) -> float:
        return round(sum(self._place(hour, canvas)) / 2, 1)

    def _bar(self, hour: Hour, canvas: Canvas) -> dict[str, Any]:
        left, right = self._place(hour, canvas)
        free = min((right - left) * 0.12, 3) if right - left >= _GAP else 0
        return {"px": round(left + free, 1), "px2": round(right - free, 1), "v": hour.cases, "zero": 0}

    def _band(self, hour: Hour, canvas: Canvas) -> dict[str, Any]:
        left, right = self._place(hour, canvas)
        return {"px": round(left, 1), "px2": round(right, 1), "v": hour.high, "zero": hour.low}

    def _level(self, hour: Hour, canvas: Canvas) -> dict[str, Any]:
        left, right = self._place(hour, canvas)
        return {"px": round(left, 1), "px2": round(right, 1), "v": hour.expected}

    def _apart(self, hours: Sequence[tuple[Hour, float]], kind: str, canvas: Canvas) -> list[tuple[Hour, float]]:
        """Return the hours of a kind that get a sign: where bars are narrow, one of each run, so that none hides another."""
        left, right = self._place(self.hours[0], canvas)
        kept: list[tuple[Hour, float]] = []
        last = 0.0
        for hour, height in hours:
            if hour.mark != kind:
                continue
            is_next = hour.at.timestamp() - last <= _SECONDS
            last = hour.at.timestamp()
            if not is_next or right - left >= _SIGN:
                kept.append((hour, height))
            elif height < kept[-1][1]:
                kept[-1] = (hour, height)
        return kept

    def _highest(self, tops: Sequence[tuple[Hour, float]], canvas: Canvas) -> Rows:
        """Return the count above the highest spike: one word, so that none lies upon another."""
        spikes = [(hour, top) for hour, top in tops if hour.mark == "spike"]
        if not spikes:
            return []
        hour, top = min(spikes, key=lambda pair: pair[1])
        words = shown(hour.cases or 0, self.about.unit)
        half = width(words, size=canvas.size) / 2
        middle = min(max(self._middle(hour, canvas), half), canvas.width - half)
        return [{"px": round(middle, 1), "py": round(top - 15, 1), "t": words}]

    def _now(self, canvas: Canvas) -> Rows:
        come = next((hour for hour in self.hours if hour.is_future), None)
        if come is None:
            return []
        return [{"px": round(self._place(come, canvas)[0], 1), "py": -9, "py2": canvas.height, "t": "now"}]

    def _ticks(self, canvas: Canvas) -> Rows:
        hours = (self.hours[-1].at.timestamp() - self.hours[0].at.timestamp()) / _SECONDS + 1
        step = next((n for n in _STEPS if hours / n <= (5 if canvas.is_narrow else 9)), _STEPS[-1])
        seen: dict[tuple[Any, int], Hour] = {}
        for hour in self.hours:
            if hour.at.hour % min(step, _DAY) == 0:
                seen.setdefault((hour.at.date(), hour.at.hour), hour)
        kept = list(seen.values())[:: max(step // _DAY, 1)]
        words = _tick_words(kept, is_daily=step >= _DAY)
        ticks: Rows = [
            {"px": round(self._place(hour, canvas)[0], 1), "py": canvas.height + 7, "t": said}
            for hour, said in zip(kept, words, strict=True)
        ]
        room = canvas.width + canvas.right
        return [tick for tick in ticks if tick["px"] + max(width(w) for w in tick["t"].split("\n")) <= room]

    def _hover(self, hour: Hour, canvas: Canvas) -> dict[str, Any]:
        left, right = self._place(hour, canvas)
        both = hour.low is not None and hour.high is not None
        return {
            "px": round(left, 1),
            "px2": round(right, 1),
            "name": hour.spoken + (" (to come)" if hour.is_future else ""),
            "tv": "–" if hour.cases is None else shown(hour.cases, self.about.unit),
            "te": "–" if hour.expected is None else shown(hour.expected, ""),
            "ti": f"{shown(hour.low or 0, '')} to {shown(hour.high or 0, '')}" if both else "–",
            "tm": hour.mark or "–",
        }


def _tick_words(hours: Sequence[Hour], *, is_daily: bool) -> list[str]:
    """Return the words below the axis: the day stands where it begins, and below the first tick."""
    days = [f"{hour.at.day} {hour.at:%b}" for hour in hours]
    if is_daily:
        return days
    return [
        f"{hour.at:%H:%M}\n{day}" if day != before else f"{hour.at:%H:%M}"
        for hour, day, before in zip(hours, days, ["", *days], strict=False)
    ]


def _layers(canvas: Canvas, scale: Scale) -> list[Layer]:
    v = at("v", scale)
    across = {"x": pixels("px"), "x2": {"field": "px2"}, "y": v}
    box = {**across, "y2": {"field": "zero"}}
    spot = {"x": pixels("px"), "y": pixels("py")}
    words = {"fontSize": canvas.size - 1, "lineBreak": "\n"}
    full = {"x": pixels("px"), "x2": {"field": "px2"}, "y": {"value": 0}, "y2": {"value": canvas.height}}
    titles = {"name": "Hour", "tv": "Cases", "te": "Expected", "ti": "Range", "tm": "Mark"}
    tip = [{"field": field, "type": "nominal", "title": title} for field, title in titles.items()]
    highest = _words(
        "highest", {"align": "center", "baseline": "bottom", "fill": LIGHT.worse, "fontWeight": 600, **words}
    )
    return [
        mark("frame", "rule", {"y": v}, opacity=0),
        mark("band", "rect", box, fill=LIGHT.accent, fillOpacity=0.15),
        mark("come", "rect", box, fill=LIGHT.accent, fillOpacity=0.07),
        mark("bars", "rect", box, fill=LIGHT.accent, fillOpacity=0.8),
        mark("spikes", "rect", box, fill=LIGHT.worse),
        mark("expected", "rule", across, stroke=LIGHT.ink, strokeOpacity=0.55, strokeWidth=1.2),
        mark("up", "point", spot, shape="triangle-up", filled=True, fill=LIGHT.worse, size=44, opacity=1),
        mark("down", "point", spot, shape="triangle-down", filled=True, fill=LIGHT.card, stroke=LIGHT.unsure, strokeWidth=1.8, size=60, opacity=1),
        mark("now", "rule", {**spot, "y2": {"field": "py2"}}, stroke=LIGHT.soft, strokeDash=[2, 4]),
        _words("now", {"align": "center", "baseline": "bottom", "dy": -3, "fill": LIGHT.soft, **words}),
        halo(highest),
        highest,
        _words("ticks", {"align": "left", "baseline": "top", "fill": LIGHT.soft, **words}),
        mark("hover", "rect", {**full, "tooltip": tip}, fill=LIGHT.card, opacity=0),
    ]  # fmt: skip


def _words(data: str, settings: dict[str, Any]) -> Layer:
    layer = text(data, settings)
    layer["encoding"] |= {"x": pixels("px"), "y": pixels("py")}
    return layer
