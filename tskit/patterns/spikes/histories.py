"""From a panel to rows that can be judged: each judged period of each series with its own past."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.errors import ParameterError
from tskit.patterns.spikes.design import design, priors
from tskit.patterns.spikes.fit import Fit, Histories, fit
from tskit.patterns.spikes.panel import holiday_shares

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tskit.patterns.spikes.around import Around, Limits
    from tskit.patterns.spikes.panel import Panel

    Floats = NDArray[np.float64]
    Places = NDArray[np.int64]

__all__ = ["Judged", "judged"]

_BUNDLE = 1 << 22
"""Cells of history that are laid out at a time, so that memory does not grow with the number of series."""
_LOOKS = np.array([[0.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
"""What is looked at, by the period before and the judged one: the latter alone, both together, the former alone."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The periods to judge, and their pasts.

    `at` are the places of the periods; `parts` is, for each period of the panel, the share of its cases that is known,
    and NaN where a period is unfinished and nobody says how much of it is known.
    """

    panel: Panel = field(repr=False)
    at: Places = field(repr=False)
    parts: Floats = field(repr=False)
    holidays: Floats | None = field(repr=False)
    limits: Limits

    def rows(self) -> tuple[Places, Places]:
        """Return series and period of each row: all periods of the first series, then of the next."""
        series = len(self.panel.keys)
        return np.repeat(np.arange(series), len(self.at)), np.tile(self.at, series)

    def known(self) -> Floats:
        """Return how many periods of history are known to each row; the one just before is judged, and not learnt from."""
        most, _ = self.limits.periods(self.panel.step)
        usable = ~np.isnan(self.panel.counts) & ~np.isnan(self.parts)
        if self.panel.out_of is not None:
            usable &= self.panel.out_of > 0
        before = np.cumsum(np.pad(usable, ((0, 0), (1, 0))), axis=1)
        last = np.maximum(self.at - 1, 0)
        return (before[:, last] - before[:, np.maximum(self.at - most, 0)]).reshape(-1).astype(np.float64)

    def pairs(self, series: Places, period: Places) -> tuple[Floats, Floats]:
        """Return counts and exposure of the period before and of the judged one; nought where nothing is known."""
        at = period[:, None] + np.array([-1, 0])
        inside = np.maximum(at, 0)
        counts = self.panel.counts[series[:, None], inside]
        known = ~np.isnan(counts) & (at >= 0)
        # Nobody says how much of an unfinished period has passed: it is held against a whole one.
        exposure = np.nan_to_num(self.parts[inside], nan=0.0)
        exposure[:, 1] = np.nan_to_num(self.parts[period], nan=1.0)
        if self.panel.out_of is not None:
            exposure = np.nan_to_num(self.panel.out_of[series[:, None], inside])
        return np.where(known, counts, 0.0), np.where(known, exposure, 0.0)

    def fit(self, series: Places, period: Places) -> Fit:
        """Return what each row should bring, from what lies before its pair: alone, as a pair, and the one before."""
        _, exposure = self.pairs(series, period)
        return self._bundled(series, period, np.full(len(series), 2), _LOOKS * exposure[:, None])

    def fit_stretch(self, series: Places, period: Places, stretch: Places) -> Fit:
        """Return what the last periods up to `period` should bring together, from what lies before them."""
        longest = int(stretch.max(initial=1))
        ahead = (np.arange(longest, 0, -1) <= stretch[:, None])[:, None].astype(np.float64)
        return self._bundled(series, period, stretch, ahead)

    def _bundled(self, series: Places, period: Places, gap: Places, ahead: Floats) -> Fit:
        most = min(self.limits.periods(self.panel.step)[0], len(self.panel.periods))
        size = max(1, _BUNDLE // most)
        bundles = [slice(n, n + size) for n in range(0, max(len(series), 1), size)]
        parts = [self._fit(series[n], period[n], gap[n], ahead[n], most=most) for n in bundles]
        return Fit(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def _fit(self, series: Places, period: Places, gap: Places, ahead: Floats, *, most: int) -> Fit:
        before = period[:, None] + np.arange(-most, 1)
        is_past = (before[:, :-1] >= 0) & (np.arange(-most, 0) < 1 - gap[:, None])
        inside = np.maximum(before, 0)
        counts = np.where(is_past, self.panel.counts[series[:, None], inside[:, :-1]], np.nan)
        if self.panel.out_of is None:
            exposure = self.parts[inside[:, :-1]]
        else:
            exposure = self.panel.out_of[series[:, None], inside[:, :-1]]
        holidays = None if self.holidays is None else self.holidays[series[:, None], inside]
        known = (~np.isnan(counts)).sum(axis=1).astype(np.float64)
        made = design(most, step=self.panel.step)
        penalty = priors(made, known=known, step=self.panel.step, holidays=holidays is not None)
        return fit(Histories(counts, exposure, holidays, penalty, ahead, self.panel.out_of is not None), made)


def judged(made: Panel, around: Around, limits: Limits) -> Judged:
    """Return the periods that are asked for, with what is known of each.

    Raises:
        ParameterError: no period of the panel lies on or after `since`.
    """
    parts = _parts(made, around)
    whole = np.flatnonzero(~np.isnan(parts))
    first = int(whole[-1]) if len(whole) else 0
    if around.since is not None:
        first = int(made.periods.searchsorted(pd.Timestamp(around.since)))
    if first >= len(made.periods):
        raise ParameterError("The frame has no period on or after `since`; choose an earlier one.")
    holidays = holiday_shares(made, around.holidays, place=around.place)
    return Judged(made, np.arange(first, len(made.periods)), parts, holidays, limits)


def _parts(made: Panel, around: Around) -> Floats:
    parts = np.ones(len(made.periods))
    if around.until is not None:
        ends = made.periods + pd.Timedelta(days=made.days)
        parts[ends > pd.Timestamp(around.until).tz_localize(None)] = np.nan
    shares = np.array(around.reported[: len(parts)][::-1])
    if len(shares) and made.counts.size:
        parts[-len(shares) :] = shares
    return parts
