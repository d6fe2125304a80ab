"""What people take for each other: how often two of them gave two causes to one case."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, colours, mark, pixels, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, nothing, number
from tskit.charts.theme import LIGHT
from tskit.charts.wording import lowered, named, sentence, shown, width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

__all__ = ["confusion"]

_MOST_NARROW = 8
_DARK = 0.64
"""From this part of the most on, a cell is so dark that its number is written in the colour of the card."""
_LETTERS = {"few": LIGHT.ink, "many": LIGHT.card, "agreed": LIGHT.soft}
_Pair = tuple[str, str]


def confusion(frame: pd.DataFrame, *, about: About, names: Mapping[str, str] | None = None, top: int = 12) -> Figure:
    """Draw how often people gave two causes to one case, as a triangle of cells; agreement stands on its slope.

    Args:
        frame: one row a pair of causes with `cause_a`, `cause_b` and `n`, each pair once.
        about: the key, the title, and what is counted, as in "Pairs of judgements".
        names: what each cause is called beside its row, in the order in which they are to stand.
        top: how many causes to draw at most, those that people differ on most; the table holds all.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=["cause_a", "cause_b", "n"])
    columns = [
        TableColumn("cause_a", "One said"),
        TableColumn("cause_b", "The other said"),
        TableColumn("n", about.label, about.unit),
    ]
    times = _times(frame)
    if not times:
        return nothing(frame, about, columns=columns)
    order = _in_order(times, names or {})
    told = _told(about, times, drawn=len(_most(times, order, top)), of=len(order))
    alt = f"Triangle of cells: {lowered(about.label)} by the two causes given. {told.caption}"

    def draw(canvas: Canvas) -> dict[str, Any]:
        kept = _most(times, order, min(top, _MOST_NARROW) if canvas.is_narrow else top)
        return _spec(_cells(times, kept, about.unit), kept, names or {}, canvas, alt=alt)

    return figure(frame, told, draw=draw, alt=alt, columns=columns)


def _in_order(times: Mapping[_Pair, float], names: Mapping[str, str]) -> list[str]:
    """Return the causes as `names` has them, then the others as they first appear."""
    found = dict.fromkeys(cause for pair in times for cause in pair)
    return [*(cause for cause in names if cause in found), *(cause for cause in found if cause not in names)]


def _times(frame: pd.DataFrame) -> dict[_Pair, float]:
    counted: dict[_Pair, float] = {}
    for a, b, n in zip(frame["cause_a"], frame["cause_b"], frame["n"], strict=True):
        plain = number(n)
        if plain is not None:
            pair = named(a), named(b)
            counted[pair] = counted.get(pair, 0.0) + plain
    return counted


def _most(times: Mapping[_Pair, float], order: Sequence[str], top: int) -> list[str]:
    """Return the causes that people differ on most, in the order of the taxonomy."""
    apart: Counter[str] = Counter()
    for (a, b), n in times.items():
        if a != b:
            apart.update({a: n, b: n})  # type: ignore[dict-item]  # counts may be whole floats
    ranked = sorted(order, key=lambda name: (-apart[name], order.index(name)))
    return sorted(ranked[:top], key=order.index)


def _told(about: About, times: Mapping[_Pair, float], *, drawn: int, of: int) -> About:
    total, agreed = sum(times.values()), sum(n for (a, b), n in times.items() if a == b)
    apart = sorted(((n, pair) for pair, n in times.items() if pair[0] != pair[1]), key=lambda item: (-item[0], item[1]))
    count = f"{shown(total, '')} {lowered(about.label)}"
    if apart and apart[0][0] > 0:
        most = "; ".join(f"{a} and {b} ({shown(n, '')})" for n, (a, b) in apart[:3] if n > 0)
        caption = sentence(f"of {count}, {shown(agreed, '')} name the same cause; mixed up most are {most}")
    else:
        caption = sentence(f"all {count} name the same cause")
    part = "" if drawn == of else f"; the {drawn} of {of} causes that people differ on most"
    subtitle = f"How often two people gave these causes to one case; outlined where they agreed{part}"
    return replace(about, subtitle=about.subtitle or subtitle, caption=about.caption or caption)


def _cells(times: Mapping[_Pair, float], kept: Sequence[str], unit: str) -> Rows:
    most = max((n for (a, b), n in times.items() if a != b), default=0.0)
    cells: Rows = []
    for row, down in enumerate(kept):
        for column, across in enumerate(kept[: row + 1]):
            n = times.get((across, down), 0.0) + (times.get((down, across), 0.0) if row != column else 0.0)
            kind = "agreed" if row == column else "many" if n > _DARK * most else "few"
            name = f"{down}, both" if row == column else f"{across} and {down}"
            place = {"r": row, "c": column, "v": n, "kind": kind}
            cells.append({**place, "name": name, "tv": shown(n, unit), "t": shown(n, "") if n else ""})
    return cells


def _spec(cells: Rows, kept: Sequence[str], names: Mapping[str, str], canvas: Canvas, *, alt: str) -> dict[str, Any]:
    labels = [f"{cause} {names[cause]}" if cause in names and not canvas.is_narrow else cause for cause in kept]
    side = min(max(width(label, size=canvas.size) for label in labels), 88 if canvas.is_narrow else 260) + 14
    wide = min((canvas.total - side - 12) / len(kept), 26 if canvas.is_narrow else 44)
    foot = max(width(cause, size=canvas.size) for cause in kept)
    is_turned = foot > wide - 4
    below = min(foot, 110) + 14 if is_turned else 26
    row = wide if canvas.is_narrow else min(wide, 34)
    canvas = canvas.but(left=side, right=12, top=10, bottom=below, height=round(row * len(kept)))
    boxes = [_box(cell, wide, row) for cell in cells]
    data: dict[str, Rows] = {
        "apart": [box for box in boxes if box["kind"] != "agreed"],
        "agreed": [box for box in boxes if box["kind"] == "agreed"],
        "counts": [box for box in boxes if box["t"]],
        "rows": [{"py": (i + 0.5) * row, "t": label} for i, label in enumerate(labels)],
        "columns": [{"px": (i + 0.5) * wide, "t": cause} for i, cause in enumerate(kept)],
    }
    most = max((cell["v"] for cell in cells if cell["kind"] != "agreed"), default=0.0)
    return sheet(canvas, _layers(most, canvas, is_turned=is_turned), data, alt=alt)


def _box(cell: dict[str, Any], wide: float, row: float) -> dict[str, Any]:
    left, top = cell["c"] * wide, cell["r"] * row
    edges = {"x1": left + 0.75, "x2": left + wide - 0.75, "y1": top + 0.75, "y2": top + row - 0.75}
    return {**cell, **edges, "px": left + wide / 2, "py": top + row / 2}


def _layers(most: float, canvas: Canvas, *, is_turned: bool) -> list[Layer]:
    box = {"x": pixels("x1"), "x2": {"field": "x2"}, "y": pixels("y1"), "y2": {"field": "y2"}}
    shade = {
        "field": "v",
        "type": "quantitative",
        "scale": {"domain": [0, most or 1], "range": list(LIGHT.sequential), "interpolate": "rgb"},
        "legend": None,
    }
    tip = [
        {"field": "name", "type": "nominal", "title": "Causes"},
        {"field": "tv", "type": "nominal", "title": "Times"},
    ]
    counts = _label("counts", {"x": pixels("px"), "y": pixels("py"), "fill": colours("kind", _LETTERS)}, canvas)
    counts["mark"] |= {"align": "center", "fontSize": canvas.size - 1}
    columns = _label("columns", {"x": pixels("px"), "y": {"value": canvas.height + (6 if is_turned else 14)}}, canvas)
    columns["mark"] |= {"align": "right", "angle": 270, "limit": 110} if is_turned else {"align": "center"}
    rows = _label("rows", {"x": {"value": -8}, "y": pixels("py")}, canvas)
    rows["mark"] |= {"align": "right", "limit": canvas.left - 12}
    return [
        mark("apart", "rect", {**box, "color": shade, "tooltip": tip}, cornerRadius=1.5),
        mark("agreed", "rect", {**box, "tooltip": tip}, fill=LIGHT.card, stroke=LIGHT.muted, strokeWidth=1, cornerRadius=1.5),
        counts,
        rows,
        columns,
    ]  # fmt: skip


def _label(data: str, place: dict[str, Any], canvas: Canvas) -> Layer:
    layer = text(data, {"baseline": "middle", "fontSize": canvas.size, "fill": LIGHT.soft})
    layer["encoding"] |= place
    return layer
