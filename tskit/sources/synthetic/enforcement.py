"""What was done to content and account, in the words of the DSA Transparency Database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tskit.sources.synthetic import arrow
from tskit.sources.synthetic.intake import ORDERS
from tskit.sources.synthetic.outcome import ACTION, PARTIAL
from tskit.sources.synthetic.work import NEVER
from tskit.sources.synthetic.world import POLICIES

if TYPE_CHECKING:
    from tskit.sources.synthetic.arrow import Columns
    from tskit.sources.synthetic.intake import Intake
    from tskit.sources.synthetic.work import Work
    from tskit.sources.synthetic.world import Ints

__all__ = ["enforcement"]

_VISIBILITY = tuple(
    f"DECISION_VISIBILITY_CONTENT_{word}"
    for word in ("REMOVED", "DISABLED", "DEMOTED", "AGE_RESTRICTED", "INTERACTION_RESTRICTED", "LABELLED")
)
_GROUNDS = ("DECISION_GROUND_INCOMPATIBLE_CONTENT", "DECISION_GROUND_ILLEGAL_CONTENT")
_ACCOUNTS = ("DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED")
_VERSIONS = (("2024-09", 0), ("2025-04", 1_743_465_600), ("2025-11", 1_761_955_200), ("2026-04", 1_775_001_600))
_DAY = 86_400


def enforcement(intake: Intake, work: Work, decision: Ints, *, end: int) -> Columns:
    """Return the columns of the statement of reasons; blank where nothing was decided against the content."""
    decided = work.decided < end
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
    version = np.searchsorted([since for _, since in _VERSIONS], work.decided, side="right") - 1
    return {
        "policy_version": arrow.labels(version, [name for name, _ in _VERSIONS], where=decided),
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
