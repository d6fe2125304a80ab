"""The top of the page: the answer, the headline figures and the findings, hoisted out of the notebook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tskit.export.html.blocks import text
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ANSWERS", "Card", "Link", "Tile", "cards", "path", "sparkline", "tiles"]

_SURE = {"very high": 4, "high": 3, "moderate": 2, "low": 1}
_KINDS = {
    "change": "Change",
    "steady": "Within noise",
    "target": "Target",
    "incident": "Incident",
    "limit": "Limit",
    "pattern": "Pattern",
    "fact": "On record",
}
ANSWERS = "#answers-t"
"""Where the answers of the first page stand."""
_TONES = {"worse": "worse", "better": "better"}
_WIDE, _HIGH, _PAD = 200.0, 34.0, 4.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline figure: what it is, its value, its change, how it stands to its target, and the weeks before."""

    label: str
    value: str
    unit: str
    change: str
    tone: str
    verdict: str
    target: str
    range: str
    spark: Spark | None


@dataclass(frozen=True, slots=True)
class Spark:
    """The path of a small line, the area below it, where its last point lies, and where the period begins."""

    line: str
    area: str
    x: float
    y: float
    now: float = 0.0
    """0 where it is not known how many of the points are of the period."""


@dataclass(frozen=True, slots=True)
class Link:
    """Something to look at, with its place on the page where it has one."""

    text: str
    target: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as the page shows it; `dots` of four say how sure it is, beside the word; a list has neither."""

    claim: str
    detail: str
    label: str
    tone: str
    kind: str
    sure: str
    dots: int
    why_sure: str
    evidence: tuple[Link, ...]
    limits: str
    next_step: str


def tiles(table: Mapping[str, Any] | None, *, recent: int = 0) -> tuple[Tile, ...]:
    """Return the tiles of a table with the role "headlines"; `recent` of the points of each line are of the period."""
    if not table:
        return ()
    names = [text(column, "name") for column in table.get("columns", [])]
    return tuple(_tile(dict(zip(names, row, strict=False)), recent) for row in table.get("rows", []))


def cards(findings: Sequence[Mapping[str, Any]], places: Mapping[str, Link]) -> tuple[Card, ...]:
    """Return the findings as cards; `places` tells where figures and tables lie, by key.

    A fact that rests on the answers of the page alone has no card: it stands there, and its values in `findings.json`.
    """
    return tuple(_card(finding, places) for finding in findings if not _is_answered(finding, places))


def sparkline(values: Sequence[float | None], *, recent: int = 0) -> Spark | None:
    """Return the small line through `values`, or None where fewer than three are known; gaps stay gaps.

    The last `recent` values are those of the period; the mark begins half a step before the first of them.
    """
    known = [value for value in values if isinstance(value, int | float)]
    if len(known) < 3:  # two points show no course
        return None
    low, high = min(known), max(known)
    step = (_WIDE - 2 * _PAD) / max(len(values) - 1, 1)
    room = _HIGH - 2 * _PAD
    points = [
        (_PAD + n * step, _HIGH / 2 if high == low else _HIGH - _PAD - (value - low) / (high - low) * room)
        if value is not None
        else None
        for n, value in enumerate(values)
    ]
    line = path(points)
    drawn = [point for point in points if point]
    area = (
        ""
        if len(drawn) < len(points)
        else f"M{drawn[0][0]:.1f} {_HIGH:.0f}L{' '.join(f'{x:.1f} {y:.1f}' for x, y in drawn)}L{drawn[-1][0]:.1f} {_HIGH:.0f}Z"
    )
    now = _PAD + (len(values) - recent - 0.5) * step if 0 < recent < len(values) else 0.0
    return Spark(line, area, round(drawn[-1][0], 1), round(drawn[-1][1], 1), round(now, 1))


def path(points: Sequence[tuple[float, float] | None]) -> str:
    """Return the path through points; None is a gap in it."""
    steps, is_down = "", False
    for point in points:
        if point:
            steps += f"{'L' if is_down else 'M'}{point[0]:.1f} {point[1]:.1f}"
        is_down = point is not None
    return steps


def _tile(row: Mapping[str, Any], recent: int) -> Tile:
    value = neutralise(text(row, "text") or text(row, "value"))
    # The unit is set smaller beside the number, so that the number is what the eye finds.
    number, _, unit = value.replace("\u202f", "\u00a0").partition("\u00a0")
    tone = text(row, "tone")
    return Tile(
        label=neutralise(text(row, "label")),
        value=number,
        unit=unit,
        change=neutralise(text(row, "change")),
        tone=tone if tone in _TONES else "neutral",
        verdict=neutralise(text(row, "verdict")),
        target=neutralise(text(row, "target")),
        range=neutralise(text(row, "range")),
        spark=sparkline(row.get("spark") or [], recent=recent),
    )


def _is_answered(finding: Mapping[str, Any], places: Mapping[str, Link]) -> bool:
    shown = [places.get(text(item, "ref")) for item in finding.get("evidence", [])]
    return text(finding, "kind") == "fact" and bool(shown) and all(at and at.target == ANSWERS for at in shown)


def _card(finding: Mapping[str, Any], places: Mapping[str, Link]) -> Card:
    tone, kind, sure = text(finding, "tone"), text(finding, "kind"), text(finding, "certainty")
    judged = _TONES.get(tone, "")
    return Card(
        claim=neutralise(text(finding, "claim")),
        detail=neutralise(text(finding, "detail")),
        label=_label(kind, judged),
        tone=kind if kind in {"incident", "limit"} else judged or "neutral",
        kind=kind if kind in _KINDS else "",
        sure=sure if sure in _SURE or not sure else "moderate",
        dots=_SURE.get(sure, 2),
        why_sure=neutralise(text(finding, "why_sure")),
        evidence=tuple(dict.fromkeys(_link(item, places) for item in finding.get("evidence", []))),
        limits=neutralise(text(finding, "limits")),
        next_step=neutralise(text(finding, "next_step")),
    )


def _label(kind: str, tone: str) -> str:
    if kind == "target" and tone:
        return "Target missed" if tone == "worse" else "Target met"
    label = _KINDS.get(kind, "Finding")
    return f"{label}, {tone}" if kind == "change" and tone else label


def _link(evidence: Mapping[str, Any], places: Mapping[str, Link]) -> Link:
    said, ref = neutralise(text(evidence, "text")), text(evidence, "ref")
    place = places.get(ref)
    if place is None:
        return Link(said or neutralise(ref))
    return Link(f"{place.text}: {said}" if said else place.text, place.target)
