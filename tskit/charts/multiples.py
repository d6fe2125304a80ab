"""The same chart for each segment, side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, colours, halo, mark, pixels, scale_over, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, columns_of, day_of, figure, is_true, nothing, number, segments
from tskit.charts.segments import pieces, singles, unfinished, without_gaps
from tskit.charts.theme import LIGHT
from tskit.charts.timeline import Timeline, timeline
from tskit.charts.wording import Period, listed, lowered, month_or_day, period_name, shown, span, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["small_multiples"]

_MOST = 24
_GAP = 30
_HEAD = 30
_FOOT = 26
_AXIS = 36  # beside each plot, so that no line runs through the names of its scale


def small_multiples(
    frame: pd.DataFrame,
    *,
    about: About,
    by: str | Sequence[str],
    period: Period = "day",
    scale: Literal["shared", "free"] = "shared",
    target: float | None = None,
) -> Figure:
    """Draw a metric over time once per segment, in the order in which the frame names them.

    Args:
        frame: one row per segment and period with the `by` columns, `period_start` and `value`; optional `expected_low`,
            `expected_high` and `is_complete`. The first 24 segments are drawn; the table holds all.
        about: the key, the title, and the metric's name and unit.
        by: the columns that name a segment.
        period: what a row stands for.
        scale: "shared" compares levels between segments, "free" their shapes; the subtitle says which.
        target: a value to reach, drawn as a line.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=[*columns_of(by), "period_start", "value"])
    columns = [
        *(TableColumn(name, name.replace("_", " ").capitalize()) for name in columns_of(by)),
        TableColumn("period_start", period.capitalize(), "date"),
        TableColumn("value", about.label, about.unit),
        TableColumn("expected_low", "Expected from", about.unit),
        TableColumn("expected_high", "Expected to", about.unit),
        TableColumn("n", "Out of", "cases"),
        TableColumn("is_complete", "Complete"),
        TableColumn("note", "Note"),
    ]
    panels = _panels(frame, by, about.unit, period)
    if not panels:
        return nothing(frame, about, columns=columns)
    subtitle, caption, alt = _words(panels, about, period, scale)
    told = replace(about, subtitle=about.subtitle or subtitle, caption=about.caption or caption)
    plot = _Plot(dict(list(panels.items())[:_MOST]), about.unit, period, is_shared=scale == "shared", target=target)
    return figure(frame, told, draw=lambda canvas: plot.spec(canvas, alt=alt), alt=alt, columns=columns)


def _panels(frame: pd.DataFrame, by: str | Sequence[str], unit: str, period: Period) -> dict[str, Rows]:
    complete = is_true(frame, "is_complete", default=True)
    band = {"expected_low": "xlo", "expected_high": "xhi"}
    panels: dict[str, Rows] = {}
    for i, name in enumerate(segments(frame, by)):
        day, value = day_of(frame["period_start"].iloc[i]), number(frame["value"].iloc[i])
        row = {"d": day.isoformat(), "day": day, "v": value, "ok": complete[i], "name": period_name(day, period)}
        row |= {n: number(frame[c].iloc[i]) if c in frame.columns else None for c, n in band.items()}
        panels.setdefault(name, []).append(row | {"tv": "–" if value is None else shown(value, unit)})
    return {
        name: sorted(rows, key=lambda r: r["d"])
        for name, rows in panels.items()
        if any(r["v"] is not None for r in rows)
    }


def _words(panels: dict[str, Rows], about: About, period: Period, scale: str) -> tuple[str, str, str]:
    days = [row["day"] for rows in panels.values() for row in rows]
    whole = f"per {period}, {span(min(days), max(days), period)}"
    each = "same scale in all" if scale == "shared" else "each on its own scale"
    some = "" if len(panels) <= _MOST else f"; the first {_MOST} of {len(panels)} segments"
    last = {
        name: [r for r in rows if r["v"] is not None and r["ok"]] or [r for r in rows if r["v"] is not None]
        for name, rows in panels.items()
    }
    told = sorted(((name, rows[-1]) for name, rows in last.items()), key=lambda pair: -pair[1]["v"])
    ends = [f"{name} {row['tv']}" for name, row in told]
    caption = f"{about.label} at the end: {'highest ' if len(ends) > 1 else ''}{listed(ends)}."
    alt = f"{len(panels)} small line charts of {lowered(about.label)} {whole}, {each}. {caption}"
    return f"{whole[:1].upper()}{whole[1:]}; {each}{some}", caption, alt


@dataclass(frozen=True, slots=True)
class _Plot:
    """All panels on one sheet, placed in pixels: so that names of any length and any number of panels line up."""

    panels: dict[str, Rows]
    unit: str
    period: Period
    is_shared: bool
    target: float | None

    def spec(self, canvas: Canvas, *, alt: str) -> dict[str, Any]:
        count = len(self.panels)
        across = min(count, self._across(canvas))
        canvas = canvas.but(left=4, right=8, top=4, bottom=4)
        wide = (canvas.width - (across - 1) * _GAP) / across
        high = 70 if canvas.is_narrow else 86
        everything = [row for panel in self.panels.values() for row in panel]
        line = timeline([row["day"] for row in everything], period=self.period, most_ticks=2)
        data: dict[str, Rows] = {}
        for i, (name, panel) in enumerate(self.panels.items()):
            left, top = i % across * (wide + _GAP) + _AXIS, i // across * (high + _HEAD + _FOOT) + _HEAD
            box = _Box(left, top, wide - _AXIS, high, line)
            scale = self._scale(everything if self.is_shared else panel)
            for key, rows in self._panel(name, panel, box, scale).items():
                data.setdefault(key, []).extend(_numbered(row, i) for row in rows)
        lines = -(-count // across)
        canvas = canvas.but(height=lines * (high + _HEAD + _FOOT))
        return sheet(canvas, _layers(canvas, wide), data, alt=alt)

    def _across(self, canvas: Canvas) -> int:
        longest = max(width(name) for name in self.panels)
        if canvas.is_narrow:
            return 1 if longest > 90 else 2
        fits = len(self.panels) in {4, 7, 8} and longest < 100
        return 4 if fits or len(self.panels) > 15 else 3

    def _scale(self, rows: Rows) -> Scale:
        values = [row[n] for row in rows for n in ("v", "xlo", "xhi") if row[n] is not None]
        values += [] if self.target is None else [self.target]
        return scale_over(
            values, unit=self.unit, most_ticks=4, zero=self.unit != "share" or min(values) < max(values) / 2
        )

    def _panel(self, name: str, panel: Rows, box: _Box, scale: Scale) -> dict[str, Rows]:
        rows = pieces([{**row, **box.place(row, scale)} for row in panel])
        known = [row for row in rows if row["v"] is not None]
        complete, last = [row for row in known if row["ok"]], known[-1]
        return {
            "grid": [box.rule(tick, scale) for tick in (scale.low, scale.high)],
            "target": [] if self.target is None else [box.rule(self.target, scale)],
            "band": without_gaps(rows, ("px", "b0", "b1"), complete=False),
            "line": complete,
            "alone": singles(complete),
            "open": [{**row, "seg": 0} for row in unfinished(known)],
            "last": [{**last, "c": "done" if last["ok"] else "open"}],
            "names": [{"px": box.left - _AXIS, "py": box.top - 18, "t": name}],
            "values": [{"px": box.left + box.wide, "py": box.top - 18, "t": (complete or known)[-1]["tv"]}],
            "ticks": [*box.ends(self.period), *box.levels(scale)],
            "hover": [{**row, "t": name} for row in known],
        }


@dataclass(frozen=True, slots=True)
class _Box:
    left: float
    top: float
    wide: float
    high: float
    line: Timeline

    def y(self, value: float, scale: Scale) -> float:
        return self.top + (1 - scale.at(value)) * self.high

    def place(self, row: dict[str, Any], scale: Scale) -> dict[str, Any]:
        px = self.left + self.line.at(row["day"]) * self.wide
        fields = {"py": "v", "b0": "xlo", "b1": "xhi"}
        return {"px": px, **{to: None if row[f] is None else self.y(row[f], scale) for to, f in fields.items()}}

    def rule(self, value: float, scale: Scale) -> dict[str, Any]:
        return {"px": self.left, "x2": self.left + self.wide, "py": self.y(value, scale)}

    def ends(self, period: Period) -> Rows:
        """Return the names of the first and the last day, at both ends of the axis."""
        first, last = self.line.days
        names = {"left": self.left, "right": self.left + self.wide}
        texts = [month_or_day(first, period), month_or_day(last, period)]
        return [
            {"px": px, "py": self.top + self.high + 12, "t": name, "a": side}
            for (side, px), name in zip(names.items(), texts, strict=True)
        ]

    def levels(self, scale: Scale) -> Rows:
        """Return the names of the lowest and the highest level, left of the plot."""
        return [
            {"px": self.left - 6, "py": self.y(level, scale), "t": shown(level, scale.unit, trim=True), "a": "right"}
            for level in (scale.low, scale.high)
        ]


def _numbered(row: dict[str, Any], panel: int) -> dict[str, Any]:
    plain = {key: value for key, value in row.items() if key != "day"}
    return {**plain, "seg": f"{panel} {row.get('seg', 0)}"}


def _layers(canvas: Canvas, wide: float) -> list[Layer]:
    x, y = {"x": pixels("px")}, {"y": pixels("py")}
    detail = {"detail": {"field": "seg", "type": "nominal"}}
    tips = (("t", "Segment"), ("name", "Period"), ("tv", "Value"))
    tip = {"tooltip": [{"field": field, "type": "nominal", "title": title} for field, title in tips]}
    return [
        mark("grid", "rule", {**x, **y, "x2": {"field": "x2"}}, stroke=LIGHT.line),
        mark("band", "area", {**x, **detail, "y": pixels("b0"), "y2": {"field": "b1"}}, fill=LIGHT.accent, fillOpacity=0.15),
        mark("target", "rule", {**x, **y, "x2": {"field": "x2"}}, stroke=LIGHT.soft, strokeDash=[6, 3]),
        mark("line", "line", {**x, **y, **detail}, stroke=LIGHT.accent, strokeWidth=1.8, strokeJoin="round"),
        mark("open", "line", {**x, **y, **detail}, stroke=LIGHT.accent, strokeWidth=1.6, strokeDash=[3, 3]),
        mark("alone", "point", {**x, **y}, shape="circle", filled=True, fill=LIGHT.accent, size=16, opacity=1),
        mark(
            "last", "point", {**x, **y, "fill": colours("c", {"done": LIGHT.accent, "open": LIGHT.card})},
            shape="circle", stroke=LIGHT.accent, strokeWidth=1.5, size=34, opacity=1,
        ),
        mark("hover", "point", {**x, **y, **tip}, filled=True, size=120, opacity=0),
        _words_at("names", canvas, align="left", fill=LIGHT.ink, limit=wide - 62),
        _words_at("values", canvas, align="right", fill=LIGHT.accent, limit=60),
        *(layer for side in ("left", "right") for layer in (halo(_ticks(side, canvas)), _ticks(side, canvas))),
    ]  # fmt: skip


def _words_at(data: str, canvas: Canvas, *, align: str, fill: str, limit: float) -> Layer:
    settings = {"align": align, "baseline": "middle", "fontSize": canvas.size, "fontWeight": 600, "fill": fill}
    layer = text(data, {**settings, "limit": limit})
    layer["encoding"] |= {"x": pixels("px"), "y": pixels("py")}
    return layer


def _ticks(side: str, canvas: Canvas) -> Layer:
    layer = text("ticks", {"align": side, "baseline": "middle", "fontSize": canvas.size - 1, "fill": LIGHT.soft})
    layer["transform"] = [{"filter": f"datum.a === '{side}'"}]
    layer["encoding"] |= {"x": pixels("px"), "y": pixels("py")}
    return layer
