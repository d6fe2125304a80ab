"""How much a run of letters tells: one that few texts have tells that two belong together, a form's sentence does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tskit.text.runs import contents, run_sets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.text.letters import Letters

__all__ = ["Rarity", "rarity"]

_CELLS, _FEWEST_CELLS = 1 << 24, 1 << 20
_ROOM = 256
"""Cells a text that is counted, about as many as it has runs, so that hardly two usual runs share one; up to `_CELLS`."""
_COUNTED = 100_000
"""So many texts tell what is usual among any number; in fewer, a run is held to be as rare as it would be among these."""
_TOGETHER = 50_000
_LEAST = 2.0
"""Two texts have what makes them alike; a run that only one of them has counts as much."""


@dataclass(frozen=True, slots=True)
class Rarity:
    """How much each run counts, by the cell that it falls into: 1 for one that hardly a text has, 0 for what all have."""

    weights: NDArray[np.float32] = field(repr=False)

    def of(self, runs: NDArray[np.int32]) -> NDArray[np.float32]:
        """Return how much each of these runs counts."""
        return self.weights[runs & np.int32(len(self.weights) - 1)]


def rarity(letters: Letters) -> Rarity:
    """Return how much runs count: the logarithm of one in how many texts has them, on a scale of 0 to 1.

    In a small collection everything is in a large part of it, which says nothing about the language. Its texts are
    therefore counted as if they stood among `_COUNTED` others, in which their runs do not occur.
    """
    numbers = contents(letters)
    # Chosen by what they say, so that the order of the texts changes nothing, and each wording counts once.
    places = np.unique(numbers, return_index=True)[1]
    places = places[numbers[places] > 0][:_COUNTED]
    cells = min(max(1 << (_ROOM * len(places)).bit_length(), _FEWEST_CELLS), _CELLS)
    counts = np.zeros(cells, dtype=np.int64)
    for start in range(0, len(places), _TOGETHER):
        runs = run_sets(letters, np.sort(places[start : start + _TOGETHER])).runs
        counts += np.bincount(runs & np.int32(cells - 1), minlength=cells)
    share = np.maximum(np.arange(counts.max() + 1), _LEAST) / max(_COUNTED, len(places))
    return Rarity((np.log(share) / np.log(_LEAST / _COUNTED)).astype(np.float32)[counts])
