"""How a plain value is printed in a table, by its unit."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tskit.charts.wording import day, shown, signed
from tskit.export.html.blocks import NOTHING
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_figure", "printed"]

_WORDS = {"", "text", "date", "due", "moment"}
_LONGEST = 400


def printed(value: object, unit: str) -> str:
    """Return a plain JSON value as a reader sees it; text stands as it is, what is missing is a dash.

    >>> printed(0.913, "share").replace(chr(0xA0), " "), printed(1104, "cases"), printed("2026-10-27", "date")
    ('91.3 %', '1,104', '27 Oct 2026')
    >>> printed(None, "cases"), printed(True, "")
    ('–', 'yes')
    """
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return _number(value, unit)
    if isinstance(value, list):
        return neutralise(", ".join(str(item) for item in value), limit=_LONGEST)
    if isinstance(value, dict):
        return "a case" if "case_id" in value else NOTHING
    return _day(str(value)) if unit == "date" else neutralise(str(value), limit=_LONGEST)


def is_figure(column: Mapping[str, Any]) -> bool:
    """Return whether a column holds numbers, which stand to the right so that their digits align."""
    return column.get("align") == "right" or str(column.get("unit", "")) not in _WORDS


def _number(value: float, unit: str) -> str:
    if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124  # only NaN differs from itself
        return NOTHING
    # A unit may be any word of the data, so it is text like all other.
    return neutralise(
        signed(value, unit) if unit == "points" else shown(value, "" if unit in {"number", "date"} else unit)
    )


def _day(text: str) -> str:
    try:
        return day(date.fromisoformat(text), year=True)
    except ValueError:
        pass
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
    except ValueError:
        return neutralise(text, limit=_LONGEST)
