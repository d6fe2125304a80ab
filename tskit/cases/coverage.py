"""What the days of a source tell about its export: gaps, caps, lag and breaks."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.cases.sql import Database

__all__ = ["coverage_notes", "gaps"]

_CAPS = (2_000, 10_000, 50_000, 65_535, 65_536, 100_000, 1_048_575, 1_048_576)
"""Row counts at which tools cut an export: list views, report downloads and spreadsheets."""
_STEADY = 5
"""So many cases a day and more on average make an empty day remarkable."""
_BREAK = date(2025, 7, 1)
"""The EU's transparency database changed its categories on this day; series across it do not compare."""
_SHOWN = 5


def coverage_notes(cases: str, *, connection: Database) -> tuple[str, ...]:
    """Return sentences on gaps, a capped export, late rows and breaks for the SQL relation of loaded cases."""
    days = connection.execute(
        f"SELECT CAST(created_at AS DATE) AS day, count(*) FROM {cases} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if not days:
        return ()
    total = sum(count for _, count in days)
    return (*_gap_notes(days, total), *_cap_notes(total), *_break_notes(cases, days, connection=connection))


def gaps(days: Sequence[date]) -> list[tuple[date, date]]:
    """Return the stretches without any day of `days`, which are in order: first and last empty day.

    >>> gaps([date(2026, 3, 1), date(2026, 3, 4)])
    [(datetime.date(2026, 3, 2), datetime.date(2026, 3, 3))]
    """
    one = timedelta(days=1)
    return [(a + one, b - one) for a, b in pairwise(days) if b - a > one]


def _gap_notes(days: Sequence[tuple[date, int]], total: int) -> list[str]:
    if total < _STEADY * len(days):
        return []
    found = gaps([day for day, _ in days])
    if not found:
        return []
    listed = ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in found[-_SHOWN:])
    return [
        f"No case was opened on {sum((b - a).days + 1 for a, b in found)} days in between (UTC; the last: {listed})."
    ]


def _cap_notes(total: int) -> list[str]:
    if total not in _CAPS:
        return []
    return [
        f"The export holds exactly {total:,} cases, a number at which tools cut exports. Check that it is complete."
    ]


def _break_notes(cases: str, days: Sequence[tuple[date, int]], *, connection: Database) -> list[str]:
    if not days[0][0] < _BREAK <= days[-1][0]:
        return []
    columns = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {cases}").fetchall()}
    if "dsa_category" not in columns:
        return []
    return [f"The categories of the EU transparency database changed on {_BREAK}; do not compare them across that day."]
