"""Ratings in long form: the quality sample and the weekly calibration rounds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from tskit.sources.synthetic import arrow
from tskit.sources.synthetic.clock import epoch
from tskit.sources.synthetic.outcome import ACTION, DECISIONS, NO_ACTION, PARTIAL
from tskit.sources.synthetic.plan import DAYS
from tskit.sources.synthetic.world import LANGUAGES, POLICIES, QUEUE_SITE, SITES

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Columns, Text
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.rows import Cases
    from tskit.sources.synthetic.staff import Staff
    from tskit.sources.synthetic.world import Ints

__all__ = ["calibration_columns", "quality_columns"]

_LABELS = DECISIONS[:3]
_MATCH, _MATCH_DRIFTED = 0.93, 0.70
_RATERS = 3
_FP, _FN = 0, 1
_WEEKS = DAYS // 7


@dataclass(frozen=True, slots=True)
class _Ratings:
    """One entry a rating; `gold` is −1 where the right answer is not known."""

    rater: Ints
    site: Ints
    language: Ints
    policy: Ints
    label: Ints
    gold: Ints
    at: Ints


def quality_columns(cases: Cases, case_ids: Text, *, plan: Plan, staff: Staff, rng: np.random.Generator) -> Columns:
    """Return two ratings for each sampled decision of a person: the decision itself and the reviewer's."""
    intake, work, quality = cases.intake, cases.work, cases.quality
    seen = np.flatnonzero((quality.at < plan.end) & ~intake.is_automated)
    first = cases.outcome.first[seen]
    made = np.where(first > PARTIAL, NO_ACTION, first)
    right = np.where(quality.is_wrong_final[seen], _corrected(made, quality.error[seen]), made)
    checker = staff.draw(rng, np.zeros(len(seen), dtype=np.int64))
    checker = np.where(checker == work.decided_by[seen], (checker + 1) % staff.sizes[0], checker)
    site = np.array(QUEUE_SITE)[work.decided_queue[seen]]
    both = np.repeat(seen, 2)
    ratings = _Ratings(
        rater=_woven(work.decided_by[seen], checker),
        site=_woven(site, np.zeros_like(site)),
        language=intake.language[both],
        policy=intake.policy[both],
        label=_woven(made, right),
        gold=np.full(len(both), -1),
        at=_woven(work.decided[seen], quality.at[seen]),
    )
    rounds = arrow.labels(np.tile([0, 1], len(seen)), ("production", "qa"))
    return {"item_id": case_ids.take(pa.array(both)), "round": rounds, **_columns(ratings, plan, staff)}


def calibration_columns(*, plan: Plan, staff: Staff, rng: np.random.Generator) -> Columns:
    """Return the weekly calibration: every site rates the same items, whose right answers are known."""
    items = min(max(8, plan.cases // 12_500), 120)
    week, item, site, _ = (part.ravel() for part in np.indices((_WEEKS, items, len(SITES), _RATERS)))
    keys = week * items + item
    policy, language, gold = (_drawn(rng, high, _WEEKS * items)[keys] for high in (len(POLICIES) - 1, 7, 3))
    at = epoch(plan.first) + week * 7 * 86_400 + 2 * 86_400 + rng.integers(10 * 3600, 17 * 3600, len(week))
    match = rng.random(len(week)) < np.where(_drifted(plan, site, policy, at), _MATCH_DRIFTED, _MATCH)
    other = (gold + rng.integers(1, 3, len(week))) % 3
    ratings = _Ratings(_raters(staff, site, rng), site, language, policy, np.where(match, gold, other), gold, at)
    names = [(plan.first + timedelta(weeks=i)).isocalendar() for i in range(_WEEKS)]
    return {
        "item_id": arrow.ids(keys + 1, "gold-", 6),
        "round": arrow.labels(week, [f"{name.year}-W{name.week:02d}" for name in names]),
        **_columns(ratings, plan, staff),
    }


def _columns(ratings: _Ratings, plan: Plan, staff: Staff) -> Columns:
    is_gold = ratings.gold >= 0
    return {
        "rater_id": arrow.labels(ratings.rater, staff.names),
        "vendor": arrow.labels(ratings.site, [site.vendor for site in SITES]),
        "site": arrow.labels(ratings.site, [site.name for site in SITES]),
        "language": arrow.labels(ratings.language, LANGUAGES),
        "policy_id": arrow.labels(ratings.policy, [policy.code for policy in POLICIES]),
        "label": arrow.labels(ratings.label, _LABELS),
        "rated_at": arrow.times(ratings.at, end=plan.end),
        "is_gold": arrow.truth(is_gold),
        "gold_label": arrow.labels(ratings.gold, _LABELS),
    }


def _corrected(made: Ints, error: Ints) -> Ints:
    """Return what the decision should have been: nothing, an action, or another action."""
    other = np.where(made == ACTION, PARTIAL, ACTION)
    return np.where(error == _FP, NO_ACTION, np.where(error == _FN, ACTION, other))


def _drifted(plan: Plan, site: Ints, policy: Ints, at: Ints) -> np.ndarray:
    story, seconds = plan.stories.get("guideline_drift"), plan.story_seconds("guideline_drift")
    if story is None or seconds is None:
        return np.zeros(len(site), dtype=np.bool_)
    vendors = [i for i, place in enumerate(SITES) if place.vendor in story.where["decided_vendor"]]
    policies = [i for i, rule in enumerate(POLICIES) if rule.code in story.where["policy_id"]]
    return np.isin(site, vendors) & np.isin(policy, policies) & (at >= seconds[0]) & (at < seconds[1])


def _raters(staff: Staff, site: Ints, rng: np.random.Generator) -> Ints:
    """Return three different raters of a site for each item."""
    first = rng.integers(0, 1 << 30, len(site) // _RATERS).repeat(_RATERS)
    turn = np.tile(np.arange(_RATERS), len(site) // _RATERS)
    return staff.starts[site] + (first + turn) % staff.sizes[site]


def _drawn(rng: np.random.Generator, high: int, n: int) -> Ints:
    return rng.integers(0, high, n)


def _woven(one: Ints, two: Ints) -> Ints:
    return np.stack([one, two], axis=1).ravel()
