"""Where causes concentrate: the share of each cause in each segment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, colours, mark, pixels, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, is_true, nothing, number
from tskit.charts.theme import LIGHT
from tskit.charts.wording import broken, listed, lowered, named, shown, width

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cause_segments"]

_INK = {"dark": LIGHT.ink, "light": LIGHT.card}
_PALE = 0.55
"""From this part of the darkest shade on, figures stand in the colour of the paper."""
_HEAD, _GROUP = 78, 26
_COLUMNS = (
    TableColumn("group", "By"),
    TableColumn("segment", "Segment"),
    TableColumn("cause", "Id"),
    TableColumn("name", "Cause"),
    TableColumn("k", "Cases", "cases"),
    TableColumn("n", "Of", "cases"),
    TableColumn("value", "Share", "share"),
    TableColumn("low", "From", "share"),
    TableColumn("high", "To", "share"),
    TableColumn("rest_value", "Elsewhere", "share"),
    TableColumn("q", "Corrected p", "ratio"),
    TableColumn("stands_out", "Stands out"),
)


def cause_segments(frame: pd.DataFrame, *, about: About) -> Figure:
    """Draw the share of each cause in each segment as a grid of cells, those that stand out outlined.

    Args:
        frame: one row a cell with `group` (what the segments are of), `segment`, `cause` (id), `name`, `value`, `k` and
            `n`, in the order to be drawn; optional `stands_out`, `low`, `high`, `rest_value` and `q`.
        about: the key, the title, and what is counted.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=["group", "segment", "cause", "name", "value", "k", "n"])
    cells = _cells(frame)
    if not cells:
        return nothing(frame, about, columns=_COLUMNS)
    out = [f"{lowered(cell['name'])} at {cell['s']} ({cell['tk']})" for cell in cells if cell["out"]]
    said = (
        f"{len(out)} of {len(cells)} cells stand out: {listed(out)}"
        if out
        else f"None of {len(cells)} cells stands out"
    )
    told = replace(about, caption=about.caption or f"{said}. Each cell is held against all other segments together.")
    alt = f"Grid of {lowered(about.label)} by segment and cause. {said}."
    return figure(frame, told, draw=lambda canvas: _spec(cells, canvas, alt=alt), alt=alt, columns=_COLUMNS)


def _cells(frame: pd.DataFrame) -> Rows:
    out = is_true(frame, "stands_out", default=False)
    cells: Rows = []
    for i in range(len(frame)):
        value, k, n = (number(frame[column].iloc[i]) for column in ("value", "k", "n"))
        if value is None or k is None or n is None:
            continue
        words = {name: named(frame[name].iloc[i]) for name in ("group", "segment", "cause", "name")}
        cells.append(
            {
                "g": words["group"], "s": words["segment"], "id": words["cause"], "name": words["name"],
                "v": value, "n": n, "out": out[i], "tv": shown(value, "share"), "tp": f"{value * 100:.0f}",
                "tk": f"{k:,.0f} of {n:,.0f}",
            }
        )  # fmt: skip
    return cells


def _spec(cells: Rows, canvas: Canvas, *, alt: str) -> dict[str, Any]:
    causes = list(dict.fromkeys((cell["id"], cell["name"]) for cell in cells))
    if canvas.is_narrow:
        causes = causes[:5]
    step = 26
    names = (
        min(
            max(width(f"{cell['s']} ({cell['n']:,.0f})", size=canvas.size) for cell in cells),
            118 if canvas.is_narrow else 240,
        )
        + 16
    )
    places, heads, height = _lines(cells, step)
    # A grid of few causes would have cells as wide as a hand; the numbers in them need little room.
    canvas = canvas.but(left=names, right=8, top=26 if canvas.is_narrow else _HEAD, bottom=10, height=height)
    wide = min(canvas.width / len(causes), 100)
    column = {cause: i for i, (cause, _) in enumerate(causes)}
    most = max(cell["v"] for cell in cells) or 1.0
    boxes = [
        _box(cell, places[cell["g"], cell["s"]], column[cell["id"]] * wide, wide, most)
        for cell in cells
        if cell["id"] in column
    ]
    data: dict[str, Rows] = {
        "cells": boxes,
        "marked": [box for box in boxes if box["out"]],
        "rows": [{"py": y + step / 2, "t": f"{s} ({_size(cells, g, s):,.0f})"} for (g, s), y in places.items()],
        "groups": heads,
        "columns": _column_heads(causes, wide, canvas),
    }
    return sheet(canvas, _layers(most, canvas), data, alt=alt)


def _lines(cells: Rows, step: int) -> tuple[dict[tuple[str, str], float], Rows, int]:
    """Return where each segment's line begins, the headings of the groups, and the height of all."""
    places: dict[tuple[str, str], float] = {}
    heads: Rows = []
    y = 0.0
    for group in dict.fromkeys(cell["g"] for cell in cells):
        heads.append({"py": y + _GROUP - 9, "t": group})
        y += _GROUP
        for segment in dict.fromkeys(cell["s"] for cell in cells if cell["g"] == group):
            places[group, segment] = y
            y += step
        y += 6
    return places, heads, int(y)


def _size(cells: Rows, group: str, segment: str) -> float:
    return next(cell["n"] for cell in cells if (cell["g"], cell["s"]) == (group, segment))


def _box(cell: dict[str, Any], y: float, x: float, wide: float, most: float) -> dict[str, Any]:
    ends = {"x1": x + 1, "x2": x + wide - 1, "y1": y + 1, "y2": y + 25, "px": x + wide / 2, "py": y + 13}
    return {**cell, **ends, "t": cell["tp"], "ink": "light" if cell["v"] > _PALE * most else "dark"}


def _column_heads(causes: list[tuple[str, str]], wide: float, canvas: Canvas) -> Rows:
    """Return the words above the columns: the name in as many lines as it needs, or the id where there is no room."""
    rows: Rows = []
    for i, (cause, name) in enumerate(causes):
        lines = [cause] if canvas.is_narrow else broken(name, wide - 4, size=canvas.size - 0.5)
        rows += [
            {"px": (i + 0.5) * wide, "py": -10 - 15 * (len(lines) - 1 - n), "t": line} for n, line in enumerate(lines)
        ]
    return rows


def _layers(most: float, canvas: Canvas) -> list[Layer]:
    box = {"x": pixels("x1"), "x2": {"field": "x2"}, "y": pixels("y1"), "y2": {"field": "y2"}}
    shade = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [0, most], "range": list(LIGHT.sequential), "interpolate": "rgb"},
        "legend": None,
    }
    tips = (("s", "Segment"), ("name", "Cause"), ("tv", "Share"), ("tk", "Cases"))
    tip = [{"field": field, "type": "nominal", "title": title} for field, title in tips]
    figures = text("cells", {"align": "center", "baseline": "middle", "fontSize": canvas.size - 1})
    figures["encoding"] |= {"x": pixels("px"), "y": pixels("py"), "fill": colours("ink", _INK)}
    return [
        mark("cells", "rect", {**box, "color": shade, "tooltip": tip}, cornerRadius=2),
        mark("marked", "rect", box, filled=False, stroke=LIGHT.worse, strokeWidth=2.4, cornerRadius=3),
        figures,
        _words("rows", {"x": {"value": -8}, "y": pixels("py")}, {"align": "right", "limit": canvas.left - 10}, canvas),
        _words("groups", {"x": {"value": -8}, "y": pixels("py")}, {"align": "right", "fontWeight": 600}, canvas),
        _words("columns", {"x": pixels("px"), "y": pixels("py")}, {"align": "center", "fontSize": canvas.size - 0.5}, canvas),
    ]  # fmt: skip


def _words(data: str, place: dict[str, Any], settings: dict[str, Any], canvas: Canvas) -> Layer:
    layer = text(data, {"baseline": "middle", "fontSize": canvas.size, "fill": LIGHT.ink, **settings})
    layer["encoding"] |= place
    return layer
