"""Draws a chart's spec as SVG that lives in the page: it follows the page's theme, and can neither run nor load anything."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from tskit.charts.theme import DARK, LIGHT, recolour
from tskit.export.html.tips import telling, tip
from tskit.export.html.tokens import variables
from tskit.text import neutralise_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Drawing", "draw", "harmless"]

_VEGA_LITE = "6.4"
_ELEMENTS = {
    *("svg", "g", "path", "rect", "line", "circle", "ellipse", "polygon", "text", "tspan"),
    *("defs", "clipPath", "linearGradient", "stop"),
}
_PAINTS = {"fill", "stroke", "stop-color"}
_ATTRIBUTES = {
    *(
        "id",
        "transform",
        "clip-path",
        "opacity",
        "offset",
        "gradientUnits",
        "stop-opacity",
        "viewBox",
        "width",
        "height",
    ),
    *("d", "points", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy"),
    *("stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "stroke-opacity"),
    *("fill-opacity", "text-anchor", "font-size", "font-weight", "font-style", "dominant-baseline", *_PAINTS),
}
_VEGA_DEFAULTS = {"black": "var(--ink)", "#4c78a8": "var(--accent)"}
"""What Vega paints where a spec names no colour."""
_NEUTRAL_PAINTS = {"none", "transparent", "currentColor"}
_LONG = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_REFERENCE = re.compile(r"url\(#([\w-]+)\)")
_REMOTE = {"url", "href", "usermeta"}
_DATA = {"datasets", "values"}


@dataclass(frozen=True, slots=True)
class Drawing:
    """One picture as SVG: `both` for all themes, or `light` and `dark` where a blend of colours has no name."""

    both: str = ""
    light: str = ""
    dark: str = ""


def draw(spec: Mapping[str, Any], *, prefix: str, alt: str) -> Drawing:
    """Return a Vega-Lite spec as a picture; an empty one when the spec cannot be drawn.

    Args:
        spec: data inline, colours of the light theme only.
        prefix: keeps the ids within the picture apart from those of every other one on the page.
        alt: what the picture shows, in words.
    """
    safe = neutralise_tree(telling(_without_addresses(dict(spec))))
    try:
        light = _svg(safe)
    except ValueError:
        return Drawing()  # no chart, but the page still has its words and its table
    names = _VEGA_DEFAULTS | {colour: f"var(--{name})" for name, colour in variables(LIGHT).items()}
    if _paints(light) <= names.keys() | _NEUTRAL_PAINTS:
        return Drawing(both=harmless(light, prefix=prefix, alt=alt, paints=names))
    # Vega blends neighbouring steps of a scale into colours that are in no theme, so each theme gets a picture.
    dark = _svg(recolour(safe, DARK))
    dark_names = _VEGA_DEFAULTS | {colour: f"var(--{name})" for name, colour in variables(DARK).items()}
    return Drawing(
        light=harmless(light, prefix=f"{prefix}-l", alt=alt, paints=names),
        dark=harmless(dark, prefix=f"{prefix}-d", alt=alt, paints=dark_names),
    )


def harmless(svg: str, *, prefix: str, alt: str, paints: Mapping[str, str]) -> str:
    """Return an SVG with only shapes and text left, its colours named by `paints`, its ids stable and its own.

    Vega numbers its ids by a counter of the process; here they count from one, so that an export twice is the same.
    """
    root = ET.fromstring(svg)  # noqa: S314  # vl-convert's own output; expat fetches nothing and knows no entity of it
    ids: dict[str, str] = {}
    kept = _kept(root, ids, prefix, paints)
    if kept is None:
        return ""
    kept.set("role", "img")
    kept.set("aria-label", alt)
    return ET.tostring(kept, encoding="unicode")


def _svg(spec: dict[str, Any]) -> str:
    return _drawn(json.dumps(spec))


@lru_cache(maxsize=64)  # drawing is what an export spends its time on, and the copy to share shows most charts again
def _drawn(spec: str) -> str:
    return _renderer()(spec, vl_version=_VEGA_LITE, allowed_base_urls=[])


@cache
def _renderer() -> Any:  # noqa: ANN401  # vl-convert has no types
    # Imported late: it starts threads and takes 0.8 s, and a report without charts needs neither.
    import vl_convert  # noqa: PLC0415  # see above

    return vl_convert.vegalite_to_svg


def _without_addresses(node: Any) -> Any:  # noqa: ANN401  # any part of a JSON tree
    """Take what could load or link out of a spec, but leave the rows of data: a column may well be called url."""
    if isinstance(node, dict):
        kept = {key: value for key, value in node.items() if key not in _REMOTE}
        return {key: value if key in _DATA else _without_addresses(value) for key, value in kept.items()}
    return [_without_addresses(item) for item in node] if isinstance(node, list) else node


def _paints(svg: str) -> set[str]:
    found = re.findall(r' (?:fill|stroke|stop-color)="([^"]+)"', svg)
    return {colour for colour in found if not _REFERENCE.fullmatch(colour)}


def _kept(node: ET.Element, ids: dict[str, str], prefix: str, paints: Mapping[str, str]) -> ET.Element | None:
    name = node.tag.rpartition("}")[2]
    if name not in _ELEMENTS or node.get("display") == "none":
        return None
    kept = ET.Element(name, dict(_attributes(node, ids, prefix, paints)))
    kept.text, kept.tail = node.text, None
    if told := tip(node):
        # The browser shows it to whoever points there; screen readers have the picture's words and the table instead.
        ET.SubElement(kept, "title").text = told
    children = [_kept(child, ids, prefix, paints) for child in node]
    kept.extend(child for child in children if child is not None)
    is_bare = name == "g" and not len(kept)
    is_unseen = (
        name in {"path", "rect"}
        and not (node.get("fill") or node.get("stroke") or node.get("id"))
        and "background" in node.get("class", "")
    )
    return None if is_bare or is_unseen else kept


def _attributes(
    node: ET.Element, ids: dict[str, str], prefix: str, paints: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for name, value in node.attrib.items():
        if name not in _ATTRIBUTES:
            continue
        if name == "id":
            yield name, _own_id(value, ids, prefix)
        elif reference := _REFERENCE.fullmatch(value):
            yield name, f"url(#{_own_id(reference[1], ids, prefix)})"
        elif name in _PAINTS:
            yield name, paints.get(value, value)
        else:
            yield name, _LONG.sub(lambda number: f"{float(number[0]):.1f}".removesuffix(".0"), value)


def _own_id(name: str, ids: dict[str, str], prefix: str) -> str:
    return ids.setdefault(name, f"{prefix}-{len(ids) + 1}")
