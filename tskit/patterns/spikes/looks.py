"""A period alone, and together with the one before it: two looks that share one level.

The calendar cuts in two what begins in the middle of a day or week, and so an outbreak as long as a period lies in two of
them: either may be within chance where their sum is not. (A scan over a sum of neighbours is as old as Naus 1965; longer
changes are those of `shifts`.) Both looks have the same share of the level, so that together they bring a false alarm as
often as one would: their sums go together as much as their spreads say, and the chance that either is beyond a bound is
that of two normal values (Owen 1956).

What came before counts for no more than its own band lets pass. Else a spike would stand for the day after it as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import special

from tskit.patterns.spikes.predict import Bounds, Tails, bounds, reach, tails

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.spikes.predict import Predicted

    Floats = NDArray[np.float64]

__all__ = ["Looks", "either", "share_of"]

_ROUNDS = 6


class Looks(NamedTuple):
    """The judged period `alone`, it and the one before (`both`), that one by itself, and what that one brought."""

    alone: Predicted
    both: Predicted
    before: Predicted
    brought: Floats

    @property
    def correlation(self) -> Floats:
        """Return how much the two sums go together: the larger one holds the smaller."""
        return np.clip(self.alone.spread / np.maximum(self.both.spread, 1e-300), 0.0, 1.0)

    def capped(self, level: float) -> Floats:
        """Return what the period before brought, but no more and no less than about what its band lets pass."""
        low, high = reach(self.before, share_of(level, self.correlation))
        return np.clip(self.brought, np.floor(low), np.ceil(high))

    def tails(self, count: Floats, *, level: float) -> tuple[Tails, NDArray[np.int64]]:
        """Return the chances of a count given what came before, and over how many periods each count is rarest."""
        one, two = tails(self.alone, count), tails(self.both, count + self.capped(level))
        found = Tails(*(either(np.minimum(a, b), self.correlation) for a, b in zip(one, two, strict=True)))
        rarest = [np.minimum(each.middle_more, each.middle_fewer) for each in (one, two)]
        return found, np.where(rarest[1] < rarest[0], 2, 1)

    def bounds(self, level: float, *, top: Floats | None = None) -> Bounds:
        """Return the smallest and the largest count that chance makes of the period, given what came before."""
        share = share_of(level, self.correlation)
        alone = bounds(self.alone, level=share, top=top)
        before = self.capped(level)
        both = bounds(self.both, level=share, near=Bounds(alone.lower + before, alone.upper + before))
        return Bounds(np.maximum(both.lower - before, 0.0), np.maximum(both.upper - before, 0.0))


def either(chance: Floats, correlation: Floats) -> Floats:
    """Return the chance that either of two normal values is as far out as one of them is with `chance`.

    >>> bool(np.isclose(either(np.array(0.01), np.array(0.0)), 1 - 0.99**2))
    True
    """
    apart = np.sqrt((1 - correlation) / (1 + correlation))
    return np.minimum(chance + 2 * special.owens_t(special.ndtri(chance), apart), 1.0)


def share_of(level: float, correlation: Floats) -> Floats:
    """Return what each of two looks may take of a level, so that either is beyond its bound as often as the level says.

    >>> share_of(0.01, np.array([0.0, 1.0])).round(5).tolist()
    [0.00501, 0.01]
    """
    apart = np.sqrt((1 - correlation) / (1 + correlation))
    share = np.full(np.shape(correlation), level / 2)
    for _ in range(_ROUNDS):
        far = -special.ndtri(share)
        # Newton's step: the slope of `either` is twice this normal chance, between 1 and 2.
        share = share - (share + 2 * special.owens_t(far, apart) - level) / (2 * special.ndtr(apart * far))
    return share
