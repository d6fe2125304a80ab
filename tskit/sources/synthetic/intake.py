"""What is known of a case when it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.sources.synthetic.arrivals import CLUSTER, SPIKE
from tskit.sources.synthetic.chance import lognormal, pick, yes
from tskit.sources.synthetic.clock import epoch
from tskit.sources.synthetic.world import AUTOMATED, LEGAL, MARKETS, POLICIES, QUEUES, URGENT, language_shares

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrivals import Batch
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.world import Bools, Floats, Ints

__all__ = ["AUTOMATION", "CHANNELS", "ORDERS", "SOURCES", "Intake", "take_in"]

SOURCES = (
    "user_report",
    "trusted_flagger",
    "government_order",
    "court_order",
    "law_enforcement",
    "partner",
    "proactive_automated",
    "proactive_human",
)
ORDERS = (2, 3, 4)
"""The sources that are orders of an authority, as positions in `SOURCES`."""

CHANNELS = ("app", "web form", "email", "api", "detection", "legal portal")
AUTOMATION = ("AUTOMATED_DECISION_NOT_AUTOMATED", "AUTOMATED_DECISION_PARTIALLY", "AUTOMATED_DECISION_FULLY")

_SOURCE_SHARES = {
    "deceptive": (0.57, 0.02, 0.002, 0.0005, 0.0015, 0.016, 0.35, 0.04),
    "ip": (0.44, 0.05, 0.001, 0.002, 0.0, 0.307, 0.18, 0.02),
    "conduct": (0.70, 0.03, 0.006, 0.0005, 0.0025, 0.011, 0.21, 0.04),
}
_CHANNEL_SHARES = np.array(
    [
        [0.66, 0.24, 0.10, 0.0, 0.0, 0.0],
        [0.0, 0.30, 0.10, 0.60, 0.0, 0.0],
        *[[0.0, 0.0, 0.25, 0.0, 0.0, 0.75]] * 3,
        [0.0, 0.10, 0.15, 0.75, 0.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 1.0, 0.0],
        [0.0, 0.0, 0.0, 0.0, 1.0, 0.0],
    ]
)
# Local hours: quiet before dawn, a lunch-time bump, most reports in the evening.
_PEOPLE = (24, 17, 12, 9, 8, 10, 17, 26, 34, 40, 45, 48, 54, 52, 47, 46, 48, 52, 58, 66, 74, 76, 62, 40)
_MACHINES = (34, 30, 28, 27, 27, 28, 31, 35, 39, 42, 44, 45, 46, 46, 45, 45, 45, 46, 47, 48, 48, 47, 43, 38)
_WRONG_QUEUE = (0.93, 0.05, 0.02)  # straight; to the wrong queue first; back and forth


@dataclass(frozen=True, slots=True)
class Intake:
    """Cases in the order of their arrival; all columns have one entry a case, codes are positions in their labels."""

    number: Ints
    created: Ints
    market: Ints
    policy: Ints
    origin: Ints
    language: Ints
    severity: Ints
    source: Ints
    channel: Ints
    entity: Ints
    automation: Ints
    queue: Ints
    path: Ints
    uploaded: Ints
    reach: Ints

    def __len__(self) -> int:
        """Return the number of cases."""
        return len(self.number)

    @property
    def is_automated(self) -> Bools:
        """Tell which cases no person decides."""
        return self.automation == 2


def take_in(batch: Batch, *, plan: Plan, rng: np.random.Generator) -> Intake:
    """Return the cases of a batch with all that their arrival settles."""
    n = len(batch.day)
    family = np.array([("deceptive", "ip", "conduct").index(policy.family) for policy in POLICIES])
    source = pick(rng, np.array(list(_SOURCE_SHARES.values())), family[batch.policy])
    source = np.where(batch.origin == CLUSTER, 0, source)
    created = _created(batch, source, plan=plan, rng=rng)
    order = np.argsort(created, kind="stable")
    market, policy, origin, source = (x[order] for x in (batch.market, batch.policy, batch.origin, source))
    language = np.where(origin == CLUSTER, 0, pick(rng, language_shares(), market))
    severity = pick(rng, np.array([p.severities for p in POLICIES]), policy)
    severity = np.maximum(severity, np.isin(source, ORDERS))
    automation = _automation(source, policy, severity, rng)
    return Intake(
        number=batch.first_case + np.arange(n, dtype=np.int64),
        created=created[order],
        market=market,
        policy=policy,
        origin=origin,
        language=language,
        severity=severity,
        source=source,
        channel=pick(rng, _CHANNEL_SHARES, source),
        entity=_entity(policy, origin, rng),
        automation=automation,
        queue=_queue(family[policy], language, (severity, source, automation)),
        path=np.where(automation == 2, 0, pick(rng, np.array([_WRONG_QUEUE]), np.zeros(n, dtype=np.int64))),
        uploaded=created[order] - 60 - lognormal(rng, 6 * 86_400.0, 1.9, n).clip(0, 9 * 365 * 86_400).astype(np.int64),
        reach=_reach(rng, n),
    )


def _created(batch: Batch, source: Ints, *, plan: Plan, rng: np.random.Generator) -> Ints:
    machine = (source >= 6).astype(np.int64)
    hour = pick(rng, np.array([_PEOPLE, _MACHINES], dtype=np.float64), machine)
    # Days are days of Singapore: a market an hour behind reaches each of its hours an hour later.
    behind = 8 - np.array([market.utc_hours for market in MARKETS])[batch.market]
    seconds = ((hour + behind) % 24) * 3600 + rng.integers(0, 3600, len(hour))
    return epoch(plan.first) + batch.day * 86_400 + seconds


def _automation(source: Ints, policy: Ints, severity: Ints, rng: np.random.Generator) -> Ints:
    by_machine = np.isin(source, (6,))
    quick = np.array([p.family != "conduct" for p in POLICIES])[policy]
    full = by_machine & (severity < 2) & yes(rng, np.where(quick, 0.55, 0.25), len(source))
    part = ~full & yes(rng, np.where(by_machine, 0.6, 0.08), len(source)) & ~np.isin(source, ORDERS)
    return np.where(full, 2, part.astype(np.int64))


def _entity(policy: Ints, origin: Ints, rng: np.random.Generator) -> Ints:
    drawn = pick(rng, np.array([p.entities for p in POLICIES]), policy)
    podcast = pick(rng, np.array([[0.0, 0.62, 0.38]]), np.zeros(len(policy), dtype=np.int64))
    return np.where(origin == SPIKE, podcast, np.where(origin == CLUSTER, 4, drawn))


def _queue(family: Ints, language: Ints, facts: tuple[Ints, Ints, Ints]) -> Ints:
    severity, source, automation = facts
    queue = np.where(family == 2, 7 + language, language)
    queue = np.where(family == 1, QUEUES.index("ip-apac"), queue)
    queue = np.where(np.isin(source, ORDERS), LEGAL, queue)
    queue = np.where(severity >= 2, URGENT, queue)
    return np.where(automation == 2, AUTOMATED, queue)


def _reach(rng: np.random.Generator, n: int) -> Ints:
    tail: Floats = 12 * (1 - rng.random(n)) ** (-1 / 0.85) - 12
    return tail.clip(0, 60_000_000).astype(np.int64)
