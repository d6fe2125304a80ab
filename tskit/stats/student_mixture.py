"""Mixtures of Student's t: one estimate under many candidate models, each with its own centre, spread and weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["StudentMixture"]


@dataclass(frozen=True, slots=True)
class StudentMixture:
    """A weighted mixture of t distributions that share their degrees of freedom; the weights add up to 1."""

    weights: Floats
    centres: Floats
    errors: Floats
    freedom: float

    @property
    def mean(self) -> float:
        """Return the mean."""
        return float(self.weights @ self.centres)

    @property
    def error(self) -> float:
        """Return the standard error: spread within the candidates and between them."""
        within = self.weights @ self.errors**2
        return float(np.sqrt(within + self.weights @ (self.centres - self.mean) ** 2))

    def below(self, value: float) -> float:
        """Return the chance of a value below `value`."""
        return float(self.weights @ special.stdtr(self.freedom, (value - self.centres) / self.errors))

    def quantile(self, chance: float) -> float:
        """Return the value that lies above the others with that chance, by halving.

        >>> one = StudentMixture(np.ones(1), np.zeros(1), np.ones(1), 10)
        >>> round(one.quantile(0.975), 3)
        2.228
        """
        each = self.centres + self.errors * special.stdtrit(self.freedom, chance)
        low, high = float(each.min()), float(each.max())
        while high - low > 1e-9 * max(1.0, abs(low), abs(high)):
            middle = (low + high) / 2
            low, high = (middle, high) if self.below(middle) < chance else (low, middle)
        return (low + high) / 2

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Return the interval with equal tails."""
        return self.quantile((1 - level) / 2), self.quantile((1 + level) / 2)

    def p_value(self, value: float = 0.0) -> float:
        """Return the two-sided p-value of `value`."""
        below = self.below(value)
        return min(1.0, 2 * min(below, 1 - below))

    def widened(self, times: float) -> StudentMixture:
        """Return the mixture with its errors made so many times as large."""
        return StudentMixture(self.weights, self.centres, self.errors * times, self.freedom)
