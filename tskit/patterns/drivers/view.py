"""The lattice around an explained change: its causes, what moved only because of them, and what cannot be told apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import pandas as pd

from tskit.patterns.drivers.cells import side_by_side
from tskit.patterns.drivers.expected import added, count_baseline, rate_baseline, shared_doubt, summed
from tskit.patterns.drivers.lattice import Lattice, lattice
from tskit.patterns.drivers.search import Search
from tskit.stats import count_at_least, count_at_most

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from tskit.model import Pattern
    from tskit.patterns.drivers.models import Model

    Floats = NDArray[np.float64]
    Cells = NDArray[np.bool_]

__all__ = ["lattice_view"]

Role: TypeAlias = Literal["cause", "runner-up", "ripple", "wider", "left"]
Relation: TypeAlias = Literal["itself", "wider", "narrower", "across", "apart"]

_COLUMNS = ("number", "role", "relation", "layer", "segment", "seen", "expected", "explained", "times")
_LAYERS = 3
_FAR = 2.0
"""Standard deviations: what lies nearer is never clear, and not looked at closely."""


def lattice_view(found: pd.DataFrame, pattern: Pattern, *, dims: Sequence[str], layers: int = _LAYERS) -> pd.DataFrame:
    """Return the segments around the causes of an explained change, from the cells that `explain` was given.

    A row is a segment: `role`, the `number` of the cause that it goes with and its `relation` to it, its `layer` (how
    many dimensions make it), what was `seen`, what was `expected` of it had nothing but the whole moved, what is
    `explained` by the causes, and `times`, seen over expected. The roles:

    * "cause" and "runner-up", as in the pattern;
    * "ripple": it is further from what is expected than chance takes it, and the causes explain that;
    * "wider": it holds a cause and is not clearly away from what is expected;
    * "left": it is further from what the causes explain than chance takes it.

    Segments of more than `layers` dimensions are left out unless they are a cause or a runner-up. The causes come
    first, then what goes with each, the largest step first. The table is empty where the pattern names no cause.

    Raises:
        ParameterError: a column is missing, or the dimensions are none, doubled or more than eight.
    """
    wide = side_by_side(found, dims=dims)
    named = pattern.table
    if named.empty:
        return pd.DataFrame(columns=list(_COLUMNS))
    seen = _Seen.of(wide, dims, pattern)
    rows = [*_told(seen, named), *_around(seen, named, layers=layers)]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS))
    first = frame["role"].map({"cause": 0, "runner-up": 1, "ripple": 2, "left": 2, "wider": 3})
    size = -(frame["seen"] - frame["expected"]).abs()
    order = frame.assign(first=first, size=size).sort_values(["first", "number", "size"], kind="stable").index
    return frame.loc[order].reset_index(drop=True)


@dataclass(frozen=True, slots=True)
class _Seen:
    """All segments with what is seen and expected of each, the causes by number, and which segments stand out."""

    segments: Lattice
    numbers: Mapping[int, int]
    seen: Floats
    expected: Floats
    explained: Floats
    moved: Floats
    """By how much the causes move each cell."""
    alone: frozenset[int]
    beside: frozenset[int]

    @classmethod
    def of(cls, wide: pd.DataFrame, dims: Sequence[str], pattern: Pattern) -> _Seen:
        segments = lattice(wide, dims)
        asked = _asked(segments, wide, pattern)
        causes = pattern.table[pattern.table["role"] == "cause"]
        numbers = {
            _place(segments, where): int(n) for where, n in zip(causes["segment"], causes["number"], strict=True)
        }
        model, level = asked.model(*numbers), float(str(pattern.settings["level"]))
        expected, unmoved = asked.baseline.expected, model.times / _by_causes(segments, model)
        return cls(
            segments,
            numbers,
            _hits(asked, asked.baseline.seen),
            _hits(asked, expected * unmoved),
            _hits(asked, expected * model.times),
            expected * (model.times - unmoved),
            *(_clear(asked, model, times, level) for times in (unmoved, model.times)),
        )

    def row(self, segment: int, role: Role, number: int, relation: Relation) -> list[object]:
        seen, expected = float(self.seen[segment]), float(self.expected[segment])
        layer = len(self.segments.sets[self.segments.set_of(segment)])
        times = seen / expected if expected > 0 else np.nan
        where = self.segments.named(segment)
        return [number, role, relation, layer, where, seen, expected, float(self.explained[segment]), times]

    def with_cause(self, segment: int) -> tuple[int, Relation]:
        """Return the cause that a segment has most of its step from, 0 for none, and how it lies to that."""
        own = self.segments.inside(segment)
        found: tuple[float, int, Relation] = (0.0, 0, "apart")
        for cause, number in self.numbers.items():
            other = self.segments.inside(cause)
            step = abs(float(self.moved[own & other].sum()))
            if step > found[0]:
                found = (step, number, _relation(own, other))
        return found[1], found[2]


def _asked(segments: Lattice, wide: pd.DataFrame, pattern: Pattern) -> Search:
    n, n_after = (wide[f"n_{window}"].to_numpy(dtype=np.float64) for window in ("before", "after"))
    if pattern.settings["kind"] == "rate":
        k, k_after = (wide[f"k_{window}"].to_numpy(dtype=np.float64) for window in ("before", "after"))
        baseline = rate_baseline(segments, (n, k), (n_after, k_after))
    else:
        baseline = count_baseline(n, n_after, windows=int(str(pattern.settings["windows"])))
    return Search(segments, baseline, shared_doubt(segments, baseline), added(segments, baseline))


def _clear(asked: Search, model: Model, times: Floats, level: float) -> frozenset[int]:
    """Return the segments that chance does not take so far from these times their expectation.

    The noise is that which the causes leave: by that of all cells together, they would hide their own ripples.
    """
    segments = asked.segments
    sums = summed(segments, asked.baseline, asked.base, times)
    vague = model.dispersion * sums.doubt + asked.shared * sums.expected**2
    away = (sums.seen - sums.expected) ** 2 > _FAR**2 * (model.dispersion * sums.noise + vague)
    close = np.flatnonzero(segments.is_own & away)
    unit = (sums.noise / sums.expected * model.dispersion)[close]
    seen, mean = sums.seen[close] / unit, sums.expected[close] / unit
    variance = mean + vague[close] / unit**2
    rarest = np.minimum(*(of(seen, mean=mean, variance=variance) for of in (count_at_least, count_at_most)))
    is_clear = np.log(np.clip(2 * rarest, 1e-300, 1.0)) <= np.log(level) - segments.price[close]
    return frozenset(close[is_clear].tolist())


def _hits(asked: Search, counted: Floats) -> Floats:
    """Return the hits of each segment, where misses are counted as well."""
    sums, turned = asked.segments.sums(counted), asked.baseline.turned
    return sums if turned is None else np.maximum(asked.segments.sums(turned) - sums, 0.0)


def _by_causes(segments: Lattice, model: Model) -> Floats:
    """Return by how much the causes multiply each cell."""
    times = np.ones(segments.cells)
    for cause, log in zip(model.causes, model.logs, strict=True):
        times[segments.inside(cause)] *= np.exp(log)
    return times


def _place(segments: Lattice, where: Mapping[str, object]) -> int:
    """Return the number of a segment by its values."""
    chosen = tuple(j for j, name in enumerate(segments.names) if name in where)
    codes = [segments.labels[j].index(where[segments.names[j]]) for j in chosen]
    cell = int(np.flatnonzero((segments.codes[:, list(chosen)] == codes).all(axis=1))[0])
    own = segments.sets.index(chosen)
    return int(segments.place[own][cell] + segments.start[own])


def _relation(own: Cells, cause: Cells) -> Relation:
    both = (own & cause).sum()
    if both == cause.sum():
        return "wider"
    return "narrower" if both == own.sum() else "across" if both else "apart"


def _told(seen: _Seen, named: pd.DataFrame) -> Iterator[list[object]]:
    """Return a row for each cause and runner-up of the pattern."""
    causes = {number: segment for segment, number in seen.numbers.items()}
    for where, role, number in zip(named["segment"], named["role"], named["number"], strict=True):
        segment = _place(seen.segments, where)
        if role == "cause":
            yield seen.row(segment, "cause", int(number), "itself")
        elif segment not in seen.numbers:
            own, cause = (seen.segments.inside(one) for one in (segment, causes[int(number)]))
            yield seen.row(segment, "runner-up", int(number), _relation(own, cause))


def _around(seen: _Seen, named: pd.DataFrame, *, layers: int) -> Iterator[list[object]]:
    """Return a row for each segment that stands out or holds a cause, but for the causes and their runners-up."""
    known = {_place(seen.segments, where) for where in named["segment"]}
    wider = {segment: number for cause, number in seen.numbers.items() for segment in _above(seen.segments, cause)}
    for segment in sorted((seen.alone | seen.beside | wider.keys()) - known):
        if len(seen.segments.sets[seen.segments.set_of(segment)]) > layers:
            continue
        number, relation = seen.with_cause(segment)
        if segment in seen.beside:
            yield seen.row(segment, "left", number, relation)
        elif segment in seen.alone and relation != "apart":
            yield seen.row(segment, "ripple", number, relation)
        elif segment in wider:
            yield seen.row(segment, "wider", wider[segment], "wider")


def _above(segments: Lattice, segment: int) -> Iterator[int]:
    """Return the segments that hold this one, of fewer dimensions; those that hold no other case are left out."""
    own = segments.sets[segments.set_of(segment)]
    cell = segments.example[segment]
    for i, chosen in enumerate(segments.sets):
        found = int(segments.place[i][cell] + segments.start[i])
        if set(chosen) < set(own) and segments.is_own[found] and segments.size[found] > segments.size[segment]:
            yield found
