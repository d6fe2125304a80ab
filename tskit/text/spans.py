"""Lengths of time in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = ["span"]

_LONG_DAYS = 10


def span(length: timedelta) -> str:
    """Return a length of time in its two largest units; long ones in days alone.

    >>> from datetime import timedelta
    >>> span(timedelta(days=2, hours=5, minutes=3)), span(timedelta(minutes=61)), span(timedelta(seconds=20))
    ('2 d 5 h', '1 h 1 min', 'less than a minute')
    """
    minutes = int(length.total_seconds() // 60)
    days, rest = divmod(minutes, 1440)
    if days >= _LONG_DAYS:
        return f"{days} days"
    parts = [(days, "d"), (rest // 60, "h"), (rest % 60, "min")]
    first = next((place for place, (value, _) in enumerate(parts) if value), None)
    if first is None:
        return "less than a minute"
    return " ".join(f"{value} {unit}" for value, unit in parts[first : first + 2] if value)
