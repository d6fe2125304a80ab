"""A fishbone: the causes that were found, on Ishikawa's branches, leading to the problem."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tskit.charts.canvas import Canvas, Layer, Rows, colours, mark, pixels, sheet, text
from tskit.charts.figure import About, Figure, TableColumn
from tskit.charts.frames import checked, figure, nothing, number
from tskit.charts.theme import LIGHT
from tskit.charts.wording import broken, listed, lowered, shown, width

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["fishbone"]

_STRONG = {"some": LIGHT.accent, "none": LIGHT.muted}
_WORDS = {"some": LIGHT.ink, "none": LIGHT.muted}
_MOST = 4
"""Causes on one branch; the table has all of them."""
_HIGH, _SLANT, _STEP, _WIDE_HEAD = 198.0, 56.0, 40, 112
_AIR = 12
"""Pixels between words and the rib that they belong to, and at least as many to the next one."""
_COLUMNS = (
    TableColumn("branch", "Branch"),
    TableColumn("cause", "Id"),
    TableColumn("name", "Cause"),
    TableColumn("k", "Cases", "cases"),
    TableColumn("value", "Share", "share"),
    TableColumn("branch_k", "Cases on the branch", "cases"),
    TableColumn("branch_value", "Share of the branch", "share"),
)


def fishbone(frame: pd.DataFrame, *, about: About) -> Figure:
    """Draw the causes as bones of a fish: a spine that leads to the problem, a rib a branch, and its causes on it.

    Args:
        frame: one row a cause with `branch`, `name` and `k`, and `branch_k`, the cases of its branch; a branch without a
            cause has one row with an empty name. Rows with an empty branch are in the table alone.
        about: the key and the title; `label` stands in the head of the fish.

    Raises:
        ParameterError: a column is missing, or there are more than 5,000 rows.
    """
    frame = checked(frame, needs=["branch", "name", "k", "branch_k"])
    ribs = _ribs(frame)
    if not any(rib["causes"] for rib in ribs):
        return nothing(frame, about, columns=_COLUMNS)
    found = sorted((rib for rib in ribs if rib["causes"]), key=lambda rib: -rib["k"])
    shape = listed([f"{rib['branch']} {shown(rib['k'], 'cases')}" for rib in found], most=6)
    largest = found[0]["causes"][0]["words"]
    told = replace(
        about,
        caption=about.caption
        or f"Cases by branch: {shape}. Causes stand with their cases; the most frequent of a branch nearest to its name.",
    )
    alt = f"Fishbone diagram that leads to {lowered(about.label)}. Cases by branch: {shape}. The largest branch begins with {largest}."
    return figure(frame, told, draw=lambda canvas: _spec(ribs, about.label, canvas, alt=alt), alt=alt, columns=_COLUMNS)


def _ribs(frame: pd.DataFrame) -> Rows:
    ribs: Rows = []
    for branch in [name for name in dict.fromkeys(frame["branch"]) if name]:
        part = frame[frame["branch"] == branch]
        causes = [
            {"words": f"{name} {shown(k, 'cases')}", "name": name, "number": shown(k, "cases")}
            for name, k in (
                (str(row_name), number(row_k)) for row_name, row_k in zip(part["name"], part["k"], strict=True)
            )
            if k
        ]
        more = len(causes) - _MOST
        shown_causes = (
            [*causes[: _MOST - 1], {"words": f"{more + 1} more", "name": f"{more + 1}", "number": "more"}]
            if more > 0
            else causes
        )
        ribs.append({"branch": str(branch), "k": number(part["branch_k"].iloc[0]) or 0.0, "causes": shown_causes})
    return ribs


def _spec(ribs: Rows, problem: str, canvas: Canvas, *, alt: str) -> dict[str, Any]:
    drawn = _upright(ribs, problem, canvas) if canvas.is_narrow else _lying(ribs, problem, canvas)
    canvas, data = drawn
    return sheet(canvas, _layers(canvas), data, alt=alt)


def _lying(ribs: Rows, problem: str, canvas: Canvas) -> tuple[Canvas, dict[str, Rows]]:
    """Return the fish with its head to the right: half of the ribs above the spine, half below."""
    canvas = canvas.but(left=8, right=8, top=30, bottom=30, height=int(2 * _HIGH))
    spine_end, pairs = canvas.width - _WIDE_HEAD, (len(ribs) + 1) // 2
    gap = (spine_end - _SLANT) / pairs
    bones: Rows = []
    names: Rows = []
    words: Rows = []
    for i, rib in enumerate(ribs):
        foot = _SLANT + gap * (i % pairs + 1) - 10
        above, kind = i < pairs, "some" if rib["k"] else "none"
        tip = {"x": foot - _SLANT, "y": 6.0 if above else 2 * _HIGH - 6.0}
        bones.append({"x1": tip["x"], "y1": tip["y"], "x2": foot, "y2": _HIGH, "c": kind, "w": 2.6})
        names.append({"px": tip["x"], "py": tip["y"] + (-14 if above else 14), "t": _branch(rib), "c": kind})
        lines, twigs = _twigs(rib, tip, foot, gap, canvas)
        words += lines
        bones += twigs
    bones.append({"x1": 6, "y1": _HIGH, "x2": spine_end, "y2": _HIGH, "c": "some", "w": 4})
    box = {"x1": spine_end, "x2": canvas.width, "y1": _HIGH - 46, "y2": _HIGH + 46}
    data = {"bones": bones, "names": names, "words": words, "head": [box], "problem": _head(problem, box, canvas)}
    return canvas, data


def _twigs(rib: dict[str, Any], tip: dict[str, float], foot: float, gap: float, canvas: Canvas) -> tuple[Rows, Rows]:
    """Return the causes of a rib, in two lines where one is too short for them, and the bones that they stand on."""
    words: Rows = []
    bones: Rows = []
    above = tip["y"] < _HIGH
    for j, cause in enumerate(rib["causes"]):
        base = tip["y"] + (36 + _STEP * j) * (1 if above else -1) + (0 if above else 18)
        x = tip["x"] + (foot - tip["x"]) * (base - tip["y"]) / (_HIGH - tip["y"])
        lines = _lines(cause, min(gap - 4 * _AIR, x - 2 * _AIR), size=canvas.size - 1)
        long = max(width(line, size=canvas.size - 1) for line in lines) + _AIR
        bones.append({"x1": max(x - long, 0), "y1": base, "x2": x, "y2": base, "c": "some", "w": 1.1})
        lean = (foot - tip["x"]) / (_HIGH - tip["y"])
        for n, line in enumerate(lines):
            up = 10 + 14 * (len(lines) - 1 - n)
            # Above the spine a rib leans over the words on it, by as much as the upper edge of the line is higher.
            words.append({"px": x - _AIR - (lean * (up + 7) if above else 0), "py": base - up, "t": line})
    return words, bones


def _lines(cause: dict[str, Any], room: float, *, size: float) -> list[str]:
    """Return a cause and its number in one line or two; the number never stands alone, and what is too long is cut."""
    *first, last = str(cause["name"]).split() or [""]
    glued = broken(" ".join([*first, f"{last}_{cause['number']}"]), room, size=size)
    lines = [*glued[:-1], " ".join(glued[-1].rsplit("_", 1))]
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1]} … {cause['number']}"]


def _upright(ribs: Rows, problem: str, canvas: Canvas) -> tuple[Canvas, dict[str, Rows]]:
    """Return the fish with its head on top: all ribs on one side of an upright spine."""
    step, spine = 24, 14.0
    y = 70.0
    bones: Rows = []
    names: Rows = []
    words: Rows = []
    for rib in ribs:
        kind = "some" if rib["k"] else "none"
        bones.append({"x1": spine, "y1": y, "x2": spine + 24, "y2": y + 18, "c": kind, "w": 2.6})
        names.append({"px": spine + 30, "py": y + 20, "t": _branch(rib), "c": kind})
        for j, cause in enumerate(rib["causes"]):
            line = y + 20 + step * (j + 1)
            bones.append({"x1": spine + 24, "y1": y + 18, "x2": spine + 24, "y2": line, "c": kind, "w": 1.1})
            bones.append({"x1": spine + 24, "y1": line, "x2": spine + 34, "y2": line, "c": kind, "w": 1.1})
            words.append({"px": spine + 40, "py": line, "t": cause["words"], "lim": 270})
        y += 34 + step * len(rib["causes"])
    canvas = canvas.but(left=8, right=8, top=10, bottom=10, height=int(y) + 10)
    bones.append({"x1": spine, "y1": 46, "x2": spine, "y2": y, "c": "some", "w": 4})
    box = {"x1": 0, "x2": canvas.width, "y1": 0, "y2": 46}
    return canvas, {
        "bones": bones,
        "names": names,
        "words": words,
        "head": [box],
        "problem": _head(problem, box, canvas),
    }


def _branch(rib: dict[str, Any]) -> str:
    return f"{rib['branch']} {shown(rib['k'], 'cases')}" if rib["k"] else f"{rib['branch']} –"


def _head(problem: str, box: dict[str, Any], canvas: Canvas) -> Rows:
    """Return the words in the head of the fish, broken into lines that fit."""
    lines = broken(problem[:1].upper() + problem[1:], box["x2"] - box["x1"] - 14, size=canvas.size)
    first = (box["y1"] + box["y2"]) / 2 - (len(lines) - 1) * 8
    return [{"px": (box["x1"] + box["x2"]) / 2, "py": first + 16 * i, "t": line} for i, line in enumerate(lines[:5])]


def _layers(canvas: Canvas) -> list[Layer]:
    ends = {"x": pixels("x1"), "y": pixels("y1"), "x2": {"field": "x2"}, "y2": {"field": "y2"}}
    thick = {"field": "w", "type": "quantitative", "scale": None, "legend": None}
    bones = mark("bones", "rule", {**ends, "color": colours("c", _STRONG), "strokeWidth": thick}, strokeCap="round")
    head = mark("head", "rect", ends, color=LIGHT.accent_soft, stroke=LIGHT.accent, strokeWidth=1.6, cornerRadius=6)
    words = text(
        "words",
        {
            "align": "left" if canvas.is_narrow else "right",
            "baseline": "middle",
            "fontSize": canvas.size - (0 if canvas.is_narrow else 1),
            "fill": LIGHT.ink,
            "limit": 270 if canvas.is_narrow else 196,
        },
    )
    words["encoding"] |= {"x": pixels("px"), "y": pixels("py")}
    words["encoding"]["tooltip"] = [{"field": "t", "type": "nominal", "title": "Cause"}]
    names = text(
        "names",
        {
            "align": "left" if canvas.is_narrow else "center",
            "baseline": "middle",
            "fontSize": canvas.size + 1,
            "fontWeight": 600,
        },
    )
    names["encoding"] |= {"x": pixels("px"), "y": pixels("py"), "fill": colours("c", _WORDS)}
    problem = text(
        "problem",
        {"align": "center", "baseline": "middle", "fontSize": canvas.size, "fontWeight": 600, "fill": LIGHT.ink},
    )
    problem["encoding"] |= {"x": pixels("px"), "y": pixels("py")}
    return [bones, head, words, names, problem]
