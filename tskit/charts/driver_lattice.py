"""The segments around an explained change: causes, what moves with them, and what cannot be told from them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, mark, pixels, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, nothing
from tskit.charts.lattice_rows import MOST_CAUSES, NEEDS, Group, Part, groups, parts, spoken
from tskit.charts.lattice_story import describe_lattice, heading, layer_name
from tskit.charts.theme import LIGHT
from tskit.charts.wording import broken, width

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["driver_lattice"]

_COLOURS = {"more": LIGHT.worse, "fewer": LIGHT.categorical[3], "as": LIGHT.muted}
_LARGEST, _LEAST = 17.0, 3.0
"""Pixels of the radius of the most cases, and of the fewest."""
_LINE, _GAP, _HEAD = 16, 12, 24
_DOT = 40
"""Pixels that the dot takes beside its words."""
_MOST_LINES = 2


def driver_lattice(frame: pd.DataFrame, *, about: About) -> Figure:
    """Draw the segments around the causes of a change in layers, by how many columns make them.

    Dots are cases seen, rings what was expected; words and frames say which segment is a cause, which ones moved only
    since they hold or touch one, and which the data cannot tell from it. What is not drawn is in the table.

    Args:
        frame: the table of `patterns.drivers.lattice_view`, with each `segment` as text: `number`, `role`, `layer`,
            `seen`, `expected` and `times`, and `relation` where it is there.
        about: the key, the title, and the name and unit of what is counted.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=NEEDS)
    found = parts(frame)
    columns = _columns(about)
    if not any(part.role == "cause" for part in found):
        return nothing(frame, about, columns=columns)
    story = describe_lattice(found, about=about, most=MOST_CAUSES)
    told = replace(about, subtitle=about.subtitle or story.subtitle, caption=about.caption or story.caption)
    return figure(
        frame, told, draw=lambda canvas: _Plot(found, canvas).spec(alt=story.alt), alt=story.alt, columns=columns
    )


def _columns(about: About) -> list[TableColumn]:
    return [
        TableColumn("segment", "Segment"),
        TableColumn("layer", "Columns"),
        TableColumn("role", "What it is"),
        TableColumn("number", "Of cause"),
        TableColumn("relation", "How it lies to the cause"),
        TableColumn("seen", about.label, about.unit),
        TableColumn("expected", "Expected by all others", about.unit),
        TableColumn("explained", "Explained by the causes", about.unit),
        TableColumn("times", "Seen over expected", "ratio"),
    ]


@dataclass(frozen=True, slots=True)
class _Plot:
    found: list[Part]
    canvas: Canvas

    def spec(self, *, alt: str) -> dict[str, Any]:
        """Return the spec: a column for each layer, or one beneath the other where there is little room."""
        drawn = groups(self.found, few=self.canvas.is_narrow)
        layers = sorted({group.layer for group in drawn})
        across = 1 if self.canvas.is_narrow else len(layers)
        canvas = self.canvas.but(left=8, right=8, top=8, bottom=8)
        room = canvas.width / across
        data: dict[str, Rows] = {}
        foot, tallest = 0.0, 0.0
        for i, layer in enumerate(layers):
            foot = self._column(
                data,
                [group for group in drawn if group.layer == layer],
                (i % across * room, foot if across == 1 else 0.0),
                room,
            )
            tallest = max(tallest, foot)
        data["ties"] = [] if across == 1 else _ties(data["places"])
        data.pop("places")
        canvas = canvas.but(height=math.ceil(tallest))
        return sheet(canvas, _layers(canvas, room), {name: data.get(name, []) for name in _SETS}, alt=alt)

    def _column(self, data: dict[str, Rows], drawn: list[Group], corner: tuple[float, float], room: float) -> float:
        """Add one layer's words and dots from this corner on; return where it ends."""
        left, y = corner
        data.setdefault("layers", []).append({"px": left, "py": y + 10, "t": layer_name(drawn[0].layer)})
        y += _HEAD + 4
        for group in drawn:
            several = sum(part.role == "cause" for part in self.found) > 1
            data.setdefault("heads", []).append({"px": left, "py": y + 8, "t": heading(group, several=several)})
            y += _HEAD - 4
            for part in group.parts:
                y = self._part(data, part, (left, y), room)
            if group.more:
                data.setdefault("more", []).append(
                    {"px": left + _DOT, "py": y + 4, "t": f"and {group.more} more in the table"}
                )
                y += _LINE + 4
            y += _GAP
        return y

    def _part(self, data: dict[str, Rows], part: Part, corner: tuple[float, float], room: float) -> float:
        left, y = corner
        lines = broken(part.segment, room - _DOT - 26, size=self.canvas.size)
        if len(lines) > _MOST_LINES:
            lines = [*lines[: _MOST_LINES - 1], " ".join(lines[_MOST_LINES - 1 :])]
        height = _LINE * (len(lines) + 1) + 12
        middle, told = y + height / 2, spoken(part)
        names = "strong" if part.role == "cause" else "names"
        for n, line in enumerate(lines):
            data.setdefault(names, []).append({"px": left + _DOT, "py": y + 14 + n * _LINE, "t": line})
        data.setdefault("values", []).append({"px": left + _DOT, "py": y + 14 + len(lines) * _LINE, "t": told["short"]})
        largest = max(max(one.seen, one.expected) for one in self.found)
        dot: dict[str, Any] = {"px": left + _DOT / 2 - 1, "py": middle, "c": part.away, "o": part.strength, **told}
        data.setdefault("dots", []).append({**dot, "sz": _area(part.seen, largest)})
        data.setdefault("rings", []).append({"px": dot["px"], "py": middle, "sz": _area(part.expected, largest)})
        words = max(width(line, size=self.canvas.size * 1.06) for line in [*lines, told["short"]])
        box = {"px": left, "x2": left + min(_DOT + words + 14, room - 8), "py": y, "y2": y + height}
        if part.role in {"cause", "runner-up"}:
            data.setdefault(part.role, []).append(box)
        data.setdefault("places", []).append({**box, "part": part, "middle": middle})
        return y + height + 4


_SETS = ("ties", "cause", "runner-up", "dots", "rings", "layers", "heads", "strong", "names", "values", "more")


def _area(cases: float, largest: float) -> float:
    radius = max(_LARGEST * math.sqrt(cases / largest), _LEAST) if largest else _LEAST
    return round(math.pi * radius**2, 1)


def _ties(places: Rows) -> Rows:
    """Return a line from each cause to what holds it or lies in it, in the columns on its left and right."""
    ties: Rows = []
    for cause in (place for place in places if place["part"].role == "cause"):
        for other in places:
            part: Part = other["part"]
            if part.number != cause["part"].number or part.relation not in {"wider", "narrower"}:
                continue
            if abs(part.layer - cause["part"].layer) != 1:
                continue
            first, last = sorted((cause, other), key=lambda place: place["px"])
            ties.append({"px": first["x2"] + 2, "py": first["middle"], "x2": last["px"], "y2": last["middle"]})
    return ties


def _layers(canvas: Canvas, room: float) -> list[Layer]:
    spot = {"x": pixels("px"), "y": pixels("py")}
    box = {**spot, "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    frame = {"fill": LIGHT.card, "stroke": LIGHT.ink, "cornerRadius": 5}
    size = {"size": {"field": "sz", "type": "quantitative", "scale": None}}
    colour = {
        "field": "c",
        "type": "nominal",
        "scale": {"domain": list(_COLOURS), "range": list(_COLOURS.values())},
        "legend": None,
    }
    strength = {"field": "o", "type": "quantitative", "scale": None}
    tips = {"t": "Segment", "role": "What it is", "tv": "Seen", "tx": "Expected", "tt": "Seen over expected"}
    tip = [{"field": field, "type": "nominal", "title": title} for field, title in tips.items()]
    soft, ink = {"fill": LIGHT.soft, "fontWeight": 400}, {"fill": LIGHT.ink, "fontWeight": 400}
    words = (
        ("layers", {**ink, "fontWeight": 600}),
        ("heads", soft),
        ("strong", {**ink, "fontWeight": 600}),
        ("names", ink),
        ("values", soft),
        ("more", soft),
    )
    return [
        mark("ties", "rule", box, stroke=LIGHT.muted, strokeOpacity=0.7, strokeWidth=1),
        mark("cause", "rect", box, strokeWidth=2, **frame),
        mark("runner-up", "rect", box, strokeWidth=1.2, strokeDash=[4, 3], **frame),
        mark("dots", "point", {**spot, **size, "fill": colour, "opacity": strength, "tooltip": tip}, shape="circle", filled=True),
        mark("rings", "point", {**spot, **size}, shape="circle", filled=False, stroke=LIGHT.ink, strokeWidth=1.2, opacity=1),
        *(_words(name, look, canvas, room) for name, look in words),
    ]  # fmt: skip


def _words(name: str, look: dict[str, Any], canvas: Canvas, room: float) -> Layer:
    limit = room - _DOT - 12 if name in {"strong", "names", "values"} else room - 8
    layer = text(name, {"align": "left", "baseline": "middle", "fontSize": canvas.size, "limit": limit, **look})
    layer["encoding"] |= {"x": pixels("px"), "y": pixels("py")}
    return layer
