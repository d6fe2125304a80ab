"""How a whole is made up, and how that changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from tskit.charts.canvas import Canvas, Layer, Rows, Scale, at, colours, mark, pixels, sheet, spread, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, columns_of, day_of, figure, is_true, nothing, number, segments
from tskit.charts.stack import REST, kinds_of, legend_height, legend_rows, palette, swatches
from tskit.charts.theme import LIGHT
from tskit.charts.timeline import Timeline, time_at, timeline
from tskit.charts.wording import Period, listed, lowered, period_name, sentence, shown, span, width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = ["share_over_time"]

_WHOLE = Scale(0, 1, (0, 0.25, 0.5, 0.75, 1), "share")
_DAYS = {"day": 1, "week": 7, "month": 28}
_WIDEST_NAME = 170


def share_over_time(
    frame: pd.DataFrame,
    *,
    about: About,
    by: str | Sequence[str],
    period: Period = "week",
    form: Literal["area", "bars"] = "area",
) -> Figure:
    """Draw how the parts of a whole change, largest part of the last complete period at the bottom.

    The first six parts have a colour of their own; further ones are grey.

    Args:
        frame: one row per period and part with `period_start`, the `by` columns and `value` (share of the period, 0 to 1);
            optional `is_complete`.
        about: the key, the title, and the name of what is shared out.
        by: the columns that name a part.
        period: what a row stands for.
        form: "area" for many periods, "bars" for few.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=["period_start", *columns_of(by), "value"])
    columns = [
        TableColumn("period_start", period.capitalize(), "date"),
        *(TableColumn(name, name.replace("_", " ").capitalize()) for name in columns_of(by)),
        TableColumn("value", about.label, "share"),
        TableColumn("k", "Count", "cases"),
        TableColumn("n", "Out of", "cases"),
        TableColumn("is_complete", "Complete"),
    ]
    parts = _parts(frame, by)
    if not parts:
        return nothing(frame, about, columns=columns)
    order = _order(parts)
    subtitle, caption, alt = _words(parts, order, about, period)
    told = replace(about, subtitle=about.subtitle or subtitle, caption=about.caption or caption)

    def draw(canvas: Canvas) -> dict[str, Any]:
        return _spec(_stacked(parts, order, period), kinds_of(order), period, form, canvas) | {"description": alt}

    return figure(frame, told, draw=draw, alt=alt, columns=columns)


def _parts(frame: pd.DataFrame, by: str | Sequence[str]) -> Rows:
    complete, names = is_true(frame, "is_complete", default=True), segments(frame, by)
    rows: Rows = []
    for i, (start, value) in enumerate(zip(frame["period_start"], frame["value"], strict=True)):
        share = number(value)
        if share is not None:
            rows.append({"day": day_of(start), "s": names[i], "v": share, "ok": complete[i]})
    return rows


def _last(parts: Rows) -> dict[str, float]:
    day = max((row["day"] for row in parts if row["ok"]), default=max(row["day"] for row in parts))
    return {row["s"]: row["v"] for row in parts if row["day"] == day}


def _order(parts: Rows) -> list[str]:
    last = _last(parts)
    return sorted({row["s"] for row in parts}, key=lambda name: (-last.get(name, 0), name))


def _words(parts: Rows, order: Sequence[str], about: About, period: Period) -> tuple[str, str, str]:
    days = [row["day"] for row in parts]
    last, first = _last(parts), {row["s"]: row["v"] for row in parts if row["day"] == min(days)}
    now = {name: f"{name} {shown(last.get(name, 0), 'share')}" for name in order}
    if len(set(days)) > 1:
        now = {name: f"{text} (at first {shown(first.get(name, 0), 'share')})" for name, text in now.items()}
    unfinished = "; the last one is not complete (paler)" if any(not row["ok"] for row in parts) else ""
    caption = f"At the end: {listed(now.values())}."
    whole = f"per {period}, {span(min(days), max(days), period)}"
    return (
        f"Share {whole}{unfinished}",
        caption,
        f"Stacked chart of {lowered(about.label)}, share {whole}. {caption}{sentence(unfinished[2:]) and ' '}{sentence(unfinished[2:])}",
    )


def _stacked(parts: Rows, order: Sequence[str], period: Period) -> Rows:
    by_day: dict[date, dict[str, dict[str, Any]]] = {}
    for row in parts:
        by_day.setdefault(row["day"], {})[row["s"]] = row
    rows: Rows = []
    seg, before = 0, None
    for day in sorted(by_day):
        # A period without any case is a gap, not a slope between its neighbours.
        seg += before is not None and (day - before).days > (31 if period == "month" else _DAYS[period])
        before, bottom = day, 0.0
        for name in order:
            row = by_day[day].get(name)
            value = row["v"] if row else 0.0
            ok = all(r["ok"] for r in by_day[day].values())
            rows.append({"day": day, "s": name, "v": value, "y0": bottom, "y1": bottom + value, "ok": ok, "seg": seg})
            bottom += value
    return rows


def _spec(rows: Rows, kinds: Mapping[str, str], period: Period, form: str, canvas: Canvas) -> dict[str, Any]:
    days = sorted({row["day"] for row in rows})
    bars = form == "bars" or _stands_alone(rows)
    line = timeline(days, period=period, most_ticks=4 if canvas.is_narrow else 8, pad=bars)
    labels = [] if canvas.is_narrow else _labels(rows, kinds, canvas)
    right = max((min(width(row["t"]), _WIDEST_NAME) for row in labels), default=0) + 34
    canvas = canvas.but(right=right, bottom=44 if line.years else 30)
    legend = legend_rows(kinds, canvas) if canvas.is_narrow else []
    canvas = canvas.but(top=14 + legend_height(legend))
    data = {
        "parts": [_part(row, kinds, period) for row in rows if bars or row["ok"]],
        "tail": [_part(row, kinds, period) for row in _tail(rows)] if not bars else [],
        "names": labels,
        "legend": legend,
    }
    layers = _bars(line, period) if bars else _areas(line, period)
    return sheet(canvas, [*layers, *swatches(canvas), *_names(canvas)], data, alt="")


def _part(row: Mapping[str, Any], kinds: Mapping[str, str], period: Period) -> dict[str, Any]:
    end = row["day"] + timedelta(days=_DAYS[period])
    return {
        "d": row["day"].isoformat(),
        "d2": end.isoformat(),
        "s": row["s"],
        "y0": row["y0"],
        "y1": row["y1"],
        "c": kinds[row["s"]],
        "o": 1 if row["ok"] else 0,
        "piece": f"{row['seg']} {row['s']}",
        "name": period_name(row["day"], period),
        "tv": shown(row["v"], "share"),
    }


def _tail(rows: Rows) -> Rows:
    """Return the periods that are not complete, with the one before, from which the area leads to them."""
    days = sorted({row["day"] for row in rows if not row["ok"]})
    before = max((row["day"] for row in rows if days and row["day"] < days[0]), default=None)
    return [row for row in rows if row["day"] in {*days, before}]


def _stands_alone(rows: Rows) -> bool:
    """Say whether a period has a gap on both sides: an area would not show it."""
    days: dict[int, set[date]] = {}
    for row in rows:
        days.setdefault(row["seg"], set()).add(row["day"])
    return any(len(found) == 1 for found in days.values())


def _tip() -> list[dict[str, str]]:
    return [
        {"field": f, "type": "nominal", "title": t} for f, t in (("name", "Period"), ("s", "Part"), ("tv", "Share"))
    ]


def _areas(line: Timeline, period: Period) -> list[Layer]:
    x = {"x": time_at("d", line, period=period)}
    y = {"y": at("y0", _WHOLE), "y2": {"field": "y1"}}
    colour = {"color": colours("c", palette())}
    pieces = {"detail": {"field": "piece", "type": "nominal"}}
    encoding = {**x, **y, **colour, **pieces, "tooltip": _tip()}
    return [
        mark(data, "area", encoding, stroke=LIGHT.card, strokeWidth=1.2, fillOpacity=opacity)
        for data, opacity in (("parts", 0.92), ("tail", 0.45))
    ]


def _bars(line: Timeline, period: Period) -> list[Layer]:
    x = {"x": time_at("d", line, period=period), "x2": {"field": "d2", "timeUnit": "utcyearmonthdate"}}
    y = {"y": at("y0", _WHOLE), "y2": {"field": "y1"}}
    paler = {"field": "o", "type": "nominal", "scale": {"domain": [0, 1], "range": [0.45, 0.95]}, "legend": None}
    encoding = {**x, **y, "color": colours("c", palette()), "opacity": paler, "tooltip": _tip()}
    return [mark("parts", "rect", encoding, stroke=LIGHT.card, strokeWidth=1.2)]


def _labels(rows: Rows, kinds: Mapping[str, str], canvas: Canvas) -> Rows:
    """Return each part's name beside its last stretch, moved apart where parts are thin; grey parts share one name."""
    end = max(row["day"] for row in rows)
    last = [row for row in rows if row["day"] == end]
    named = [row for row in last if kinds[row["s"]] != REST]
    rest = [row for row in last if kinds[row["s"]] == REST]
    entries = [(row["s"], kinds[row["s"]], (row["y0"] + row["y1"]) / 2) for row in named]
    if rest:
        entries.append(
            (f"{len(rest)} other{'' if len(rest) == 1 else 's'}", REST, (rest[0]["y0"] + rest[-1]["y1"]) / 2)
        )
    places = [(1 - middle) * canvas.height for _, _, middle in entries]
    moved = spread(places, gap=canvas.size + 4, low=6, high=canvas.height - 6)
    return [{"t": name, "c": kind, "py": y} for (name, kind, _), y in zip(entries, moved, strict=True)]


def _names(canvas: Canvas) -> list[Layer]:
    settings = {
        "align": "left",
        "baseline": "middle",
        "fontSize": canvas.size,
        "fill": LIGHT.ink,
        "limit": _WIDEST_NAME,
    }
    layer = text("names", settings)
    layer["encoding"] |= {"x": {"value": canvas.width + 24}, "y": pixels("py")}
    place = {"x": {"value": canvas.width + 14}, "y": pixels("py"), "color": colours("c", palette())}
    return [mark("names", "point", place, shape="square", filled=True, size=90, opacity=1), layer]
