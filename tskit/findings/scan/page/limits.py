"""What a scan cannot tell, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from tskit.findings.measured import first_day
from tskit.findings.scan.page.asked import DOES
from tskit.findings.tables import Table, table
from tskit.findings.wording import day, listed, plural
from tskit.metrics import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tskit.findings.scan.sight import Scan

__all__ = ["limits_table"]

_GRACE = timedelta(hours=1)
_LONG_ENOUGH = 21 * 30
"""Days of history from which on a season can be told from a shift."""


def limits_table(seen: Scan) -> Table:
    """Return what this scan cannot tell, about the source first."""
    rows = [*_of_the_source(seen), *_of_the_period(seen), *(("Reading it", said) for said in seen.limits)]
    frame = pd.DataFrame(rows, columns=["about", "limit"])
    return table(frame, [("about", "About"), ("limit", "What to bear in mind")], key="limits", title="Limits")


def _of_the_source(seen: Scan) -> Iterator[tuple[str, str]]:
    for detector, does in DOES.items():
        if detector in seen.not_told:
            yield does, f"Not looked at: {seen.not_told[detector]}."
    for metric, lacks in seen.missing.items():
        yield find(metric).label, f"Not computed: it needs {listed([f'the column {name}' for name in lacks])}."
    if seen.absent:
        yield "Segments", f"The source lacks {listed(seen.absent)}; nothing was looked into by them."
    if seen.crowded:
        yield (
            "Crowded columns",
            f"{listed(seen.crowded)} hold too many different values to compare; nothing was looked into by them.",
        )
    if seen.case_set.quality.flagged:
        rows = plural(seen.case_set.quality.flagged, "row")
        yield "Doubtful rows", f"{rows} are doubtful and left out of the figures that the doubt touches."


def _of_the_period(seen: Scan) -> Iterator[tuple[str, str]]:
    case_set, window = seen.case_set, seen.case_set.scope.window
    if case_set.as_of + _GRACE < window.ends_at:
        known = case_set.as_of.astimezone(ZoneInfo(window.zone)).date()
        yield "Unfinished period", f"The data ends on {day(known)}; the last days are not complete."
    elif (case_set.as_of - window.ends_at) < timedelta(days=2):
        yield "Reporting lag", "The data ends with the period: reports that arrive late are not in it yet."
    history = (window.end - first_day(case_set)).days
    if history < _LONG_ENOUGH:
        yield "History", f"{plural(max(history, 0), 'day')} are known; a yearly wave cannot be told from a new level."
