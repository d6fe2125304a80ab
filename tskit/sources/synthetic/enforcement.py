"""What was done to content and account, in the words of the DSA Transparency Database."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from tskit.sources.synthetic import arrow
from tskit.sources.synthetic.clock import epoch
from tskit.sources.synthetic.intake import ORDERS
from tskit.sources.synthetic.outcome import ACTION, PARTIAL
from tskit.sources.synthetic.work import NEVER
from tskit.sources.synthetic.world import POLICIES

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Columns, Text
    from tskit.sources.synthetic.intake import Intake
    from tskit.sources.synthetic.plan import Plan
    from tskit.sources.synthetic.work import Work
    from tskit.sources.synthetic.world import Ints

__all__ = ["enforcement"]

_VISIBILITY = tuple(
    f"DECISION_VISIBILITY_CONTENT_{word}"
    for word in ("REMOVED", "DISABLED", "DEMOTED", "AGE_RESTRICTED", "INTERACTION_RESTRICTED", "LABELLED")
)
_GROUNDS = ("DECISION_GROUND_INCOMPATIBLE_CONTENT", "DECISION_GROUND_ILLEGAL_CONTENT")
_ACCOUNTS = ("DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED")
_VERSION_AGES = (800, 580, 360, 215)  # days before the last one when a version of all policies came into force
_DAY = 86_400


def enforcement(intake: Intake, work: Work, decision: Ints, *, plan: Plan) -> Columns:
    """Return the columns of the statement of reasons; blank where nothing was decided against the content."""
    decided = work.decided < plan.end
    acted = decided & ((decision == ACTION) | (decision == PARTIAL))
    # The number of a case stands in for chance, so that a row can be told again from its key.
    lot = (intake.number * 7919) % 100
    ip = np.array([policy.family == "ip" for policy in POLICIES])[intake.policy]
    spam = np.array([policy.code == "DEC-SPAM" for policy in POLICIES])[intake.policy]
    explicit = np.array([policy.code == "SEN-EXPLICIT" for policy in POLICIES])[intake.policy]
    visibility = np.where(
        decision == PARTIAL, np.where(lot < 60, 5, 4), np.where(lot < 78, 0, np.where(lot < 92, 1, 2))
    )
    visibility = np.where(explicit & (lot < 70), 3, visibility)
    account = np.where(lot >= 88, 1, 0)
    hits_account = acted & ~ip & (lot >= 70) & (decision == ACTION)
    until = np.where(hits_account & (account == 0), work.decided + 30 * _DAY, NEVER)
    return {
        "policy_version": _versions(intake, work, plan),
        "dsa_category": arrow.labels(intake.policy, [policy.dsa_category for policy in POLICIES], where=acted),
        "dsa_keywords": arrow.labels(intake.policy, [policy.dsa_keyword for policy in POLICIES], where=acted),
        "decision_ground": arrow.labels((ip | np.isin(intake.source, ORDERS)).astype(np.int64), _GROUNDS, where=acted),
        "decision_visibility": arrow.labels(visibility, _VISIBILITY, where=acted),
        "decision_monetary": arrow.labels(
            np.zeros_like(lot), ("DECISION_MONETARY_SUSPENSION",), where=acted & spam & (lot < 45)
        ),
        "decision_account": arrow.labels(account, _ACCOUNTS, where=hits_account),
        "restriction_end_at": arrow.times(until, end=NEVER),
    }


def _versions(intake: Intake, work: Work, plan: Plan) -> Text:
    """Return the version in force at the decision; the guideline of the drift story has one of its own."""
    starts = [(plan.until - timedelta(days=age)).replace(day=1) for age in _VERSION_AGES]
    names = [f"{start:%Y-%m}" for start in starts]
    version = (np.searchsorted([epoch(start) for start in starts], work.decided, side="right") - 1).clip(0)
    story = plan.stories.get("guideline_drift")
    if story is not None:
        names.append(f"{story.first:%Y-%m}")
        policies = [i for i, policy in enumerate(POLICIES) if policy.code in story.where["policy_id"]]
        changed = np.isin(intake.policy, policies) & (work.decided >= epoch(story.first))
        version = np.where(changed, len(names) - 1, version)
    return arrow.labels(version, names, where=work.decided < plan.end)
