"""Tallies of a request's cases by group and period: counted in arrays where the rows are held, else by the engine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from tskit.metrics.cubes import added_up
from tskit.metrics.grid import Grid
from tskit.metrics.held import held_of
from tskit.metrics.periods import micros_of
from tskit.metrics.request import INDEX, ROW
from tskit.metrics.tallies import Tally
from tskit.metrics.values import values_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tskit.metrics.groups import Arrow, Groups
    from tskit.metrics.held import Held
    from tskit.metrics.request import Request

__all__ = [
    "Cohort",
    "Named",
    "cohort_of",
    "judged",
    "labelled",
    "named_groups",
    "tallied",
    "tallied_apart",
]


@dataclass(frozen=True, slots=True)
class Cohort:
    """The held rows of a request's cohort, each with the cell of the grid that it lies in.

    Cells go through the periods of the first group, then through those of the next; `groups` are those that have a case
    in the cohort.
    """

    rows: Mapping[str, NDArray[Any]]
    cell: NDArray[np.int64]
    groups: Named
    length: int

    @property
    def size(self) -> int:
        """Return the number of cells."""
        return self.groups.number * self.length

    def tally(self, tallies: Mapping[str, Tally]) -> dict[str, NDArray[np.float64]]:
        """Return each tally of each cell."""
        return {name: tally.counted(self.rows, self.cell, self.size) for name, tally in tallies.items()}

    def told(self) -> dict[str, Tally]:
        """Return a count for each reason why some cases do not count, or not as they stand."""
        return {name: Tally((name,)) for name in self.rows if name.startswith(("_out_", "_told_"))}

    def grid(self, numbers: Mapping[str, NDArray[Any]]) -> Grid:
        """Return all cells, each with the names of its group, the position of its period and these numbers."""
        place = np.arange(self.size)
        return Grid(self.groups.plain(place // self.length), place % self.length, numbers)

    def bare(self, numbers: Mapping[str, NDArray[Any]], cells: NDArray[np.int64]) -> Grid:
        """Return the cells given, with the names of groups as categories of text."""
        names = self.groups.labelled(cells // self.length)
        return Grid(names, cells % self.length, {name: values[cells] for name, values in numbers.items()})


@dataclass(frozen=True, slots=True)
class Named:
    """Those groups of some columns that any of a number of rows lies in; without columns there is one, of all rows."""

    groups: Groups | None
    some: NDArray[np.int64]

    @property
    def number(self) -> int:
        """Return the number of groups."""
        return len(self.some)

    def plain(self, place: NDArray[np.int64]) -> dict[str, Any]:
        """Return the names of the groups at these places by column, as the data has them."""
        if self.groups is None:
            return {}
        return {name: _plain(values) for name, values in self.groups.names(self.some[place]).items()}

    def labelled(self, place: NDArray[np.int64]) -> dict[str, Any]:
        """Return the names of the groups at these places by column, as categories of text."""
        if self.groups is None:
            return {}
        labels = self.groups.labels(self.some)
        return {name: _labels(values).take(codes[place]) for name, (codes, values) in labels.items()}

    def among(self, place: NDArray[np.int64]) -> dict[str, Any]:
        """Return the same with no more categories than the groups at these places have."""
        some, place = np.unique(place, return_inverse=True)
        return replace(self, some=self.some[some]).labelled(place)


def tallied(request: Request, tallies: Mapping[str, Tally], *, zero: Sequence[str]) -> Grid:
    """Return tallies of the cohort's cases, and what is told of them, one row for each group and period.

    A bare request has no row for a group and period without a case. The tallies in `zero` are 0 where there is none.
    """
    cohort = cohort_of(request)
    if cohort is None:
        return Grid.of(request.on_grid(added_up(request, tallies, rows_of=judged), zero=zero), request.by)
    if request.is_bare:
        return cohort.bare(cohort.tally(tallies), np.flatnonzero(np.bincount(cohort.cell, minlength=cohort.size)))
    return cohort.grid(cohort.tally({**tallies, **cohort.told()}))


def tallied_apart(request: Request, tallies: Mapping[str, Tally]) -> pd.DataFrame:
    """Return tallies by group and period as a frame, without a row for one that has no case."""
    cohort = cohort_of(request)
    if cohort is None:
        return added_up(request, tallies, rows_of=judged)
    some = np.bincount(cohort.cell, minlength=cohort.size)
    cells = np.flatnonzero(some) if request.by or request.period else np.arange(cohort.size)
    counts = {name: values[cells] for name, values in cohort.tally(tallies).items()}
    return pd.DataFrame({**cohort.groups.plain(cells // cohort.length), INDEX: cells % cohort.length, **counts})


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
    at, edges = rows["_at"], request.edges
    end = min(edges[-1], micros_of(request.case_set.as_of) + 1)
    chosen = np.flatnonzero((at >= edges[0]) & (at < end))
    place, groups = named_groups(held, request, rows[ROW][chosen])
    kept = {name: values[chosen] for name, values in rows.items()}
    length = len(edges) - 1
    if length > 1:
        place = place * length + np.searchsorted(edges, kept["_at"], side="right") - 1
    return Cohort(kept, place, groups, length)


def named_groups(held: Held, request: Request, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], Named]:
    """Return the group of each of these rows among the groups that any of them lies in, and those groups."""
    if not request.by:
        return np.zeros(len(rows), dtype=np.int64), Named(None, np.zeros(1, dtype=np.int64))
    groups = held.grouped(request.by)
    of = groups.of[rows]
    some = np.bincount(of, minlength=groups.number) > 0
    return (np.cumsum(some) - 1)[of], Named(groups, np.flatnonzero(some))


def labelled(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return the frame with these columns as categories of text in alphabetical order; a missing value stays missing."""
    plain = [column for column in columns if not isinstance(frame[column].dtype, pd.CategoricalDtype)]
    return frame.assign(**{column: _category(frame[column]) for column in plain}) if plain else frame


def _plain(values: Arrow) -> Any:  # noqa: ANN401  # as the stubs of Arrow are
    return values.to_pandas().array


def _labels(values: Arrow) -> Any:  # noqa: ANN401  # likewise
    """Return different values in alphabetical order as categories of text."""
    if pa.types.is_string(values.type):
        return pd.Categorical.from_codes(np.arange(len(values)), pd.Index(values.to_pylist(), dtype=object))
    return _category(values.to_pandas())


def _category(column: pd.Series) -> Any:  # noqa: ANN401  # categories of text, which the stubs know only of objects
    codes, values = pd.factorize(column)
    labels = [str(value) for value in pd.Series(values).astype(str)]
    categories = sorted(set(labels))
    place = np.array(
        [categories.index(label) for label in labels] + [-1], dtype=np.int64
    )  # the last one is what is missing
    return pd.Categorical.from_codes(place[codes], pd.Index(categories, dtype=object))
