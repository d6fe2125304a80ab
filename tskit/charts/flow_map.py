"""A map of queues: how long cases lie in each, and which ways they take between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, colours, halo, mark, pixels, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.flow_places import Box, Way, arrow, boxes, curve, height_of, is_back, middle
from tskit.charts.frames import checked, figure, nothing, number
from tskit.charts.theme import LIGHT
from tskit.charts.wording import listed, named, sentence, shown, width

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["flow_map"]

_MOST_QUEUES = 18
_MOST_WAYS, _MOST_WAYS_NARROW = 24, 12
_MOST_NUMBERS, _MOST_NUMBERS_NARROW = 8, 5
_THICKEST = 8.0
_KINDS = {"slow": LIGHT.worse, "": LIGHT.muted}
_LINES = {"on": LIGHT.accent, "back": LIGHT.unsure}


def flow_map(nodes: pd.DataFrame, edges: pd.DataFrame, *, about: About, slow: pd.DataFrame | None = None) -> Figure:
    """Draw queues in the order in which cases come to them, with the ways that cases take from one to another.

    Args:
        nodes: of `patterns.flow.flow_map`: `node`, `kind` ("opened", "queue", "closed"), `entries`, `median_hours`,
            `layer` and `y`. The 18 queues with the most entries are drawn,
            those that are held up before all others.
        edges: of the same: `source`, `target` and `cases`, drawn as arrows between queues, the most frequent first; and
            `returns`, those straight back. The table beside the chart holds all of them.
        about: the key and the title; the caption is the pattern's statement.
        slow: the table of `patterns.flow.bottlenecks`: a `queue` with a `verdict` is marked.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    nodes = checked(nodes, needs=["node", "kind", "entries", "median_hours", "layer", "y"])
    edges = checked(edges, needs=["source", "target", "cases"])
    queues = _queues(nodes, edges, slow)
    if not queues or (len(edges) and edges["cases"].isna().all()):
        return nothing(edges, about, columns=_columns())
    names = {queue["name"] for queue in queues}
    every = _ways(edges, {named(node) for node in nodes.loc[nodes["kind"] == "queue", "node"]})
    made = _Map(queues, [way for way in every if {way.source, way.target} <= names])
    alt, subtitle = _words(made, every, int((nodes["kind"] == "queue").sum()), about)
    told = replace(about, subtitle=about.subtitle or subtitle, caption=about.caption or alt)
    return figure(edges, told, draw=lambda canvas: made.spec(canvas, alt=alt), alt=alt, columns=_columns())


def _columns() -> list[TableColumn]:
    return [
        TableColumn("source", "From"),
        TableColumn("target", "To"),
        TableColumn("cases", "Times", "cases"),
        TableColumn("returns", "Straight back", "cases"),
        TableColumn("median_hours", "Median before it", "hours"),
        TableColumn("p90_hours", "90 % within", "hours"),
        TableColumn("exits_share", "Of what left", "share"),
        TableColumn("before_share", "Before", "share"),
        TableColumn("change", "Change", "points"),
        TableColumn("change_low", "Change from", "points"),
        TableColumn("change_high", "Change to", "points"),
    ]


def _queues(nodes: pd.DataFrame, edges: pd.DataFrame, slow: pd.DataFrame | None) -> Rows:
    verdicts: dict[str, str] = {}
    if slow is not None:
        verdicts = {named(q): str(v) for q, v in zip(slow["queue"], slow["verdict"], strict=True) if v}
    ends = {named(node): kind for node, kind in zip(nodes["node"], nodes["kind"], strict=True) if kind != "queue"}
    stubs: dict[tuple[str, str], float] = {}
    for way in _ways(edges, None):
        if way.source in ends and way.target not in ends:
            stubs[ends[way.source], way.target] = way.cases
        elif way.target in ends and way.source not in ends:
            stubs["left", way.source] = way.cases
    rows: Rows = []
    found = nodes[nodes["kind"] == "queue"]
    found = found.assign(_smooth=[named(node) not in verdicts for node in found["node"]])  # what is held up comes first
    drawn = found.sort_values(["_smooth", "entries", "node"], ascending=[True, False, True]).head(_MOST_QUEUES)
    for _, node in drawn.sort_values(["layer", "y", "node"]).iterrows():
        name, hours = named(node["node"]), number(node["median_hours"])
        flows = {end: stubs.get((end, name), 0.0) for end in ("opened", "closed", "left")}
        row = {"name": name, "layer": int(node["layer"]), "entries": int(node["entries"]), "hours": hours}
        rows.append(row | flows | {"verdict": verdicts.get(name, "")})
    return rows


def _ways(edges: pd.DataFrame, among: set[str] | None) -> list[Way]:
    """Return the ways that were taken, the most frequent first; only those `among` some queues, if these are given."""
    found: list[Way] = []
    for i in range(len(edges)):
        row = {name: edges[name].iloc[i] for name in edges.columns}
        way = Way(
            *(named(row["source"]), named(row["target"]), number(row["cases"]) or 0.0),
            *(number(row.get("returns")) or 0.0, number(row.get("median_hours"))),
        )
        if way.cases > 0 and (among is None or ({way.source, way.target} <= among and way.source != way.target)):
            found.append(way)
    return sorted(found, key=lambda way: (-way.cases, way.source, way.target))


def _words(made: _Map, every: list[Way], queues: int, about: About) -> tuple[str, str]:
    moves, back = sum(way.cases for way in every), sum(way.returns for way in every)
    most = [f"{way.source} to {way.target} ({shown(way.cases, 'cases')})" for way in every[:3]]
    lain = sorted((q for q in made.queues if q["hours"] is not None), key=lambda q: (-q["hours"], q["name"]))
    longest = [f"{queue['name']} ({shown(queue['hours'], 'hours')})" for queue in lain[:3]]
    slow = [f"{queue['name']} ({queue['verdict']})" for queue in made.queues if queue["verdict"]]
    parts = [
        f"Map of {queues} {'queue' if queues == 1 else 'queues'} and {len(every)} ways between them",
        f"cases moved {shown(moves, 'cases')} times, {shown(back, 'cases')} of them straight back" if every else "",
        f"most often {listed(most)}" if most else "no case moved from one to another",
        f"they lie longest in {listed(longest)} (median)" if longest else "",
        f"held up: {listed(slow, most=6)}" if slow else "",
    ]
    alt = " ".join([*(sentence(part) for part in parts if part), about.caption]).strip()
    some = f"the {_MOST_QUEUES} busiest of {queues} queues; " if queues > _MOST_QUEUES else ""
    fewer = f"the {_MOST_WAYS} most frequent of {len(every)} ways" if len(every) > _MOST_WAYS else "all ways"
    held = "; heavy frames with a triangle are held up" if slow else ""
    return alt, (
        f"Median hours and cases that came; {some}{fewer} between queues, as thick as they are frequent, dashed where "
        f"they lead back; grey stubs are cases opened and closed{held}"
    )


@dataclass(frozen=True, slots=True)
class _Map:
    queues: Rows
    ways: list[Way]

    def spec(self, canvas: Canvas, *, alt: str) -> dict[str, Any]:
        canvas = canvas.but(left=12, right=12, top=10, bottom=10)
        canvas = canvas.but(height=height_of([queue["layer"] for queue in self.queues], canvas))
        placed = boxes(self.queues, canvas)
        most = _MOST_WAYS_NARROW if canvas.is_narrow else _MOST_WAYS
        ways = [_drawn(way, placed, canvas) for way in self.ways[:most]]
        top = max([way.cases for way in self.ways], default=1.0)
        data = {
            **_lines(self.ways[:most], ways, top, placed, is_list=canvas.is_narrow),
            "numbers": _numbers(self.ways[:most], ways, placed, canvas),
        }
        busiest = max(max(queue["opened"], queue["left"]) for queue in self.queues)
        data["stubs"] = [] if canvas.is_narrow else _stubs(self.queues, placed, busiest)
        data |= self._boxes(placed, canvas)
        return sheet(canvas, _layers(canvas, next(iter(placed.values())).size[0]), data, alt=alt)

    def _boxes(self, placed: dict[str, Box], canvas: Canvas) -> dict[str, Rows]:
        rows = [_box(queue, placed[queue["name"]], canvas) for queue in self.queues]
        apart = 8.5
        return {
            "boxes": rows,
            "names": [{"px": row["px"], "py": row["py"] - apart, "t": row["name"]} for row in rows],
            "dwell": [{"px": row["px"], "py": row["py"] + apart, "t": row["line"]} for row in rows],
            "signs": [{"px": row["sign"], "py": row["py"] - apart} for row in rows if row["c"]],
        }


def _box(queue: dict[str, Any], box: Box, canvas: Canvas) -> dict[str, Any]:
    free = 2 if canvas.is_narrow else 0
    wide, high = box.size[0] / 2 - free, box.size[1] / 2 - free
    hours = "–" if queue["hours"] is None else shown(queue["hours"], "hours")
    came = shown(queue["entries"], "cases")
    lines = [f"{hours} · {came} · {queue['verdict']}"] if queue["verdict"] else []
    lines = [line for line in lines if width(line, size=canvas.size - 1) < 2 * wide - 12]
    place = {"x0": box.x - wide, "x1": box.x + wide, "y0": box.y - high, "y1": box.y + high, "px": box.x - wide + 7}
    said = {"name": queue["name"], "th": hours, "te": came, "tv": queue["verdict"] or "–"}
    flows = {short: shown(queue[end], "cases") for short, end in (("to", "opened"), ("tl", "left"), ("tr", "closed"))}
    sign = {"c": "slow" if queue["verdict"] else "", "sign": box.x + wide - 9, "py": box.y}
    return {**place, **said, **flows, **sign, "line": lines[0] if lines else f"{hours} · {came}"}


def _drawn(way: Way, placed: dict[str, Box], canvas: Canvas) -> list[tuple[float, float]]:
    return curve(placed[way.source], placed[way.target], is_list=canvas.is_narrow)


def _lines(
    ways: list[Way], drawn: list[list[tuple[float, float]]], top: float, placed: dict[str, Box], *, is_list: bool
) -> dict[str, Rows]:
    data: dict[str, Rows] = {"on": [], "back": [], "heads_on": [], "heads_back": []}
    for n, (way, points) in enumerate(zip(ways, drawn, strict=True)):
        kind = "back" if is_back(placed[way.source], placed[way.target], is_list=is_list) else "on"
        thick = round(max(1.2, _THICKEST * way.cases / top), 2)
        hours = "–" if way.hours is None else shown(way.hours, "hours")
        said = {"t": f"{way.source} → {way.target}", "tc": shown(way.cases, "cases"), "tr": shown(way.returns, "cases")}
        data[kind] += [
            {"px": x, "py": y, "i": i, "seg": n, "w": thick, **said, "th": hours} for i, (x, y) in enumerate(points)
        ]
        data[f"heads_{kind}"].append(
            {"px": points[-1][0], "py": points[-1][1], "a": arrow(points), "s": 40 + 14 * thick}
        )
    return data  # fmt: skip


def _numbers(ways: list[Way], drawn: list[list[tuple[float, float]]], placed: dict[str, Box], canvas: Canvas) -> Rows:
    """Return how often the most frequent ways were taken, near the middle of each as far as there is room."""
    most = _MOST_NUMBERS_NARROW if canvas.is_narrow else _MOST_NUMBERS
    kept: Rows = []
    for way, points in zip(ways, drawn, strict=True):
        words = shown(way.cases, "cases")
        room = width(words, size=canvas.size)
        spot = middle(points, placed.values(), room=room / 2)
        if spot is None or len(kept) >= most:
            continue
        if all(abs(spot[0] - k["px"]) > room + 6 or abs(spot[1] - k["py"]) > canvas.size + 3 for k in kept):
            kept.append({"px": spot[0], "py": spot[1], "t": words})
    return kept


def _stubs(queues: Rows, placed: dict[str, Box], busiest: float) -> Rows:
    stubs: Rows = []
    for queue in queues:
        box = placed[queue["name"]]
        x, y = box.size[0] / 2, box.size[1] / 2 - 6
        for end, side in (("opened", -1), ("left", 1)):
            if queue[end] > 0:
                place = {"px": box.x + side * x, "x1": box.x + side * (x + 13), "py": box.y + side * y}
                stubs.append({**place, "w": round(max(1.0, _THICKEST * queue[end] / busiest), 2)})
    return stubs


def _layers(canvas: Canvas, room: float) -> list[Layer]:
    spot = {"x": pixels("px"), "y": pixels("py")}
    thick = {"strokeWidth": {"field": "w", "type": "quantitative", "scale": None, "legend": None}}
    pieces = {"detail": {"field": "seg", "type": "nominal"}, "order": {"field": "i", "type": "quantitative"}}
    tip = _tip({"t": "Way", "tc": "Times", "tr": "Straight back", "th": "Median before it"})
    box = {"x": pixels("x0"), "x2": {"field": "x1"}, "y": pixels("y0"), "y2": {"field": "y1"}}
    told = _tip(
        {
            "name": "Queue",
            "th": "Median",
            "te": "Came",
            "to": "Opened here",
            "tl": "Closed from here",
            "tr": "Reopened into it",
            "tv": "Held up",
        }
    )
    head = {
        **spot,
        "angle": {"field": "a", "type": "quantitative", "scale": None},
        "size": {"field": "s", "type": "quantitative", "scale": None, "legend": None},
    }
    return [
        mark("stubs", "rule", {**spot, "x2": {"field": "x1"}, **thick}, stroke=LIGHT.muted, strokeOpacity=0.7),
        *(mark(kind, "line", {**spot, **thick, **pieces, **tip}, stroke=colour, strokeOpacity=0.6, **_dash(kind)) for kind, colour in _LINES.items()),
        mark("boxes", "rect", {**box, "stroke": colours("c", _KINDS), **told}, fill=LIGHT.card, strokeWidth=1.4, cornerRadius=4),
        *(mark(f"heads_{kind}", "point", head, shape="triangle", filled=True, fill=colour, opacity=1) for kind, colour in _LINES.items()),
        mark("signs", "point", spot, shape="triangle-up", filled=True, fill=LIGHT.worse, size=60, opacity=1),
        _words_at("names", canvas, {"fontWeight": 600, "fill": LIGHT.ink, "limit": room - 22}),
        _words_at("dwell", canvas, {"fill": LIGHT.soft, "limit": room - 12, "fontSize": canvas.size - 1}),
        halo(_words_at("numbers", canvas, {"align": "center", "fontWeight": 600, "fill": LIGHT.ink})),
        _words_at("numbers", canvas, {"align": "center", "fontWeight": 600, "fill": LIGHT.ink}),
    ]  # fmt: skip


def _dash(kind: str) -> dict[str, list[int]]:
    return {"strokeDash": [5, 4]} if kind == "back" else {}


def _tip(titles: dict[str, str]) -> dict[str, Any]:
    return {"tooltip": [{"field": f, "type": "nominal", "title": t} for f, t in titles.items()]}


def _words_at(data: str, canvas: Canvas, settings: dict[str, Any]) -> Layer:
    layer = text(data, {"align": "left", "baseline": "middle", "fontSize": canvas.size, **settings})
    layer["encoding"] |= {"x": pixels("px"), "y": pixels("py")}
    return layer
