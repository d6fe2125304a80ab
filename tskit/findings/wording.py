"""Numbers, days and lists as they stand in a sentence, in plain English with typographic signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, tzinfo

    from tskit.model import Value

__all__ = [
    "Quote",
    "amount",
    "change",
    "count",
    "day",
    "days",
    "instant",
    "limit",
    "listed",
    "plural",
    "points",
    "quoted",
    "relative",
    "signed",
    "spread",
]

_MINUS = "−"
_NARROW = "\u202f"
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHARES = ("share", "points")
_UNKNOWN = "not known"
_NEEDLESS = re.compile(r"\.0+(?!\d)")


@dataclass(frozen=True, slots=True)
class Quote:
    """A computed value beside the words that a claim uses for it."""

    value: Value
    text: str

    def __str__(self) -> str:
        return self.text


def quoted(quotes: Mapping[str, Quote]) -> dict[str, Value]:
    """Return the values of the quotes by name, as a finding keeps them."""
    return {name: quote.value for name, quote in quotes.items()}


def count(value: float) -> str:
    """Return a number of things in whole ones.

    >>> count(1104.2)
    '1,104'
    """
    return _signed(f"{value:,.0f}") if isfinite(value) else _UNKNOWN


def signed(value: float) -> str:
    """Return a difference of things in whole ones with its sign.

    >>> signed(1104.2), signed(-36)
    ('+1,104', '−36')
    """
    return _signed(f"{value:+,.0f}") if isfinite(value) else _UNKNOWN


def amount(value: float, unit: str) -> str:
    """Return a value with its unit.

    >>> print(amount(0.0814, "share"), amount(5.23, "hours"), amount(412, "cases"), sep=", ")
    8.1 %, 5.2 h, 412
    """
    if not isfinite(value):
        return _UNKNOWN
    decimals = {
        "share": (100, f"{_NARROW}%"),
        "points": (100, " points"),
        "minutes": (1, f"{_NARROW}min"),
        "times": (1, ""),
    }
    if unit in decimals:
        factor, tail = decimals[unit]
        return f"{_decimal(value * factor)}{tail}"
    if unit == "hours":
        return _hours(value)
    if unit in {"cases", "items", ""} or abs(value) >= 100:
        return count(value)
    return _signed(f"{value:,.2f}".rstrip("0").rstrip("."))


def limit(value: float, unit: str) -> str:
    """Return a value that somebody has set, such as a target, without decimals that it does not need.

    >>> print(limit(0.95, "share"), limit(1.5, "hours"), limit(0.02, "points"), sep=", ")
    95 %, 1.5 h, 2 points
    """
    return _NEEDLESS.sub("", amount(value, unit))


def spread(low: float, high: float, unit: str) -> str:
    """Return a range, with the unit only once.

    >>> print(spread(188, 241, "cases"), spread(0.701, 0.784, "share"), sep=", ")
    188 to 241, 70.1 to 78.4 %
    """
    if unit in _SHARES:
        tail = f"{_NARROW}%" if unit == "share" else " points"
        return f"{_decimal(low * 100)} to {_decimal(high * 100)}{tail}"
    if unit == "hours" and _hours(low)[-1] == _hours(high)[-1] == "h":
        return f"{_hours(low).partition(_NARROW)[0]} to {_hours(high)}"
    return f"{amount(low, unit)} to {amount(high, unit)}"


def points(value: float) -> str:
    """Return a difference of shares in points with its sign, without the unit.

    >>> points(0.0021), points(-0.048)
    ('+0.2', '−4.8')
    """
    return _signed(f"{value * 100:+.1f}") if isfinite(value) else _UNKNOWN


def relative(share: float) -> str:
    """Return a relative change with its sign, in whole percent from ten on.

    >>> print(relative(0.184), relative(-0.031), sep=", ")
    +18 %, −3.1 %
    """
    if not isfinite(share):
        return _UNKNOWN
    digits = 0 if abs(share) >= 0.0995 else 1
    return f"{_signed(f'{share * 100:+,.{digits}f}')}{_NARROW}%"


def change(before: float, now: float, unit: str) -> str:
    """Return the difference between two values: points for shares, a relative change for everything else.

    >>> print(change(0.081, 0.062, "share"), change(200, 250, "cases"), sep=", ")
    −1.9 points, +25 %
    """
    if unit == "share":
        return f"{_signed(f'{(now - before) * 100:+.1f}')} points"
    return relative(now / before - 1) if before else _UNKNOWN


def day(value: date, *, weekday: bool = False, year: bool = False) -> str:
    """Return a day in words.

    >>> day(date(2026, 10, 20), weekday=True)
    'Tuesday 20 October'
    """
    name = f"{_WEEKDAYS[value.weekday()]} " if weekday else ""
    return f"{name}{value.day} {_MONTHS[value.month - 1]}{f' {value.year}' if year else ''}"


def instant(at: datetime, zone: tzinfo) -> str:
    """Return a moment in words: its day and time in a zone, and which zone that is.

    >>> from datetime import datetime
    >>> from zoneinfo import ZoneInfo
    >>> instant(datetime.fromisoformat("2026-11-01T11:40:00+00:00"), ZoneInfo("Asia/Singapore"))
    'Sunday 1 November 2026, 19:40, Asia/Singapore'
    """
    local = at.astimezone(zone)
    return f"{day(local.date(), weekday=True, year=True)}, {local:%H:%M}, {zone}"


def days(start: date, end: date) -> str:
    """Return a half-open range of days in words, the year at its end.

    >>> days(date(2026, 10, 5), date(2026, 11, 2))
    '5 October to 1 November 2026'
    """
    last = end - timedelta(days=1)
    if last == start:
        return day(start, year=True)
    if (start.year, start.month) == (last.year, last.month):
        return f"{start.day} to {day(last, year=True)}"
    return f"{day(start, year=start.year != last.year)} to {day(last, year=True)}"


def listed(names: Sequence[str], *, most: int = 6) -> str:
    """Return names as a list in a sentence; beyond `most` it says how many more.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    shown = list(names[:most])
    if len(names) > most:
        shown.append(f"{len(names) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}" if shown else ""


def plural(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> plural(1, "case"), plural(1104, "case")
    ('1 case', '1,104 cases')
    """
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def _hours(value: float) -> str:
    if 0 < abs(value) < 1:
        return f"{value * 60:.0f}{_NARROW}min".replace("-", _MINUS)
    if abs(value) >= 96:
        return f"{_decimal(value / 24)} days"
    return f"{_decimal(value)}{_NARROW}h"


def _decimal(value: float) -> str:
    return _signed(f"{value:,.1f}")


def _signed(text: str) -> str:
    plain = text.lstrip("-+")
    if not plain.strip("0.,"):
        return plain
    return text.replace("-", _MINUS)
