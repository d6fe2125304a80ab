"""What differs between two snapshots of a source, or between any two sources of the same cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tskit.cli.casebook import seen_from
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tskit.cases.compared import Compared
    from tskit.metrics.restated import RestatedFigure
    from tskit.model import Casebook, CaseSet

__all__ = ["Difference", "difference"]


@dataclass(frozen=True, slots=True)
class Difference:
    """How the later of two loads differs from the earlier one: rows by table, and figures of months that were over."""

    now: CaseSet
    then: CaseSet
    tables: Sequence[Compared]
    figures: Sequence[RestatedFigure]

    def as_json(self) -> dict[str, object]:
        """Return the counts and figures as plain JSON values."""
        sides = {side: _side(load) for side, load in (("now", self.now), ("then", self.then))}
        figures = [
            {"metric": one.metric, "month": f"{one.month:%Y-%m}", "was": one.was, "now": one.now}
            for one in self.figures
        ]
        return {**sides, "tables": {one.table: one.as_json() for one in self.tables}, "figures": figures}

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of plain text; no line holds a value of a row."""
        yield f"{_told(self.now)}, held against {_told(self.then)}."
        for one in self.tables:
            yield from _table(one, _day(self.then))
        yield from self._figures()

    def _figures(self) -> Iterator[str]:
        day = _day(self.then)
        if not self.figures:
            yield f"All figures of the months that were over by {day} are the same."
            return
        months = len({one.month for one in self.figures})
        yield (
            f"History was restated: {len(self.figures):,} figures of {months:,} {'month' if months == 1 else 'months'} "
            f"that were over by {day} differ. A report on what was known then shows them as they were."
        )
        for metric in dict.fromkeys(one.metric for one in self.figures):
            yield f"  {metric}: {_changes([one for one in self.figures if one.metric == metric])}"


def difference(source: str, *, against: str, book: Casebook) -> Difference:
    """Return how `source` differs from the source, snapshot or file that it is held `against`.

    Raises:
        SourceError: one of them cannot be read.
        DataError: one of them does not hold up as cases.
        ParameterError: one of them is read in place.
    """
    from tskit.cases import load
    from tskit.cases.compared import compared
    from tskit.metrics.restated import restated
    from tskit.model import Scope

    for asked in (source, against):
        named, _ = book.asked(asked)
        if named is not None and named.mode == "in_place":
            raise ParameterError(
                f"{named.name} is read in place, and its rows stay there. Hold snapshots of a copy together."
            )
    now, then = (load(Scope(source=seen_from(book, asked)), casebook=book) for asked in (source, against))
    return Difference(now, then, compared(now, then), restated(now, then))


def _side(load: CaseSet) -> dict[str, object]:
    files = [{"name": one.name, "sha256": one.sha256} for one in load.inputs]
    return {"source": load.scope.source, "as_of": load.as_of.isoformat(), "inputs": files}


def _told(load: CaseSet) -> str:
    return f"{load.scope.source or 'the first source'} ({load.quality.cases:,} cases, known until {_day(load)})"


def _day(load: CaseSet) -> str:
    return load.as_of.astimezone(ZoneInfo(load.casebook.zone)).date().isoformat()


def _table(one: Compared, day: str) -> Iterator[str]:
    if one.is_same:
        yield f"{one.table}: {one.now:,} rows, all as they were."
        return
    late = f" ({one.late:,} of them of a time until {day})" if one.late else ""
    yield (
        f"{one.table}: {one.then:,} rows then, {one.now:,} now; {one.appeared:,} appeared{late}, {one.vanished:,} vanished, "
        f"{one.changed:,} changed."
    )
    if one.by_column:
        yield f"  changed, by column: {', '.join(f'{column} {count:,}' for column, count in one.by_column.items())}"
    for columns, what in ((one.came, "came"), (one.went, "went")):
        if columns:
            yield f"  columns that {what}: {', '.join(columns)}"


def _changes(figures: Sequence[RestatedFigure]) -> str:
    first, last, largest = figures[0].month, figures[-1].month, max(figures, key=lambda one: one.size)
    span = f"{first:%Y-%m}"
    if len(figures) > 1:
        span = f"{len(figures):,} months from {first:%Y-%m} to {last:%Y-%m}, most in {largest.month:%Y-%m}"
    return f"{span}: was {largest.was:,.6g}, is {'missing' if largest.now is None else f'{largest.now:,.6g}'}"
