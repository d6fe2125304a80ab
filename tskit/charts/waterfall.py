"""How a change comes about: what volume, mix and rate each add to it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, colours, mark, pixels, scale_over, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, is_true, nothing, number
from tskit.charts.theme import LIGHT
from tskit.charts.wording import lowered, places_of, signed, width

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["waterfall"]

_PARTS = {"volume": "more or fewer cases", "mix": "other cases than before", "rate": "another rate within segments"}
_KINDS = {"part": LIGHT.muted, "beyond": LIGHT.accent, "whole": LIGHT.ink}
_ROW = 44
_BAR = 20


def waterfall(frame: pd.DataFrame, *, about: About) -> Figure:
    """Draw the change of a whole as steps from none: volume, mix and rate, each with its interval, and their sum.

    Args:
        frame: the table of `patterns.drivers.decompose`: `is_whole`, `change`, and `volume`, `mix` and `rate`, each with
            its `_low` and `_high`. Only the row of the whole is drawn; the table holds its segments, too.
        about: the key, the title, and the name and unit of what changed ("cases" for hits).

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=["is_whole", "change", *_PARTS])
    # A change of a share is told in points: "+2 %" would read as a part of what was there.
    about = replace(about, unit="points" if about.unit == "share" else about.unit)
    columns = _columns(frame, about)
    whole = [i for i, flag in enumerate(is_true(frame, "is_whole", default=False)) if flag]
    steps = _steps(frame, whole[0], about) if whole else []
    if not steps:
        return nothing(frame, about, columns=columns)
    words = "; ".join(f"{step['t']} {step['tv']}" + (f" ({step['ti']})" if step["ti"] else "") for step in steps)
    subtitle = "Steps from no change to the whole; beyond noise in colour, lines are 95 % intervals"
    alt = f"Waterfall chart of the change in {lowered(about.label)}: {words}. {about.caption}".strip()
    told = replace(about, subtitle=about.subtitle or subtitle, caption=about.caption or f"{about.label}: {words}.")
    return figure(frame, told, draw=lambda canvas: _spec(steps, about, canvas, alt=alt), alt=alt, columns=columns)


def _columns(frame: pd.DataFrame, about: About) -> list[TableColumn]:
    parts = [
        TableColumn(f"{part}{end}", f"{part.capitalize()}{words}", about.unit)
        for part in _PARTS
        for end, words in (("", ""), ("_low", " from"), ("_high", " to"))
    ]
    own = {"is_whole", "change", "n_before", "n_after", "rate_before", "rate_after", *(part.name for part in parts)}
    names = [TableColumn(str(name), str(name).replace("_", " ").capitalize()) for name in frame if name not in own]
    return [*names, TableColumn("change", "Change", about.unit), *parts]


def _steps(frame: pd.DataFrame, row: int, about: About) -> Rows:
    """Return one bar a part, each from where the one before ended, and the whole from none."""
    steps: Rows = []
    places = places_of(_numbers(frame, row), about.unit)
    reached = 0.0
    for part, why in _PARTS.items():
        value = number(frame[part].iloc[row])
        if value is None:
            continue
        low, high = (
            number(frame[f"{part}{end}"].iloc[row]) if f"{part}{end}" in frame else None for end in ("_low", "_high")
        )
        is_beyond = low is not None and high is not None and not low <= 0 <= high
        step: dict[str, Any] = {
            "t": part,
            "from": reached,
            "to": reached + value,
            "c": "beyond" if is_beyond else "part",
        }
        if low is not None and high is not None:
            step |= {
                "lo": reached + low,
                "hi": reached + high,
                "ti": f"{signed(low, about.unit, places=places)} to {signed(high, about.unit, places=places)}",
            }
        steps.append({"ti": "", **step, "tv": signed(value, about.unit, places=places), "why": why})
        reached += value
    change = number(frame["change"].iloc[row])
    if change is None or not steps:
        return []
    whole = {
        "t": "change",
        "from": 0.0,
        "to": change,
        "c": "whole",
        "tv": signed(change, about.unit, places=places),
        "ti": "",
    }
    return [*steps, {**whole, "why": "all together"}]


def _numbers(frame: pd.DataFrame, row: int) -> list[float]:
    names = [f"{part}{end}" for part in _PARTS for end in ("", "_low", "_high") if f"{part}{end}" in frame]
    found = [number(frame[name].iloc[row]) for name in [*names, "change"]]
    return [value for value in found if value is not None]


def _spec(steps: Rows, about: About, canvas: Canvas, *, alt: str) -> dict[str, Any]:
    names = 64 if canvas.is_narrow else max(width(step["why"], size=canvas.size) for step in steps) + 76
    values = max(width(step["tv"], size=canvas.size) for step in steps) + 20
    canvas = canvas.but(left=names, right=values, height=_ROW * len(steps))
    ends = [step[end] for step in steps for end in ("from", "to", "lo", "hi") if end in step]
    scale = scale_over(ends, unit=about.unit, most_ticks=3 if canvas.is_narrow else 6, is_change=True)
    drawn = [
        {**s, "py": (i + 0.5) * _ROW, "top": (i + 0.5) * _ROW - _BAR / 2, "end": (i + 0.5) * _ROW + _BAR / 2}
        for i, s in enumerate(steps)
    ]
    data: dict[str, Rows] = {
        "steps": drawn,
        "intervals": [step for step in drawn if "lo" in step],
        "joins": [{"v": a["to"], "py": a["end"], "p2": b["top"]} for a, b in pairwise(drawn)],
        "zero": [{"v": 0}],
        "names": drawn,
        "reasons": [] if canvas.is_narrow else [{"t": step["why"], "py": step["py"]} for step in drawn],
        "values": [{"t": step["tv"], "py": step["py"]} for step in drawn],
    }
    return sheet(canvas, _layers(scale, canvas), data, alt=alt)


def _layers(scale: Scale, canvas: Canvas) -> list[Layer]:
    tip = [
        {"field": f, "type": "nominal", "title": t}
        for f, t in (("t", "Part"), ("why", "Meaning"), ("tv", "Adds"), ("ti", "Interval"))
    ]
    bar = {"x": at("from", scale), "x2": {"field": "to"}, "y": pixels("top"), "y2": {"field": "end"}}
    interval = {"x": at("lo", scale), "x2": {"field": "hi"}, "y": pixels("py")}
    return [
        mark("steps", "rect", {**bar, "color": colours("c", _KINDS), "tooltip": tip}, opacity=0.85),
        mark(
            "joins",
            "rule",
            {"x": at("v", scale), "y": pixels("py"), "y2": {"field": "p2"}},
            stroke=LIGHT.soft,
            strokeWidth=1,
            strokeDash=[2, 2],
        ),
        mark("intervals", "rule", interval, stroke=LIGHT.ink, strokeWidth=1.6),
        mark("zero", "rule", {"x": at("v", scale)}, stroke=LIGHT.soft, strokeWidth=1),
        _words("names", -10, canvas, align="right", weight=600, colour=LIGHT.ink),
        _words("reasons", 10 - canvas.left, canvas, align="left", weight=400, colour=LIGHT.soft),
        _words("values", canvas.width + canvas.right - 6, canvas, align="right", weight=600, colour=LIGHT.ink),
    ]


def _words(data: str, x: float, canvas: Canvas, *, align: str, weight: int, colour: str) -> Layer:
    settings = {"align": align, "baseline": "middle", "fontSize": canvas.size, "fontWeight": weight, "fill": colour}
    layer = text(data, settings)
    layer["encoding"] |= {"x": {"value": x}, "y": pixels("py")}
    return layer
