"""What was seen around a change, and what would have been without it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, mark, pixels, scale_over, sheet, spread, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, day_of, figure, nothing, number
from tskit.charts.segments import without_gaps
from tskit.charts.theme import LIGHT
from tskit.charts.timeline import marker_layers, time_at, timeline
from tskit.charts.wording import Period, day, lowered, period_name, sentence, shown, span, width

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

__all__ = ["effect_over_time"]

_NUMBERS = {"value": "v", "expected": "x", "expected_low": "xlo", "expected_high": "xhi", "comparison": "c"}
_MOST_DOTS = 60


def effect_over_time(
    frame: pd.DataFrame, *, about: About, on: date, period: Period = "day", name: str = "the change"
) -> Figure:
    """Draw what was seen before and after a change, and from it on what the time before leads to expect.

    Args:
        frame: the table of `patterns.impact`: one row per period with `period_start`, `value` and `phase` ("before",
            "change" or "after"); drawn where they are there: `expected` with `expected_low` and `expected_high`, from the
            change on, and `comparison`, the units that were not changed.
        about: the key, the title, and the metric's name and unit; the caption is the pattern's statement.
        on: the day of the change.
        period: what a row stands for.
        name: what was changed, as it is written at its line.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=["period_start", "value", "phase"])
    columns = _columns(about, period)
    series = _series(frame, period)
    if not any(row["v"] is not None for row in series):
        return nothing(frame, about, columns=columns)
    subtitle, alt = _words(series, about, on, period, name)
    told = replace(about, subtitle=about.subtitle or subtitle)

    def draw(canvas: Canvas) -> dict[str, Any]:
        return _Plot(series, about.unit, period, canvas).spec(on, name, alt=alt)

    return figure(frame, told, draw=draw, alt=alt, columns=columns)


def _columns(about: About, period: Period) -> list[TableColumn]:
    return [
        TableColumn("period_start", period.capitalize(), "date"),
        TableColumn("phase", "Phase"),
        TableColumn("value", about.label, about.unit),
        TableColumn("expected", "Expected without the change", about.unit),
        TableColumn("expected_low", "Expected from", about.unit),
        TableColumn("expected_high", "Expected to", about.unit),
        TableColumn("comparison", "Comparison", about.unit),
    ]


def _series(frame: pd.DataFrame, period: Period) -> Rows:
    rows: Rows = []
    for i, start in enumerate(frame["period_start"]):
        first = day_of(start)
        row: dict[str, Any] = {"d": first.isoformat(), "day": first, "ok": True, "name": period_name(first, period)}
        row |= {n: number(frame[c].iloc[i]) if c in frame.columns else None for c, n in _NUMBERS.items()}
        if frame["phase"].iloc[i] == "before":  # what was to be expected there is how the model was fitted, and no news
            row |= {"x": None, "xlo": None, "xhi": None}
        rows.append(row)
    return sorted(rows, key=lambda row: row["d"])


def _words(series: Rows, about: About, on: date, period: Period, name: str) -> tuple[str, str]:
    whole = span(series[0]["day"], series[-1]["day"], period)
    told = [row for row in series if row["v"] is not None and row["xlo"] is not None and row["xhi"] is not None]
    parts = [f"Per {period}, {whole}", f"{name} on {day(on, year=True)}"]
    if not told:
        return "; ".join(
            parts
        ), f"Line chart of {lowered(about.label)} per {period}, {whole}. {sentence(parts[1])} {about.caption}".strip()
    below = sum(row["v"] < row["xlo"] for row in told)
    above = sum(row["v"] > row["xhi"] for row in told)
    parts.append("in the band, 95 % of what was to be expected without it")
    count = f"Of {len(told)} {period}s from then on, {below} lie below the expected range and {above} above it."
    alt = f"Line chart of {lowered(about.label)} per {period}, {whole}. {sentence(parts[1])} {count} {about.caption}"
    return "; ".join(parts), alt.strip()


@dataclass(frozen=True, slots=True)
class _Plot:
    series: Rows
    unit: str
    period: Period
    canvas: Canvas

    def spec(self, on: date, name: str, *, alt: str) -> dict[str, Any]:
        days = [row["day"] for row in self.series]
        line = timeline([*days, on], period=self.period, most_ticks=4 if self.canvas.is_narrow else 8)
        values = [row[n] for row in self.series for n in _NUMBERS.values() if row[n] is not None]
        scale = scale_over(values, unit=self.unit, zero=self.unit != "share" or min(values) < max(values) / 2)
        ends = self._ends()
        gutter = max(width(end["t"], size=self.canvas.size) for end in ends) + 16
        canvas = self.canvas.but(right=max(self.canvas.right, gutter), top=32, bottom=44 if line.years else 30)
        marks, marked = marker_layers({}, {on: name}, line=line, period=self.period, canvas=canvas)
        layers = [*marks, *self._lines(time_at("d", line, period=self.period), scale), *_end_labels(canvas)]
        return sheet(canvas, layers, {**marked, **self._data(), **_apart(ends, scale, canvas)}, alt=alt)

    def _lines(self, time: dict[str, Any], scale: Scale) -> list[Layer]:
        x, pieces = {"x": time}, {"detail": {"field": "seg", "type": "nominal"}}
        seen = {**x, "y": at("v", scale)}
        titles = {"name": self.period.capitalize(), "tv": "Seen", "tx": "Expected", "ti": "Range"}
        tip = [{"field": field, "type": "nominal", "title": title} for field, title in titles.items()]
        return [
            mark("band", "area", {**x, "y": at("xlo", scale), "y2": {"field": "xhi"}, **pieces}, fill=LIGHT.unsure, fillOpacity=0.14),
            mark("comparison", "line", {**x, "y": at("c", scale), **pieces}, stroke=LIGHT.muted, strokeWidth=1.5),
            mark("expected", "line", {**x, "y": at("x", scale), **pieces}, stroke=LIGHT.unsure, strokeWidth=1.6, strokeDash=[5, 3]),
            mark("line", "line", {**seen, **pieces}, stroke=LIGHT.accent, strokeWidth=2.2, strokeJoin="round"),
            mark("dots", "point", seen, shape="circle", filled=True, fill=LIGHT.accent, size=30, opacity=1),
            mark("hover", "point", {**seen, "tooltip": tip}, size=220, filled=True, opacity=0),
        ]  # fmt: skip

    def _data(self) -> dict[str, Rows]:
        line = without_gaps(self.series, ("v",), complete=True)
        return {
            "band": without_gaps(self.series, ("xlo", "xhi"), complete=True),
            "expected": without_gaps(self.series, ("x",), complete=True),
            "comparison": without_gaps(self.series, ("c",), complete=True),
            "line": line,
            "dots": line if len(line) <= _MOST_DOTS else [],
            "hover": [self._hover(row) for row in self.series if row["v"] is not None],
        }

    def _hover(self, row: dict[str, Any]) -> dict[str, Any]:
        low, high = row["xlo"], row["xhi"]
        within = "–" if low is None or high is None else f"{shown(low, self.unit)} to {shown(high, self.unit)}"
        return {
            "d": row["d"], "v": row["v"], "name": row["name"], "tv": shown(row["v"], self.unit),
            "tx": "–" if row["x"] is None else shown(row["x"], self.unit),
            "ti": within,
        }  # fmt: skip

    def _ends(self) -> Rows:
        named = {"v": "seen", "x": "expected", "c": "comparison"}
        last = {n: next((row[n] for row in reversed(self.series) if row[n] is not None), None) for n in named}
        return [{"v": value, "t": named[n], "c": n} for n, value in last.items() if value is not None]


_COLOURS = {"v": LIGHT.accent, "x": LIGHT.unsure, "c": LIGHT.soft}


def _apart(ends: Rows, scale: Scale, canvas: Canvas) -> dict[str, Rows]:
    places = [(1 - scale.at(end["v"])) * canvas.height for end in ends]
    moved = spread(places, gap=canvas.size + 3, low=0, high=canvas.height)
    return {
        f"end_{n}": [{"t": e["t"], "py": y} for e, y in zip(ends, moved, strict=True) if e["c"] == n] for n in _COLOURS
    }


def _end_labels(canvas: Canvas) -> list[Layer]:
    layers: list[Layer] = []
    for n, colour in _COLOURS.items():
        settings = {"align": "left", "baseline": "middle", "fontSize": canvas.size, "fontWeight": 600, "fill": colour}
        layer = text(f"end_{n}", settings)
        layer["encoding"] |= {"x": {"value": canvas.width + 8}, "y": pixels("py")}
        layers.append(layer)
    return layers
