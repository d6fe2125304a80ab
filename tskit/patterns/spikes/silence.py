"""Series that fell silent: how likely is a stretch without a case that lasts to the end?"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tskit.patterns.spikes.predict import Counts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.spikes.histories import Judged

    Floats = NDArray[np.float64]

__all__ = ["Silence", "silences"]


class Silence(NamedTuple):
    """Of each series: the periods without a case up to the end, the cases expected in them, and the chance of none."""

    periods: NDArray[np.int64]
    expected: Floats
    chance: Floats


def silences(made: Judged) -> Silence:
    """Return how each series ends; what is expected rests on what lies before its silence.

    The last periods are all empty just when the silence is at least as long as they are, so no choice is made, and with
    the same rate all along the chance is the exact one of a permutation: that all cases fall into the earlier periods.
    Only whole periods count, and a gap in the data ends the silence.
    """
    panel = made.panel
    chance, expected = np.ones(len(panel.keys)), np.zeros(len(panel.keys))
    whole = np.flatnonzero(made.parts == 1)
    if panel.out_of is not None or not len(whole):
        return Silence(np.zeros(len(panel.keys), dtype=np.int64), expected, chance)
    end = int(whole[-1])
    back = panel.counts[:, end::-1]
    run = np.where((back != 0).any(axis=1), np.argmax(back != 0, axis=1), 0)
    before = (~np.isnan(panel.counts[:, : end + 1])).sum(axis=1) - run
    most, fewest = made.limits.periods(panel.step)
    series = np.flatnonzero((run > 0) & (run < most) & (before >= fewest))
    found = made.fit_stretch(series, np.full(len(series), end), run[series])
    predicted = Counts.of(found.look(0), part=np.ones(len(series)))
    chance[series], expected[series] = predicted.at_most(np.zeros(len(series))), predicted.mean
    return Silence(run, expected, chance)
