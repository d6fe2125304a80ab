"""The quality sample: which decisions are looked at again, and what that finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.sources.synthetic.chance import lognormal, pick, yes
from tskit.sources.synthetic.outcome import ACTION, PARTIAL
from tskit.sources.synthetic.work import NEVER
from tskit.sources.synthetic.world import LEGAL, POLICIES, QUEUE_SITE, SITES

if TYPE_CHECKING:
    from tskit.sources.synthetic.intake import Intake
    from tskit.sources.synthetic.outcome import Outcome
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.work import Work
    from tskit.sources.synthetic.world import Bools, Floats, Ints

__all__ = ["CAUSES", "ERRORS", "HARMS", "Quality", "drifted", "review"]

ERRORS = ("FP", "FN", "WS", "TE")
HARMS = ("critical", "major", "minor")
CAUSES = ("RC1.2", "RC1.4", "RC2.1", "RC2.3", "RC3.1", "RC3.2", "RC3.3", "RC4.1", "RC4.2", "RC5.1", "RC5.3", "RC6.3")

_ACCURACY = {"internal": 0.975, "Northwind": 0.968, "Lumen": 0.968, "Saffron": 0.966, "Banyan": 0.967}
_AUTOMATED_ACCURACY = 0.966
_DRIFTED = 0.60
_DISPUTED = 0.12  # share of errors that a dispute turns into correct
_FP, _FN, _WS, _TE = range(len(ERRORS))
_CAUSE_SHARES = np.array(
    [
        [3, 1, 1, 3, 5, 4, 2, 0, 0, 4, 2, 2],
        [2, 1, 2, 3, 4, 7, 1, 1, 0, 0, 1, 3],
        [4, 1, 2, 3, 7, 2, 2, 2, 0, 0, 0, 2],
        [0, 0, 0, 0, 0, 0, 1, 1, 6, 0, 2, 0],
        [1, 9, 9, 1, 1, 0, 0, 0, 0, 0, 0, 0],  # the drift story
    ],
    dtype=np.float64,
)


@dataclass(frozen=True, slots=True)
class Quality:
    """The sample and its results; a case is in the sample only once it was looked at."""

    at: Ints
    weight: Floats
    is_wrong: Bools
    is_wrong_final: Bools
    error: Ints
    harm: Ints
    cause: Ints
    confidence: Ints


def review(intake: Intake, work: Work, outcome: Outcome, *, plan: Plan, rng: np.random.Generator) -> Quality:
    """Return the quality sample of every case; `at` is `NEVER` for a case outside it."""
    n = len(intake)
    share = np.where(intake.is_automated, 0.015, np.where(intake.severity >= 2, 0.09, 0.036))
    share = np.where(work.decided_queue == LEGAL, 0.02, share)
    at = work.closed_first + (lognormal(rng, 52.0, 0.5, n) * 3600).astype(np.int64)
    at = np.where(yes(rng, share, n) & (at < plan.end), at, NEVER)
    drift = drifted(intake, work, plan=plan)
    wrong = yes(rng, 1 - np.where(drift, _DRIFTED, _accuracy(intake, work)), n)
    errors = _errors(outcome, drift, rng)
    causes = pick(rng, _CAUSE_SHARES, np.where(drift & (errors == _WS), 4, errors))
    return Quality(
        at=at,
        weight=np.round(1 / share, 3),
        is_wrong=wrong,
        is_wrong_final=wrong & ~yes(rng, _DISPUTED, n),
        error=errors,
        harm=pick(rng, np.array([[0.07, 0.33, 0.60]]), np.zeros(n, dtype=np.int64)),
        cause=causes,
        confidence=pick(rng, np.array([[0.2, 0.5, 0.3]]), np.zeros(n, dtype=np.int64)),
    )


def _accuracy(intake: Intake, work: Work) -> Floats:
    by_site = np.array([_ACCURACY[site.vendor] for site in SITES])
    people = by_site[np.array(QUEUE_SITE)[work.decided_queue]]
    return np.where(intake.is_automated, _AUTOMATED_ACCURACY, people)


def drifted(intake: Intake, work: Work, *, plan: Plan) -> Bools:
    """Return which decisions people made while the guideline had drifted, where it had."""
    story = plan.stories.get("guideline_drift")
    seconds = plan.story_seconds("guideline_drift")
    if story is None or seconds is None:
        return np.zeros(len(intake), dtype=np.bool_)
    policies = [i for i, policy in enumerate(POLICIES) if policy.code in story.where["policy_id"]]
    vendors = [i for i, site in enumerate(SITES) if site.vendor in story.where["decided_vendor"]]
    here = np.isin(np.array(QUEUE_SITE)[work.decided_queue], vendors) & ~intake.is_automated
    return here & np.isin(intake.policy, policies) & (work.decided >= seconds[0]) & (work.decided < seconds[1])


def _errors(outcome: Outcome, drift: Bools, rng: np.random.Generator) -> Ints:
    acted = (outcome.first == ACTION) | (outcome.first == PARTIAL)
    weights = np.array([[0.52, 0.0, 0.41, 0.07], [0.0, 0.84, 0.10, 0.06], [0.08, 0.04, 0.86, 0.02]])
    return pick(rng, weights, np.where(drift, 2, np.where(acted, 0, 1)))
