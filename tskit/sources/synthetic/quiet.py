"""The weekend before the end of the sample on which nothing happened."""

from __future__ import annotations

from datetime import date, timedelta

from tskit.calendars import public_holidays
from tskit.sources.synthetic.world import MARKETS

__all__ = ["quiet_sunday", "quiet_weekend"]

_SETTLED = 35
"""Days before the end of which nothing is left on any later day: every story that moves arrivals or appeals lies after."""


def quiet_sunday(until: date) -> date:
    """Return the Sunday of the latest weekend without story, and without a holiday from its Friday to its Monday."""
    sunday = until - timedelta(days=until.isoweekday() % 7)
    holidays = {
        day for market in MARKETS for day in public_holidays(market.code, range(until.year - 1, until.year + 1))["day"]
    }
    while sunday > until - timedelta(days=_SETTLED) or _near(sunday) & holidays:
        sunday -= timedelta(days=7)
    return sunday


def quiet_weekend(until: date) -> dict[str, str]:
    """Return the first and the last day of that weekend."""
    sunday = quiet_sunday(until)
    return {"from": (sunday - timedelta(days=1)).isoformat(), "until": sunday.isoformat()}


def _near(sunday: date) -> set[date]:
    return {sunday + timedelta(days=days) for days in range(-2, 2)}
