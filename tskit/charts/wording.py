"""How numbers, days and names are written on a chart."""

from __future__ import annotations

import math
import unicodedata
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = [
    "Period",
    "axis_label",
    "broken",
    "day",
    "listed",
    "lowered",
    "named",
    "period_name",
    "places_of",
    "sentence",
    "shown",
    "signed",
    "span",
    "width",
]

Period = Literal["day", "week", "month"]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_GAP = "\u00a0"  # no line break between a number and its unit
_SIGN = "\u2212"


def shown(value: float, unit: str, *, trim: bool = False) -> str:
    """Return a value with its unit; `trim` leaves a decimal of nothing away, as in a target of 95 %.

    >>> shown(1104, "cases"), shown(0.913, "share").replace("\u00a0", " ")
    ('1,104', '91.3 %')
    """
    text = _shown(value, unit)
    return text.replace(f".0{_GAP}", _GAP) if trim else text


def _shown(value: float, unit: str) -> str:
    if unit == "share":
        return f"{value * 100:,.1f}{_GAP}%"
    if unit == "points":
        return f"{value * 100:,.1f}{_GAP}points"
    if unit == "hours":
        return f"{value:,.{1 if abs(value) < 100 else 0}f}{_GAP}h"
    if unit == "ratio":
        return f"{value:,.2f}"
    number = f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 1000 else f"{value:,.1f}"
    return number if unit in {"", "cases"} else f"{number}{_GAP}{unit}"


def signed(value: float, unit: str, *, places: int | None = None) -> str:
    """Return a change with its sign and unit; a change of nothing has no sign.

    With `places` every number has as many decimals, so that those of one chart are written alike.
    """
    text = shown(abs(value), unit) if places is None else _fixed(abs(value), unit, places)
    sign = "" if not any(c in "123456789" for c in text) else "+" if value > 0 else _SIGN
    return sign + text


def places_of(values: Iterable[float], unit: str) -> int:
    """Return the decimals that all numbers of a chart are written with: counts whole, shares to a tenth of a point.

    >>> places_of([569.0, -0.4], "cases"), places_of([0.02], "points"), places_of([3.25, 240], "hours")
    (0, 1, 0)
    """
    if unit in {"", "cases"}:
        return 0
    if unit in {"share", "points"}:
        return 1
    largest = max((abs(value) for value in values), default=0.0)
    return 2 if unit == "ratio" else int(largest < 100)


def _fixed(value: float, unit: str, places: int) -> str:
    factor, name = {"share": (100, "%"), "points": (100, "points"), "hours": (1, "h")}.get(unit, (1, unit))
    number = f"{value * factor:,.{places}f}"
    return number if name in {"", "cases", "ratio"} else f"{number}{_GAP}{name}"


def axis_label(unit: str, *, top: float, is_change: bool = False) -> str:
    """Return the Vega expression that writes the numbers of an axis that reaches to `top`."""
    plus = "(datum.value > 0 ? '+' : '') + " if is_change else ""
    if unit in {"share", "points"}:
        return (
            f"{plus}format(datum.value * 100, ',.4~r') + '{_GAP}%'"
            if unit == "share"
            else (f"{plus}format(datum.value * 100, ',.4~r')")
        )
    if unit == "hours":
        return f"{plus}format(datum.value, ',.4~r') + '{_GAP}h'"
    return f"{plus}format(datum.value, '{'.3~s' if top >= 100_000 else ',.4~r'}')"


def day(value: date, *, weekday: bool = False, year: bool = False) -> str:
    """Return a day as people say it.

    >>> day(date(2026, 10, 27), weekday=True)
    'Tue 27 Oct'
    """
    text = f"{value.day} {_MONTHS[value.month - 1]}"
    return f"{_WEEKDAYS[value.weekday()] + ' ' if weekday else ''}{text}{f' {value.year}' if year else ''}"


def period_name(start: date, period: Period) -> str:
    """Return the name of the day, week or month that begins at `start`."""
    if period == "month":
        return f"{_MONTHS[start.month - 1]} {start.year}"
    return day(start, weekday=True) if period == "day" else f"week of {day(start)}"


def month_or_day(value: date, period: Period) -> str:
    """Return a short name for the end of an axis."""
    return f"{_MONTHS[value.month - 1]} {value.year}" if period == "month" else day(value)


def span(first: date, last: date, period: Period) -> str:
    """Return the stretch from the first to the last period that a chart shows."""
    if period == "month":
        return (
            period_name(first, period)
            if first == last
            else f"{period_name(first, period)} to {period_name(last, period)}"
        )
    end = last + timedelta(days=6) if period == "week" else last
    if first == end:
        return day(first, year=True)
    return f"{day(first, year=first.year != end.year)} to {day(end, year=True)}"


def named(value: object) -> str:
    """Return the name of a segment; a missing and an empty one can be told apart."""
    if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return "(not known)"
    return str(value).strip() or "(blank)"


def sentence(words: str) -> str:
    """Return the words with a capital at their beginning and a full stop at their end."""
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def lowered(label: str) -> str:
    """Return a label as it reads within a sentence; abbreviations keep their capitals."""
    return label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"


def listed(names: Iterable[str], *, most: int = 3) -> str:
    """Return names as a phrase: all of them, or the first ones and how many are left.

    >>> listed(["ID", "TH", "VN", "SG", "MY"])
    'ID, TH, VN and 2 more'
    """
    all_names = list(names)
    if len(all_names) > most:
        return f"{', '.join(all_names[:most])} and {len(all_names) - most} more"
    return _joined(all_names)


def _joined(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def width(text: str, *, size: float = 12) -> int:
    """Return about how many pixels a line of text takes; wide for CJK, nothing for combining marks."""
    return math.ceil(sum(map(_advance, text)) * size)


def broken(text: str, room: float, *, size: float = 12) -> list[str]:
    """Return a text in lines that fit into so many pixels; a word that is longer has a line of its own.

    >>> broken("Policy change or version lag", 80)
    ['Policy', 'change or', 'version lag']
    """
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and width(longer, size=size) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _advance(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Cf"}:
        return 0.0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.0
    return 0.31 if character in " .,:;|!il'·()" else 0.7 if character.isupper() or character in "%+mw−" else 0.57
