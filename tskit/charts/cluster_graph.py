"""Clusters of linked cases: each case as a dot, and what it has in common with others as a sign between them."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from tskit.charts.canvas import Canvas, Layer, Rows, halo, mark, pixels, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, nothing, number
from tskit.charts.theme import LIGHT
from tskit.charts.wording import listed, named, sentence, shown, width

__all__ = ["cluster_graph"]

_NEEDS = ("cluster", "case_id", "linked_id", "why", "x", "y", "linked_x", "linked_y")
_MOST = 400
"""Cases: more dots than this show nothing any more."""
_ACROSS, _ACROSS_NARROW = 4, 2
_HEAD, _LEGEND = 40, 24
_WIDEST, _WIDEST_OF_FEW = 230, 360
_FEW = 2
_APART = 13
"""Pixels between two signs."""
_SIGNS = {
    "account": ("square", LIGHT.categorical[0]),
    "item": ("diamond", LIGHT.categorical[3]),
    "content": ("diamond", LIGHT.categorical[3]),
    "wording": ("cross", LIGHT.categorical[4]),
    "device": ("triangle-up", LIGHT.categorical[5]),
    "reporter": ("triangle-down", LIGHT.categorical[1]),
}
"""Shape and colour of what ties cases; whatever else does has the one below."""
_OTHER = ("triangle-right", LIGHT.soft)


def cluster_graph(ties: pd.DataFrame, *, about: About, clusters: pd.DataFrame | None = None) -> Figure:
    """Draw the first clusters of linked cases, without anything that names a case.

    Args:
        ties: of `patterns.links.linked`: `cluster`, `case_id`, `linked_id`, `why`, and the places of both; optional
            `weight`. The table beside the chart numbers the cases within their cluster, and holds no id.
        about: the key and the title; the caption is the pattern's statement.
        clusters: the table of the same: `cluster`, `cases` (all of them, drawn or not) and `is_beyond_chance`.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 ties.
    """
    ties = checked(ties, needs=_NEEDS)
    found = _clusters(ties, clusters)
    told = _told(ties, found)
    if not found:
        return replace(nothing(told, about, columns=_columns()), of_single_cases=True)
    drawn, count = [], 0
    for cluster in found:
        count += len(cluster.places)
        if drawn and count > _MOST:
            break
        drawn.append(cluster)
    alt, subtitle = _words(drawn, len(found), about)
    about = replace(about, subtitle=about.subtitle or subtitle, caption=about.caption or alt)
    made = figure(told, about, draw=lambda canvas: _spec(drawn, canvas, alt=alt), alt=alt, columns=_columns())
    return replace(made, of_single_cases=True)


def _columns() -> list[TableColumn]:
    return [
        TableColumn("cluster", "Cluster"),
        TableColumn("case", "Case (number in its cluster)"),
        TableColumn("linked", "Tied to case"),
        TableColumn("why", "By"),
        TableColumn("weight", "Likeness"),
    ]


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A cluster: its number, its cases by id with their numbers and places, what ties them, and what is known of it."""

    number: int
    places: dict[str, tuple[int, float, float]]
    bonds: dict[tuple[str, str], list[str]]
    cases: int
    is_beyond: bool | None
    """Beyond what chance makes; none where that is not known."""


def _clusters(ties: pd.DataFrame, table: pd.DataFrame | None) -> list[_Cluster]:
    sizes: dict[int, tuple[int, bool | None]] = {}
    if table is not None:
        rows = zip(table["cluster"], table["cases"], table["is_beyond_chance"], strict=True)
        sizes = {int(cluster): (int(cases), bool(beyond)) for cluster, cases, beyond in rows}
    found: list[_Cluster] = []
    for cluster, own in ties.groupby("cluster", sort=True):
        places: dict[str, tuple[int, float, float]] = {}
        bonds: dict[tuple[str, str], list[str]] = {}
        for row in own[list(_NEEDS)].itertuples(index=False, name=None):
            _, case, hub, why, x, y, hub_x, hub_y = row
            for name, at in ((str(hub), (hub_x, hub_y)), (str(case), (x, y))):
                places.setdefault(name, (len(places) + 1, number(at[0]) or 0.0, number(at[1]) or 0.0))
            bonds.setdefault((named(why), str(hub)), [str(hub)]).append(str(case))
        cases, is_beyond = sizes.get(int(str(cluster)), (len(places), None))
        found.append(_Cluster(int(str(cluster)), places, bonds, cases, is_beyond))
    return found


def _told(ties: pd.DataFrame, found: list[_Cluster]) -> pd.DataFrame:
    numbers = {cluster.number: {name: place[0] for name, place in cluster.places.items()} for cluster in found}
    pairs = list(zip(ties["cluster"], ties["case_id"], ties["linked_id"], strict=True))
    return pd.DataFrame(
        {
            "cluster": [int(cluster) for cluster, _, _ in pairs],
            "case": [numbers[int(cluster)][str(case)] for cluster, case, _ in pairs],
            "linked": [numbers[int(cluster)][str(hub)] for cluster, _, hub in pairs],
            "why": [named(why) for why in ties["why"]],
            "weight": ties["weight"].tolist() if "weight" in ties.columns else [None] * len(pairs),
        }
    )


def _words(drawn: list[_Cluster], found: int, about: About) -> tuple[str, str]:
    cases, every = sum(len(cluster.places) for cluster in drawn), sum(cluster.cases for cluster in drawn)
    ties = {
        why: sum(len(c) - 1 for cluster in drawn for (w, _), c in cluster.bonds.items() if w == why)
        for why in _kinds(drawn)
    }
    sizes = [f"cluster {cluster.number} of {shown(cluster.cases, 'cases')} cases" for cluster in drawn]
    by = [f"{why} ({shown(count, 'cases')})" for why, count in ties.items()]
    beyond = [str(cluster.number) for cluster in drawn if cluster.is_beyond]
    parts = [
        f"Graph of {len(drawn)} {'cluster' if len(drawn) == 1 else 'clusters'} with {shown(cases, 'cases')} linked cases",
        listed(sizes),
        f"ties by {listed(by, most=6)}",
        f"beyond what chance makes: cluster {listed(beyond, most=12)}" if beyond else "",
        f"{shown(every - cases, 'cases')} further cases of these clusters are not drawn" if every > cases else "",
        f"{found - len(drawn)} further clusters are not drawn" if found > len(drawn) else "",
    ]
    alt = " ".join([*(sentence(part) for part in parts if part), about.caption]).strip()
    fewer = [f"{shown(cases, 'cases')} of {shown(every, 'cases')} cases"] if every > cases else []
    fewer += [f"{len(drawn)} of {found} clusters"] if found > len(drawn) else []
    return alt, "; ".join(
        ["A dot is a case, a sign what its cases have in common", *fewer, "nothing here names a case"]
    )


def _kinds(drawn: list[_Cluster]) -> list[str]:
    return sorted({why for cluster in drawn for why, _ in cluster.bonds})


def _spec(drawn: list[_Cluster], canvas: Canvas, *, alt: str) -> dict[str, Any]:
    canvas = canvas.but(left=10, right=10, top=10, bottom=6)
    legend = _legend(_kinds(drawn), canvas)
    top = max(row["py"] for row in legend) + _LEGEND / 2
    across = min(len(drawn), _ACROSS_NARROW if canvas.is_narrow else _ACROSS)
    side = min(canvas.width / across, _WIDEST_OF_FEW if len(drawn) <= _FEW else _WIDEST)
    data: dict[str, Rows] = {"lines": [], "cases": [], "signs": [], "heads": [], "notes": [], "legend": legend}
    for i, cluster in enumerate(drawn):
        left, upper = i % across * side, top + i // across * (side + _HEAD)
        for name, rows in _one(cluster, (left, upper), side).items():
            data[name].extend(rows)
    canvas = canvas.but(height=int(top + -(-len(drawn) // across) * (side + _HEAD)))
    # A layer draws one shape: so each kind of sign is a data set of its own.
    for name in ("signs", "lines", "legend"):
        rows = data.pop(name)
        for k, why in enumerate(_kinds(drawn)):
            data[f"{name}_{k}"] = [{n: v for n, v in row.items() if n != "why"} for row in rows if row["why"] == why]
    data["words"] = [{"px": row["px"] + 12, "py": row["py"], "t": row["why"]} for row in legend]
    return sheet(canvas, _layers(_kinds(drawn), canvas), data, alt=alt)


def _legend(kinds: list[str], canvas: Canvas) -> Rows:
    rows: Rows = []
    px, py = 8.0, 8.0
    for why in kinds:
        room = min(width(why, size=canvas.size), canvas.width / 2) + 40
        if px > 8 and px + room > canvas.width:
            px, py = 8.0, py + 20
        rows.append({"px": px, "py": py, "why": why})
        px += room
    return rows


def _one(cluster: _Cluster, corner: tuple[float, float], side: float) -> dict[str, Rows]:
    xs, ys = [p[1] for p in cluster.places.values()], [p[2] for p in cluster.places.values()]
    middle, reach = ((min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2), max(max(xs) - min(xs), max(ys) - min(ys), 1.0)
    unit = (side - 44) / reach
    spot = {
        name: (corner[0] + side / 2 + (x - middle[0]) * unit, corner[1] + _HEAD + side / 2 - (y - middle[1]) * unit)
        for name, (_, x, y) in cluster.places.items()
    }
    lines, signs, reasons = [], [], dict[str, set[str]]()
    for n, ((why, _), members) in enumerate(sorted(cluster.bonds.items(), key=lambda bond: (-len(bond[1]), bond[0]))):
        at = _free([spot[name] for name in members], signs)
        said = {"t": f"{why}: {len(members)} cases of cluster {cluster.number}"}
        signs.append({"px": round(at[0], 1), "py": round(at[1], 1), "why": why, **said})
        for name in members:
            x, y = spot[name]
            lines.append({"px": round(x, 1), "py": round(y, 1), "x2": signs[n]["px"], "y2": signs[n]["py"], "why": why})
            reasons.setdefault(name, set()).add(why)
    cases = [
        {
            "px": round(x, 1),
            "py": round(y, 1),
            "t": f"case {cluster.places[name][0]} of cluster {cluster.number}",
            "tw": ", ".join(sorted(reasons[name])),
        }
        for name, (x, y) in spot.items()
    ]
    head = {"px": corner[0] + 8, "py": corner[1] + 14, "t": f"{cluster.number}: {shown(cluster.cases, 'cases')} cases"}
    judged = {True: "beyond chance", False: "as chance makes"}[bool(cluster.is_beyond)]
    notes = [] if cluster.is_beyond is None else [{"px": corner[0] + 8, "py": corner[1] + 30, "t": judged}]
    return {"lines": lines, "signs": signs, "cases": cases, "heads": [head], "notes": notes}  # fmt: skip


def _free(members: list[tuple[float, float]], signs: Rows) -> tuple[float, float]:
    """Return the middle of some places, or the nearest one on a spiral around it that no other sign is at."""
    x, y = sum(m[0] for m in members) / len(members), sum(m[1] for m in members) / len(members)
    for n in range(200):
        angle, away = 2.4 * n, 4 * math.sqrt(n)
        at = x + away * math.cos(angle), y + away * math.sin(angle)
        if all(math.hypot(at[0] - s["px"], at[1] - s["py"]) >= _APART for s in signs):
            return at
    return x, y


def _layers(kinds: list[str], canvas: Canvas) -> list[Layer]:
    spot = {"x": pixels("px"), "y": pixels("py")}
    line = {**spot, "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    lines = [
        mark(f"lines_{k}", "rule", line, stroke=_SIGNS.get(why, _OTHER)[1], strokeOpacity=0.3, strokeWidth=1)
        for k, why in enumerate(kinds)
    ]
    return [*lines, _dots(spot), *_signs(kinds, spot), *_texts(spot, canvas)]


def _dots(spot: dict[str, Any]) -> Layer:
    titles = {"t": "Case", "tw": "Tied by"}
    tip = {"tooltip": [{"field": name, "type": "nominal", "title": title} for name, title in titles.items()]}
    look = {"fill": LIGHT.ink, "stroke": LIGHT.card, "strokeWidth": 0.8, "size": 34, "opacity": 1}
    return mark("cases", "point", {**spot, **tip}, shape="circle", filled=True, **look)


def _signs(kinds: list[str], spot: dict[str, Any]) -> list[Layer]:
    told = {"tooltip": [{"field": "t", "type": "nominal", "title": "In common"}]}
    layers: list[Layer] = []
    for k, why in enumerate(kinds):
        shape, colour = _SIGNS.get(why, _OTHER)
        look = {"shape": shape, "fill": colour, "stroke": LIGHT.card, "strokeWidth": 1, "opacity": 1, "size": 110}
        layers += [
            mark(f"signs_{k}", "point", {**spot, **told}, filled=True, **look),
            mark(f"legend_{k}", "point", spot, filled=True, **look),
        ]
    return layers


def _texts(spot: dict[str, Any], canvas: Canvas) -> list[Layer]:
    layers: list[Layer] = []
    for data, fill, weight in (("heads", LIGHT.ink, 600), ("notes", LIGHT.soft, 400), ("words", LIGHT.ink, 400)):
        look = {"align": "left", "baseline": "middle", "fontSize": canvas.size, "limit": canvas.width / 2}
        layer = text(data, {**look, "fontWeight": weight, "fill": fill})
        layer["encoding"] |= spot
        layers += [halo(layer), layer]
    return layers
