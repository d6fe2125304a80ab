"""What a mark of a chart says when somebody points at it, carried from the spec into the picture."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from xml.etree import ElementTree as ET

__all__ = ["telling", "tip"]

_DATA = {"datasets", "values"}
_NOTHING = ("", "\u2013", "null", "undefined", "NaN")


def telling(node: Any) -> Any:  # noqa: ANN401  # any part of a JSON tree
    """Return a Vega-Lite spec whose marks with a tooltip also carry its text as their description.

    Vega leaves tooltips out of a picture, but writes descriptions into it.
    """
    if isinstance(node, list):
        return [telling(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {key: value if key in _DATA else telling(value) for key, value in node.items()}
    mark: Any = kept.get("mark")
    encoding: Any = kept.get("encoding")
    fields: Any = encoding.get("tooltip") if isinstance(encoding, dict) else None
    if (
        isinstance(mark, dict)
        and isinstance(fields, list)
        and all(isinstance(f, dict) and "field" in f for f in fields)
    ):
        told = {"value": {"expr": _expression(fields)}}
        kept |= {"mark": {**mark, "aria": True}, "encoding": {**encoding, "description": told}}
    return kept


def tip(node: ET.Element) -> str:
    """Return what a drawn mark tells: its name, then a line for each value that it has; "" for most shapes."""
    if node.get("role") != "graphics-symbol":
        return ""
    lines = (node.get("aria-label") or "").split("\n")
    return "\n".join(line for line in lines if line.rpartition(": ")[2] not in _NOTHING)


def _expression(fields: Sequence[Mapping[str, Any]]) -> str:
    # The first field is the mark's name and needs no word before it.
    words = [f"{field.get('title', '')}: " if n else "" for n, field in enumerate(fields)]
    lines = [
        f"{json.dumps(word)} + datum[{json.dumps(str(field['field']))}]"
        for word, field in zip(words, fields, strict=True)
    ]
    return " + '\\n' + ".join(lines)
