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
        """Return how many periods of history are known to each row."""
        most, _ = self.limits.periods(self.panel.step)
        usable = ~np.isnan(self.panel.counts) & ~np.isnan(self.parts)
        if self.panel.out_of is not None:
            usable &= self.panel.out_of > 0
        before = np.cumsum(np.pad(usable, ((0, 0), (1, 0))), axis=1)
        return (before[:, self.at] - before[:, np.maximum(self.at - most, 0)]).reshape(-1).astype(np.float64)

    def fit(self, series: Places, period: Places, *, stretch: Places | None = None) -> Fit:
        """Return what each row should bring, from its past; of a stretch, from what lies before it."""
        longest = np.ones(len(series), dtype=np.int64) if stretch is None else stretch
        most, _ = self.limits.periods(self.panel.step)
        most = min(most, len(self.panel.periods))
        size = max(1, _BUNDLE // most)
        parts = [
            self._fit(series[n : n + size], period[n : n + size], longest[n : n + size], most)
            for n in range(0, len(series), size)
        ]
        if not parts:
            return Fit(*(np.zeros(0) for _ in Fit._fields))
        return Fit(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def _fit(self, series: Places, period: Places, stretch: Places, most: int) -> Fit:
        before = period[:, None] + np.arange(-most, 1)
        is_past = (before[:, :-1] >= 0) & (np.arange(-most, 0) < 1 - stretch[:, None])
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
        return fit(Histories(counts, exposure, holidays, penalty, stretch, self.panel.out_of is not None), made)


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
