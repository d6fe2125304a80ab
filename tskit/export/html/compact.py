"""The layout of pages that are read on a phone while somebody waits: what is urgent stands open, the rest is folded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.export.html.blocks import Code, Figure, Grid, Note, Prose, Quality, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.export.html.blocks import Block

__all__ = ["below_answers", "compacted", "settled", "sources"]

_NOTHING = "Nothing."


def compacted(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return the sections without prose and code; one without rows is quiet, and charts and the load are folded.

    Prose explains a page to whoever reads it for the first time; a page that is read twice a day is known.
    """
    bare = [_bare(section) for section in sections]
    return tuple(section for section in bare if section.blocks)


def below_answers(sections: Sequence[Section]) -> tuple[tuple[Section, ...], Code | None]:
    """Return the sections of a page that opens with its answers, folded on a phone, and the code of those left out.

    Left out is what only points to the top, where its reader comes from. The rest is looked up, not read through.
    """
    moved = [section for section in sections if _is_moved(section)]
    kept = [section for section in sections if section not in moved]
    return tuple(section if _has_failed(section) else _folded(section) for section in kept), sources(moved)


def settled(sections: Sequence[Section]) -> tuple[tuple[Section, ...], Code | None]:
    """Return the sections with each that has nothing to show as one line, and the code of those.

    A chart of nothing is left out where a table of its section says so.
    """
    kept = [_drawn(section) for section in sections]
    quiet = [section for section in kept if _is_empty(section)]
    made = tuple(_bare(section) if section in quiet else section for section in kept)
    return made, sources(quiet)


def sources(sections: Sequence[Section]) -> Code | None:
    """Return the code of all sections as one block, None where there is none."""
    parts = [
        part for section in sections for block in section.blocks if isinstance(block, Code) for part in block.parts
    ]
    return Code(tuple(parts)) if parts else None


def _bare(section: Section) -> Section:
    blocks = tuple(block for block in section.blocks if not isinstance(block, Prose | Code))
    if section.title and blocks and all(map(_is_bare, blocks)):
        return replace(section, blocks=tuple(_worded(block) for block in blocks), is_quiet=True)
    is_drawn = bool(section.title and blocks) and all(isinstance(block, Figure) for block in blocks)
    return replace(section, blocks=blocks, is_folded=is_drawn or _is_of_the_load(blocks), is_roomy=is_drawn)


def _folded(section: Section) -> Section:
    return replace(section, is_folded=True, is_roomy=True)


def _has_failed(section: Section) -> bool:
    return any(isinstance(block, Note) and block.is_failure for block in section.blocks)


def _is_moved(section: Section) -> bool:
    said = [block for block in section.blocks if isinstance(block, Prose)]
    is_told = all(isinstance(block, Prose | Code) for block in section.blocks)
    return is_told and any(block.is_pointer for block in said)


def _is_bare(block: Block) -> bool:
    return isinstance(block, Grid | Figure) and block.is_empty


def _drawn(section: Section) -> Section:
    if not any(isinstance(block, Grid) for block in section.blocks):
        return section
    return replace(section, blocks=tuple(b for b in section.blocks if not (isinstance(b, Figure) and b.is_empty)))


def _is_empty(section: Section) -> bool:
    shown = [block for block in section.blocks if not isinstance(block, Prose | Code)]
    return bool(section.title and shown) and all(map(_is_bare, shown))


def _worded(block: Block) -> Block:
    return replace(block, caption=block.caption or _NOTHING) if isinstance(block, Grid | Figure) else block


def _is_of_the_load(blocks: Sequence[Block]) -> bool:
    return any(isinstance(block, Quality) for block in blocks)
