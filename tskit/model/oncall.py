"""What a casebook says of duty: shifts and who is on them, and what comes first."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite
from typing import TYPE_CHECKING, Any

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Shift", "Triage"]

_HARM = {"S0": 0.0, "S1": 10.0, "S2": 40.0, "S3": 1000.0}
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Shift:
    """Who answers at a site, from when to when: local times, ISO weekdays, people, and cases an hour that each decides.

    A shift that ends at or before it begins runs into the next day. `queues` are those that it answers for: empty for
    the site's own, "*" for all. With `on_holidays` it is there on the site's public holidays whatever the weekday, in
    place of the site's other shifts.

    Raises:
        ParameterError: a setting cannot be used; the message names the shift and the fix.
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

    def __post_init__(self) -> None:
        _check_words(self)
        _check_days(self)
        for name in ("people", "cases_per_hour"):
            value: object = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value) or value <= 0:
                raise self.refused(f"{name!r} is a number above 0, without quotes.")

    def refused(self, trouble: str) -> ParameterError:
        """Return the error that says what is the matter with this shift, which it names."""
        return ParameterError(f"casebook.toml, the shift {self.name!r}: {trouble}")


def _check_words(shift: Shift) -> None:
    for name in ("name", "site"):
        value: object = getattr(shift, name)
        if not isinstance(value, str) or not value.strip():
            raise ParameterError(f"casebook.toml: each of [[shifts]] needs a {name} in quotes.")
    for name in ("begins", "ends"):
        value = getattr(shift, name)
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise shift.refused(f'{name!r} is no time; write it in quotes, from "00:00" to "23:59".')
    queues: Any = shift.queues
    if not isinstance(queues, tuple) or not all(type(queue) is str and queue for queue in queues):  # pyright: ignore[reportUnknownVariableType]  # TOML holds anything
        raise shift.refused('\'queues\' is a list of names, as in ["urgent-safety"]; ["*"] stands for all.')


def _check_days(shift: Shift) -> None:
    days: Any = shift.days
    if not isinstance(days, tuple) or not all(type(day) is int and 1 <= day <= 7 for day in days):  # pyright: ignore[reportUnknownVariableType]  # as above
        raise shift.refused("'days' are numbers from 1 (Monday) to 7 (Sunday), as in [6, 7].")
    if shift.on_holidays not in {True, False}:
        raise shift.refused("'on_holidays' is true or false, without quotes.")
    if not shift.days and not shift.on_holidays:
        raise shift.refused("it is there on no day; name its 'days', or set on_holidays = true.")


@dataclass(frozen=True, slots=True)
class Triage:
    """How an open queue is ordered: points that add up, each a setting of the team.

    `harm` are points by severity; one that is not named keeps ours. `reach` are points for each tenfold of reach,
    `overdue` those of a case whose deadline has passed, and `deadline` those of one that is due now, falling to none at
    `deadline_hours` away; `spread` are points for each doubling of other reports on the same content or account within
    `spread_hours`. Nothing may count for less as it grows: a higher severity has at least as many points as a lower one,
    and a deadline that has passed at least as many as one that is near.

    Raises:
        ParameterError: a setting cannot be used; the message names it and the fix.
    """

    harm: Mapping[str, float] = field(default_factory=dict[str, float])
    reach: float = 8.0
    overdue: float = 40.0
    deadline: float = 30.0
    deadline_hours: float = 24.0
    spread: float = 8.0
    spread_hours: float = 24.0

    def __post_init__(self) -> None:
        if not isinstance(self.harm, dict) or set(self.harm) - set(_HARM):
            raise _refused("harm", f"it is a table of points by severity ({', '.join(_HARM)}), as in {{ S2 = 40.0 }}")
        object.__setattr__(self, "harm", {**_HARM, **self.harm})
        points = {f"harm.{name}": value for name, value in self.harm.items()}
        points |= {name: getattr(self, name) for name in ("reach", "overdue", "deadline", "spread")}
        for name, value in points.items():
            if not _is_number(value) or value < 0:
                raise _refused(name, "points are a number, 0 or more, without quotes")
        for name in ("deadline_hours", "spread_hours"):
            if not _is_number(getattr(self, name)) or getattr(self, name) <= 0:
                raise _refused(name, "it is a number of hours above 0, without quotes")
        self._check_order()

    def _check_order(self) -> None:
        for lower, higher in pairwise(_HARM):
            if self.harm[higher] < self.harm[lower]:
                raise _refused(
                    f"harm.{higher}", f"give {higher} at least as many points as {lower}, which is less severe"
                )
        if self.overdue < self.deadline:
            raise _refused(
                "overdue", "give it at least as many points as 'deadline', or a case falls back once it is late"
            )


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def _refused(name: str, trouble: str) -> ParameterError:
    return ParameterError(f"casebook.toml, [triage], {name!r}: {trouble}.")
