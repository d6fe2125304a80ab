"""When cases arrive: weekday by hour."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, mark, pixels, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, nothing, number
from tskit.charts.theme import LIGHT
from tskit.charts.wording import lowered, sentence, shown, width

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["weekday_hour"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_HOURS = 24


def weekday_hour(frame: pd.DataFrame, *, about: About) -> Figure:
    """Draw a value by weekday and hour as a heat map, Monday first; hours are local hours of the casebook's zone.

    Args:
        frame: one row per cell with `weekday` (1 is Monday), `hour` (0 to 23) and `value`; a cell without a row stays empty.
        about: the key, the title, and the metric's name and unit.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=["weekday", "hour", "value"])
    columns = [
        TableColumn("weekday", "Weekday (1 is Monday)"),
        TableColumn("hour", "Hour"),
        TableColumn("value", about.label, about.unit),
    ]
    cells = _cells(frame, about.unit)
    if not cells:
        return nothing(frame, about, columns=columns)
    most, least = max(cells, key=lambda c: c["v"]), min(cells, key=lambda c: c["v"])
    shape = f"most on {most['name']} ({most['tv']}), least on {least['name']} ({least['tv']})"
    told = replace(
        about,
        subtitle=about.subtitle or "By weekday and hour, local time; the busiest hour is outlined",
        caption=about.caption or f"{about.label}: {shape}.",
    )
    alt = f"Heat map of {lowered(about.label)} by weekday and hour. {sentence(shape)}"
    return figure(
        frame, told, draw=lambda canvas: _spec(cells, most, about.unit, canvas, alt=alt), alt=alt, columns=columns
    )


def _cells(frame: pd.DataFrame, unit: str) -> Rows:
    cells: Rows = []
    for weekday, hour, value in zip(frame["weekday"], frame["hour"], frame["value"], strict=True):
        plain = number(value)
        if plain is not None:
            name = f"{_DAYS[int(weekday) - 1]} {int(hour):02d}:00"
            cells.append({"w": int(weekday) - 1, "h": int(hour), "v": plain, "name": name, "tv": shown(plain, unit)})
    return cells


def _spec(cells: Rows, most: dict[str, Any], unit: str, canvas: Canvas, *, alt: str) -> dict[str, Any]:
    row = 26 if canvas.is_narrow else 28
    canvas = canvas.but(left=40, right=10, top=36, bottom=28, height=row * len(_DAYS))
    wide = canvas.width / _HOURS
    boxes = [_box(cell, wide, row) for cell in cells]
    legend = _legend(canvas, top=most["v"], unit=unit)
    data: dict[str, Rows] = {
        "cells": boxes,
        "peak": [_box(most, wide, row)],
        "days": [{"py": (i + 0.5) * row, "t": day} for i, day in enumerate(_DAYS)],
        "hours": [{"px": (h + 0.5) * wide, "t": f"{h:02d}"} for h in range(0, _HOURS, 6 if canvas.is_narrow else 3)],
        **legend,
    }
    return sheet(canvas, _layers(most["v"], canvas), data, alt=alt)


def _box(cell: dict[str, Any], wide: float, row: float) -> dict[str, Any]:
    left, top = cell["h"] * wide, cell["w"] * row
    return {**cell, "x1": left + 0.75, "x2": left + wide - 0.75, "y1": top + 0.75, "y2": top + row - 0.75}


def _legend(canvas: Canvas, *, top: float, unit: str) -> dict[str, Rows]:
    """Return a small scale above the map: from nothing to the most."""
    count, wide = 6, 22
    start = canvas.width - count * wide - width(shown(top, unit), size=canvas.size) - 8
    steps = [
        {"x1": start + i * wide, "x2": start + (i + 1) * wide, "y1": -24, "y2": -14, "v": top * i / (count - 1)}
        for i in range(count)
    ]
    ends = [{"px": start - 6, "py": -19, "t": shown(0, unit, trim=True)}]
    return {
        "legend": steps,
        "least": ends,
        "most": [{"px": start + count * wide + 6, "py": -19, "t": shown(top, unit)}],
    }


def _layers(top: float, canvas: Canvas) -> list[Layer]:
    box = {"x": pixels("x1"), "x2": {"field": "x2"}, "y": pixels("y1"), "y2": {"field": "y2"}}
    shade = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [0, top or 1], "range": list(LIGHT.sequential), "interpolate": "rgb"},
        "legend": None,
    }
    tip = [{"field": "name", "type": "nominal", "title": "Hour"}, {"field": "tv", "type": "nominal", "title": "Value"}]
    return [
        mark("cells", "rect", {**box, "color": shade, "tooltip": tip}, cornerRadius=1.5),
        mark("legend", "rect", {**box, "color": shade}),
        mark("peak", "rect", box, filled=False, stroke=LIGHT.ink, strokeWidth=1.6, cornerRadius=2),
        _label("days", {"x": {"value": -8}, "y": pixels("py")}, canvas, align="right"),
        _label("hours", {"x": pixels("px"), "y": {"value": canvas.height + 14}}, canvas, align="center"),
        _label("least", {"x": pixels("px"), "y": pixels("py")}, canvas, align="right"),
        _label("most", {"x": pixels("px"), "y": pixels("py")}, canvas, align="left"),
    ]


def _label(data: str, place: dict[str, Any], canvas: Canvas, *, align: str) -> Layer:
    layer = text(data, {"align": align, "baseline": "middle", "fontSize": canvas.size, "fill": LIGHT.soft})
    layer["encoding"] |= place
    return layer
