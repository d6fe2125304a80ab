"""Parts of a whole: how they are ordered, coloured and named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.charts.canvas import Canvas, Layer, Rows, colours, mark, pixels, text
from tskit.charts.theme import LIGHT
from tskit.charts.wording import width

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["kinds_of", "legend_rows", "palette", "swatches"]

_MOST = len(LIGHT.categorical)
REST = "rest"
_ROW = 20


def kinds_of(names: Sequence[str]) -> dict[str, str]:
    """Return each name's kind: one of the six colours for the first six, grey for the rest."""
    return {name: f"k{i}" if i < _MOST else REST for i, name in enumerate(names)}


def palette() -> dict[str, str]:
    """Return the colour of each kind."""
    return {**{f"k{i}": colour for i, colour in enumerate(LIGHT.categorical)}, REST: LIGHT.muted}


def legend_rows(kinds: Mapping[str, str], canvas: Canvas) -> Rows:
    """Return the places of a legend above the plot, in as many lines as it needs; grey parts share one entry."""
    named = [(name, kind) for name, kind in kinds.items() if kind != REST]
    rest = len(kinds) - len(named)
    entries = [*named, *([(f"{rest} other{'' if rest == 1 else 's'}", REST)] if rest else [])]
    rows: Rows = []
    left, line = 0.0, 0
    for name, kind in entries:
        need = min(width(name, size=canvas.size), canvas.width - 20) + 34
        if left and left + need > canvas.width + canvas.right:
            left, line = 0.0, line + 1
        rows.append({"px": left + 6, "pt": left + 17, "line": line, "t": name, "c": kind})
        left += need
    lines = line + 1
    return [{**row, "py": (row["line"] - lines) * _ROW + 2} for row in rows]


def legend_height(rows: Rows) -> int:
    """Return the height that a legend takes."""
    return _ROW * (max((row["line"] for row in rows), default=-1) + 1)


def swatches(canvas: Canvas) -> list[Layer]:
    """Return the layers of a legend: squares and names."""
    names = text(
        "legend",
        {"align": "left", "baseline": "middle", "fontSize": canvas.size, "fill": LIGHT.ink, "limit": canvas.width - 20},
    )
    names["encoding"] |= {"x": pixels("pt"), "y": pixels("py")}
    place = {"x": pixels("px"), "y": pixels("py"), "color": colours("c", palette())}
    return [mark("legend", "point", place, shape="square", filled=True, size=110, opacity=1), names]
