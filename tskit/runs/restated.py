"""Figures of days that two runs both cover, and that are no longer what they were."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from tskit.runs.collect import FIGURE_MIME
from tskit.runs.kept import listed, mapped, plain, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Restated", "is_equal", "restated"]

_DAY, _VALUE = "period_start", "value"
_BESIDE = frozenset(
    {_VALUE, "expected", "expected_low", "expected_high", "low", "high", "k", "n", "is_complete", "note"}
)
"""Columns that are not part of what a value is of: they follow from it, or from the rest of the period."""
_LARGEST = 5_000_000
_CLOSE = 1e-9
_LATE_DAYS = 14
"""How far back reports that arrive late, and cases that are closed late, still move figures."""


@dataclass(frozen=True, slots=True)
class Restated:
    """A table whose figures differ: how many were compared, how many differ, on which days, and the first of them."""

    table: str
    compared: int
    differ: int
    first_day: str
    last_day: str
    of: str
    before: float
    after: float

    def in_words(self) -> str:
        """Return it as a sentence.

        >>> Restated("backlog_by_day", 84, 2, "2026-09-14", "2026-09-15", "", 23.0, 25.0).in_words()
        'backlog_by_day: 2 of 84 figures differ, from 2026-09-14 to 2026-09-15; the first was 23 and is 25'
        """
        days = (
            f"on {self.first_day}" if self.first_day == self.last_day else f"from {self.first_day} to {self.last_day}"
        )
        of = f" ({self.of})" if self.of else ""
        first = f"the first{of} was {self.before:,.6g} and is {self.after:,.6g}"
        return f"{self.table}: {self.differ:,} of {self.compared:,} figures differ, {days}; {first}"

    def is_recent(self, end: str) -> bool:
        """Return whether only days shortly before `end` differ, the last one that the earlier data knew."""
        try:
            return date.fromisoformat(self.first_day) > date.fromisoformat(end) - timedelta(days=_LATE_DAYS)
        except ValueError:
            return False


def restated(before: Path, after: Path) -> tuple[tuple[Restated, ...], int]:
    """Return the tables of two runs' folders that differ on days of both, and how many figures both have."""
    found: list[Restated] = []
    total = 0
    was, are = _titles(before), _titles(after)
    for path in sorted((after / "data").glob("*.csv")):
        if was.get(path.stem) != are.get(path.stem):
            continue  # a chart of what moved most may be of something else now
        old, new = _figures(before / "data" / path.name), _figures(path)
        shared = sorted(old.keys() & new.keys())
        total += len(shared)
        differ = [key for key in shared if not is_equal(old[key], new[key])]
        if differ:
            first = differ[0]
            of = plain(", ".join(part for part in first[1:] if part))
            days = (first[0], differ[-1][0])
            found.append(Restated(plain(path.stem), len(shared), len(differ), *days, of, old[first], new[first]))
    return tuple(found), total


def is_equal(one: float, other: float) -> bool:
    """Return whether two numbers are the same, but for the last digits in which sums of another order differ."""
    return abs(one - other) <= _CLOSE * max(1.0, abs(one), abs(other))


def _titles(folder: Path) -> dict[str, str]:
    """Return the title of each chart of a run by its key."""
    cells = [mapped(cell) for cell in listed(read_json(folder / "notebook.ipynb").get("cells"))]
    outputs = [mapped(mapped(one).get("data")) for cell in cells for one in listed(cell.get("outputs"))]
    charts = [mapped(data[FIGURE_MIME]) for data in outputs if FIGURE_MIME in data]
    return {plain(chart.get("key")): plain(chart.get("title")) for chart in charts}


def _figures(path: Path) -> dict[tuple[str, ...], float]:
    """Return the values of a table by day and by what they are of; none where the table has no days."""
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _LARGEST:
            return {}
        return dict(_read(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))))
    except (OSError, ValueError, csv.Error):
        return {}


def _read(rows: csv.DictReader[str]) -> Iterator[tuple[tuple[str, ...], float]]:
    names = rows.fieldnames or []
    if _DAY not in names or _VALUE not in names:
        return
    others = [name for name in names if name != _DAY and name not in _BESIDE]
    for row in rows:
        # The last days of a period may still be going on, and are no history yet.
        if row.get("is_complete") != "False" and row[_VALUE]:
            yield (_text(row, _DAY)[:10], *(_text(row, name) for name in others)), float(row[_VALUE])


def _text(row: Mapping[str, str | None], name: str) -> str:
    return row.get(name) or ""
