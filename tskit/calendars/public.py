"""Public holidays of countries and subdivisions, and which of them move from year to year."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import holidays
import pandas as pd

from tskit.errors import ParameterError, nearest
from tskit.model import Site, Window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

__all__ = ["holidays_between", "moving_holidays", "public_holidays"]

_COLUMNS = ("day", "name", "moving", "observed", "country", "subdivision")
_STAYS_WITHIN = 7
"""Days. The first Monday of a month keeps within seven days; Easter, lunar and Islamic dates do not."""
_YEARS_AROUND = 2
_SUBSTITUTE = re.compile(r"\((observed|in lieu|substitut)|\bday off\b|^substitute\b", re.IGNORECASE)
_REMARK = re.compile(r"\s*\([^()]*\)")


class _Day(NamedTuple):
    day: date
    name: str
    moving: bool
    observed: bool
    country: str
    subdivision: str


def public_holidays(country: str, years: Iterable[int], *, subdivision: str = "") -> pd.DataFrame:
    """Return one row per public holiday, with `day`, `name`, `moving`, `observed`, `country` and `subdivision`.

    `moving` says that the date differs between years by more than a week (lunar, Islamic, Hindu, Easter) or that the
    day was a single occasion: a year before, the same ISO week did not hold it. `observed` marks a substitute day, given
    because the holiday fell on a day off; it moves when its holiday moves. Names are in English where the `holidays`
    package has them.

    Raises:
        ParameterError: the country (ISO 3166 alpha-2) or its subdivision is unknown.
    """
    return _frame(day for year in sorted(set(years)) for day in _year(country.upper(), subdivision, year))


def holidays_between(places: Iterable[str | Site], window: Window) -> pd.DataFrame:
    """Return the public holidays of all `places` within the window, sorted by day; columns as `public_holidays`.

    A place is a `Site`, a country ("SG") or a country with its subdivision ("AU-NSW").
    """
    return _frame(sorted(day for place in sorted(_places(places)) for day in _within(place, window)))


def moving_holidays(places: Iterable[str | Site], window: Window) -> pd.DataFrame:
    """Return each moving holiday that the window, or the same ISO weeks a year before, holds.

    One row per place and holiday: `country`, `subdivision`, `name`, `this_year` and `last_year` (the first of its days
    in the window of that year, else None) and `held_by`: "this", "last" or "both" windows. Under "this" and "last" a
    comparison with last year sets a holiday against plain days.
    """
    rows: list[tuple[object, ...]] = []
    for place in sorted(_places(places)):
        this, last = _first_days(place, window), _first_days(place, window.year_before())
        for name in sorted({*this, *last}, key=lambda n: this.get(n) or last[n]):
            held_by = "both" if name in this and name in last else "this" if name in this else "last"
            rows.append((*place, name, this.get(name), last.get(name), held_by))
    return pd.DataFrame(rows, columns=["country", "subdivision", "name", "this_year", "last_year", "held_by"])


def _first_days(place: tuple[str, str], window: Window) -> dict[str, date]:
    days = [day for day in _within(place, window) if day.moving]
    return {_plain(day.name): day.day for day in reversed(days)}


def _within(place: tuple[str, str], window: Window) -> list[_Day]:
    years = range(window.start.year, window.end.year + 1)
    return [day for year in years for day in _year(*place, year) if window.start <= day.day < window.end]


def _places(places: Iterable[str | Site]) -> set[tuple[str, str]]:
    return {
        (place.country.upper(), place.subdivision) if isinstance(place, Site) else _split(place) for place in places
    }


def _split(place: str) -> tuple[str, str]:
    country, _, subdivision = place.partition("-")
    return country.upper(), subdivision


def _frame(days: Iterable[_Day]) -> pd.DataFrame:
    return pd.DataFrame(list(days), columns=list(_COLUMNS))


@lru_cache(maxsize=1024)
def _year(country: str, subdivision: str, year: int) -> tuple[_Day, ...]:
    around = {y: _named(country, subdivision, y) for y in range(year - _YEARS_AROUND, year + _YEARS_AROUND + 1)}
    moving = {name for name in {_plain(n) for _, n in around[year]} if _moves(name, list(around.values()))}
    return tuple(
        _Day(day, name, _plain(name) in moving, bool(_SUBSTITUTE.search(name)), country, subdivision)
        for day, name in around[year]
    )


def _moves(name: str, years: Sequence[Sequence[tuple[date, str]]]) -> bool:
    firsts = [first for days in years if (first := _first(name, days)) is not None]
    by_year = [(first - first.replace(month=1, day=1)).days for first in firsts]
    return len(firsts) == 1 or max(by_year) - min(by_year) > _STAYS_WITHIN


def _first(name: str, days: Sequence[tuple[date, str]]) -> date | None:
    """Return the first of the holiday's own days; a substitute day counts only where the holiday itself is not listed."""
    own = [(bool(_SUBSTITUTE.search(n)), day) for day, n in days if _plain(n) == name]
    return min(own)[1] if own else None


def _plain(name: str) -> str:
    return _REMARK.sub("", name).strip() or name


@lru_cache(maxsize=4096)
def _named(country: str, subdivision: str, year: int) -> tuple[tuple[date, str], ...]:
    found = _known(country, subdivision, year)
    return tuple(sorted((day, part.strip()) for day, names in found.items() for part in names.split(";")))


def _known(country: str, subdivision: str, year: int) -> holidays.HolidayBase:
    supported = holidays.list_supported_countries(include_aliases=True)
    if country not in supported:
        raise ParameterError(
            f"There are no public holidays for the country {country!r}; use a code of two letters by ISO 3166, such as SG."
        )
    if subdivision and subdivision not in supported[country]:
        raise ParameterError(
            f"{country} has no subdivision {subdivision!r}. {nearest(subdivision, supported[country])}"
        )
    return holidays.country_holidays(country, subdiv=subdivision or None, years=year, language="en_US")
