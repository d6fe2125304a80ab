"""Everything that is settled before the first case is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tskit.sources.synthetic.clock import Pace, epoch, pace_of
from tskit.sources.synthetic.stories import Story, told
from tskit.sources.synthetic.world import SITES

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["DAYS", "Plan", "plan"]

DAYS = 735
"""105 whole weeks: two years, so that every week of the last one has its like a year before."""

_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Plan:
    """The size, the days, the stories and the pace of every site; `end` is the first second after the data."""

    cases: int
    seed: int
    first: date
    until: date
    end: int
    stories: Mapping[str, Story]
    paces: tuple[Pace, ...]

    def story_seconds(self, name: str) -> tuple[int, int] | None:
        """Return the first second of a story and the first after it, or None where it is not told."""
        story = self.stories.get(name)
        return None if story is None else (epoch(story.first), epoch(story.last) + _SECONDS)

    def story_days(self, name: str) -> range:
        """Return the days of a story as positions from the first day; empty where it is not told."""
        story = self.stories.get(name)
        if story is None:
            return range(0)
        return range(max((story.first - self.first).days, 0), (story.last - self.first).days + 1)


def plan(*, cases: int, seed: int, until: date, stories: str) -> Plan:
    """Return the plan of a sample.

    Raises:
        ParameterError: there is no story of that name.
    """
    first = until - timedelta(days=DAYS - 1)
    chosen = told(stories, until=until)
    closure = chosen.get("holiday_backlog")
    paces = tuple(pace_of(site, first=first, until=until, closure=closure) for site in SITES)
    return Plan(cases, seed, first, until, epoch(until) + _SECONDS, chosen, paces)
