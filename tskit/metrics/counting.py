"""Tallies of a request's cases by group and period: counted in arrays where the rows are held, else by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tskit.metrics.cubes import added_up
from tskit.metrics.held import held_of
from tskit.metrics.request import INDEX, ROW
from tskit.metrics.tallies import Tally
from tskit.metrics.values import values_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tskit.metrics.held import Arrow, Groups, Held
    from tskit.metrics.periods import Span
    from tskit.metrics.request import Request

__all__ = [
    "Cohort",
    "cohort_of",
    "edges_of",
    "judged",
    "labelled",
    "micros_of",
    "named_groups",
    "tallied",
    "tallied_apart",
]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The held rows of a request's cohort, each with the cell of the grid that it lies in.

    Cells go through the periods of the first group, then through those of the next; `groups` holds the names of the
    groups that have a case in the cohort.
    """

    rows: Mapping[str, NDArray[Any]]
    cell: NDArray[np.int64]
    groups: Arrow
    number: int
    length: int

    @property
    def size(self) -> int:
        """Return the number of cells."""
        return self.number * self.length

    def tally(self, tallies: Mapping[str, Tally]) -> dict[str, NDArray[np.float64]]:
        """Return each tally of each cell."""
        return {name: tally.counted(self.rows, self.cell, self.size) for name, tally in tallies.items()}

    def told(self) -> dict[str, Tally]:
        """Return a count for each reason why some cases do not count, or not as they stand."""
        return {name: Tally((name,)) for name in self.rows if name.startswith(("_out_", "_told_"))}

    def frame(self, columns: Mapping[str, NDArray[Any]], *, cells: NDArray[np.int64] | None = None) -> pd.DataFrame:
        """Return the cells (all, or the ones given) as a frame: names of groups, position of the period, the columns."""
        place = np.arange(self.size) if cells is None else cells
        names = (
            self.groups.take(pa.array(place // self.length)).to_pandas(use_threads=False)
            if self.groups.num_columns
            else {}
        )
        picked = {name: values if cells is None else values[place] for name, values in columns.items()}
        return pd.DataFrame({**names, INDEX: place % self.length, **picked})

    def bare(self, columns: Mapping[str, NDArray[Any]], cells: NDArray[np.int64]) -> pd.DataFrame:
        """Return the cells given as a frame, with the names of groups as categories of text."""
        names = (
            self.groups.to_pandas(use_threads=False)
            if self.groups.num_columns
            else pd.DataFrame(index=range(self.number))
        )
        place = cells // self.length
        found = {name: part.array.take(place) for name, part in labelled(names, list(names.columns)).items()}
        picked = {name: values[cells] for name, values in columns.items()}
        return pd.DataFrame({**found, INDEX: cells % self.length, **picked})


def tallied(request: Request, tallies: Mapping[str, Tally], *, zero: Sequence[str]) -> pd.DataFrame:
    """Return tallies of the cohort's cases, and what is told of them, one row for each group and period.

    A bare request has no row for a group and period without a case. The tallies in `zero` are 0 where there is none.
    """
    cohort = cohort_of(request)
    if cohort is None:
        return request.on_grid(added_up(request, tallies, rows_of=judged), zero=zero)
    if request.is_bare:
        return cohort.bare(cohort.tally(tallies), np.flatnonzero(np.bincount(cohort.cell, minlength=cohort.size)))
    return cohort.frame(cohort.tally({**tallies, **cohort.told()}))


def tallied_apart(request: Request, tallies: Mapping[str, Tally]) -> pd.DataFrame:
    """Return tallies by group and period, without a row for one that has no case."""
    cohort = cohort_of(request)
    if cohort is None:
        return added_up(request, tallies, rows_of=judged)
    some = np.bincount(cohort.cell, minlength=cohort.size)
    cells = np.flatnonzero(some) if request.by or request.period else None
    return cohort.frame(cohort.tally(tallies), cells=cells)


def judged(request: Request) -> ir.Table:
    """Return the judged cases of the cohort as the engine knows them, with what the metric reads of each."""
    cohort = request.cohort()
    return request.judged(cohort, values_of(request.metric, cohort))


def cohort_of(request: Request) -> Cohort | None:
    """Return the held rows whose instant lies in the window and in the time that the data knows of, or None."""
    found = held_of(request)
    if found is None:
        return None
    held, rows = found
    at, edges = rows["_at"], edges_of(request.spans)
    end = min(edges[-1], micros_of(request.case_set.as_of) + 1)
    chosen = np.flatnonzero((at >= edges[0]) & (at < end))
    period = np.searchsorted(edges, at[chosen], side="right") - 1 if len(edges) > 2 else np.zeros(len(chosen), np.int64)
    place, names, number = named_groups(held, request, rows[ROW][chosen])
    kept = {name: values[chosen] for name, values in rows.items()}
    return Cohort(kept, place * len(request.spans) + period, names, number, len(request.spans))


def named_groups(held: Held, request: Request, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Arrow, int]:
    """Return the group of each of these rows, and the names and number of the groups that any of them lies in."""
    if not request.by:
        return np.zeros(len(rows), dtype=np.int64), pa.table({}), 1
    groups: Groups = held.grouped(request.by)
    of = groups.of[rows]
    some = np.bincount(of, minlength=groups.names.num_rows) > 0
    return (np.cumsum(some) - 1)[of], groups.names.take(pa.array(np.flatnonzero(some))), int(some.sum())


def edges_of(spans: Sequence[Span]) -> NDArray[np.int64]:
    """Return the first instant of each period, and the end of the last one, in microseconds."""
    return np.array([micros_of(span.window.starts_at) for span in spans] + [micros_of(spans[-1].window.ends_at)])


def micros_of(at: datetime) -> int:
    """Return the microseconds since 1970 of an instant."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def labelled(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the frame with these columns as categories of text in alphabetical order; a missing value stays missing."""
    plain = [column for column in columns if not isinstance(frame[column].dtype, pd.CategoricalDtype)]
    return frame.assign(**{column: _category(frame[column]) for column in plain}) if plain else frame


def _category(column: pd.Series) -> Any:  # noqa: ANN401  # categories of text, which the stubs know only of objects
    codes, values = pd.factorize(column)
    labels = [str(value) for value in pd.Series(values).astype(str)]
    categories = sorted(set(labels))
    place = np.array(
        [categories.index(label) for label in labels] + [-1], dtype=np.int64
    )  # the last one is what is missing
    return pd.Categorical.from_codes(place[codes], pd.Index(categories, dtype=object))
