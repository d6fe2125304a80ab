"""Whether a change is more than noise: it is held against the changes of the same series in earlier periods.

A test that knows only the sampling error of a count calls every busy week unusual: real volumes vary more than dice.
So each step from one period to the next is divided by its sampling error, and the spread of the earlier steps says how
much more than that the series moves anyway. That spread is never taken to be smaller than the sampling error itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tskit.stats import student_quantile, student_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["FEWEST_POINTS", "UNJUDGED", "Verdict", "Yardstick", "judge", "log_steps", "share_steps", "spread_of"]

Yardstick = Literal["periods", "weeks", "days"]
"""What a change is held against: changes between earlier periods or weeks, or how the days of both periods vary."""

FEWEST_POINTS = 8
"""No claim about a trend rests on fewer earlier points."""
_MAD_TO_SD = 1.4826
_MEDIAN_COST = 1.57
"""Variance of a median in units of that of a mean."""
_MAD_EFFICIENCY = 0.37 * 1.6
"""The median deviation wastes information; the floor at the sampling error and the pooled spread win some back."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How far a step lies from the earlier ones.

    `margin` is the half width of the 95 % range of a step that is only noise, around `centre`; both
    are in the unit of the steps. `points` is the number of earlier steps, or of days. Without enough of them `p` is NaN.
    """

    p: float
    z: float
    centre: float
    margin: float
    points: int
    yardstick: Yardstick = "periods"

    @property
    def past(self) -> int:
        """Return the number of earlier steps that the verdict rests on; none where only days were compared."""
        return 0 if self.yardstick == "days" else self.points


UNJUDGED = Verdict(float("nan"), float("nan"), 0.0, float("nan"), 0)


def judge(step: float, error: float, earlier: Floats, *, spread: float = 1.0, one_sided: bool = False) -> Verdict:
    """Return whether a step is more than noise.

    Args:
        step: the change to judge.
        error: its sampling error, in the same unit.
        earlier: earlier steps of the same series, each divided by its own sampling error; NaN where there is no value.
        spread: the least spread to reckon with, in sampling errors: that of comparable series.
        one_sided: count only a step upwards as unusual.
    """
    scores = earlier[np.isfinite(earlier)]
    if len(scores) < FEWEST_POINTS or not (np.isfinite(step) and np.isfinite(error) and error > 0):
        return Verdict(float("nan"), float("nan"), 0.0, float("nan"), len(scores))
    centre = float(np.median(scores))
    scale = max(1.0, spread, spread_of(scores)) * np.sqrt(1 + _MEDIAN_COST / len(scores))
    freedom = max(3.0, _MAD_EFFICIENCY * (len(scores) - 1))
    z = float((step / error - centre) / scale)
    p = student_tail(z, freedom) if one_sided else 2 * student_tail(abs(z), freedom)
    margin = float(student_quantile(0.975, freedom) * scale * error)
    return Verdict(p, z, centre * error, margin, len(scores))


def spread_of(scores: Floats) -> float:
    """Return the robust standard deviation of the scores: one odd period in the past does not hide the next one."""
    finite = scores[np.isfinite(scores)]
    if len(finite) < 2:
        return 0.0
    return float(_MAD_TO_SD * np.median(np.abs(finite - np.median(finite))))


def log_steps(counts: Floats) -> tuple[Floats, Floats]:
    """Return the steps of counts on the log scale with their Poisson errors; the newest count comes first."""
    lifted = counts + 0.5
    logs = np.log(lifted)
    errors = np.sqrt(1 / lifted[:-1] + 1 / lifted[1:])
    return logs[:-1] - logs[1:], errors


def share_steps(hits: Floats, of: Floats) -> tuple[Floats, Floats]:
    """Return the steps of a share with their binomial errors; a period without cases gives NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(of > 0, hits / of, np.nan)
        pooled = (hits[:-1] + hits[1:] + 1) / (of[:-1] + of[1:] + 2)
        errors = np.sqrt(pooled * (1 - pooled) * (1 / of[:-1] + 1 / of[1:]))
    return shares[:-1] - shares[1:], errors
