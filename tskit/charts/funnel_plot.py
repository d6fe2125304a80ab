"""Rates with small denominators, held against what chance alone would give."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, colours, mark, pixels, scale_over, sheet, spread, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, columns_of, figure, nothing, number, segments
from tskit.charts.theme import LIGHT
from tskit.charts.wording import listed, lowered, shown, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["funnel"]

_LIMITS = ("low_95", "high_95", "low_998", "high_998")
_KINDS = {"within": LIGHT.muted, "unusual": LIGHT.unsure, "beyond": LIGHT.accent}


def funnel(
    frame: pd.DataFrame,
    *,
    about: About,
    by: str | Sequence[str],
    limits: pd.DataFrame,
    centre: float | None = None,
) -> Figure:
    """Draw each segment's rate against its number of cases, within the limits that chance alone would keep to.

    Args:
        frame: one row per segment with the `by` columns, `value` (the rate) and `n` (its denominator).
        about: the key, the title, and the metric's name and unit.
        by: the columns that name a segment.
        limits: `n`, `low_95`, `high_95`, `low_998` and `high_998`: the limits at rising numbers of cases. A segment is
            held against the limits at its own `n`, or at the next larger one that is given.
        centre: the rate of all segments together.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=[*columns_of(by), "value", "n"])
    limits = checked(limits, needs=["n", *_LIMITS]).sort_values("n").reset_index(drop=True)
    columns = [
        *(TableColumn(name, name.replace("_", " ").capitalize()) for name in columns_of(by)),
        TableColumn("value", about.label, about.unit),
        TableColumn("low", "Interval from", about.unit),
        TableColumn("high", "Interval to", about.unit),
        TableColumn("k", "Count", "cases"),
        TableColumn("n", "Out of", "cases"),
        TableColumn("note", "Note"),
    ]
    dots = _dots(frame, about, by, limits)
    if not dots or limits.empty:
        return nothing(frame, about, columns=columns)
    subtitle, caption, alt = _words(dots, about, centre)
    told = replace(about, subtitle=about.subtitle or subtitle, caption=about.caption or caption)

    def draw(canvas: Canvas) -> dict[str, Any]:
        return _Plot(dots, _curve(limits), about.unit, centre, canvas).spec(alt=alt)

    return figure(frame, told, draw=draw, alt=alt, columns=columns)


def _curve(limits: pd.DataFrame) -> Rows:
    rows: Rows = [{name: number(row[name]) for name in ("n", *_LIMITS)} for row in limits.to_dict("records")]
    return [row for row in rows if None not in row.values() and row["n"]]


def _dots(frame: pd.DataFrame, about: About, by: str | Sequence[str], limits: pd.DataFrame) -> Rows:
    curve = _curve(limits)
    rows: Rows = []
    for i, name in enumerate(segments(frame, by)):
        value, n = number(frame["value"].iloc[i]), number(frame["n"].iloc[i])
        if value is None or not n or not curve:
            continue
        kind = _kind(value, n, curve)
        rows.append({"t": name, "v": value, "n": n, "c": kind, "tv": shown(value, about.unit), "tn": f"{n:,.0f}"})
    return rows


def _kind(value: float, n: float, curve: Rows) -> str:
    limit = curve[min(bisect_left([row["n"] for row in curve], n), len(curve) - 1)]
    if not limit["low_998"] <= value <= limit["high_998"]:
        return "beyond"
    return "within" if limit["low_95"] <= value <= limit["high_95"] else "unusual"


def _words(dots: Rows, about: About, centre: float | None) -> tuple[str, str, str]:
    beyond = sorted((dot for dot in dots if dot["c"] == "beyond"), key=lambda dot: -dot["n"])
    count = f"{len(dots)} segment{'' if len(dots) == 1 else 's'}"
    overall = "" if centre is None else f"; overall {shown(centre, about.unit)}"
    if beyond:
        names = listed([f"{dot['t']} ({dot['tv']} of {dot['tn']})" for dot in beyond])
        caption = f"{len(beyond)} of {count} lie beyond the 99.8 % limits: {names}."
    else:
        caption = f"None of {count} lies beyond the 99.8 % limits{overall}: the differences are what chance would give."
    subtitle = f"Each dot a segment, by its number of cases; limits of 95 % (dashed) and 99.8 %{overall}"
    return subtitle, caption, f"Funnel plot of {lowered(about.label)} by segment{overall}. {caption}"


@dataclass(frozen=True, slots=True)
class _Plot:
    dots: Rows
    curve: Rows
    unit: str
    centre: float | None
    canvas: Canvas

    def spec(self, *, alt: str) -> dict[str, Any]:
        canvas = self.canvas.but(height=300 if not self.canvas.is_narrow else 260, right=66, bottom=48)
        most = max(dot["n"] for dot in self.dots)
        across = scale_over([0, most * 1.04], unit="cases", most_ticks=3 if canvas.is_narrow else 6)
        curve = [row for row in self.curve if row["n"] <= across.high]
        up = scale_over(self._reach(curve), unit=self.unit, zero=False)
        data: dict[str, Rows] = {
            "curve": curve,
            "limits": _apart(_limit_names(curve[-1], self.centre), up, canvas) if curve else [],
            "centre": [] if self.centre is None else [{"v": self.centre}],
            "dots": self.dots,
            **self._names(across, canvas),
            "axis": [{"t": "Number of cases"}],
        }
        return sheet(canvas, self._layers(across, up, canvas), data, alt=alt)

    def _reach(self, curve: Rows) -> list[float]:
        """Return what the axis has to hold: all dots, and the limits from the smallest segment on."""
        least = min(dot["n"] for dot in self.dots)
        near = next((row for row in curve if row["n"] >= least), None)
        values = [dot["v"] for dot in self.dots] + ([] if self.centre is None else [self.centre])
        return values + ([near["low_95"], near["high_95"]] if near else [])

    def _layers(self, across: Scale, up: Scale, canvas: Canvas) -> list[Layer]:
        x, place = {"x": at("n", across)}, {"x": at("n", across), "y": at("v", up)}
        tips = (("t", "Segment"), ("tv", "Rate"), ("tn", "Cases"))
        tip = [{"field": field, "type": "nominal", "title": title} for field, title in tips]
        limits = [
            mark(
                "curve",
                "line",
                {**x, "y": at(name, up)},
                stroke=LIGHT.soft,
                strokeWidth=1.1,
                strokeDash=dash,
                clip=True,
            )
            for name, dash in zip(_LIMITS, ([4, 3], [4, 3], [1, 0], [1, 0]), strict=True)
        ]
        axis = text("axis", {"align": "right", "baseline": "middle", "fontSize": canvas.size, "fill": LIGHT.soft})
        axis["encoding"] |= {"x": {"value": canvas.width}, "y": {"value": canvas.height + 36}}
        named = text("limits", {"align": "left", "baseline": "middle", "fontSize": canvas.size, "fill": LIGHT.soft})
        named["encoding"] |= {"x": {"value": canvas.width + 6}, "y": pixels("py")}
        return [
            *limits,
            named,
            mark("centre", "rule", {"y": at("v", up)}, stroke=LIGHT.soft, strokeWidth=1),
            mark(
                "dots", "point", {**place, "color": colours("c", _KINDS), "tooltip": tip},
                shape="circle", filled=True, size=64, opacity=0.95, stroke=LIGHT.card, strokeWidth=0.8,
            ),
            _label("right", "left", place, canvas),
            _label("left", "right", place, canvas),
            axis,
        ]  # fmt: skip

    def _names(self, across: Scale, canvas: Canvas) -> dict[str, Rows]:
        """Return the names of the dots beyond the limits, on the side where there is room."""
        sides: dict[str, Rows] = {"right": [], "left": []}
        for dot in self.dots:
            if dot["c"] == "beyond":
                end = across.at(dot["n"]) * canvas.width + width(dot["t"], size=canvas.size) + 10
                sides["right" if end < canvas.width else "left"].append(dot)
        return sides


def _limit_names(last: dict[str, Any], centre: float | None) -> Rows:
    names = [(last["high_998"], "99.8 %"), (last["high_95"], "95 %")]
    return [{"v": value, "t": name} for value, name in [*names, *([(centre, "overall")] if centre is not None else [])]]


def _apart(names: Rows, up: Scale, canvas: Canvas) -> Rows:
    places = [(1 - up.at(name["v"])) * canvas.height for name in names]
    moved = spread(places, gap=canvas.size + 3, low=0, high=canvas.height)
    return [{"t": name["t"], "py": place} for name, place in zip(names, moved, strict=True)]


def _label(data: str, align: str, place: dict[str, Any], canvas: Canvas) -> Layer:
    layer = text(
        data, {"align": align, "baseline": "middle", "fontSize": canvas.size, "fontWeight": 600, "fill": LIGHT.ink}
    )
    layer["mark"] |= {"dx": 8 if align == "left" else -8, "limit": 200}
    layer["encoding"] |= place
    return layer
