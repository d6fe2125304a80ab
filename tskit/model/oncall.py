"""What a casebook says of duty: shifts and who is on them, and what comes first."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Shift", "Triage"]


@dataclass(frozen=True, slots=True)
class Shift:
    """Who answers at a site, from when to when: local times, ISO weekdays, people, and cases an hour that each decides.

    A shift that ends at or before it begins runs into the next day. `queues` are those that it answers for: empty for
    the site's own, "*" for all. With `on_holidays` it is there on the site's public holidays whatever the weekday.
    """

    name: str
    site: str
    begins: str
    ends: str
    days: tuple[int, ...] = (1, 2, 3, 4, 5, 6, 7)
    on_holidays: bool = False
    people: float = 1.0
    cases_per_hour: float = 6.0
    queues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Triage:
    """How an open queue is ordered: points that add up, each a setting of the team.

    `harm` are points by severity, `reach` points for each tenfold of reach, `overdue` those of a case whose deadline has
    passed, and `deadline` those of one that is due now, falling to none at `deadline_hours` away; `spread` are points
    for each doubling of other reports on the same content, account or wording within `spread_hours`.
    """

    harm: Mapping[str, float] = field(default_factory=lambda: {"S0": 0.0, "S1": 10.0, "S2": 40.0, "S3": 1000.0})
    reach: float = 8.0
    overdue: float = 40.0
    deadline: float = 30.0
    deadline_hours: float = 24.0
    spread: float = 8.0
    spread_hours: float = 24.0
