"""The layout of a page that is read on a phone while somebody waits: lists first, and what is quiet in one line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.export.html.blocks import Code, Figure, Grid, Prose, Quality, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.export.html.blocks import Block

__all__ = ["compacted", "sources"]

_NOTHING = "Nothing."


def compacted(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return the sections without prose and code; one without rows is quiet, and charts and the load are folded.

    Prose explains a page to whoever reads it for the first time; a page that is read twice a day is known.
    """
    bare = [_bare(section) for section in sections]
    return tuple(section for section in bare if section.blocks)


def sources(sections: Sequence[Section]) -> Code | None:
    """Return the code of all sections as one block, None where there is none."""
    parts = [
        part for section in sections for block in section.blocks if isinstance(block, Code) for part in block.parts
    ]
    return Code(tuple(parts)) if parts else None


def _bare(section: Section) -> Section:
    blocks = tuple(block for block in section.blocks if not isinstance(block, Prose | Code))
    tables = [block for block in blocks if isinstance(block, Grid)]
    if section.title and tables and len(tables) == len(blocks) and all(map(_is_bare, tables)):
        return replace(section, blocks=tuple(replace(t, caption=t.caption or _NOTHING) for t in tables), is_quiet=True)
    is_drawn = bool(section.title and blocks) and all(isinstance(block, Figure) for block in blocks)
    return replace(section, blocks=blocks, is_folded=is_drawn or _is_of_the_load(blocks), is_roomy=is_drawn)


def _is_bare(table: Grid) -> bool:
    return not table.rows and not table.html


def _is_of_the_load(blocks: Sequence[Block]) -> bool:
    return any(isinstance(block, Quality) for block in blocks)
