"""Cases that share a value and were opened close together, and how often chance puts so many so close."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tskit.stats import count_at_least

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.links.ties import Held, Opened

__all__ = ["Bonds", "bonds", "window_of"]

_DAY = 86_400_000_000
_DAYS = 14
_RARE = 50
"""A value that more cases have ties only those of a burst; the others have it because it is usual."""
_BURST = 1.3
"""A window is a burst from a probability of one in twenty on (its negative logarithm to ten)."""
_WINDOWS = 8
"""A history shorter than so many windows is looked at through smaller ones, or everything would lie in one."""
_ENOUGH, _SEVERAL = 20, 10
_TRIMMED = 0.05
"""The most bursty values that are left out when it is told how bursty values usually are: they may be what is sought."""
_LEAST_SPREAD = 0.05
_COMPARED = 100


@dataclass(frozen=True, slots=True)
class Bonds:
    """Cases held together by one value of one reason, opened with no longer pause than the window.

    `case` and `bond` list who is in which; the rest has one entry a bond: how many cases, the most within the window,
    and the logarithm (to ten, negative) of the probability that chance puts so many so close somewhere in its history.
    """

    why: str
    case: NDArray[np.int64] = field(repr=False)
    bond: NDArray[np.int64] = field(repr=False)
    weight: NDArray[np.float64] = field(repr=False)
    sizes: NDArray[np.int64] = field(repr=False)
    peaks: NDArray[np.int64] = field(repr=False)
    surprise: NDArray[np.float64] = field(repr=False)
    looked_at: int = 0


def window_of(every: Opened) -> int:
    """Return within how many microseconds cases are close: 14 days, or an eighth of a shorter history."""
    if len(every.micros) < 2:  # one case has no history
        return _DAYS * _DAY
    # Times that are wrong by decades are told of elsewhere, and stretch no history.
    low, high = np.quantile(every.micros, [0.01, 0.99])
    return int(min(_DAYS * _DAY, max((high - low) / _WINDOWS, 1)))


def bonds(held: Held, every: Opened, *, window: int) -> Bonds:
    """Return the bonds of one reason, by value and time.

    How surprising one is: the value's own number of cases spread over time as all cases are, in every window that
    starts with one of them, with counts that vary as much as those of the most bursty usual value of this reason
    do (negative binomial). A value that is always there is thereby no surprise, however large. The logarithms are then
    stretched to the spread that they have among all values, so that whatever makes all of them cluster is allowed for.
    """
    at = every.micros[held.case]
    counts, until = _windows(held.value, at, window)
    totals = np.bincount(held.value)[held.value] if len(at) else np.zeros(0, dtype=np.int64)
    expected = (totals - 1) * _shares(every, at, window)
    surprise = _surprise(counts, expected, totals, _spread(held, every, window))
    is_tied = (totals <= _RARE) | _covered(surprise >= _BURST, until)
    value, case, weight = held.value[is_tied], held.case[is_tied], held.weight[is_tied]
    at, counts, surprise = at[is_tied], counts[is_tied], surprise[is_tied]
    starts = (np.diff(value, prepend=-1) != 0) | (np.diff(at, prepend=at[:1]) > window)
    bond = np.cumsum(starts) - 1
    begins = np.flatnonzero(starts)
    sizes = np.bincount(bond) if len(bond) else np.zeros(0, dtype=np.int64)
    peaks = np.minimum(np.maximum.reduceat(counts, begins), sizes) if len(begins) else sizes
    highest = np.maximum.reduceat(surprise, begins) if len(begins) else np.zeros(0)
    kept = sizes > 1
    inside = kept[bond]
    highest = highest[kept] / _stretch(held, surprise, value)
    number = np.cumsum(kept) - 1
    values = len(np.unique(held.value))
    return Bonds(
        held.why, case[inside], number[bond[inside]], weight[inside], sizes[kept], peaks[kept], highest, values
    )


def _windows(
    value: NDArray[np.int64], at: NDArray[np.int64], window: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each entry how many of its value were opened from it on within the window, and where that ends."""
    if not len(at):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    # One scale for values and times, on which two values are further apart than the window.
    rank = at - at.min()
    line = value * (int(rank.max()) // 1000 + window // 1000 + 2) + rank // 1000
    until = np.searchsorted(line, line + window // 1000, "right")
    return until - np.arange(len(at)), until


def _shares(every: Opened, at: NDArray[np.int64], window: int) -> NDArray[np.float64]:
    """Return the share of all cases opened from each time on within the window."""
    inside = np.searchsorted(every.micros, at + window, "right") - np.searchsorted(every.micros, at, "left")
    return inside / max(len(every.micros), 1)


def _surprise(
    counts: NDArray[np.int64], expected: NDArray[np.float64], totals: NDArray[np.int64], spread: float
) -> NDArray[np.float64]:
    found = np.zeros(len(counts))
    asked = counts > 1
    mean = expected[asked]
    # The first case starts its window; the others are the count. Every start is one more look.
    tail = count_at_least(counts[asked] - 1, mean=mean, variance=mean + spread * mean**2) * totals[asked]
    found[asked] = np.clip(-np.log10(np.maximum(tail, 1e-300)), 0.0, None)
    return found


def _spread(held: Held, every: Opened, window: int) -> float:
    """Return by how much counts vary beyond chance: the variance is the mean and this times its square.

    It is estimated for each value over windows side by side. A value's own spread is not known before its burst, so it
    is given that of the most bursty one that is still usual: of those with enough cases without a twentieth, the
    largest, where several have so many; else, one alone saying little, the mean of all values without a twentieth.
    """
    if not len(held.value):
        return _LEAST_SPREAD
    totals = np.bincount(held.value)
    own = np.bincount(every.micros // window - every.micros[0] // window).astype(float) / len(every.micros)
    place = every.micros[held.case] // window - every.micros[0] // window
    keys, counts = np.unique(held.value * len(own) + place, return_counts=True)
    value, bin_ = keys // len(own), keys % len(own)
    n = totals.astype(float)
    squares = np.bincount(value, counts**2.0, minlength=len(n))
    crossed = np.bincount(value, counts * own[bin_], minlength=len(n)) * n
    base = n**2 * (own**2).sum()
    excess = (squares - 2 * crossed + base - n) / np.maximum(base, 1e-12)
    enough = excess[totals >= _ENOUGH]
    if len(enough) >= _SEVERAL:
        return float(max(np.quantile(enough, 1 - _TRIMMED), _LEAST_SPREAD))
    usual = np.sort(excess)[: -max(int(np.ceil(_TRIMMED * len(excess))), 1)]
    return float(max(usual.mean(), _LEAST_SPREAD)) if len(usual) else _LEAST_SPREAD


def _covered(is_burst: NDArray[np.bool_], until: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which entries lie in the window of one that starts a burst."""
    change = np.zeros(len(is_burst) + 1, dtype=np.int64)
    starts = np.flatnonzero(is_burst)
    np.add.at(change, starts, 1)
    np.add.at(change, until[starts], -1)
    return np.cumsum(change)[:-1] > 0


def _stretch(held: Held, surprise: NDArray[np.float64], value: NDArray[np.int64]) -> float:
    """Return by how much larger surprises are among the values than chance makes them: 1 where it makes them so.

    Of all values one in a hundred has a surprise larger by one than one in ten has, if chance alone puts them there.
    """
    if held.values < _COMPARED or not len(value):
        return 1.0
    begins = np.flatnonzero(np.diff(value, prepend=-1))
    highest = np.sort(np.maximum.reduceat(surprise, begins))
    alone = np.zeros(max(held.values - len(highest), 0))
    tenth, hundredth = np.quantile(np.concatenate([alone, highest]), [0.9, 0.99])
    return float(max(hundredth - tenth, 1.0))
