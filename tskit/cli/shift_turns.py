"""Which shift a word is about, by the shifts of the casebook and the time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from datetime import datetime

    from tskit.calendars import Turn
    from tskit.model import Casebook

__all__ = ["OnShift", "shift_ending", "shift_on"]

_LONGEST = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class OnShift:
    """The shift that is on, and since when; without a name where none is."""

    name: str
    since: datetime | None


def shift_on(book: Casebook, site: str, *, at: datetime, named: str = "") -> OnShift:
    """Return the shift of a site that is on at a moment, or the latest turn of the one that is named.

    Raises:
        ParameterError: the site has no shift of that name.
    """
    _check(book, site, named)
    around = _around(book, site, at)
    if named:
        return OnShift(named, next((turn.begins_at for turn in reversed(around) if turn.shift.name == named), None))
    return next(
        (OnShift(turn.shift.name, turn.begins_at) for turn in reversed(around) if turn.ends_at > at), OnShift("", None)
    )


def shift_ending(book: Casebook, site: str, *, at: datetime, named: str = "") -> str:
    """Return the shift of a site that ends nearest to a moment: people hand over some minutes before or after.

    Raises:
        ParameterError: the site has no shift of that name.
    """
    _check(book, site, named)
    ending = min(_around(book, site, at), key=lambda turn: abs(turn.ends_at - at), default=None)
    return named or (ending.shift.name if ending else "")


def _around(book: Casebook, site: str, at: datetime) -> tuple[Turn, ...]:
    from tskit.calendars import turns

    return turns(book, site, begin_after=at - _LONGEST, begin_until=at)


def _check(book: Casebook, site: str, named: str) -> None:
    known = [shift.name for shift in book.shifts if shift.site == site]
    if named and named not in known:
        if not known:
            raise ParameterError("The casebook names no shift of this site; add it as [[shifts]].")
        raise ParameterError.unknown(named, known, what="shift of this site")
