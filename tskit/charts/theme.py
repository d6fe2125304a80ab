"""Colours, fonts and line weights of every chart, on light and on dark paper."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

__all__ = ["DARK", "FONT", "LIGHT", "Tokens", "config", "recolour"]

FONT = '"Noto Sans", "Noto Sans Thai", "Noto Sans CJK SC", "Noto Sans CJK TC", system-ui, -apple-system, "Segoe UI", sans-serif'
"""Noto's figures all have one width; the list goes on to faces for Thai and CJK, which Noto Sans itself lacks."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, by what they are for. No two are the same, so that one theme maps onto the other."""

    ink: str
    soft: str
    line: str
    paper: str
    card: str
    accent: str
    accent_soft: str
    worse: str
    better: str
    unsure: str
    band: str
    shade: str
    muted: str
    """Marks that are there for comparison: the period before, segments within noise."""
    categorical: tuple[str, ...]
    """Told apart under protanopia and deuteranopia, too; a test measures it."""
    sequential: tuple[str, ...]
    """From few to many, on the card."""


LIGHT = Tokens(
    ink="#1c2126",
    soft="#566069",
    line="#e2dfd8",
    paper="#fbfaf7",
    card="#ffffff",
    accent="#0b6e69",
    accent_soft="#d5e8e6",
    worse="#b3402a",
    better="#2c6e3f",
    unsure="#8a6a14",
    band="#fff4d6",
    shade="#f3f1ec",
    muted="#9aa3aa",
    categorical=("#0c6f6a", "#d09a2c", "#9a8be8", "#33268a", "#7a2e17", "#b131c4"),
    sequential=("#eef5f4", "#b9d9d6", "#7fb9b4", "#40938e", "#0a6a65", "#053f3c"),
)

DARK = Tokens(
    ink="#e8eaec",
    soft="#a3adb5",
    line="#2e363c",
    paper="#14181b",
    card="#1b2125",
    accent="#5cc4bb",
    accent_soft="#1d3f3d",
    worse="#ee8f78",
    better="#86c795",
    unsure="#d9b862",
    band="#3a3011",
    shade="#20272b",
    muted="#77828a",
    categorical=("#5dc5bc", "#c9902f", "#7b6be0", "#b1dffb", "#c4512d", "#f4e7a1"),
    sequential=("#20302f", "#224846", "#28706b", "#35978f", "#63c9c0", "#b5f0ea"),
)


def config(tokens: Tokens) -> dict[str, Any]:
    """Return the Vega-Lite config of a theme.

    Marks and axes are hidden from screen readers: the chart's description and its table say it better than hundreds of
    symbols do.
    """
    text = {"font": FONT, "fill": tokens.ink}
    return {
        "background": tokens.card,
        "font": FONT,
        "view": {"stroke": None},
        "mark": {"aria": False},
        "text": {**text, "fontSize": 12, "aria": False},
        "axis": {
            "aria": False,
            "domain": False,
            "gridColor": tokens.line,
            "labelColor": tokens.soft,
            "labelFont": FONT,
            "labelFontSize": 12,
            "labelPadding": 6,
            "tickColor": tokens.line,
            "title": None,
        },
        "title": {
            "anchor": "start",
            "color": tokens.ink,
            "font": FONT,
            "fontSize": 15,
            "fontWeight": 600,
            "subtitleColor": tokens.soft,
            "subtitleFont": FONT,
            "subtitleFontSize": 12,
            "subtitlePadding": 4,
        },
    }


def recolour(spec: dict[str, Any], tokens: Tokens = DARK) -> dict[str, Any]:
    """Return a copy of a chart's `spec` with each colour of the light theme replaced; data is left alone."""
    colours = dict(zip(_colours(LIGHT), _colours(tokens), strict=True))
    return {key: value if key == "datasets" else _replaced(value, colours) for key, value in spec.items()}


def _replaced(node: Any, colours: dict[str, str]) -> Any:  # noqa: ANN401  # any part of a JSON tree
    if isinstance(node, dict):
        return {key: _replaced(value, colours) for key, value in node.items()}
    if isinstance(node, list):
        return [_replaced(value, colours) for value in node]
    return colours.get(node, node) if isinstance(node, str) else node


def _colours(tokens: Tokens) -> list[str]:
    values = [getattr(tokens, field.name) for field in fields(tokens)]
    return [colour for value in values for colour in ((value,) if isinstance(value, str) else value)]
