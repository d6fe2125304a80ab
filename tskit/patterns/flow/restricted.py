"""Mean time within a horizon from durations in bins, where some are not over yet: Kaplan-Meier's restricted mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.stats import kaplan_meier, kaplan_meier_quantile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LEAST_AT_RISK", "Durations"]

LEAST_AT_RISK = 10
"""The curve is read as far as so many are still watched: beyond, one case more or less would move it."""


@dataclass(frozen=True, slots=True)
class Durations:
    """How many stays were over (`done`) or so far seen (`seen`) after each of `hours`, in the order of time."""

    hours: Floats
    done: Floats
    seen: Floats

    @property
    def number(self) -> int:
        """Return the number of stays."""
        return int((self.done + self.seen).sum())

    @property
    def ended(self) -> int:
        """Return how many of them are over."""
        return int(self.done.sum())

    @property
    def reach(self) -> float:
        """Return how far the curve can be read: without end where every stay is over, NaN where too few are watched."""
        if self.number and not self.seen[-1:].any() and kaplan_meier(self.done, self.seen)[0][-1] <= 0:
            return np.inf
        left = self._left()
        watched = self.hours[left >= LEAST_AT_RISK]
        return float(watched[-1]) if len(watched) else np.nan

    def quantile(self, q: float) -> tuple[float, float, float]:
        """Return the time by which a share q of the stays is over, with its interval; NaN where so many are open."""
        return kaplan_meier_quantile(self.hours, self.done, self.seen, q=q)

    def mean(self, horizon: float) -> tuple[float, float]:
        """Return the mean hours of a stay within the horizon, and their variance (Greenwood's); NaN without a stay."""
        if not self.number or not horizon >= 0:
            return np.nan, np.nan
        share, _ = kaplan_meier(self.done, self.seen)
        edges = np.minimum(np.concatenate([[0.0], self.hours, [max(horizon, self.hours[-1])]]), horizon)
        areas = np.diff(edges) * np.concatenate([[1.0], share])
        behind = np.cumsum(areas[::-1])[::-1][1:]  # the area from each bin on
        left = self._left()
        inside = (self.hours < horizon) & (self.done > 0) & (left > self.done)
        terms = behind[inside] ** 2 * self.done[inside] / (left[inside] * (left[inside] - self.done[inside]))
        return float(areas.sum()), float(terms.sum())

    def _left(self) -> Floats:
        """Return how many were still watched when each bin began."""
        counts = self.done + self.seen
        return self.number - np.cumsum(counts) + counts
