"""Causes over time: how many cases each has by week or month."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, colours, mark, pixels, scale_over, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, day_of, figure, is_true, nothing, number
from tskit.charts.stack import REST, kinds_of, legend_height, legend_rows, palette, swatches
from tskit.charts.theme import LIGHT
from tskit.charts.wording import Period, day, lowered, named, period_name, shown

if TYPE_CHECKING:
    from datetime import date

    import pandas as pd

__all__ = ["cause_trend"]

_OTHER = "Other causes"
_SOLID = {"whole": 1.0, "part": 0.45}
_COLUMNS = (
    TableColumn("period_start", "Period", "date"),
    TableColumn("cause", "Cause"),
    TableColumn("k", "Cases", "cases"),
    TableColumn("is_complete", "Complete"),
)


def cause_trend(frame: pd.DataFrame, *, about: About, period: Period = "week") -> Figure:
    """Draw the cases of each cause as stacked bars by period; a period that is not complete is pale.

    Args:
        frame: one row a period and cause with `period_start`, `cause` (its name) and `k`, causes in the order to be
            stacked; optional `is_complete`.
        about: the key, the title, and what is counted.
        period: what a bar stands for.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=["period_start", "cause", "k"])
    rows = _rows(frame)
    if not any(row["v"] for row in rows):
        return nothing(frame, about, columns=_COLUMNS)
    sums = _sums(rows)
    most = max(sums, key=lambda start: sums[start])
    shape = f"most in {_in_words(most, period)} ({shown(sums[most], 'cases')})"
    part = sum(not row["whole"] for row in {row["start"]: row for row in rows}.values())
    unfinished = f"; {part} {'period is' if part == 1 else 'periods are'} not complete and pale" if part else ""
    told = replace(about, caption=about.caption or f"{about.label}: {shape}{unfinished}.")
    alt = f"Stacked bar chart of {lowered(about.label)} by {period} and cause: {shape}{unfinished}."
    return figure(
        frame, told, draw=lambda canvas: _spec(rows, sums, period, canvas, alt=alt), alt=alt, columns=_COLUMNS
    )


def _rows(frame: pd.DataFrame) -> Rows:
    whole = is_true(frame, "is_complete", default=True)
    return [
        {"start": day_of(start), "s": named(cause), "v": number(k) or 0.0, "whole": whole[i]}
        for i, (start, cause, k) in enumerate(zip(frame["period_start"], frame["cause"], frame["k"], strict=True))
    ]


def _sums(rows: Rows) -> dict[date, float]:
    sums: dict[date, float] = {}
    for row in rows:
        sums[row["start"]] = sums.get(row["start"], 0.0) + row["v"]
    return sums


def _spec(rows: Rows, sums: dict[date, float], period: Period, canvas: Canvas, *, alt: str) -> dict[str, Any]:
    names = list(dict.fromkeys(row["s"] for row in rows))
    kinds = kinds_of([name for name in names if name != _OTHER]) | ({_OTHER: REST} if _OTHER in names else {})
    legend = [_entry(row) for row in legend_rows(kinds, canvas)]
    canvas = canvas.but(top=26 + legend_height(legend), height=220)
    scale = scale_over(list(sums.values()), unit="cases")
    slot = canvas.width / len(sums)
    left = {start: i * slot + slot * 0.14 for i, start in enumerate(sums)}
    tops = dict.fromkeys(sums, 0.0)
    pieces: Rows = []
    for row in [row for row in rows if row["v"]]:
        start, low = row["start"], tops[row["start"]]
        tops[start] = low + row["v"]
        pieces.append(
            {"x1": left[start], "x2": left[start] + slot * 0.72, "y0": low, "y1": tops[start], "c": kinds[row["s"]]}
            | {
                "o": "whole" if row["whole"] else "part",
                "s": row["s"],
                "tv": shown(row["v"], "cases"),
                "name": period_name(start, period),
            }
        )
    every = -(-len(sums) // (4 if canvas.is_narrow else 9))
    ends = [
        {
            "px": (i + 0.5) * slot,
            "v": total,
            "t": shown(total, "cases"),
            "b": _short(start, period) if i % every == 0 else "",
        }
        for i, (start, total) in enumerate(sums.items())
    ]
    return sheet(canvas, _layers(scale, canvas), {"pieces": pieces, "tops": ends, "legend": legend}, alt=alt)


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "py": row["py"] - 12, "t": "Others" if row["c"] == REST else row["t"]}


def _in_words(start: date, period: Period) -> str:
    return f"the {period_name(start, period)}" if period == "week" else period_name(start, period)


def _short(start: date, period: Period) -> str:
    return period_name(start, period).partition(" ")[0] if period == "month" else day(start)


def _layers(scale: Scale, canvas: Canvas) -> list[Layer]:
    tips = (("name", "Period"), ("s", "Cause"), ("tv", "Cases"))
    solid = {
        "field": "o",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": list(_SOLID), "range": list(_SOLID.values())},
    }
    encoding = {
        "x": pixels("x1"),
        "x2": {"field": "x2"},
        "y": at("y0", scale),
        "y2": {"field": "y1"},
        "color": colours("c", palette()),
        "opacity": solid,
        "tooltip": [{"field": field, "type": "nominal", "title": title} for field, title in tips],
    }
    words = {"align": "center", "fontSize": canvas.size}
    tops = text("tops", {**words, "baseline": "bottom", "dy": -4, "fontWeight": 600, "fill": LIGHT.ink})
    tops["encoding"] |= {"x": pixels("px"), "y": at("v", scale)}
    periods = text("tops", {**words, "baseline": "middle", "fill": LIGHT.soft})
    periods["encoding"] = {
        "text": {"field": "b", "type": "nominal"},
        "x": pixels("px"),
        "y": {"value": canvas.height + 14},
    }
    return [mark("pieces", "rect", encoding, stroke=LIGHT.card, strokeWidth=1), tops, periods, *swatches(canvas)]
