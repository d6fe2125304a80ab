"""The line above the title: what this is, of which period, beside which other one, and of how many cases."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from tskit.charts.wording import span
from tskit.export.html.blocks import text
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tskit.export.html.reading import Reading

__all__ = ["chips", "period", "weeks"]

_LONGEST = 80
_OPENED = "cases_opened"
_WEEK = 7
_MONTHS = re.compile(r"\b(Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?:uary|ruary|ch|il|e|y|ust|tember|ober|ember)\b")


def chips(reading: Reading, *, title: str) -> tuple[str, ...]:
    """Return the scope in a few words each: the template's title, the period in its zone, filters, and the cases."""
    inputs: Mapping[str, Any] = reading.inputs[0] if reading.inputs else {}
    return tuple(neutralise(chip) for chip in _chips(reading, inputs, title) if chip)


def _chips(reading: Reading, inputs: Mapping[str, Any], title: str) -> Iterator[str]:
    yield title
    # A write-up that speaks of a moment says which; the days that were read are not what it is about.
    moment = reading.clock.brief if reading.answer.get("as_of") else ""
    yield f"as of {moment}" if moment else ", ".join(filter(None, [period(inputs), text(inputs, "zone")]))
    if reading.compared:
        yield "compared with " + _MONTHS.sub(r"\1", reading.compared)
    for name, kept in inputs.get("filters", {}).items():
        yield f"{name}: {neutralise(', '.join(map(str, kept)), limit=_LONGEST)}"
    if opened := _opened(reading.headlines):
        yield f"{opened} cases opened in the period"


def _opened(headlines: Mapping[str, Any] | None) -> str:
    """Return how many cases were opened, where the headline figures say so."""
    names = [text(column, "name") for column in (headlines or {}).get("columns", [])]
    rows = [dict(zip(names, row, strict=False)) for row in (headlines or {}).get("rows", [])]
    return next((text(row, "text") for row in rows if row.get("metric") == _OPENED), "")


def weeks(inputs: Mapping[str, Any] | None) -> int:
    """Return how many weeks the period consists of; 0 where it is not whole weeks."""
    days = _days(inputs or {})
    count, rest = divmod((days[1] - days[0]).days + 1, _WEEK) if days else (0, 0)
    return 0 if rest else count


def period(inputs: Mapping[str, Any]) -> str:
    """Return the days of the period in words; "" where they are not known."""
    days = _days(inputs)
    return span(*days, "day") if days else ""


def _days(inputs: Mapping[str, Any]) -> tuple[date, date] | None:
    try:
        return date.fromisoformat(text(inputs, "start")), date.fromisoformat(text(inputs, "last_day"))
    except ValueError:
        return None
