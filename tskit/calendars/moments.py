"""Reads as of when somebody asks: a day, a moment, or a number of entries."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tskit.errors import ParameterError

__all__ = ["Moment", "moment_of"]

Moment = datetime | int | None
"""As of when: a moment, or a number of entries, which is exact even where clocks are not; None is now."""

_NUMBER = re.compile(r"#(\d{1,12})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SMALLEST = timedelta(microseconds=1)


def moment_of(text: str, *, zone: str) -> Moment:
    """Return the moment that `text` names; empty is now.

    A day is meant to its end in `zone`, and `#412` is the state after the first 412 entries, which is exact whatever
    people's clocks say.

    Raises:
        ParameterError: it is none of these.

    >>> moment_of("2026-10-05", zone="Asia/Singapore").isoformat()
    '2026-10-05T15:59:59.999999+00:00'
    >>> moment_of("#412", zone="UTC")
    412
    """
    said = text.strip()
    if not said:
        return None
    number = _NUMBER.fullmatch(said)
    if number:
        return int(number[1])
    try:
        if _DAY.fullmatch(said):
            day = date.fromisoformat(said) + timedelta(days=1)
            return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC) - _SMALLEST
        at = datetime.fromisoformat(said)
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ParameterError(
            "A moment is a day (2026-10-05), a time (2026-10-05T09:30), or a number of entries (#412); empty is now."
        ) from None
