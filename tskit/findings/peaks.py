"""Peaks: weeks of many arrivals and days of a high backlog within the period, held against those of earlier periods."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Self

import numpy as np

from tskit.findings.moves import FEWEST_CASES, LEVEL_OF_ERROR
from tskit.findings.spikes import BASE_WEEKS, Spike, peak_verdict, spike
from tskit.stats import benjamini_hochberg

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from tskit.findings.measured import Measured
    from tskit.findings.moves import Move
    from tskit.findings.noise import Verdict
    from tskit.findings.segments import Segment

__all__ = ["Peak", "corrected_together", "peaks_of"]

_STEPS = {"flow": 7, "stock": 1}
_LEAST_RISE = 0.25


@dataclass(frozen=True, slots=True)
class Peak:
    """The highest stretch of a segment within the period, with the verdict whether it stands out.

    `spike` dates it; it is None where no single day left its usual range, or where nobody has asked for the date yet.
    """

    segment: Segment
    daily: pd.Series[float] = field(repr=False)
    verdict: Verdict
    days: int
    spike: Spike | None = None
    q: float = float("nan")

    def dated(self) -> Self:
        """Return the peak with its days; hundreds are looked at, and only a few are worth dating."""
        return replace(self, spike=spike(self.daily, days=self.days))

    @property
    def stands_out(self) -> bool:
        """Return whether the peak is more than noise after correction, dated, and large enough to matter."""
        if self.spike is None or not self.q <= LEVEL_OF_ERROR:
            return False
        rise = self.spike.total - self.spike.expected
        return rise >= FEWEST_CASES and rise >= _LEAST_RISE * self.spike.expected


def peaks_of(measured: Measured) -> list[Peak]:
    """Return the peak of every segment that has cases enough; only counts have peaks."""
    step = _STEPS.get(measured.shape)
    if step is None or measured.days_back < (BASE_WEEKS + 1) * 7:
        return []
    days = measured.window.days
    found: list[Peak] = []
    for columns in measured.levels():
        for segment, daily in measured.daily(columns).items():
            if daily.iloc[-days:].max() * step >= FEWEST_CASES:
                verdict = peak_verdict(daily, days=days, step=min(step, days))
                found.append(Peak(segment, daily, verdict, days))
    return found


def corrected_together(moves: Sequence[Move], peaks: Sequence[Peak]) -> tuple[list[Move], list[Peak]]:
    """Return moves and peaks with `q`: p corrected (Benjamini-Hochberg) for everything that was looked at.

    Peaks that are more than noise come back with their days.
    """
    p = np.array([*(move.verdict.p for move in moves), *(peak.verdict.p for peak in peaks)], dtype=np.float64)
    q = benjamini_hochberg(p)
    return (
        [replace(move, q=float(value)) for move, value in zip(moves, q, strict=False)],
        [_judged(peak, float(value)) for peak, value in zip(peaks, q[len(moves) :], strict=True)],
    )


def _judged(peak: Peak, q: float) -> Peak:
    judged = replace(peak, q=q)
    return judged.dated() if q <= LEVEL_OF_ERROR else judged
