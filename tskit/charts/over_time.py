"""A metric over time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, colours, mark, pixels, scale_over, sheet, spread, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, day_of, figure, is_true, nothing, number
from tskit.charts.segments import singles, unfinished, without_gaps
from tskit.charts.story import describe
from tskit.charts.theme import LIGHT
from tskit.charts.timeline import Timeline, marked_days, marker_layers, time_at, timeline
from tskit.charts.wording import Period, period_name, shown, width

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

__all__ = ["over_time"]

_NUMBERS = {
    "value": "v",
    "low": "lo",
    "high": "hi",
    "expected": "x",
    "expected_low": "xlo",
    "expected_high": "xhi",
    "previous": "p",
}
_MOST_DOTS = 32


def over_time(
    frame: pd.DataFrame,
    *,
    about: About,
    period: Period = "day",
    target: float | None = None,
    holidays: pd.DataFrame | None = None,
    events: Mapping[date, str] | None = None,
) -> Figure:
    """Draw a metric over time: a line with its interval, or against the range that was expected.

    Args:
        frame: one row per period with `period_start` and `value`; drawn where they are there: `low` and `high` (the
            interval), `expected`, `expected_low` and `expected_high` (the range; it takes the interval's place),
            `previous` (the period before, on this one's days), `is_complete` (False is drawn dashed and hollow).
        about: the key, the title, and the metric's name and unit.
        period: what a row stands for.
        target: a value to reach, drawn as a line.
        holidays: days to mark, as `tskit.calendars.holidays_between` gives them.
        events: other days to mark, by name.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=["period_start", "value"])
    columns = _columns(about, period)
    series = _series(frame, period)
    if not any(row["v"] is not None for row in series):
        return nothing(frame, about, columns=columns)
    whole = timeline([row["day"] for row in series], period=period, most_ticks=1)
    free, named = marked_days(holidays, events, line=whole)
    story = describe(series, about=about, period=period, target=target, free=free)
    told = replace(about, subtitle=about.subtitle or story.subtitle, caption=about.caption or story.caption)

    def draw(canvas: Canvas) -> dict[str, Any]:
        return _Plot(series, about, period, target, canvas).spec(free, named, alt=story.alt)

    return figure(frame, told, draw=draw, alt=story.alt, columns=columns)


def _columns(about: About, period: Period) -> list[TableColumn]:
    unit = about.unit
    return [
        TableColumn("period_start", period.capitalize(), "date"),
        TableColumn("value", about.label, unit),
        TableColumn("low", "Interval from", unit),
        TableColumn("high", "Interval to", unit),
        TableColumn("expected", "Expected", unit),
        TableColumn("expected_low", "Expected from", unit),
        TableColumn("expected_high", "Expected to", unit),
        TableColumn("previous", "Period before", unit),
        TableColumn("k", "Count", "cases"),
        TableColumn("n", "Out of", "cases"),
        TableColumn("is_complete", "Complete"),
        TableColumn("note", "Note"),
    ]


def _series(frame: pd.DataFrame, period: Period) -> Rows:
    complete = is_true(frame, "is_complete", default=True)
    rows: Rows = []
    for i, start in enumerate(frame["period_start"]):
        day = day_of(start)
        row: dict[str, Any] = {"d": day.isoformat(), "day": day, "ok": complete[i], "name": period_name(day, period)}
        rows.append(row | {n: number(frame[c].iloc[i]) if c in frame.columns else None for c, n in _NUMBERS.items()})
    rows.sort(key=lambda row: row["d"])
    return rows


@dataclass(frozen=True, slots=True)
class _Plot:
    series: Rows
    about: About
    period: Period
    target: float | None
    canvas: Canvas

    def spec(self, free: Mapping[date, str], named: Mapping[date, str], *, alt: str) -> dict[str, Any]:
        line = timeline(
            [row["day"] for row in self.series], period=self.period, most_ticks=4 if self.canvas.is_narrow else 8
        )
        scale = self._scale()
        ends = self._ends()
        gutter = max((width(end["t"], size=self.canvas.size) for end in ends), default=0) + 16
        bottom = 44 if line.years else 30
        canvas = self.canvas.but(right=max(self.canvas.right, gutter), top=32 if named else 18, bottom=bottom)
        marks, marked = marker_layers(free, named, line=line, period=self.period, canvas=canvas)
        layers = [*marks, *self._lines(line, scale), _end_labels(canvas)]
        return sheet(canvas, layers, {**marked, **self._data(), "ends": _apart(ends, scale, canvas)}, alt=alt)

    def _scale(self) -> Scale:
        shown_names = [n for n in _NUMBERS.values() if n not in ({"lo", "hi"} if self._expects else set[str]())]
        values = [row[n] for row in self.series for n in shown_names if row[n] is not None]
        values += [] if self.target is None else [self.target]
        # A share that keeps near 95 % says nothing on an axis from 0; the subtitle says where this one begins.
        return scale_over(
            values, unit=self.about.unit, zero=self.about.unit != "share" or min(values) < max(values) / 2
        )

    @property
    def _expects(self) -> bool:
        return any(row["xlo"] is not None for row in self.series)

    def _lines(self, line: Timeline, scale: Scale) -> list[Layer]:
        x = {"x": time_at("d", line, period=self.period)}
        low, high = ("xlo", "xhi") if self._expects else ("lo", "hi")
        pieces = {"detail": {"field": "seg", "type": "nominal"}}
        dots = {**x, "y": at("v", scale)}
        return [
            mark(
                "frame", "rule",
                {**x, "y": at("v", scale)},
                opacity=0,
            ),
            mark("band", "area", {**x, "y": at(low, scale), "y2": {"field": high}, **pieces}, fill=LIGHT.accent, fillOpacity=0.15),
            mark("expected", "line", {**x, "y": at("x", scale), **pieces}, stroke=LIGHT.accent, strokeOpacity=0.45, strokeWidth=1),
            mark("target", "rule", {"y": at("v", scale)}, stroke=LIGHT.soft, strokeDash=[6, 3], strokeWidth=1.2),
            mark("previous", "line", {**x, "y": at("p", scale), **pieces}, stroke=LIGHT.muted, strokeWidth=1.5),
            mark("line", "line", {**x, "y": at("v", scale), **pieces}, stroke=LIGHT.accent, strokeWidth=2.2, strokeJoin="round"),
            mark("open", "line", {**x, "y": at("v", scale)}, stroke=LIGHT.accent, strokeWidth=2, strokeDash=[4, 4]),
            mark("dots", "point", dots, shape="circle", filled=True, fill=LIGHT.accent, size=34, opacity=1),
            mark("beyond", "point", dots, shape="circle", filled=True, fill=LIGHT.accent, stroke=LIGHT.card, size=80, opacity=1),
            mark("open_dots", "point", dots, shape="circle", filled=True, fill=LIGHT.card, stroke=LIGHT.accent, strokeWidth=1.8, size=54, opacity=1),
            mark("hover", "point", {**dots, "tooltip": self._tooltip()}, size=220, filled=True, opacity=0),
        ]  # fmt: skip

    def _tooltip(self) -> list[dict[str, str]]:
        titles = {"name": self.period.capitalize(), "tv": "Value", "ti": "Range", "tp": "Period before"}
        return [{"field": field, "type": "nominal", "title": title} for field, title in titles.items()]

    def _data(self) -> dict[str, Rows]:
        series, low, high = self.series, *(("xlo", "xhi") if self._expects else ("lo", "hi"))
        line = without_gaps(series, ("v",), complete=True)
        alone = singles(line)
        beyond = [row for row in series if row["ok"] and _is_beyond(row)]
        return {
            "frame": [{"d": series[0]["d"], "v": 0}],
            "band": without_gaps(series, (low, high), complete=False),
            "expected": [] if self._expects else without_gaps(series, ("x",), complete=False),
            "target": [] if self.target is None else [{"v": self.target}],
            "previous": without_gaps(series, ("p",), complete=False),
            "line": line,
            "open": [
                {"d": row["d"], "v": row["v"]} for row in unfinished([row for row in series if row["v"] is not None])
            ],
            "dots": line if len(line) <= _MOST_DOTS else alone,
            "beyond": [{"d": row["d"], "v": row["v"]} for row in beyond],
            "open_dots": [{"d": row["d"], "v": row["v"]} for row in series if not row["ok"] and row["v"] is not None],
            "hover": [self._hover(row, low, high) for row in series if row["v"] is not None],
        }

    def _hover(self, row: Mapping[str, Any], low: str, high: str) -> dict[str, Any]:
        unit = self.about.unit
        both = row[low] is not None and row[high] is not None
        return {
            "d": row["d"],
            "v": row["v"],
            "name": row["name"] + ("" if row["ok"] else " (not complete)"),
            "tv": shown(row["v"], unit),
            "ti": f"{shown(row[low], unit)} to {shown(row[high], unit)}" if both else "–",
            "tp": "–" if row["p"] is None else shown(row["p"], unit),
        }

    def _ends(self) -> Rows:
        """Return the labels at the right end: what each line is, or its last value."""
        unit, ends = self.about.unit, []
        last = next((row for row in reversed(self.series) if row["v"] is not None), None)
        if last:
            so_far = "" if last["ok"] or self.canvas.is_narrow else " so far"
            ends.append({"v": last["v"], "t": shown(last["v"], unit) + so_far, "c": "value"})
        before = next((row["p"] for row in reversed(self.series) if row["p"] is not None), None)
        if before is not None:
            ends.append({"v": before, "t": "before", "c": "beside"})
        if self.target is not None:
            name = "target" if self.canvas.is_narrow else f"target {shown(self.target, unit, trim=True)}"
            ends.append({"v": self.target, "t": name, "c": "beside"})
        return ends


def _is_beyond(row: Mapping[str, Any]) -> bool:
    if row["v"] is None or row["xlo"] is None or row["xhi"] is None:
        return False
    return not row["xlo"] <= row["v"] <= row["xhi"]


def _apart(ends: Rows, scale: Scale, canvas: Canvas) -> Rows:
    places = [(1 - scale.at(end["v"])) * canvas.height for end in ends]
    moved = spread(places, gap=canvas.size + 4, low=0, high=canvas.height)
    return [{"t": end["t"], "c": end["c"], "py": place} for end, place in zip(ends, moved, strict=True)]


def _end_labels(canvas: Canvas) -> Layer:
    layer = text("ends", {"align": "left", "baseline": "middle", "fontSize": canvas.size, "fontWeight": 600})
    colour = colours("c", {"value": LIGHT.accent, "beside": LIGHT.soft})
    layer["encoding"] |= {"x": {"value": canvas.width + 10}, "y": pixels("py"), "color": colour}
    return layer
