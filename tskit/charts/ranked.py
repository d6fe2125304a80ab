"""What changed, segment by segment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, colours, halo, mark, pixels, scale_over, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, columns_of, figure, is_true, nothing, number, segments
from tskit.charts.theme import LIGHT
from tskit.charts.wording import listed, lowered, signed, width

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["ranked_change"]

_OWN_ENDS = ("change_low", "change_high")
_ENDS = ("low", "high")
_MEASURED = {"points": "share", "share": "cases"}
_STRONG = {"noise": LIGHT.muted, "beyond": LIGHT.accent}
_WORDS = {"noise": LIGHT.soft, "beyond": LIGHT.accent}
_REACH = 2.5
"""How far an interval may stretch the axis beyond the largest change; a longer one ends in an arrow."""


def ranked_change(
    frame: pd.DataFrame,
    *,
    about: About,
    by: str | Sequence[str],
    top: int = 15,
    reference: str = "no change",
    measured: str = "",
) -> Figure:
    """Draw the change of each segment as a dot with its interval, from the largest rise to the largest fall.

    Args:
        frame: one row per segment with the `by` columns, `change`, `change_low` and `change_high` (or `low` and `high`
            where no column has these names); optional `is_beyond_noise`, which
            puts a segment in the accent colour, and `value` and `before` for the table.
        about: `unit` is the unit of the change: "points" and "share" are drawn times 100.
        by: the columns that name a segment.
        top: how many segments to draw, by size of change; the table holds all of them.
        reference: what the line at zero stands for.
        measured: the unit of `value` and `before`; empty for shares under a change in points, and for cases under a
            relative one.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    ends = _OWN_ENDS if _OWN_ENDS[0] in frame.columns else _ENDS
    frame = checked(frame, needs=[*columns_of(by), "change", *ends])
    columns = _columns(about, columns_of(by), ends, measured or _MEASURED.get(about.unit, about.unit))
    known = _rows(frame, about, by, ends)
    if not known:
        return nothing(frame, about, columns=columns)
    rows = sorted(sorted(known, key=lambda r: -abs(r["v"]))[:top], key=lambda r: -r["v"])
    subtitle, caption, alt = _words(known, len(rows), about)
    told = replace(about, subtitle=about.subtitle or subtitle, caption=about.caption or caption)
    return figure(
        frame, told, draw=lambda canvas: _spec(rows, about, reference, canvas, alt=alt), alt=alt, columns=columns
    )


def _columns(about: About, by: Sequence[str], ends: tuple[str, str], measured: str) -> list[TableColumn]:
    return [
        *(TableColumn(name, name.replace("_", " ").capitalize()) for name in by),
        TableColumn("before", "Before", measured),
        TableColumn("value", "Now", measured),
        TableColumn("change", "Change", about.unit),
        TableColumn(ends[0], "Change from", about.unit),
        TableColumn(ends[1], "Change to", about.unit),
        TableColumn("is_beyond_noise", "Beyond noise"),
        TableColumn("note", "Note"),
    ]


def _rows(frame: pd.DataFrame, about: About, by: str | Sequence[str], ends: tuple[str, str]) -> Rows:
    beyond = is_true(frame, "is_beyond_noise", default=False)
    rows: Rows = []
    for i, name in enumerate(segments(frame, by)):
        change, low, high = (number(frame[column].iloc[i]) for column in ("change", *ends))
        if change is None:
            continue
        row = {"name": name, "v": change, "lo": low, "hi": high, "c": "beyond" if beyond[i] else "noise"}
        rows.append(row | {"tv": signed(change, about.unit), "ti": _interval(low, high, about.unit)})
    return rows


def _interval(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        return "–"
    return f"{signed(low, unit)} to {signed(high, unit)}"


def _words(rows: Rows, drawn: int, about: About) -> tuple[str, str, str]:
    beyond = [row for row in sorted(rows, key=lambda r: -abs(r["v"])) if row["c"] == "beyond"]
    count = f"{len(rows)} segment{'' if len(rows) == 1 else 's'}"
    if beyond:
        names = listed([f"{row['name']} ({row['tv']}, {row['ti']})" for row in beyond])
        caption = f"{len(beyond)} of {count} moved by more than noise: {names}."
    else:
        caption = f"None of {count} moved by more than noise."
    shown_part = "" if drawn == len(rows) else f"; the {drawn} largest of {count}"
    subtitle = f"Change with its 95 % interval{shown_part}; beyond noise in colour"
    alt = f"Dot plot of the change in {lowered(about.label)} by segment. {caption}"
    return subtitle, caption, alt


def _spec(rows: Rows, about: About, reference: str, canvas: Canvas, *, alt: str) -> dict[str, Any]:
    canvas = _sized(rows, canvas)
    step = canvas.height / len(rows)
    scale = _scale(rows, about.unit, canvas)
    drawn = [_drawn(row, i, step, scale, canvas) for i, row in enumerate(rows)]
    data: dict[str, Rows] = {
        "segments": drawn,
        "intervals": [row for row in drawn if row["lo"] is not None],
        "cut_low": [row for row in drawn if row["cut_low"]],
        "cut_high": [row for row in drawn if row["cut_high"]],
        "zero": [{"v": 0, "t": reference}],
    }
    return sheet(canvas, _layers(scale, canvas), data, alt=alt)


def _sized(rows: Rows, canvas: Canvas) -> Canvas:
    values = max(width(row["tv"], size=canvas.size) for row in rows) + 22
    if canvas.is_narrow:
        return canvas.but(left=10, right=values, top=26, height=44 * len(rows))
    names = min(max(width(row["name"], size=canvas.size) for row in rows), 230) + 20
    return canvas.but(left=names, right=values, top=26, height=28 * len(rows))


def _scale(rows: Rows, unit: str, canvas: Canvas) -> Scale:
    most = _REACH * max(abs(row["v"]) for row in rows) or max(
        abs(e) for row in rows for e in (row["lo"], row["hi"], 1e-9) if e
    )
    ends = [min(max(e, -most), most) for row in rows for e in (row["lo"], row["hi"], row["v"]) if e is not None]
    return scale_over(ends, unit=unit, most_ticks=3 if canvas.is_narrow else 6, is_change=True)


def _drawn(row: dict[str, Any], i: int, step: float, scale: Scale, canvas: Canvas) -> dict[str, Any]:
    low, high = row["lo"], row["hi"]
    if low is None or high is None:
        low = high = None
    return {
        **row,
        "t": row["name"],
        "py": (i + 0.5) * step + (9 if canvas.is_narrow else 0),
        "pn": (i + 0.5) * step - (10 if canvas.is_narrow else 0),
        "lo": None if low is None else max(low, scale.low),
        "hi": None if high is None else min(high, scale.high),
        "cut_low": low is not None and low < scale.low,
        "cut_high": high is not None and high > scale.high,
    }


def _layers(scale: Scale, canvas: Canvas) -> list[Layer]:
    y, colour = {"y": pixels("py")}, {"color": colours("c", _STRONG)}
    tip = [
        {"field": f, "type": "nominal", "title": t}
        for f, t in (("name", "Segment"), ("tv", "Change"), ("ti", "Interval"))
    ]
    end = {"filled": True, "size": 40, "opacity": 1}
    return [
        mark("zero", "rule", {"x": at("v", scale)}, stroke=LIGHT.soft, strokeWidth=1),
        _words_at("zero", {"x": at("v", scale), "y": {"value": -8}}, canvas, align="center", colour=LIGHT.soft),
        mark("intervals", "rule", {**y, "x": at("lo", scale), "x2": {"field": "hi"}, **colour}, strokeWidth=2.4),
        mark("cut_low", "point", {**y, "x": at("lo", scale), **colour}, shape="triangle-left", **end),
        mark("cut_high", "point", {**y, "x": at("hi", scale), **colour}, shape="triangle-right", **end),
        mark(
            "segments", "point", {**y, "x": at("v", scale), **colour, "tooltip": tip},
            shape="circle", filled=True, size=90, opacity=1, stroke=LIGHT.card, strokeWidth=1,
        ),
        *([halo(_names(canvas))] if canvas.is_narrow else []),
        _names(canvas),
        _values(canvas),
    ]  # fmt: skip


def _words_at(data: str, place: dict[str, Any], canvas: Canvas, *, align: str, colour: str) -> Layer:
    layer = text(data, {"align": align, "baseline": "bottom", "fontSize": canvas.size, "fill": colour})
    layer["encoding"] |= place
    return layer


def _names(canvas: Canvas) -> Layer:
    side = (
        {"align": "left", "limit": canvas.width} if canvas.is_narrow else {"align": "right", "limit": canvas.left - 16}
    )
    layer = text("segments", {**side, "baseline": "middle", "fontSize": canvas.size, "fill": LIGHT.ink})
    layer["encoding"] |= {"x": {"value": 0 if canvas.is_narrow else -12}, "y": pixels("pn")}
    return layer


def _values(canvas: Canvas) -> Layer:
    settings = {"align": "right", "baseline": "middle", "fontSize": canvas.size, "fontWeight": 600}
    layer = text("segments", settings)
    layer["encoding"] = {
        "text": {"field": "tv", "type": "nominal"},
        "x": {"value": canvas.width + canvas.right - 6},
        "y": pixels("py"),
        "fill": colours("c", _WORDS),
    }
    return layer
