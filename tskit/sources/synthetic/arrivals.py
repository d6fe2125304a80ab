"""How many cases arrive on which day, in which market, under which policy."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from tskit.calendars import public_holidays
from tskit.sources.synthetic.chance import stream
from tskit.sources.synthetic.plan import DAYS
from tskit.sources.synthetic.world import MARKETS, POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.world import Floats, Ints

__all__ = ["CLUSTER", "INCIDENT", "SPIKE", "USUAL", "Batch", "arrivals", "batches"]

USUAL, SPIKE, CLUSTER = 0, 1, 2
INCIDENT = 3
"""The origin of cases that no day's arrivals count: they come on top, after all others."""

_CHUNK = 50_000
_GROWTH_A_YEAR = 0.015
_QUIET_HOLIDAY = 0.95
_DISPERSION = 0.05  # spread of a day's rate around its expectation, beyond counting noise
_SPIKE_SHAPE = (1.3, 2.4, 3.6, 4.4, 4.6, 4.2, 3.9, 4.1, 3.7, 3.5, 3.6, 3.3, 3.4)


@dataclass(frozen=True, slots=True)
class Batch:
    """The cases of some consecutive days, one row each; `day` counts from the first day of the data."""

    number: int
    first_case: int
    day: Ints
    market: Ints
    policy: Ints
    origin: Ints


def arrivals(plan: Plan) -> Ints:
    """Return the number of cases by day, market, policy and origin; they sum to the cases asked for."""
    rng = stream(plan.seed, 1)
    rates = _rates(plan) * rng.gamma(_DISPERSION**-2, _DISPERSION**2, (DAYS, len(MARKETS), len(POLICIES)))
    rates *= plan.cases / rates.sum()
    counts = np.zeros((*rates.shape, 3), dtype=np.int64)
    counts[..., SPIKE] = _spike(plan, rates, rng)
    counts[..., CLUSTER] = _cluster(plan, rng)
    usual = max(plan.cases - int(counts.sum()), 0)
    counts[..., USUAL] = rng.multinomial(usual, (rates / rates.sum()).ravel()).reshape(rates.shape)
    return counts


def batches(counts: Ints) -> Iterator[Batch]:
    """Yield the cases of a few days at a time, so that any number of them fits into memory."""
    by_day = counts.sum(axis=(1, 2, 3))
    number, first_day, first_case, held = 0, 0, 0, 0
    for day, size in enumerate(by_day):
        held += int(size)
        if held and (held >= _CHUNK or day == len(by_day) - 1):
            yield _batch(counts, (first_day, day + 1), (number, first_case))
            number, first_day, first_case, held = number + 1, day + 1, first_case + held, 0


def _batch(counts: Ints, days: tuple[int, int], position: tuple[int, int]) -> Batch:
    part = counts[days[0] : days[1]]
    cells = np.indices(part.shape).reshape(4, -1)
    day, market, policy, origin = (np.repeat(cell, part.ravel()) for cell in cells)
    return Batch(position[0], position[1], day + days[0], market, policy, origin)


def _rates(plan: Plan) -> Floats:
    days = [plan.first + timedelta(days=i) for i in range(DAYS)]
    growth = np.exp(np.log1p(_GROWTH_A_YEAR) * np.arange(DAYS) / 365.25)
    weekday = np.array([day.weekday() for day in days])
    rates = np.empty((DAYS, len(MARKETS), len(POLICIES)))
    policies = np.array([policy.share for policy in POLICIES])
    for m, market in enumerate(MARKETS):
        holidays = set(public_holidays(market.code, range(plan.first.year, plan.until.year + 1))["day"])
        quiet = np.where([day in holidays for day in days], _QUIET_HOLIDAY, 1.0)
        taste = 1 + 0.2 * np.sin(3 * m + 5 * np.arange(len(POLICIES)))
        volume = market.share * np.array(market.weekdays)[weekday] * quiet * growth
        rates[:, m, :] = volume[:, None] * (policies * taste)[None, :]
    return rates


def _spike(plan: Plan, rates: Floats, rng: np.random.Generator) -> Ints:
    extra = np.zeros(rates.shape)
    market, policy = _codes("ID", "DEC-SCAM")
    for i, day in enumerate(plan.story_days("scam_spike")):
        usual = rates[:, market, policy][max(day - 28, 0) : day].mean()
        extra[day, market, policy] = usual * _SPIKE_SHAPE[min(i, len(_SPIKE_SHAPE) - 1)]
    return rng.poisson(extra)


def _cluster(plan: Plan, rng: np.random.Generator) -> Ints:
    extra = np.zeros((DAYS, len(MARKETS), len(POLICIES)), dtype=np.int64)
    days = plan.story_days("impersonation_cluster")
    size = min(max(24, plan.cases // 1000), 3000)
    for code, share in (("PH", 0.5), ("MY", 0.3), ("SG", 0.2)) if days else ():
        market, policy = _codes(code, "DEC-IMPERSONATION")
        bell = np.exp(-0.5 * ((np.arange(len(days)) - 4) / 2.5) ** 2)
        extra[days.start : days.stop, market, policy] = rng.multinomial(round(size * share), bell / bell.sum())
    return extra


def _codes(market: str, policy: str) -> tuple[int, int]:
    return [m.code for m in MARKETS].index(market), [p.code for p in POLICIES].index(policy)
