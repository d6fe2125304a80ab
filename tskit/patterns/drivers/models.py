"""Several causes at once: how well segments with a factor each explain what was seen, and how sure the factors are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tskit.patterns.drivers.expected import by_effect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tskit.patterns.drivers.expected import Baseline
    from tskit.patterns.drivers.lattice import Lattice

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

__all__ = ["USUAL_EFFECT", "Model", "belief_in", "fit"]

USUAL_EFFECT = 0.5
"""The scale of the Cauchy prior on the log of a factor: half of all causes move by more than a factor of 1.6."""
_STEPS = 30
_STEEPEST = 20.0
_TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Model:
    """Causes (segments), the log of the factor of each with its standard error, and how they are rated together.

    `score` is the log of the odds against no cause, with what naming the causes costs taken off. `times` is by how much
    each cell's expectation is multiplied, what all share included; `dispersion` how much more than chance is left.
    """

    causes: tuple[int, ...]
    score: float
    logs: tuple[float, ...]
    errors: tuple[float, ...]
    times: Floats = field(repr=False)
    dispersion: float


@dataclass(frozen=True, slots=True)
class _Atoms:
    """Cells that lie in the same causes, added up; `design` says in which, its first column is all ones."""

    design: Floats
    seen: Floats
    expected: Floats
    ease: Floats
    doubt: Floats
    of: Ints

    def scaled(self, dispersion: float) -> tuple[Floats, Floats, Floats]:
        """Return seen and expected in units of their noise, and the shape of the expectation's gamma."""
        unit = self.ease * dispersion
        return self.seen / unit, self.expected / unit, self.expected**2 / self.doubt / dispersion


def fit(segments: Lattice, baseline: Baseline, causes: Sequence[int]) -> Model:
    """Return the model of these causes: factors multiply where causes overlap, and all cells share a level."""
    atoms = _atoms(segments, baseline, causes)
    beta = np.zeros(len(causes) + 1)
    beta[0] = np.log((atoms.seen.sum() + 0.5) / (atoms.expected.sum() + 0.5))
    dispersion, times = 1.0, np.ones(segments.cells)
    for _ in range(2):  # first with the noise of chance and no limit to a rate, then with what both are found to be
        seen, expected, shape = atoms.scaled(dispersion)
        beta = _climbed(beta, atoms.design, seen, expected, shape)
        steep = np.exp(atoms.design @ beta)[atoms.of]
        times = baseline.within(steep)
        dispersion = _dispersion(baseline, times)
        atoms = _atoms(segments, baseline.eased(times / steep), causes)
    seen, expected, shape = atoms.scaled(dispersion)
    value, _, bend = _slope(beta, atoms.design, seen, expected, shape)
    spread = np.linalg.inv(bend)
    score = value + float(belief_in(beta[1:]).sum()) + 0.5 * len(causes) * float(np.log(2 * np.pi))
    score -= 0.5 * float(np.linalg.slogdet(bend)[1]) + float(segments.price[list(causes)].sum())
    errors = np.sqrt(np.diag(spread)[1:])
    return Model(tuple(causes), score, tuple(beta[1:].tolist()), tuple(errors.tolist()), times, dispersion)


def belief_in(logs: Floats) -> Floats:
    """Return the log density of the prior on the log of a factor."""
    return -np.log(np.pi * USUAL_EFFECT * (1 + (logs / USUAL_EFFECT) ** 2))


def _atoms(segments: Lattice, baseline: Baseline, causes: Sequence[int]) -> _Atoms:
    member = np.zeros(segments.cells, dtype=np.int64)
    for j, cause in enumerate(causes):
        member += segments.inside(cause).astype(np.int64) << j
    present, of = np.unique(member, return_inverse=True)
    count = len(present)
    design = np.hstack([np.ones((count, 1)), ((present[:, None] >> np.arange(len(causes))) & 1).astype(np.float64)])
    expected = np.maximum(np.bincount(of, baseline.expected, count) + baseline.floor, _TINY)
    noise = np.maximum(np.bincount(of, baseline.noise, count) + baseline.floor, _TINY / 10)
    doubt = np.bincount(of, baseline.doubt, count) + 2 * baseline.floor**2 + _TINY
    if baseline.shared is not None and baseline.spread is not None:
        by = by_effect(segments, baseline.shared, of, count)
        doubt = doubt + ((by @ baseline.spread) * by).sum(axis=1)
    seen = np.bincount(of, baseline.seen, count).astype(np.float64)
    return _Atoms(design, seen, expected, noise / expected, np.asarray(doubt, dtype=np.float64), of)


def _slope(beta: Floats, design: Floats, seen: Floats, expected: Floats, shape: Floats) -> tuple[float, Floats, Floats]:
    """Return the log likelihood against no change at all (negative binomial), its slope and its bend."""
    eta = np.clip(design @ beta, -_STEEPEST, _STEEPEST)
    mean = expected * np.exp(eta)
    value = float((seen * eta - (seen + shape) * np.log((shape + mean) / (shape + expected))).sum())
    slope = design.T @ (seen - (seen + shape) * mean / (shape + mean))
    bend = design.T @ (design * ((seen + shape) * mean * shape / (shape + mean) ** 2)[:, None])
    return value, slope, bend + 1e-6 * np.eye(len(beta))


def _climbed(beta: Floats, design: Floats, seen: Floats, expected: Floats, shape: Floats) -> Floats:
    """Return the coefficients of the largest posterior, by Newton's steps, halved where they overshoot."""
    now, slope, bend = _slope(beta, design, seen, expected, shape)
    now += float(belief_in(beta[1:]).sum())
    for _ in range(_STEPS):
        slope[1:] -= 2 * beta[1:] / (USUAL_EFFECT**2 + beta[1:] ** 2)
        step = np.linalg.solve(bend + 0.05 * np.eye(len(beta)), slope)
        for size in (1.0, 0.5, 0.25, 0.1, 0.01):
            tried = beta + size * step
            value, slope, bend = _slope(tried, design, seen, expected, shape)
            value += float(belief_in(tried[1:]).sum())
            if value >= now:
                break
        if value - now < 1e-4:
            return tried if value >= now else beta
        beta, now = tried, value
    return beta


def _dispersion(baseline: Baseline, times: Floats) -> float:
    """Return how many times the variance of chance the cells show, at least 1; large cells do not outweigh the others."""
    mean = baseline.expected * times
    variance = baseline.noise * times + baseline.doubt * times**2
    weight = np.where(mean > 0, 1 / (1 + variance), 0.0)
    left = float((weight * (baseline.seen - mean) ** 2).sum())
    return max(1.0, left / max(float((weight * variance).sum()), _TINY))
