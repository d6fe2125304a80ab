"""The sheet that charts are laid out on, wide and narrow, and the pieces that several of them share.

Positions of labels are worked out here, in Python, and not left to the renderer: so a chart has one width whatever its
names are, and the still picture, the live chart and JupyterLab show the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tskit.charts.theme import LIGHT, config
from tskit.charts.wording import axis_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "NARROW",
    "WIDE",
    "Canvas",
    "Layer",
    "Rows",
    "Scale",
    "at",
    "colours",
    "halo",
    "mark",
    "notice",
    "pixels",
    "scale_over",
    "sheet",
    "spread",
    "text",
]

Layer = dict[str, Any]
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Canvas:
    """A sheet: the width of the whole, the height of the plot, the space around it, and the size of letters."""

    total: int
    height: int
    left: int = 52
    right: int = 16
    top: int = 14
    bottom: int = 30
    size: float = 12

    @property
    def width(self) -> int:
        """Return the width of the plot itself."""
        return self.total - self.left - self.right

    @property
    def is_narrow(self) -> bool:
        """Say whether this is the layout for a telephone."""
        return self.total < 500

    def but(self, **space: int) -> Canvas:
        """Return the sheet with other measures."""
        return replace(self, **space)


WIDE = Canvas(total=760, height=250)
NARROW = Canvas(total=340, height=220, left=44, size=13)


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis of numbers: where it begins and ends, and its ticks."""

    low: float
    high: float
    ticks: tuple[float, ...]
    unit: str = ""
    is_change: bool = False

    def at(self, value: float) -> float:
        """Return where a value lies between both ends, from 0 to 1."""
        return (value - self.low) / (self.high - self.low)


def scale_over(
    values: Sequence[float], *, unit: str, most_ticks: int = 5, zero: bool = True, is_change: bool = False
) -> Scale:
    """Return a scale with round ticks that holds all `values`; counts get whole ticks, shares stay within 0 and 1."""
    low, high = min(values), max(values)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        low, high = (low, low + 1.0) if zero else (low - abs(low) * 0.1 - 0.01, high + abs(high) * 0.1 + 0.01)
    step = _round_step((high - low) / most_ticks, whole=unit == "cases")
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    if unit == "share" and not is_change and min(values) >= 0 and max(values) <= 1:
        first, last = max(first, 0), min(last, math.floor(1 / step + 1e-9))
        ticks = tuple(round(i * step, 12) for i in range(first, last + 1))
        return Scale(first * step, max(last * step, high), ticks, unit)
    ticks = tuple(round(i * step, 12) for i in range(first, last + 1))
    return Scale(first * step, last * step, ticks, unit, is_change)


def _round_step(least: float, *, whole: bool) -> float:
    if whole and least <= 5:
        return next(float(step) for step in (1, 2, 5) if step >= least)
    power = 10.0 ** math.floor(math.log10(least))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= least * (1 - 1e-9))


def sheet(canvas: Canvas, layers: Sequence[Layer], data: Mapping[str, Rows], *, alt: str) -> dict[str, Any]:
    """Return the spec of one plot; a layer whose data set is empty is left out."""
    drawn = [layer for layer in layers if data[layer["data"]["name"]]]
    return {
        "description": alt,
        "width": canvas.width,
        "height": canvas.height,
        "padding": {"left": canvas.left, "right": canvas.right, "top": canvas.top, "bottom": canvas.bottom},
        "autosize": "none",
        "config": config(LIGHT),
        "datasets": {name: rows for name, rows in data.items() if rows},
        "layer": drawn,
    }


def notice(canvas: Canvas, sentence: str) -> dict[str, Any]:
    """Return the spec of a sheet that says why nothing is drawn."""
    small = canvas.but(height=60, left=16)
    layer = text("notice", {"align": "left", "baseline": "middle", "fontSize": canvas.size, "fill": LIGHT.soft})
    layer["encoding"] = {"x": {"value": 0}, "y": {"value": 30}, "text": {"field": "t", "type": "nominal"}}
    return sheet(small, [layer], {"notice": [{"t": sentence}]}, alt=sentence)


def mark(data: str, kind: str, encoding: Mapping[str, Any], **settings: Any) -> Layer:  # noqa: ANN401  # Vega-Lite's own
    """Return a layer that draws the data set `data`."""
    return {"data": {"name": data}, "mark": {"type": kind, **settings}, "encoding": dict(encoding)}


def halo(layer: Layer) -> Layer:
    """Return the layer of words once more as an outline of the paper, to lie beneath it where lines pass."""
    outline = {**layer["mark"], "stroke": LIGHT.card, "strokeWidth": 4, "strokeJoin": "round"}
    return {**layer, "mark": outline}


def text(data: str, settings: Mapping[str, Any]) -> Layer:
    """Return a layer of words: each row's `t`; its place is still to be encoded."""
    return {
        "data": {"name": data},
        "mark": {"type": "text", **settings},
        "encoding": {"text": {"field": "t", "type": "nominal"}},
    }


def at(field: str, scale: Scale) -> dict[str, Any]:
    """Return the encoding of a number along `scale`, upwards or to the right.

    Every layer states the same axis, since Vega-Lite merges the axes of layers and one without would take it away.
    """
    limits = {"domain": [scale.low, scale.high], "nice": False, "zero": False}
    return {"field": field, "type": "quantitative", "scale": limits, "axis": _axis(scale), "stack": None}


def pixels(field: str) -> dict[str, Any]:
    """Return the encoding of a place in pixels of the plot."""
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def colours(field: str, kinds: Mapping[str, str]) -> dict[str, Any]:
    """Return the encoding of a kind by its colour. Colours stand in the spec, never in the data: themes replace them."""
    scale = {"domain": list(kinds), "range": list(kinds.values())}
    return {"field": field, "type": "nominal", "scale": scale, "legend": None}


def _axis(scale: Scale) -> dict[str, Any]:
    reach = max(abs(scale.low), abs(scale.high))
    return {
        "values": list(scale.ticks),
        "labelExpr": axis_label(scale.unit, top=reach, is_change=scale.is_change),
        "ticks": False,
        "grid": True,
        "title": None,
        "labelOverlap": False,
        "labelFlush": False,
    }


def spread(places: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Return the places of labels moved apart to at least `gap`, in their order, within `low` and `high` if they fit."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    moved = [min(max(places[i], low), high) for i in order]
    for i in range(1, len(moved)):
        moved[i] = max(moved[i], moved[i - 1] + gap)
    if moved and moved[-1] > high:
        moved[-1] = high
        for i in range(len(moved) - 2, -1, -1):
            moved[i] = min(moved[i], moved[i + 1] - gap)
    result = [0.0] * len(places)
    for i, place in zip(order, moved, strict=True):
        result[i] = place
    return result
