"""Which causes a problem set comes from, the most frequent first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, colours, halo, mark, pixels, scale_over, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, is_true, nothing, number
from tskit.charts.theme import LIGHT
from tskit.charts.wording import listed, lowered, named, shown, width

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["pareto"]

_BARS = {"vital": LIGHT.accent, "other": LIGHT.muted, "open": LIGHT.line}
_NEEDED = ("cause", "name", "k", "value", "low", "high", "cumulative")


def pareto(frame: pd.DataFrame, *, about: About, top: int = 14) -> Figure:
    """Draw the share of each cause as a bar with its interval, the most frequent first, with the running sum beside it.

    A line stands below the vital few, the smallest set of causes that explains 80 % of all; diamonds show the share
    where severity counts.

    Args:
        frame: one row a cause in its order: `cause` (id), `name`, `k`, `value`, `low`, `high` and `cumulative`; optional
            `is_vital`, `is_undetermined` (drawn pale) and `severity_value` with `severity_low` and `severity_high`.
        about: the key, the title, and what is counted; shares are drawn times 100.
        top: how many causes to draw; the table holds all of them.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=_NEEDED)
    rows = _rows(frame)
    if not rows:
        return nothing(frame, about, columns=_COLUMNS)
    vital = [row for row in rows if row["c"] == "vital"]
    first = f"{rows[0]['name']} is the most frequent cause with {rows[0]['tv']} ({rows[0]['ti']})"
    few = (
        f"{len(vital)} of {len(rows)} causes explain {vital[-1]['tc']}: {listed([row['name'] for row in vital])}"
        if vital
        else "no set of known causes explains 80 %"
    )
    told = replace(about, caption=about.caption or f"{first}; {few}.")
    drawn = rows[:top]
    alt = f"Bar chart of {lowered(about.label)} by cause. {first}; {few}."
    return figure(frame, told, draw=lambda canvas: _spec(drawn, canvas, alt=alt), alt=alt, columns=_COLUMNS)


_COLUMNS = (
    TableColumn("cause", "Id"),
    TableColumn("name", "Cause"),
    TableColumn("k", "Cases", "cases"),
    TableColumn("value", "Share", "share"),
    TableColumn("low", "From", "share"),
    TableColumn("high", "To", "share"),
    TableColumn("cumulative", "Running sum", "share"),
    TableColumn("severity_value", "Weighted by severity", "share"),
    TableColumn("severity_low", "Weighted, from", "share"),
    TableColumn("severity_high", "Weighted, to", "share"),
    TableColumn("is_vital", "Among the vital few"),
)


def _rows(frame: pd.DataFrame) -> Rows:
    vital = is_true(frame, "is_vital", default=False)
    pale = is_true(frame, "is_undetermined", default=False)
    rows: Rows = []
    for i in range(len(frame)):
        value, low, high, k, total = (number(frame[c].iloc[i]) for c in ("value", "low", "high", "k", "cumulative"))
        if value is None or k is None:
            continue
        heavy = number(frame["severity_value"].iloc[i]) if "severity_value" in frame else None
        rows.append(
            {
                "name": named(frame["name"].iloc[i]), "id": named(frame["cause"].iloc[i]),
                "v": value, "lo": low, "hi": high, "s": heavy,
                "c": "vital" if vital[i] else "open" if pale[i] else "other",
                "tv": shown(value, "share"), "tk": shown(k, "cases"), "tc": shown(total or 0.0, "share"),
                "ti": f"{shown(low, 'share')} to {shown(high, 'share')}" if low is not None and high is not None else "–",
                "ts": shown(heavy, "share") if heavy is not None else "–",
            }
        )  # fmt: skip
    return rows


def _spec(rows: Rows, canvas: Canvas, *, alt: str) -> dict[str, Any]:
    step = 46 if canvas.is_narrow else 30
    numbers = width("88.8 %", size=canvas.size) + 10
    names = 8 if canvas.is_narrow else min(max(width(row["name"], size=canvas.size) for row in rows), 230) + 18
    canvas = canvas.but(left=names, right=2 * numbers + 8, top=34, bottom=34, height=step * len(rows))
    scale = scale_over(
        [e for row in rows for e in (row["v"], row["hi"], row["s"]) if e is not None],
        unit="share",
        most_ticks=3 if canvas.is_narrow else 6,
    )
    placed = [_placed(row, i, step, canvas) for i, row in enumerate(rows)]
    last = sum(row["c"] == "vital" for row in rows)
    heads = [
        {"px": canvas.width + numbers, "t": "Share"},
        {"px": canvas.width + 2 * numbers + 2, "t": "Sum"},
    ]
    data: dict[str, Rows] = {
        "bars": placed,
        "intervals": [row for row in placed if row["lo"] is not None and row["hi"] is not None],
        "severity": [row for row in placed if row["s"] is not None],
        "line": [{"py": last * step, "t": "80 % reached"}] if 0 < last < len(rows) else [],
        "heads": heads,
    }
    return sheet(canvas, _layers(scale, canvas, numbers), data, alt=alt)


def _placed(row: dict[str, Any], i: int, step: int, canvas: Canvas) -> dict[str, Any]:
    middle = (i + (0.68 if canvas.is_narrow else 0.5)) * step
    half = 8
    return {
        **row,
        "t": row["name"],
        "z": 0,
        "y1": middle - half,
        "y2": middle + half,
        "py": middle,
        "pn": i * step + (15 if canvas.is_narrow else step / 2),
    }


def _layers(scale: Scale, canvas: Canvas, numbers: int) -> list[Layer]:
    tips = (
        ("name", "Cause"),
        ("id", "Id"),
        ("tk", "Cases"),
        ("tv", "Share"),
        ("ti", "Interval"),
        ("ts", "By severity"),
    )
    tip = [{"field": field, "type": "nominal", "title": title} for field, title in tips]
    bar = {
        "y": pixels("y1"),
        "y2": {"field": "y2"},
        "x": at("z", scale),
        "x2": {"field": "v"},
        "color": colours("c", _BARS),
    }
    y = {"y": pixels("py")}
    names = _words(
        "bars",
        "t",
        {"x": {"value": 0 if canvas.is_narrow else -10}, "y": pixels("pn")},
        canvas,
        align="left" if canvas.is_narrow else "right",
    )
    names["mark"]["limit"] = canvas.width + canvas.right if canvas.is_narrow else canvas.left - 14
    return [
        mark("bars", "bar", {**bar, "tooltip": tip}, cornerRadiusEnd=2),
        mark("intervals", "rule", {**y, "x": at("lo", scale), "x2": {"field": "hi"}}, stroke=LIGHT.ink, strokeWidth=1.4),
        mark("severity", "point", {**y, "x": at("s", scale)}, shape="diamond", filled=True, fill=LIGHT.card, size=64, stroke=LIGHT.worse, strokeWidth=1.8, opacity=1),
        mark("line", "rule", {"y": pixels("py"), "x": {"value": -canvas.left + 6}, "x2": {"value": canvas.width + canvas.right - 4}}, stroke=LIGHT.soft, strokeDash=[4, 3]),
        *([halo(names)] if canvas.is_narrow else []),
        names,
        _words("bars", "tv", {"x": {"value": canvas.width + numbers}, "y": pixels("py")}, canvas, align="right", weight=600),
        _words("bars", "tc", {"x": {"value": canvas.width + 2 * numbers + 2}, "y": pixels("py")}, canvas, align="right", colour=LIGHT.soft),
        _words("heads", "t", {"x": pixels("px"), "y": {"value": -14}}, canvas, align="right", colour=LIGHT.soft),
        _words("line", "t", {"x": {"value": canvas.width - 2}, "y": pixels("py")}, canvas, align="right", colour=LIGHT.soft, lift=-9),
    ]  # fmt: skip


def _words(  # noqa: PLR0913  # where and how words stand
    data: str,
    field: str,
    place: dict[str, Any],
    canvas: Canvas,
    *,
    align: str,
    colour: str = LIGHT.ink,
    weight: int = 400,
    lift: int = 0,
) -> Layer:
    settings = {
        "align": align,
        "baseline": "middle",
        "fontSize": canvas.size,
        "fontWeight": weight,
        "fill": colour,
        "dy": lift,
    }
    layer = text(data, settings)
    layer["encoding"] = {"text": {"field": field, "type": "nominal"}, **place}
    return layer
