"""The words of a chart of the segments around a change, written from what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.charts.lattice_rows import spoken
from tskit.charts.story import Story
from tskit.charts.wording import listed, lowered, sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.charts.figure import About
    from tskit.charts.lattice_rows import Group, Part

__all__ = ["describe_lattice", "heading", "layer_name"]

_LAYERS = {1: "One column", 2: "Two columns together", 3: "Three columns together"}
_MOST_TOLD = 3


def layer_name(layer: int) -> str:
    """Return the name of a layer: how many columns make its segments."""
    return _LAYERS.get(layer, f"{layer} columns together")


def heading(group: Group, *, several: bool) -> str:
    """Return what the segments of a group are; with several causes, of which one."""
    cause = f"cause {group.number}" if several else "the cause"
    if not group.number:
        return "Moves apart from every cause"
    return {
        "cause": f"Cause {group.number}" if several else "The cause",
        "runner-up": f"Cannot be told from {cause}",
        "ripple": f"Moves only with {cause}",
        "left": f"Moves beyond {cause}",
        "wider": f"Holds {cause}, not clear alone",
    }[group.role]


def describe_lattice(found: Sequence[Part], *, about: About, most: int) -> Story:
    """Return the words for the causes of a change and all that lies around them; so many causes are drawn."""
    causes = [part for part in found if part.role == "cause"]
    told = [f"{part.segment} ({spoken(part)['short']})" for part in causes]
    first = f"{'the cause is' if len(causes) == 1 else f'{len(causes)} causes:'} {listed(told, most=_MOST_TOLD)}"
    counts = [first, *_around(found)]
    alt = f"Lattice chart of the segments around a change of {lowered(about.label)}, by how many columns make them."
    some = f"; {most} of {len(causes)} causes are drawn" if len(causes) > most else ""
    return Story(
        subtitle=f"Seen for expected; dots are seen, rings expected; red is more, blue fewer, grey about as expected{some}",
        caption=" ".join(sentence(part) for part in counts),
        alt=" ".join([alt, *(sentence(part) for part in counts), about.caption]).strip(),
    )


def _around(found: Sequence[Part]) -> list[str]:
    said: list[str] = []
    for role, words in (
        ("runner-up", "the data cannot tell it from"),
        ("ripple", "moved only since they hold a cause, lie in one or cross one"),
        ("left", "moved beyond what the causes explain"),
        ("wider", "hold a cause and are not clear by themselves"),
    ):
        own = [part.segment for part in found if part.role == role]
        if own:
            said.append(f"{words}: {listed(own, most=_MOST_TOLD)}")
    return said
