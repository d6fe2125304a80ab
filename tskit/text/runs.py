"""Runs of letters as numbers: the sets by which texts are compared, and a sample of longer runs to find candidates by."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tskit.text.letters import Letters

__all__ = ["RUN", "RunSets", "Sample", "contents", "run_sets", "sample"]

RUN = 6
"""Letters a run, a Chinese character counting for two: long enough that common words alone make no two texts alike."""
_LONG = 12
"""Letters of the runs that find candidates, about two words: of chance alone, hardly two texts share one."""
_SHORT_TEXT, _LONG_TEXT = 64, 32
"""Texts with fewer letters are sampled by their runs of six, with more by runs of twelve, between the two by both: of two
texts that are alike by half, one is at most twice as long."""
_SAMPLED = 24
"""Runs that are drawn of a text. Where half of the runs of six are common, some two sevenths of those of twelve are, and
about ten of the drawn ones; that there are fewer than two happens once in some thousands."""
_TOGETHER = 1 << 18
_STEP, _SPREAD = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True, slots=True)
class Sample:
    """The sampled runs of all texts, in ascending order of the run and then of the text; each text once a run."""

    runs: NDArray[np.uint32] = field(repr=False)
    owner: NDArray[np.int64] = field(repr=False)

    def sizes(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return how many texts have each distinct run, and which distinct run each entry is."""
        is_new = np.ones(len(self.runs), dtype=np.bool_)
        is_new[1:] = self.runs[1:] != self.runs[:-1]
        group = np.cumsum(is_new) - 1
        return np.bincount(group), group


@dataclass(frozen=True, slots=True)
class RunSets:
    """The distinct runs of some texts, ascending in each, one text after another."""

    runs: NDArray[np.int32] = field(repr=False)
    starts: NDArray[np.int64] = field(repr=False)
    """Where those of each text start, and at last where all end."""


def contents(letters: Letters) -> NDArray[np.uint64]:
    """Return a number for the letters of each text, the same for the same letters; 0 where there are too few to compare."""
    found = np.zeros(len(letters.ends), dtype=np.uint64)
    counts = letters.counts
    for start, end, codes in _blocks(letters):
        inside = counts[start:end]
        begins = np.cumsum(inside) - inside
        at = np.arange(len(codes), dtype=np.uint64) - np.repeat(begins, inside).astype(np.uint64)
        mixed = _mixed(codes.astype(np.uint64) + (at + np.uint64(1)) * _STEP)
        has = inside >= RUN
        sums = np.add.reduceat(np.append(mixed, np.uint64(0)), begins)
        found[start:end] = np.where(has, sums | np.uint64(1), np.uint64(0))
    return found


def sample(letters: Letters) -> Sample:
    """Return some runs of each text, chosen by their hash, so that texts that share runs share some of these."""
    keys = [np.zeros(0, dtype=np.uint64)]
    for start, end, codes in _blocks(letters):
        counts = letters.counts[start:end]
        short, long = _hashes(codes)
        keys.append(_drawn(short, counts, RUN, is_meant=counts < _SHORT_TEXT, first=start))
        keys.append(_drawn(long, counts, _LONG, is_meant=counts >= _LONG_TEXT, first=start))
    every = np.concatenate(keys)
    every.sort()
    every = every[np.diff(every, prepend=~every[:1]) != 0]
    return Sample((every >> np.uint64(32)).astype(np.uint32), (every & np.uint64(0xFFFFFFFF)).astype(np.int64))


def run_sets(letters: Letters, places: NDArray[np.int64]) -> RunSets:
    """Return the sets of the runs of six of the texts at these places, as 31 bits each."""
    # There are no more runs than letters, and what is not written to takes no memory.
    runs, filled = np.empty(int(letters.counts[places].sum()), dtype=np.int32), 0
    sizes = [np.zeros(1, dtype=np.int64)]
    block = np.cumsum(letters.counts[places]) // _TOGETHER
    for chosen in np.split(places, np.flatnonzero(np.diff(block)) + 1):
        codes, counts = letters.of(chosen)
        short, _ = _hashes(codes)
        owner = np.repeat(np.arange(len(chosen), dtype=np.uint64), counts)[: len(short)]
        keys = ((owner << np.uint64(32)) | (short >> np.uint64(33)))[_is_whole(counts, RUN, len(short))]
        keys.sort()
        keys = keys[np.diff(keys, prepend=~keys[:1]) != 0]
        runs[filled : filled + len(keys)] = keys & np.uint64(0x7FFFFFFF)
        filled += len(keys)
        sizes.append(np.bincount((keys >> np.uint64(32)).astype(np.int64), minlength=len(chosen)))
    return RunSets(runs[:filled], np.cumsum(np.concatenate(sizes)))


def _blocks(letters: Letters) -> Iterator[tuple[int, int, NDArray[np.uint16]]]:
    """Give the texts by ranges whose letters fit into the processor's cache."""
    if not len(letters.ends):
        return
    starts = np.flatnonzero(np.diff((letters.ends - 1) // _TOGETHER, prepend=-2, append=-2))
    for start, end in pairwise(starts.tolist()):
        yield start, end, letters.codes[letters.ends[start - 1] if start else 0 : letters.ends[end - 1]]


def _hashes(codes: NDArray[np.uint16]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the hash of the run of six from each letter on, and of that of twelve; a run may end in another text."""
    wide = codes.astype(np.uint64)
    two = wide[:-1] * _STEP + wide[1:]
    four = two[:-2] * _power(2) + two[2:]
    six = four[:-2] * _power(2) + two[4:]
    return _mixed(six), _mixed(six[:-RUN] * _power(RUN) + six[RUN:])


def _power(exponent: int) -> np.uint64:
    return np.uint64(pow(int(_STEP), exponent, 1 << 64))


def _is_whole(counts: NDArray[np.int64], length: int, places: int) -> NDArray[np.bool_]:
    """Return at which of the places a run of that length ends in the text in which it starts."""
    ends = np.repeat(np.cumsum(counts), counts)[:places]
    return np.arange(length, places + length) <= ends


def _drawn(
    hashes: NDArray[np.uint64], counts: NDArray[np.int64], length: int, *, is_meant: NDArray[np.bool_], first: int
) -> NDArray[np.uint64]:
    """Return the runs with the smallest hashes, so many a text on average, each with the number of its text below it."""
    share = np.where(is_meant, np.minimum(_SAMPLED / np.maximum(counts - length + 1, 1), 1.0), 0.0)
    limits = (share * float(1 << 32)).astype(np.uint64)
    runs = hashes >> np.uint64(32)
    chosen = (runs < np.repeat(limits, counts)[: len(runs)]) & _is_whole(counts, length, len(runs))
    owner = np.repeat(np.arange(first, first + len(counts), dtype=np.uint64), counts)[: len(runs)]
    return (runs[chosen] << np.uint64(32)) | owner[chosen]


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    numbers = (numbers ^ (numbers >> np.uint64(32))) * _SPREAD
    numbers ^= numbers >> np.uint64(29)
    numbers *= _STEP
    return numbers
