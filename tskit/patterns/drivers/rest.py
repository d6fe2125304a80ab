"""What all that lies outside of a segment says of it: how it should have moved, and how much chance moves things here.

A cause makes noise of its own. Held against the noise of all cells it would hide behind itself, so that each segment is
held against the cells outside of it, and where these are few, by the tails of Student's t: their noise is not known for sure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from tskit.stats import count_at_least, count_at_most

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.drivers.expected import Baseline, Segments
    from tskit.patterns.drivers.lattice import Lattice
    from tskit.patterns.drivers.models import Model

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["Rest", "chance_of_few"]

_TINY = 1e-9
_HALF = 0.5


def chance_of_few(seen: Floats, *, mean: Floats, ease: Floats, dispersion: Floats, vague: Floats) -> Floats:
    """Return the chance of so few hits or fewer; `ease` is the noise of a hit, 1 less the rate.

    Where hits are the rule few of them are many misses, which chance makes more easily than few of what is rare.
    """
    unit = ease * dispersion
    few = count_at_most(seen / unit, mean=mean / unit, variance=mean / unit + (mean / unit) ** 2 * vague)
    rate = np.maximum(1 - ease, _HALF)
    unit, missed = rate * dispersion, mean * (1 / rate - 1)
    variance = missed / unit + (mean / unit) ** 2 * vague
    many = count_at_least(np.maximum(mean / rate - seen, 0.0) / unit, mean=missed / unit, variance=variance)
    return np.where(1 - ease > _HALF, many, few)


@dataclass(frozen=True, slots=True)
class Rest:
    """By segment: the `mean` if it moved as the cells outside did, and the `dispersion` that these show.

    `level_doubt` is the relative variance of their level, `freedom` how many cells the dispersion is read from.
    """

    mean: Floats
    dispersion: Floats
    level_doubt: Floats
    freedom: Floats

    @classmethod
    def of(cls, segments: Lattice, baseline: Baseline, model: Model, sums: Segments) -> Rest:
        """Return the rest of each segment, cells multiplied as the model has it; `sums` are of the same model."""
        cells = _Cells.of(baseline, model)
        seen = np.maximum(baseline.seen.sum() - sums.seen, 0.0) + 0.5
        expected = np.maximum(float(cells.mean.sum()) - sums.expected, 0.0) + 0.5
        doubt = np.maximum(float(cells.doubt.sum()) - sums.doubt, 0.0)
        level = seen / expected
        dispersion, freedom = cells.dispersion(segments, level, model.dispersion)
        return cls(sums.expected * level, dispersion, doubt / expected**2 + 1 / seen, freedom)

    def vague(self, sums: Segments, shared: Floats) -> Floats:
        """Return the relative variance of the mean; `shared` is what main effects bring to it."""
        return self.dispersion * (sums.doubt / sums.expected**2 + shared + self.level_doubt)

    def log_chance(self, chance: Floats, segments: Ints) -> Floats:
        """Return the log of chances that hold for a known dispersion, for the one that was read from these cells."""
        away = special.ndtri(chance / 2)
        return np.asarray(np.log(np.maximum(2 * special.stdtr(self.freedom[segments], away), 1e-300)), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Cells:
    """Cells under a model, each weighing as much as its variance lets it."""

    seen: Floats
    mean: Floats
    noise: Floats
    doubt: Floats
    weight: Floats

    @classmethod
    def of(cls, baseline: Baseline, model: Model) -> _Cells:
        mean, noise = baseline.expected * model.times, baseline.noise * model.times
        doubt = baseline.doubt * model.times**2
        weight = np.where(mean > 0, 1 / (1 + noise + doubt), 0.0)
        return cls(baseline.seen, mean, noise, doubt, weight)

    def dispersion(self, segments: Lattice, level: Floats, usual: float) -> tuple[Floats, Floats]:
        """Return how many times the variance of chance the cells outside of each segment show at their own level."""

        def rest(values: Floats) -> Floats:
            return np.maximum(float(values.sum()) - segments.sums(values), 0.0)

        weight, seen, mean = self.weight, self.seen, self.mean
        left = rest(weight * seen**2) - 2 * level * rest(weight * seen * mean) + level**2 * rest(weight * mean**2)
        parts = weight * (self.noise + self.doubt)
        chance = level * rest(weight * self.noise) + level**2 * rest(weight * self.doubt)
        freedom = rest(parts) ** 2 / np.maximum(rest(parts**2), _TINY) - 1
        found = np.where(chance > _TINY, left / np.maximum(chance, _TINY), usual)
        return np.maximum(found, 1.0), np.maximum(freedom, 1.0)
