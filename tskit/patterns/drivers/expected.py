"""What each cell would have had after if nothing local had changed, and how far chance alone may take it from that."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.drivers.lattice import Lattice

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Baseline", "Segments", "added", "by_effect", "count_baseline", "rate_baseline", "shared_doubt", "summed"]

_SWEEPS = 10
_TINY = 1e-9
_LEVELS = 20
_MOST_RATE = 0.95
_HALF = 0.5
_LEAST_EXPECTED = 2.0
"""Of segments with less to be expected, chance is so large that nothing else matters."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """Cells: what was `seen` after, what was to be expected, the noise of what is seen, and that of the expectation.

    `noise` and `doubt` are variances. `shared` are the weights with which the main effects, whose covariance `spread`
    gives, enter each expectation; without them expectations of different cells are independent. `turned` is what each cell
    is out of where misses are counted in place of hits, as they are where hits are the rule; `most` is how many each can have.
    """

    seen: Floats
    expected: Floats
    noise: Floats
    doubt: Floats
    floor: float
    shared: Floats | None = field(default=None, repr=False)
    spread: Floats | None = field(default=None, repr=False)
    turned: Floats | None = field(default=None, repr=False)
    most: Floats | None = field(default=None, repr=False)

    def within(self, times: Floats) -> Floats:
        """Return the factors, lowered where a cell would have more hits than it can."""
        if self.most is None:
            return times
        room = np.divide(self.most, self.expected, out=np.full_like(times, np.inf), where=self.expected > 0)
        return np.minimum(times, room)

    def eased(self, share: Floats) -> Baseline:
        """Return the baseline with a share of each cell's expectation, and of its noise as much."""
        if np.all(share == 1):
            return self
        shared = None if self.shared is None else self.shared * share
        noise, doubt = self.noise * share, self.doubt * share**2
        return replace(self, expected=self.expected * share, noise=noise, doubt=doubt, shared=shared)

    def hits(self, counted: float, cells: NDArray[np.bool_]) -> float:
        """Return the hits that a number of counted ones stands for in some cells: itself, or all but these."""
        return counted if self.turned is None else max(float(self.turned[cells].sum()) - counted, 0.0)


@dataclass(frozen=True, slots=True)
class Segments:
    """The same by segment: seen, expected, their noise, and the variance of the expectation."""

    seen: Floats
    expected: Floats
    noise: Floats
    doubt: Floats


def count_baseline(before: Floats, after: Floats, *, windows: int) -> Baseline:
    """Return the baseline of counts: as many as in the mean window before; what all grew by is fitted later."""
    expected = before / windows
    return Baseline(after, expected, expected, before / windows**2, 0.5 / windows)


def rate_baseline(segments: Lattice, before: tuple[Floats, Floats], after: tuple[Floats, Floats]) -> Baseline:
    """Return the baseline of k of n: the rate of the cell before, drawn to that of its dimensions' main effects.

    How far it is drawn follows from the data: `_evenness` is the number of hits that the main effects are worth. Where more
    than half are hits, misses are counted: chance makes few of what is rare, and not few short of all.
    """
    (n, k), (n_after, k_after) = before, after
    turned = n_after if k.sum() + k_after.sum() > _HALF * (n.sum() + n_after.sum()) else None
    if turned is not None:
        k, k_after = n - k, n_after - k_after
    rate, reached = _main_effects(segments, n, k)
    worth = _evenness(n * rate, k, rate)
    expected = n_after * (worth + k) / (worth / rate + n)
    drawn = worth / (worth + n * rate)  # how much of a cell's rate is that of its main effects
    return Baseline(
        k_after,
        expected,
        expected * (1 - np.minimum(expected / np.maximum(n_after, 1e-9), _MOST_RATE)),
        expected**2 / (worth + k),
        0.0,
        expected * drawn,
        _covariance(segments, reached),
        turned,
        np.maximum(n_after * _MOST_RATE, expected),
    )


def _main_effects(segments: Lattice, n: Floats, k: Floats) -> tuple[Floats, Floats]:
    """Return the rate of each cell by the multiplicative main effects of its dimensions, and the hits they give."""
    whole = (k.sum() + 0.5) / max(n.sum() + 1, 1)
    rate = np.full(len(n), whole)
    places = list(segments.place[: len(segments.names)])
    for sweep in range(_SWEEPS):
        if sweep == _SWEEPS // 2:  # products of effects overshoot where rates are high: what they say is calibrated
            places.append(_levels(rate, n))
        for place in places:
            hits, reached = np.bincount(place, k), np.bincount(place, n * rate)
            rate = np.minimum(rate * ((hits + 0.5) / (reached + 0.5))[place], _MOST_RATE)
    return rate, n * rate


def _levels(rate: Floats, n: Floats) -> NDArray[np.int64]:
    """Return classes of cells by their rate, each with as many hits to be expected."""
    order = np.argsort(rate, kind="stable")
    share = np.cumsum((rate * n)[order]) / max(float((rate * n).sum()), 1e-9)
    found = np.empty(len(rate), dtype=np.int64)
    found[order] = np.minimum((share * _LEVELS).astype(np.int64), _LEVELS - 1)
    return found


def _evenness(mean: Floats, k: Floats, rate: Floats) -> float:
    """Return 1 over the variance of cells' own relative deviations from the main effects (method of moments)."""
    beyond = float(((k - mean) ** 2 - mean * (1 - rate)).sum())
    return float(np.clip((mean**2).sum() / max(beyond, 1e-9), 1.0, 1e4))


def _covariance(segments: Lattice, weight: Floats) -> Floats:
    """Return the covariance of the logs of the main effects, from the information in the hits before."""
    rows = [by_effect(segments, weight, segments.codes[:, i], len(values)) for i, values in enumerate(segments.labels)]
    information = np.vstack(rows)
    return np.asarray(np.linalg.pinv(information, rcond=1e-9, hermitian=True), dtype=np.float64)


def added(segments: Lattice, baseline: Baseline) -> Segments:
    """Return the baseline added up by segment."""
    expected = segments.sums(baseline.expected)
    is_same = baseline.noise is baseline.expected
    noise = expected if is_same else segments.sums(baseline.noise)
    return Segments(segments.sums(baseline.seen), expected, noise, segments.sums(baseline.doubt))


def summed(segments: Lattice, baseline: Baseline, base: Segments, times: Floats) -> Segments:
    """Return the baseline by segment, each cell's expectation multiplied; `base` is the baseline added up.

    Most cells share one factor; only the others are added up anew.
    """
    values, counts = np.unique(times, return_counts=True)
    usual = float(values[counts.argmax()])
    other = np.flatnonzero(times != usual)
    more, floor = times[other] - usual, baseline.floor
    expected = base.expected * usual + segments.sums(baseline.expected[other] * more, other)
    noise = expected
    if baseline.noise is not baseline.expected:
        noise = base.noise * usual + segments.sums(baseline.noise[other] * more, other)
    squares = times[other] ** 2 - usual**2
    doubt = base.doubt * usual**2 + segments.sums(baseline.doubt[other] * squares, other)
    # Half a case more before: nothing at all in four windows does not mean that nothing can come.
    return Segments(
        base.seen,
        np.maximum(expected + floor, _TINY),
        np.maximum(noise + floor, _TINY / 10),
        np.maximum(doubt, 0.0) + 2 * floor**2,
    )


def shared_doubt(segments: Lattice, baseline: Baseline) -> Floats:
    """Return the relative variance that main effects bring to what is expected of each segment; 0 for tiny ones."""
    expected = segments.sums(baseline.expected)
    found = np.zeros(len(expected))
    if baseline.shared is None or baseline.spread is None:
        return found
    ends = np.append(segments.start[1:], len(expected))
    for place, start, end in zip(segments.place, segments.start, ends, strict=True):
        large = np.flatnonzero(expected[start:end] >= _LEAST_EXPECTED)
        if not len(large):
            continue
        renamed = np.full(end - start, -1, dtype=np.int64)
        renamed[large] = np.arange(len(large))
        own = renamed[place]
        by = by_effect(segments, baseline.shared, own, len(large))
        found[start + large] = ((by @ baseline.spread) * by).sum(axis=1) / expected[start + large] ** 2
    return found


def by_effect(segments: Lattice, weight: Floats, group: Ints, count: int) -> Floats:
    """Return the sums of a weight by group of cells (rows; -1 is none) and value of each dimension (columns)."""
    is_in = group >= 0
    group, weight, codes = group[is_in], weight[is_in], segments.codes[is_in]
    parts: list[Floats] = []
    for j, values in enumerate(segments.labels):
        width = len(values)
        flat = np.bincount(group * width + codes[:, j], weight, count * width).astype(np.float64)
        parts.append(flat.reshape(count, width))
    return np.hstack(parts)
