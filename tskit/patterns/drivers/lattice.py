"""All segments that combinations of dimensions make: which cells each one holds, and how surprising it is a priori."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from math import comb, log
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Lattice", "lattice"]


@dataclass(frozen=True, slots=True)
class Lattice:
    """The segments of some cells: one for each combination of values of one or more dimensions that occurs.

    `place` holds for each set of dimensions the segment of each cell; segments are numbered through all sets, those of
    set i from `start[i]` on; `finer[i]` is the smallest set of one dimension more that set i is summed from, -1 for the
    cells themselves. `example` is one cell of each segment, `size` the number of its cells, and `price` what naming it
    costs in nats: sets of each number of dimensions share one part of belief, as do the sets of as many dimensions and
    the segments of a set. `is_own` is False for a segment that holds the same cells as a wider one.
    """

    names: tuple[str, ...]
    labels: tuple[tuple[object, ...], ...]
    codes: Ints = field(repr=False)
    sets: tuple[tuple[int, ...], ...]
    finer: tuple[int, ...]
    place: tuple[Ints, ...] = field(repr=False)
    start: Ints = field(repr=False)
    example: Ints = field(repr=False)
    size: Ints = field(repr=False)
    price: Floats = field(repr=False)
    is_own: NDArray[np.bool_] = field(repr=False)

    @property
    def cells(self) -> int:
        """Return the number of cells."""
        return len(self.codes)

    @property
    def ends(self) -> Ints:
        """Return for each set of dimensions the number after that of its last segment."""
        return np.append(self.start[1:], len(self.example))

    def sums(self, values: Floats, cells: Ints | None = None) -> Floats:
        """Return the sum of a value over the cells of each segment; `cells` names those that the values are of."""
        if cells is None:
            return self._rolled(values)
        parts = zip(self.place, self.ends - self.start, strict=True)
        return np.concatenate([np.bincount(place[cells], values, count).astype(np.float64) for place, count in parts])

    def _rolled(self, values: Floats) -> Floats:
        """Return the sums by segment, each set of dimensions added up from the coarsest one that refines it."""
        found = np.empty(len(self.example))
        ends = self.ends
        for i, finer in reversed(list(enumerate(self.finer))):
            place, weight = self.place[i], values
            if finer >= 0:
                own = slice(int(self.start[finer]), int(ends[finer]))
                place, weight = place[self.example[own]], found[own]
            found[self.start[i] : ends[i]] = np.bincount(place, weight, int(ends[i] - self.start[i]))
        return found

    def holding(self, cells: Ints) -> NDArray[np.bool_]:
        """Return which segments hold any of some cells."""
        found = np.zeros(len(self.example), dtype=bool)
        for place, start in zip(self.place, self.start, strict=True):
            found[start + place[cells]] = True
        return found

    def set_of(self, segment: int) -> int:
        """Return the position of the dimensions that make a segment."""
        return int(np.searchsorted(self.start, segment, side="right") - 1)

    def inside(self, segment: int) -> NDArray[np.bool_]:
        """Return which cells a segment holds."""
        own = self.set_of(segment)
        return self.place[own] == segment - self.start[own]

    def named(self, segment: int) -> dict[str, object]:
        """Return the value of each dimension that makes a segment."""
        cell = self.codes[self.example[segment]]
        return {self.names[j]: self.labels[j][cell[j]] for j in self.sets[self.set_of(segment)]}


def lattice(frame: pd.DataFrame, dims: Sequence[str]) -> Lattice:
    """Return the segments of a frame with one row for each cell. Values keep their order, whatever that of the rows."""
    coded = [pd.factorize(frame[name], sort=False, use_na_sentinel=False) for name in dims]
    codes = np.stack([np.asarray(code, dtype=np.int64) for code, _ in coded], axis=1)
    labels = tuple(tuple(values.tolist()) for _, values in coded)
    sets = tuple(chosen for order in range(1, len(dims) + 1) for chosen in combinations(range(len(dims)), order))
    place = _places(codes, [len(values) for values in labels], sets)
    counts = np.array([int(own.max(initial=-1)) + 1 for own in place], dtype=np.int64)
    example = np.concatenate([_examples(own, count) for own, count in zip(place, counts, strict=True)])
    price = [log(len(dims)) + log(comb(len(dims), len(chosen))) for chosen in sets] + np.log(counts)
    start, size, is_own = np.append(0, np.cumsum(counts)[:-1]), np.ones_like(example), np.ones(len(example), dtype=bool)
    parts = (_finer(sets, counts, len(dims)), place, start, example, size, np.repeat(price, counts), is_own)
    found = Lattice(tuple(dims), labels, codes, sets, *parts)
    found.size[:] = found.sums(np.ones(len(codes)))
    found.is_own[:] = _is_own(found)
    return found


def _places(codes: Ints, sizes: Sequence[int], sets: Iterable[tuple[int, ...]]) -> tuple[Ints, ...]:
    made: dict[tuple[int, ...], Ints] = {}
    for chosen in sets:  # a set comes after the shorter one that it begins with
        last = codes[:, chosen[-1]]
        made[chosen] = _compact(made[chosen[:-1]] * sizes[chosen[-1]] + last if chosen[:-1] else last)
    return tuple(made.values())


def _compact(codes: Ints) -> Ints:
    """Return codes from 0 on without gaps, in the same order."""
    top = int(codes.max(initial=-1)) + 1
    if top > 50 * len(codes):
        return np.unique(codes, return_inverse=True)[1].astype(np.int64)
    is_used = np.zeros(top, dtype=np.int64)
    is_used[codes] = 1
    return (np.cumsum(is_used) - 1)[codes]


def _finer(sets: Sequence[tuple[int, ...]], counts: Ints, dims: int) -> tuple[int, ...]:
    position = {chosen: i for i, chosen in enumerate(sets)}
    more = [[position[tuple(sorted((*chosen, j)))] for j in set(range(dims)) - set(chosen)] for chosen in sets]
    return tuple(min(one, key=lambda i: int(counts[i]), default=-1) for one in more)


def _examples(place: Ints, count: int) -> Ints:
    found = np.zeros(count, dtype=np.int64)
    found[place] = np.arange(len(place))
    return found


def _is_own(segments: Lattice) -> NDArray[np.bool_]:
    position = {chosen: i for i, chosen in enumerate(segments.sets)}
    parts: list[NDArray[np.bool_]] = []
    ends = segments.ends
    for i, chosen in enumerate(segments.sets):
        own = slice(segments.start[i], ends[i])
        is_own = np.ones(ends[i] - segments.start[i], dtype=bool)
        for j in chosen if len(chosen) > 1 else ():
            wider = position[tuple(d for d in chosen if d != j)]
            above = segments.place[wider][segments.example[own]] + segments.start[wider]
            is_own &= segments.size[own] < segments.size[above]
        parts.append(is_own)
    return np.concatenate(parts)
