"""What the days of a source tell about its export: gaps, caps, lag and breaks."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.cases.sql import Database

__all__ = ["coverage_notes", "day_notes", "gaps", "remarkable_gaps", "thin_weeks"]

_CAPS = (2_000, 10_000, 50_000, 65_535, 65_536, 100_000, 1_048_575, 1_048_576)
"""Row counts at which tools cut an export: list views, report downloads and spreadsheets."""
_STEADY = 5
"""So many cases a day and more on average make an empty day remarkable."""
_BREAK = date(2025, 7, 1)
"""The EU's transparency database changed its categories on this day; series across it do not compare."""
_SHOWN = 5
_RARE = 50
"""A gap of a length that comes up more often than once in so many days belongs to the source."""
_NEAR = 4
_THIN = 0.3
"""A week with less than this share of what is usual around it is remarkable: a holiday week keeps more."""
_LEAST = 30
_LATE_DAYS = 7


def coverage_notes(cases: str, *, connection: Database, is_cap_told: bool = False) -> tuple[str, ...]:
    """Return sentences on gaps, thin weeks, a capped export, late rows and breaks for the SQL relation of loaded cases.

    `is_cap_told` says that the reader has been told already that the file may be cut.
    """
    days = connection.execute(
        f"SELECT CAST(created_at AS DATE) AS day, count(*) FROM {cases} GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if not days:
        return ()
    changed = _last_change(cases, connection=connection)
    return (
        *day_notes(days, changed=changed, is_cap_told=is_cap_told),
        *_break_notes(cases, days, connection=connection),
    )


def day_notes(days: Sequence[tuple[date, int]], *, changed: date | None, is_cap_told: bool = False) -> tuple[str, ...]:
    """Return sentences on gaps, thin weeks, late rows and a capped export for the days of the cases, in order.

    `changed` is the day of the last change to any row, where the source tells it.
    """
    if not days:
        return ()
    empty = remarkable_gaps(days)
    return (
        *_gap_notes(empty),
        *_thin_notes(days, empty),
        *_lag_notes(changed, days),
        *([] if is_cap_told else _cap_notes(sum(count for _, count in days))),
    )


def gaps(days: Sequence[date]) -> list[tuple[date, date]]:
    """Return the stretches without any day of `days`, which are in order: first and last empty day.

    >>> gaps([date(2026, 3, 1), date(2026, 3, 4)])
    [(datetime.date(2026, 3, 2), datetime.date(2026, 3, 3))]
    """
    one = timedelta(days=1)
    return [(a + one, b - one) for a, b in pairwise(days) if b - a > one]


def thin_weeks(days: Sequence[tuple[date, int]]) -> list[tuple[date, int, float]]:
    """Return whole weeks with far fewer cases than those around them: their Monday, their count, what is usual there.

    Weeks at the ends are not judged, since an export may begin and end on any day, nor are weeks without any case.
    """
    counts = Counter[date]()
    for day, count in days:
        counts[day - timedelta(days=day.weekday())] += count
    first, last = min(counts), max(counts)
    weeks = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)][1:-1]
    found: list[tuple[date, int, float]] = []
    for place, week in enumerate(weeks):
        near = [counts[other] for other in weeks[max(place - _NEAR, 0) : place + _NEAR + 1] if other != week]
        usual = median(near) if len(near) >= _NEAR else 0.0
        if 0 < counts[week] < _THIN * usual and usual >= _LEAST:
            found.append((week, counts[week], usual))
    return found


def remarkable_gaps(days: Sequence[tuple[date, int]]) -> list[tuple[date, date]]:
    """Return the empty stretches of a source that has cases nearly every day; a rest at weekends is none."""
    if sum(count for _, count in days) < _STEADY * len(days):
        return []
    usual = Counter((b - a).days for a, b in pairwise([day for day, _ in days]))
    return [(a, b) for a, b in gaps([day for day, _ in days]) if usual[(b - a).days + 2] * _RARE <= len(days)]


def _gap_notes(empty: Sequence[tuple[date, date]]) -> list[str]:
    if not empty:
        return []
    listed = ", ".join(_span(a, b) for a, b in empty[-_SHOWN:])
    earlier = f", and {len(empty) - _SHOWN} earlier gaps" if len(empty) > _SHOWN else ""
    return [f"No case was opened {listed}{earlier} (UTC): is an export missing?"]


def _span(first: date, last: date) -> str:
    return f"on {first}" if first == last else f"from {first} to {last}"


def _thin_notes(days: Sequence[tuple[date, int]], empty: Sequence[tuple[date, date]]) -> list[str]:
    # A week that a gap reaches into has been told of already.
    found = [each for each in thin_weeks(days) if not any(a - timedelta(days=6) <= each[0] <= b for a, b in empty)]
    listed = "; ".join(
        f"the week from {week} has {count:,} cases where about {usual:,.0f} are usual"
        for week, count, usual in found[-_SHOWN:]
    )
    return [f"Far fewer cases than around them (is a part of the export missing?): {listed}."] if found else []


def _last_change(cases: str, *, connection: Database) -> date | None:
    columns = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {cases}").fetchall()}
    if "source_modified_at" not in columns:
        return None
    return connection.execute(f"SELECT CAST(max(source_modified_at) AS DATE) FROM {cases}").fetchone()[0]


def _lag_notes(changed: date | None, days: Sequence[tuple[date, int]]) -> list[str]:
    """Return how far the data reaches where rows were changed well after the last case was opened."""
    last = days[-1][0]
    if changed is None or (changed - last).days < _LATE_DAYS:
        return []
    return [f"Rows were changed up to {changed}, but the last case was opened on {last}: are newer cases missing?"]


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
    note = (
        f"The categories of the EU transparency database changed on {_BREAK}: renamed ones are carried over, and those that "
        "ended, began or changed their meaning are not compared across that day."
    )
    return [note]
