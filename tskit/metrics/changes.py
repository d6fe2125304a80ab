"""One row's change between two windows, with interval and p-value, as its kind of metric needs it."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.metrics.metric import Kind
from tskit.stats import (
    day_design_effect,
    newcombe,
    normal_p,
    quasi_poisson_ratio,
    two_proportion_p,
    z_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

__all__ = ["Change", "Sides", "change_of"]


@dataclass(frozen=True, slots=True)
class Change:
    """A change, its interval, its p-value and how it was judged; NaN where it cannot be."""

    change: float = np.nan
    low: float = np.nan
    high: float = np.nan
    p_value: float = np.nan
    method: str = ""

    def as_tuple(self) -> tuple[float, float, float, float, str]:
        """Return the fields in order."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class Sides:
    """What one group showed in both windows: the figures, and k and n by day; weekdays count from Monday, 0."""

    value: float
    low: float
    high: float
    k: float
    n: float
    before: float
    before_low: float
    before_high: float
    before_k: float
    before_n: float
    days: pd.DataFrame
    before_days: pd.DataFrame
    weekday: int
    before_weekday: int
    is_weighted: bool = False

    @property
    def design_effect(self) -> float:
        """Return how much wider than for independent cases a variance is."""
        now = (self.days["k"], self.days["n"], self.weekday)
        return day_design_effect([now, (self.before_days["k"], self.before_days["n"], self.before_weekday)])


def change_of(kind: Kind, sides: Sides) -> Change:
    """Return the change of one group; nothing is claimed where either side has no figure."""
    if np.isnan(sides.value) or np.isnan(sides.before):
        return Change()
    return _BY_KIND[kind](sides)


def _share(sides: Sides) -> Change:
    effect = sides.design_effect
    words = "" if effect < 1.05 else f", cases of a day alike (design effect {effect:.1f})"
    if sides.is_weighted:
        return _weighted_share(sides, effect, words)
    k, n, q, m = (part / effect for part in (sides.k, sides.n, sides.before_k, sides.before_n))
    change, low, high = (float(part) for part in newcombe(k, n, q, m))
    p = float(two_proportion_p(k, n, q, m)[0]) if effect >= 1.05 else _exact_p(sides)
    return Change(change, low, high, p, f"Newcombe interval, N-1 chi-square{words}")


def _exact_p(sides: Sides) -> float:
    return float(two_proportion_p(sides.k, sides.n, sides.before_k, sides.before_n)[0])


def _weighted_share(sides: Sides, effect: float, words: str) -> Change:
    """Return the difference of two weighted shares: their own intervals, joined as Newcombe joins Wilson's."""
    widen = np.sqrt(effect)
    change = sides.value - sides.before
    low = change - widen * np.hypot(sides.value - sides.low, sides.before_high - sides.before)
    high = change + widen * np.hypot(sides.high - sides.value, sides.before - sides.before_low)
    error = widen * np.hypot(sides.high - sides.low, sides.before_high - sides.before_low) / (2 * z_value())
    p = float(normal_p(change / error)) if error > 0 else np.nan
    return Change(change, float(low), float(high), p, f"weighted by design, joined intervals{words}")


def _count(sides: Sides) -> Change:
    ratio = quasi_poisson_ratio(
        sides.days["k"], sides.before_days["k"], first_weekday=(sides.weekday, sides.before_weekday)
    )
    words = "exact ratio of two Poisson counts"
    if not ratio.is_exact:
        words = f"ratio of daily counts, weekdays held still, noise {ratio.dispersion:.1f} times Poisson"
    return Change(ratio.value - 1, ratio.low - 1, ratio.high - 1, ratio.p_value, words)


def _quantile(sides: Sides) -> Change:
    """Return the relative change of a quantile from both sides' intervals on the log scale (Price and Bonett 2002)."""
    effect = sides.design_effect
    if min(sides.value, sides.before) <= 0:
        return Change(method="a quantile of zero has no relative change")
    change = sides.value / sides.before - 1
    spread = [
        _log_width(sides.low, sides.value, sides.high),
        _log_width(sides.before_low, sides.before, sides.before_high),
    ]
    error = float(np.sqrt(effect) * np.hypot(spread[0], spread[1]))
    words = "" if effect < 1.05 else f", cases of a day alike (design effect {effect:.1f})"
    return _on_log_scale(change, error, f"ratio of quantiles from their order statistics{words}")


def _mean(sides: Sides) -> Change:
    if min(sides.value, sides.before) <= 0:
        return Change(method="a mean of zero has no relative change")
    z = 2 * z_value()
    error = np.hypot(
        (sides.high - sides.low) / z / sides.value, (sides.before_high - sides.before_low) / z / sides.before
    )
    return _on_log_scale(sides.value / sides.before - 1, float(error), "ratio of means, delta method")


def _ratio(sides: Sides) -> Change:
    if min(sides.value, sides.before) <= 0:
        return Change(method="a ratio of zero has no relative change")
    weekdays = (sides.weekday, sides.before_weekday)
    above = quasi_poisson_ratio(sides.days["k"], sides.before_days["k"], first_weekday=weekdays)
    below = quasi_poisson_ratio(sides.days["n"], sides.before_days["n"], first_weekday=weekdays)
    variance = above.dispersion * (1 / sides.k + 1 / sides.before_k) + below.dispersion * (
        1 / sides.n + 1 / sides.before_n
    )
    noise = max(above.dispersion, below.dispersion)
    words = f"ratio of ratios of daily counts, noise up to {noise:.1f} times Poisson"
    return _on_log_scale(sides.value / sides.before - 1, float(np.sqrt(variance)), words)


def _level(sides: Sides) -> Change:
    words = "counted, not estimated: no interval"
    if sides.before == 0:
        return Change(method="nothing was open before, so there is no relative change")
    return Change(sides.value / sides.before - 1, method=words)


def _log_width(low: float, value: float, high: float) -> float:
    """Return the standard error on the log scale that an interval implies; one side may be open."""
    ends = [end for end in (low, high) if end > 0]
    if not ends or np.isnan(ends).any():
        return np.nan
    spread = max(abs(np.log(end / value)) for end in ends) if len(ends) == 1 else np.log(high / low) / 2
    return float(spread) / z_value()


def _on_log_scale(change: float, error: float, words: str) -> Change:
    if not error > 0:
        return Change(change, method=f"{words}; too few cases for an interval" if np.isnan(error) else words)
    middle, half = np.log1p(change), z_value() * error
    low, high = float(np.expm1(middle - half)), float(np.expm1(middle + half))
    return Change(change, low, high, float(normal_p(middle / error)), words)


_BY_KIND: Mapping[Kind, Callable[[Sides], Change]] = {
    Kind.SHARE: _share,
    Kind.COUNT: _count,
    Kind.DISTINCT: _count,
    Kind.QUANTILE: _quantile,
    Kind.MEAN: _mean,
    Kind.RATIO: _ratio,
    Kind.LEVEL: _level,
}
