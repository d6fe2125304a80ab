"""What is known around the counts, and how sure a spike has to be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from tskit.patterns.spikes.design import Step

__all__ = ["Around", "Limits"]

_HISTORY: dict[Step, int] = {"day": 2 * 365, "week": 5 * 52}
_FEWEST: dict[Step, int] = {"day": 28, "week": 12}


@dataclass(frozen=True, slots=True)
class Around:
    """What is known around the counts.

    `since` is the first period to judge (none: the last whole one, and what has begun since). `until` is the moment that
    the counts were taken: a period that ends later is unfinished. `reported` are the shares of a period's cases that are
    known by then, the latest period's first (see `reported_shares`); they also stand for what has passed of an
    unfinished period. `holidays` are public holidays by place, where "" is every place, and `place` is the column that
    says where a series is.
    """

    since: date | None = None
    until: datetime | None = None
    reported: tuple[float, ...] = ()
    holidays: Mapping[str, Collection[date]] = field(default_factory=dict["str", "Collection[date]"], repr=False)
    place: str = ""

    def __post_init__(self) -> None:
        """Refuse shares that are none."""
        if any(not 0 < share <= 1 for share in self.reported):
            raise ParameterError("The shares of `reported` lie above 0 and are at most 1; leave out periods before it.")


@dataclass(frozen=True, slots=True)
class Limits:
    """How sure a spike has to be.

    `level` is the chance of an alarm, on each side and in each period of a series, where nothing is the matter: the band
    of a chart. `false_discoveries` is the share of chance among what is told as more than noise, over all that is looked
    at (Benjamini and Hochberg). `least` cases make a spike at all. `history` and `fewest` are the most and the fewest
    periods to judge by: by default five years and twelve weeks, or two years and 28 days.
    """

    level: float = 0.01
    false_discoveries: float = 0.05
    least: int = 1
    history: int = 0
    fewest: int = 0

    def __post_init__(self) -> None:
        """Refuse chances that are none."""
        if not 0 < self.level < 0.5 or not 0 < self.false_discoveries < 1:
            raise ParameterError("`level` lies between 0 and 0.5, and `false_discoveries` between 0 and 1.")

    def periods(self, step: Step) -> tuple[int, int]:
        """Return the most and the fewest periods of history."""
        return self.history or _HISTORY[step], self.fewest or _FEWEST[step]
