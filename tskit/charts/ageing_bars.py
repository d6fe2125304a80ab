"""How old the open cases are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, colours, mark, pixels, scale_over, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, columns_of, figure, is_true, nothing, number, segments
from tskit.charts.stack import kinds_of, legend_height, legend_rows, palette, swatches
from tskit.charts.theme import LIGHT
from tskit.charts.wording import lowered, named, sentence, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["ageing"]

_PLAIN = {"plain": LIGHT.accent, "overdue": LIGHT.worse}


def ageing(frame: pd.DataFrame, *, about: About, by: str | Sequence[str] = ()) -> Figure:
    """Draw how many cases are open by age, one bar per bucket in the order of the frame.

    Args:
        frame: one row per bucket with `bucket` (its name) and `cases` (or `value`); with `by`, one row per bucket and segment.
            Optional `is_overdue` colours the buckets that are too old.
        about: the key, the title, and the metric's name and unit.
        by: columns to stack by; empty for plain bars.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    names = [name for name in columns_of(by) if name]
    counted = "value" if "value" in frame.columns else "cases"
    frame = checked(frame, needs=["bucket", counted, *names])
    columns = [
        TableColumn("bucket", "Age"),
        *(TableColumn(name, name.replace("_", " ").capitalize()) for name in names),
        TableColumn(counted, about.label, about.unit),
        TableColumn("oldest_hours", "Oldest", "hours"),
        TableColumn("is_overdue", "Too old"),
    ]
    rows = _rows(frame, names, counted)
    if not rows:
        return nothing(frame, about, columns=columns)
    bars = _stacked(rows)
    shape = ", ".join(f"{bar['t']} {shown(bar['total'], about.unit)}" for bar in bars)
    told = replace(
        about,
        subtitle=about.subtitle
        or f"{about.label} by age{' (in red: too old)' if not names and any(r['late'] for r in rows) else ''}",
        caption=about.caption or f"{about.label}: {shape}.",
    )
    alt = f"Bar chart of {lowered(about.label)} by age. {sentence(shape)}"
    return figure(
        frame, told, draw=lambda canvas: _spec(rows, bars, about.unit, canvas, alt=alt), alt=alt, columns=columns
    )


def _rows(frame: pd.DataFrame, by: Sequence[str], counted: str) -> Rows:
    late = is_true(frame, "is_overdue", default=False)
    parts = segments(frame, by) if by else [""] * len(frame)
    values = [number(value) for value in frame[counted]]
    return [
        {"bucket": named(bucket), "s": parts[i], "v": values[i], "late": late[i]}
        for i, bucket in enumerate(frame["bucket"])
        if values[i] is not None
    ]


def _stacked(rows: Rows) -> Rows:
    """Give each row where its piece begins and ends; return one row per bucket with its top."""
    tops: dict[str, float] = {}
    for row in rows:
        row["y0"] = tops.get(row["bucket"], 0.0)
        tops[row["bucket"]] = row["y1"] = row["y0"] + row["v"]
    return [{"t": bucket, "total": top} for bucket, top in tops.items()]


def _spec(rows: Rows, bars: Rows, unit: str, canvas: Canvas, *, alt: str) -> dict[str, Any]:
    kinds = kinds_of(list(dict.fromkeys(row["s"] for row in rows)))
    legend = legend_rows(kinds, canvas) if len(kinds) > 1 else []
    canvas = canvas.but(top=26 + legend_height(legend), height=200)
    scale = scale_over([bar["total"] for bar in bars], unit=unit)
    slot = canvas.width / len(bars)
    left = {bar["t"]: i * slot + slot * 0.14 for i, bar in enumerate(bars)}
    pieces = [
        {
            "x1": left[row["bucket"]],
            "x2": left[row["bucket"]] + slot * 0.72,
            "y0": row["y0"],
            "y1": row["y1"],
            "c": kinds[row["s"]] if legend else "overdue" if row["late"] else "plain",
            "name": row["bucket"],
            "s": row["s"] or "all",
            "tv": shown(row["v"], unit),
        }
        for row in rows
    ]
    tops = [
        {"px": (i + 0.5) * slot, "v": bar["total"], "t": shown(bar["total"], unit), "b": bar["t"]}
        for i, bar in enumerate(bars)
    ]
    data = {"pieces": pieces, "tops": tops, "legend": [{**row, "py": row["py"] - 12} for row in legend]}
    return sheet(canvas, _layers(scale, canvas, stacked=bool(legend)), data, alt=alt)


def _layers(scale: Scale, canvas: Canvas, *, stacked: bool) -> list[Layer]:
    tips = (("name", "Age"), ("s", "Part"), ("tv", "Open"))
    encoding = {
        "x": pixels("x1"),
        "x2": {"field": "x2"},
        "y": at("y0", scale),
        "y2": {"field": "y1"},
        "color": colours("c", palette() if stacked else _PLAIN),
        "tooltip": [{"field": field, "type": "nominal", "title": title} for field, title in tips],
    }
    words = {"align": "center", "fontSize": canvas.size}
    tops = text("tops", {**words, "baseline": "bottom", "dy": -4, "fontWeight": 600, "fill": LIGHT.ink})
    tops["encoding"] |= {"x": pixels("px"), "y": at("v", scale)}
    buckets = text("tops", {**words, "baseline": "middle", "fill": LIGHT.soft})
    buckets["encoding"] = {
        "text": {"field": "b", "type": "nominal"},
        "x": pixels("px"),
        "y": {"value": canvas.height + 14},
    }
    return [
        mark("pieces", "rect", encoding, stroke=LIGHT.card, strokeWidth=1),
        tops,
        buckets,
        *(swatches(canvas) if stacked else []),
    ]
