"""What a page is made of, as the page's template reads it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from tskit.export.html.drawing import Drawing
    from tskit.export.html.due import Due

__all__ = [
    "NOTHING",
    "Block",
    "Cell",
    "Code",
    "Column",
    "Figure",
    "Grid",
    "Image",
    "Note",
    "Prose",
    "Quality",
    "Section",
    "text",
]

NOTHING = "–"
"""Stands where a table has no value."""


@dataclass(frozen=True, slots=True)
class Prose:
    """Text from Markdown, made harmless."""

    html: Markup
    is_pointer: bool = False
    """Whether it only says that something was moved to the top of the page."""
    kind: str = "prose"


@dataclass(frozen=True, slots=True)
class Code:
    """The sources of a section's cells, coloured, each with the name of what it made, folded away at its end."""

    parts: tuple[tuple[str, Markup], ...]
    kind: str = "code"


@dataclass(frozen=True, slots=True)
class Note:
    """Plain text that a cell printed, or the word that it failed."""

    text: str
    is_failure: bool = False
    kind: str = "note"


@dataclass(frozen=True, slots=True)
class Image:
    """A PNG that a cell displayed."""

    source: str
    alt: str
    kind: str = "image"


@dataclass(frozen=True, slots=True)
class Column:
    """The header of a column; `is_figure` columns stand to the right."""

    label: str
    is_figure: bool
    width: Literal["", "short", "long"] = ""
    """How much room its texts need: `short` ones stay on one line, `long` ones are not squeezed."""
    below: str = ""
    """The name of what stands in small print below each value."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed value, and where it leads."""

    text: str
    link: str = ""
    mark: int = 0
    """The number of a footnote."""
    below: str = ""
    """What belongs to the value and is read second, such as its interval."""
    due: Due | None = None
    """The deadline that the value is, where it is one."""
    counts: bool = False
    """Whether the time that is left stands below it."""

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to be read."""
        return self.text == NOTHING and not self.below


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `html` holds it where it came as HTML. `number` is 0 for the data behind a figure."""

    id: str
    number: int
    title: str
    caption: str = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    html: str = ""
    note: str = ""
    footnotes: tuple[str, ...] = ()
    is_stacked: bool = False
    """Whether each row is a thing of its own, which a phone shows as a few lines and not as a row."""
    kind: str = "grid"

    @property
    def is_empty(self) -> bool:
        """Return whether there is no row, which the caption says."""
        return not self.rows and not self.html

    @property
    def is_long(self) -> bool:
        """Return whether the table scrolls in a box of its own."""
        return len(self.rows) > 18  # what a screen shows below its heading

    @property
    def counts(self) -> bool:
        """Return whether a time that is left stands in it."""
        return any(cell.counts for row in self.rows for cell in row)

    @property
    def is_wide(self) -> bool:
        """Return whether the first column must stay in sight while the others scroll on a phone."""
        return len(self.columns) > 3 and not self.is_stacked  # what fits beside it


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its words, its pictures for a wide and a narrow page, and the table behind it."""

    id: str
    number: int
    title: str
    subtitle: str
    caption: str
    alt: str
    wide: Drawing
    narrow: Drawing
    data: Grid
    is_empty: bool = False
    """Whether there was nothing to draw, which the caption says."""
    kind: str = "figure"


@dataclass(frozen=True, slots=True)
class Quality:
    """The account of a load, with what was kept apart and marked, by reason."""

    counts: tuple[tuple[str, str], ...]
    details: tuple[Grid, ...] = ()
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    kind: str = "quality"


Block = Prose | Code | Note | Image | Grid | Figure | Quality


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the notebook and what follows it; the first one of a page may have no heading."""

    id: str
    title: str
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    is_quiet: bool = False
    """Whether it has nothing to tell but the captions of tables without rows."""
    is_folded: bool = False
    is_roomy: bool = False
    """Whether it is folded for want of room alone, so that it is open on a desk."""


def text(mapping: Mapping[str, Any], name: str) -> str:
    """Return a text of a JSON object, empty where it has none."""
    value = mapping.get(name)
    return "" if value is None else str(value)
