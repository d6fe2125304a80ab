"""Where a trend report shows what a card claims: its figure, what explains it, and what it is made of."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.findings.explained import headline
from tskit.findings.parts import notable_rate
from tskit.findings.stories import Volume
from tskit.model import Evidence

if TYPE_CHECKING:
    from tskit.findings.cards import Card
    from tskit.findings.look import Look
    from tskit.findings.stories import Change

__all__ = ["grounded"]

_DAYS = Evidence("figure", "cases_opened_where", "Cases opened by day, where it moved")
_DRIVERS = Evidence("table", "drivers", "What explains it")
_PARTS = Evidence("figure", "rate_parts", "Volume, mix and rate")


def grounded(card: Card, story: Volume | Change, look: Look) -> Card:
    """Return the card of a story with what draws and explains it; a figure only where it is of this very story."""
    shown = _of_volume(story, look) if isinstance(story, Volume) else _of_change(story, look)
    return replace(card, finding=replace(card.finding, evidence=(*card.finding.evidence, *shown)))


def _of_volume(story: Volume, look: Look) -> tuple[Evidence, ...]:
    return (_DAYS, _DRIVERS) if story is look.told.volumes[0] else (_DRIVERS,)


def _of_change(story: Change, look: Look) -> tuple[Evidence, ...]:
    move, explained, rate = story.story.driver, headline(look), notable_rate(look)
    drivers = (_DRIVERS,) if explained is not None and explained.name == move.metric.name else ()
    return (*drivers, _PARTS) if rate is not None and rate[0] is move else drivers
