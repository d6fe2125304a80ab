"""Which segments moved, for continuous values beside a forecast: relative deviations against those of all cells.

The deviation (forecast - value) / max of a cell lies between -1 and 1. Without a cause it follows the density that the
two sides of zero have in common. A segment is held against densities around a shift of its own, by one histogram of
each segment and one matrix product; it is kept where that is worth more than naming it costs and more than naming the
best of its parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.drivers.lattice import Lattice

    Floats = NDArray[np.float64]
    Halves = NDArray[np.float32]
    Ints = NDArray[np.int64]

__all__ = ["moved_values"]

_BINS = 80
_CENTRES = (np.arange(_BINS) + 0.5) * 2 / _BINS - 1
_STRAY = 0.003
"""The share of a moved segment's cells that may lie anywhere."""
_WIDTHS = (0.02, 0.05, 0.1)
_LEAST_SHIFT = 0.06
_EVEN = [
    (float(shift), width)
    for width in _WIDTHS
    for shift in _CENTRES[:: max(int(width * _BINS / 4), 1)]
    if abs(shift) >= _LEAST_SHIFT
]
"""Shifts half a width apart: of two neighbours one is at most a quarter of a width away from any shift, a thirtieth of a nat a cell."""
_SHIFTS = np.array([*(shift for shift, _ in _EVEN), -1.0, 1.0])
_EXTRA = 2.0
"""Nats that a cause has to be worth beyond its name."""
_CAP = 8.0
"""No cell counts for more than so many nats beyond the log of the number of cells: one cell may be a mistake."""
_PARTS = 0.9
"""A segment may fall short of its parts by a tenth: one name is easier to act on than several."""
_ROUNDS = 25
_AT_ONCE = 40
_NEAR = 16
"""Shifts are looked at together in so many groups first: that only saves time."""
_ROUGH = 0.01
"""Nats within which sums of rounded densities may be off."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Candidates, best first: segment, what it is worth, and whether it is worth more than its parts."""

    segment: Ints
    worth: Floats
    is_whole: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class _Asked:
    """Cells by the bin of their deviation, and what a cell of each bin adds to a segment at each shift.

    `most` is the most that it adds to one that fell and to one that rose, `coarse` that at shifts near each other.
    """

    segments: Lattice
    bins: Ints
    densities: Halves
    most: tuple[Floats, Floats]
    coarse: Halves


def moved_values(segments: Lattice, forecast: Floats, actual: Floats) -> list[tuple[int, float]]:
    """Return the segments that moved with their worth in nats, disjoint and in the order in which they were found."""
    top = np.maximum(np.maximum(forecast, actual), 1e-12)
    away = np.clip((forecast - actual) / top, -1, 1)
    active = (forecast > 0) | (actual > 0)
    bins = np.minimum(((away + 1) * _BINS / 2).astype(np.int64), _BINS - 1)
    asked = _asked(segments, bins, _densities(_usual(bins[active])))
    hope = [segments.sums(np.where(active, one[bins], 0.0)) for one in asked.most]
    worth, is_new = np.zeros(len(segments.size)), segments.is_own
    found: list[tuple[int, float]] = []
    for _ in range(_ROUNDS):
        worth = _looked(asked, worth, is_new & (np.maximum(*hope) > segments.price + _EXTRA), active)
        taken = _taken(segments, _ranked(segments, worth), active)
        if not taken:
            break
        found += taken
        gone = np.flatnonzero(active & np.logical_or.reduce([segments.inside(segment) for segment, _ in taken]))
        active[gone] = False
        hope = [sums - segments.sums(one[bins[gone]], gone) for sums, one in zip(hope, asked.most, strict=True)]
        is_new = segments.is_own & segments.holding(gone)
        worth[is_new] = 0.0
    return found


def _usual(bins: Ints) -> Floats:
    """Return the density of deviations without a cause: what both sides of zero have, with a normal tail."""
    counts = np.bincount(bins, minlength=_BINS).astype(np.float64)
    both = np.minimum(counts, counts[::-1])
    smooth = np.convolve(np.pad(both, 2, mode="edge"), np.array([1, 4, 6, 4, 1]) / 16, "valid")
    both = np.where(both > 20, both, smooth)
    order = np.argsort(np.abs(_CENTRES), kind="stable")
    share = np.cumsum(both[order]) / max(both.sum(), 1.0)
    reach = np.abs(_CENTRES[order])[min(int(np.searchsorted(share, 0.999)), _BINS - 1)] + 1 / _BINS
    tail = np.exp(-0.5 * (_CENTRES / max(reach / 3.29, 0.5 / _BINS)) ** 2)
    middle = np.where(both >= 3, both / max(both.sum(), 1.0), 0.0)
    least = np.exp(-(np.log(max(len(bins), 1)) + _CAP))
    density = np.maximum(np.maximum(middle, tail / tail.sum()), least)
    return density / density.sum()


def _densities(usual: Floats) -> Floats:
    """Return the log of each shifted density over the usual one: a row for each bin, a column for each shift."""
    made = [np.exp(-0.5 * ((_CENTRES - shift) / width) ** 2) for shift, width in _EVEN]
    made += [(sign * _CENTRES > _LEAST_SHIFT).astype(np.float64) for sign in (-1, 1)]  # moved, but not evenly
    moved = np.array([(1 - _STRAY) * one / one.sum() + _STRAY * usual for one in made])
    return np.asarray(np.log(moved / usual).T, dtype=np.float64)


def _asked(segments: Lattice, bins: Ints, densities: Floats) -> _Asked:
    fell, rose = (densities[:, is_side].max(axis=1) for is_side in (_SHIFTS < 0, _SHIFTS > 0))
    near = np.array_split(np.argsort(_SHIFTS, kind="stable"), _NEAR)
    coarse = np.stack([densities[:, one].max(axis=1) for one in near], axis=1)
    return _Asked(segments, bins, densities.astype(np.float32), (fell, rose), coarse.astype(np.float32))


def _looked(asked: _Asked, worth: Floats, is_hopeful: NDArray[np.bool_], active: NDArray[np.bool_]) -> Floats:
    """Return what segments are worth beyond their price at their best shift, the hopeful ones looked at anew."""
    segments, cells = asked.segments, np.flatnonzero(active)
    bins, found = asked.bins[cells], worth.copy()
    for place, start, end in zip(segments.place, segments.start, segments.ends, strict=True):
        hopeful = np.flatnonzero(is_hopeful[start:end])
        if not len(hopeful):
            continue
        rank = np.full(end - start, -1, dtype=np.int64)
        rank[hopeful] = np.arange(len(hopeful))
        own = rank[place[cells]]
        price = float(segments.price[start]) + _EXTRA
        found[start + hopeful] = _worth(asked, own[own >= 0] * _BINS + bins[own >= 0], len(hopeful), price)
    return found


def _worth(asked: _Asked, flat: Ints, count: int, price: float) -> Floats:
    """Return what each segment is worth beyond its price, 0 where that is nothing; `flat` is segment and bin of each cell."""
    seen = np.bincount(flat, minlength=count * _BINS).astype(np.float32).reshape(count, _BINS)
    close = np.flatnonzero((seen @ asked.coarse).max(axis=1) > price - _ROUGH)
    best = np.zeros(count)
    best[close] = np.maximum((seen[close] @ asked.densities).max(axis=1).astype(np.float64) - price, 0.0)
    return best


def _ranked(segments: Lattice, worth: Floats) -> _Found:
    is_whole = worth >= _PARTS * _best_parts(segments, worth)
    order = np.flatnonzero(worth > 0)
    order = order[np.argsort(-worth[order], kind="stable")]
    return _Found(order, worth[order], is_whole[order])


def _best_parts(segments: Lattice, worth: Floats) -> Floats:
    """Return what the best way to split each segment along one more dimension is worth, its parts split further."""
    parts, best = np.zeros(len(worth)), worth.copy()
    position = {chosen: i for i, chosen in enumerate(segments.sets)}
    ends = segments.ends
    for chosen in reversed(segments.sets):
        if len(chosen) == len(segments.names):
            continue
        i = position[chosen]
        own = slice(int(segments.start[i]), int(ends[i]))
        for j in set(range(len(segments.names))) - set(chosen):
            k = position[tuple(sorted((*chosen, j)))]
            child = np.arange(segments.start[k], ends[k])
            child = child[best[child] > 0]
            above = segments.place[i][segments.example[child]]
            parts[own] = np.maximum(parts[own], np.bincount(above, best[child], own.stop - own.start))
        best[own] = np.where(worth[own] >= _PARTS * parts[own], np.maximum(worth[own], 0), parts[own])
    return parts


def _taken(segments: Lattice, found: _Found, active: NDArray[np.bool_]) -> list[tuple[int, float]]:
    """Return the segments to take in this round: the best that neither overlap nor lie within one that waits."""
    for is_strict in (True, False):  # first, a segment that its parts outdo makes these wait for another round
        gone, waits, taken = ~active, list[set[tuple[str, object]]](), list[tuple[int, float]]()
        for seen, (segment, worth, is_whole) in enumerate(
            zip(found.segment.tolist(), found.worth.tolist(), found.is_whole.tolist(), strict=True)
        ):
            if seen >= _AT_ONCE and (taken or is_strict):
                break
            name = set(segments.named(segment).items())
            if any(other <= name for other in waits):
                continue
            inside = segments.inside(segment) & active
            is_blocked = bool((inside & gone).any()) or (is_strict and not is_whole)
            waits.append(name)
            if not is_blocked and is_whole:
                taken.append((segment, worth))
                gone = gone | inside
        if taken:
            return taken
    return []
