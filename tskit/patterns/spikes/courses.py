"""Series without their weekdays, seasons and holidays, ready to be cut into levels."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tskit.patterns.spikes.design import PER_YEAR, Step, design, priors
from tskit.patterns.spikes.fit import Fit, Histories, fit
from tskit.patterns.spikes.histories import judged
from tskit.patterns.spikes.segments import Course, cut, price

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from tskit.patterns.spikes.around import Around, Limits
    from tskit.patterns.spikes.panel import Panel

    Floats = NDArray[np.float64]

__all__ = ["SHORTEST", "Trend", "courses"]

SHORTEST: dict[Step, int] = {"day": 14, "week": 4}
"""Periods: a shorter stretch is a spike, and of sparse counts the likelihood of a few days says too much."""
_SHAPE = ("season", "weekday", "holiday")
_OFF = 1e9
_BLOCK = 7
_MANY_BLOCKS = 8


class Trend(NamedTuple):
    """A steady drift instead of steps: its slope a year (log scale), error, gain, and the level first and last."""

    slope: float
    error: float
    gain: float
    first: float
    last: float


class _Whole(NamedTuple):
    """All series from their first to their last period: counts (0 where not known), exposure (0 there) and the rest."""

    counts: Floats
    exposure: Floats
    holidays: Floats | None
    step: Step
    is_rate: bool


def courses(made: Panel, around: Around, limits: Limits) -> Iterator[tuple[Course, Trend]]:
    """Give each series as a course, and how far a trend alone explains it.

    The shape is learnt twice: the second time with the levels of a first cut, so that a step is not taken for a season.
    """
    whole = _whole(made, around, limits)
    found = _fitted(whole, np.ones(whole.counts.shape))
    exposure, dispersion = whole.exposure * _shape(whole, found), found.dispersion
    levels = np.stack(
        [
            _levels(Course(k, n, d, whole.is_rate), step=whole.step, level=limits.level)
            for k, n, d in zip(whole.counts, exposure, dispersion, strict=True)
        ]
    )
    if not whole.is_rate:
        found = _fitted(whole, np.maximum(levels, 1e-9))
        exposure = whole.exposure * _shape(whole, found)
        levels = np.stack(
            [
                _levels(Course(k, n, d, is_rate=False), step=whole.step, level=limits.level)
                for k, n, d in zip(whole.counts, exposure, found.dispersion, strict=True)
            ]
        )
    dispersion = _spread(whole, exposure, levels)
    trends = _trends(whole, exposure, dispersion)
    for n, trend in enumerate(trends):
        yield Course(whole.counts[n], exposure[n], float(dispersion[n]), whole.is_rate), trend


def _whole(made: Panel, around: Around, limits: Limits) -> _Whole:
    asked = judged(made, around, limits)
    known = ~np.isnan(made.counts) & (asked.parts == 1)
    exposure = known.astype(np.float64)
    if made.out_of is not None:
        known &= made.out_of > 0
        exposure = np.where(known, made.out_of, 0.0)
    return _Whole(np.where(known, made.counts, 0.0), exposure, asked.holidays, made.step, made.out_of is not None)


def _fitted(whole: _Whole, levels: Floats, *, is_shaped: bool = True) -> Fit:
    """Return the fit of whole series; around levels that are known, or without a shape, as a trend alone."""
    series, periods = whole.counts.shape
    made = design(periods, step=whole.step)
    known = (whole.exposure > 0).sum(axis=1).astype(np.float64)
    holidays = None if whole.holidays is None else np.pad(whole.holidays, ((0, 0), (0, 1)))
    penalty = priors(made, known=known, step=whole.step, holidays=holidays is not None)
    if not is_shaped:
        names = np.array([*made.names, "holiday"])[: penalty.shape[1]]
        penalty[:, np.isin(names, _SHAPE)] = _OFF
        penalty[:, names == "trend"] = 0.0
    counts = np.where(whole.exposure > 0, whole.counts, np.nan)
    ahead = np.ones((series, 1, 1))
    return fit(Histories(counts, whole.exposure * levels, holidays, penalty, ahead, whole.is_rate), made)


def _shape(whole: _Whole, found: Fit) -> Floats:
    """Return how much a period holds beside its level; of a share, the weekday and the season are left in."""
    if whole.is_rate:
        return np.ones(whole.counts.shape)
    made = design(whole.counts.shape[1], step=whole.step)
    is_shape = np.isin(made.names, _SHAPE)
    columns = len(made.names)
    linear = found.effects[:, :columns][:, is_shape] @ made.history[:, is_shape].T
    if whole.holidays is not None:
        linear = linear + found.effects[:, columns:] * whole.holidays
    return np.exp(linear)


def _levels(course: Course, *, step: Step, level: float) -> Floats:
    """Return the level of each period after a cut."""
    size = len(course.counts)
    shortest = SHORTEST[step]
    edges = [0, size]
    if size >= 2 * shortest:
        edges[1:1] = cut(course, shortest=shortest, penalty=price(level, periods=size, shortest=shortest))
    counts, exposure = course.totals()
    share = np.diff(counts[edges]) / np.maximum(np.diff(exposure[edges]), 1e-9)
    return np.repeat(share, np.diff(edges))


def _spread(whole: _Whole, exposure: Floats, levels: Floats) -> Floats:
    """Return how much counts spread around their levels: day by day, or over blocks where neighbours go together."""
    mean = exposure * levels
    variance = mean * (1 - levels) if whole.is_rate else mean
    away = np.where(exposure > 0, whole.counts - mean, 0.0)
    known = (exposure > 0).sum(axis=1)
    single = (away**2 / np.maximum(variance, 1e-9)).sum(axis=1) / np.maximum(known - 1, 1)
    blocks = whole.counts.shape[1] // _BLOCK
    if blocks < _MANY_BLOCKS:
        return np.maximum(single, 1.0)
    shape = len(mean), blocks, _BLOCK
    sums = [values[:, -blocks * _BLOCK :].reshape(shape).sum(axis=2) for values in (away, variance)]
    together = (sums[0] ** 2 / np.maximum(sums[1], 1e-9)).sum(axis=1) / (blocks - 1)
    return np.maximum(np.maximum(single, together), 1.0)


def _trends(whole: _Whole, exposure: Floats, dispersion: Floats) -> list[Trend]:
    found = _fitted(whole._replace(exposure=exposure), np.ones(exposure.shape), is_shaped=False)
    years = np.arange(-exposure.shape[1], 0) / PER_YEAR[whole.step]
    linear = found.effects[:, :1] + found.effects[:, 1:2] * years
    level = 1 / (1 + np.exp(-linear)) if whole.is_rate else np.exp(linear)
    mean = exposure * level
    weights = mean * (1 - level) if whole.is_rate else mean
    total = np.maximum(weights.sum(axis=1), 1e-9)
    middle = (weights * years).sum(axis=1) / total
    error = np.sqrt(dispersion / np.maximum((weights * (years - middle[:, None]) ** 2).sum(axis=1), 1e-9))
    slope = found.effects[:, 1]
    # Wald's statistic: the likelihood of a trend that is fitted with weights is not its own.
    return [
        Trend(float(b), float(e), float((b / e) ** 2), float(row[0]), float(row[-1]))
        for b, e, row in zip(slope, error, level, strict=True)
    ]
