"""What changed in each run since the one before it of its series, in the few words that a list has room for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.model.run_row import Since
from tskit.runs.diff import difference, in_a_row
from tskit.runs.kept import open_run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tskit.model.run_row import RunRow
    from tskit.runs.diff import ChangedFinding, RunDiff
    from tskit.runs.kept import Kept

__all__ = ["row_before", "since", "with_changes"]

_STEADY = "steady"
"""That nothing else moved is in every report, and news in none."""


def with_changes(rows: Sequence[RunRow], root: Path) -> tuple[RunRow, ...]:
    """Return the rows below `root`, each with what changed since the one before it of its series."""
    found: dict[str, Since] = {}
    by_series: dict[str, list[RunRow]] = {}
    for row in sorted(filter(_is_comparable, rows), key=_place):
        by_series.setdefault(row.series, []).append(row)
    for series in by_series.values():
        before: Kept | None = None
        for row in series:
            run = open_run(root / row.folder)
            if run is not None and before is not None:
                found[row.folder] = since(difference(before, run, with_history=False))
            before = run or before
    return tuple(replace(row, since=found.get(row.folder)) for row in rows)


def row_before(row: RunRow, rows: Sequence[RunRow]) -> RunRow | None:
    """Return the run before `row` of the same template and parameters, by the days that they look at; None: the first."""
    earlier = [one for one in rows if _is_comparable(one) and one.series == row.series and _place(one) < _place(row)]
    return max(earlier, key=_place, default=None)


def since(diff: RunDiff) -> Since:
    """Return the short form of a difference."""
    return Since(
        run=diff.before,
        appeared=tuple(one.claim for one in diff.appeared if one.kind != _STEADY),
        vanished=tuple(one.claim for one in diff.vanished if one.kind != _STEADY),
        changed=tuple(_said(one) for one in diff.changed if _is_news(one)),
        why=in_a_row(diff.kinds),
    )


def _is_comparable(row: RunRow) -> bool:
    return row.status == "ok" and bool(row.series)


def _place(row: RunRow) -> tuple[str, str, str]:
    return row.last_day, row.started, row.id


def _is_news(change: ChangedFinding) -> bool:
    is_steady = change.before.kind == change.after.kind == _STEADY
    return not (is_steady or change.is_worded_alike or change.judged == "within noise")


def _said(change: ChangedFinding) -> str:
    if change.before.claim == change.after.claim:
        return f"{change.after.claim} ({change.after.certainty or 'no'} certainty, was {change.before.certainty or 'none'})"
    return f"{change.after.claim} (was: {change.before.claim})"
