"""How sure a finding of a session may be: its own test, its cases, and whether people agree on the causes it names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.causes.adjudicate import people_tags
from tskit.stats import krippendorff_alpha

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.findings.cards import Draft
    from tskit.findings.session.sitting import Session
    from tskit.model import Certainty

__all__ = ["RELIABLE", "TENTATIVE", "agreed_in_words", "alpha_of", "certainty", "is_unreliable"]

RELIABLE, TENTATIVE = 0.8, 0.667
"""Krippendorff's bounds: from 0.8 on conclusions hold, from 0.667 on they are tentative, below there are none."""
_WORDS: tuple[Certainty, ...] = ("low", "moderate", "high", "very high")
_STEPS = ((0.0001, 3), (0.01, 2), (0.05, 1))
_FEW = 30


def alpha_of(session: Session, causes: Sequence[str]) -> float:
    """Return Krippendorff's alpha on whether a case has one of these causes; NaN where no case was judged twice.

    Whoever takes one of them for another does not disagree with a claim that names both.
    """
    tags = people_tags(session.tags, session.round_name)
    tags = tags[tags["case_id"].isin(set(session.judged["case_id"]))]
    if tags.empty:
        return float("nan")
    column = "cause_l1" if session.asked.level == 1 else "cause"
    codes = tags.assign(code=tags[column].isin(list(causes)).astype("float64"))
    table = codes.pivot_table(index="case_id", columns="tagger", values="code", aggfunc="last")
    whole = table.to_numpy(dtype=np.float64)
    return float(krippendorff_alpha(np.where(np.isnan(whole), -1, whole).astype(np.int64), resamples=1).value)


def certainty(q: float, *, cases: int, alpha: float) -> Certainty:
    """Return the word for how sure a finding is: from its corrected test and cases, capped by how far people agree.

    >>> certainty(1e-6, cases=200, alpha=0.85), certainty(1e-6, cases=200, alpha=0.7), certainty(1e-6, cases=9, alpha=0.5)
    ('very high', 'moderate', 'low')
    """
    rank = next((rank for limit, rank in _STEPS if q <= limit), 0)
    if cases < _FEW:
        rank = min(rank, 1)
    return _WORDS[min(rank, _cap(alpha))]


def is_unreliable(session: Session) -> bool:
    """Return whether people agree too little on causes for any conclusion."""
    return bool(session.alpha < TENTATIVE)


def agreed_in_words(draft: Draft, alpha: float, *, about: str = "on causes") -> str:
    """Return the clause about agreement, as part of why a finding is as sure as it is."""
    if pd.isna(alpha):
        return "nobody has tagged these cases twice, so nobody knows whether others would say the same"
    value = draft.number("alpha", round(alpha, 2), "number")
    if alpha >= RELIABLE:
        return f"people agree {about} (alpha {value})"
    if alpha >= TENTATIVE:
        return f"people agree {about} well enough for a tentative conclusion (alpha {value})"
    return f"people agree too little {about} (alpha {value}) for more than a hint"


def _cap(alpha: float) -> int:
    if pd.isna(alpha):
        return 1
    return 3 if alpha >= RELIABLE else 1 if alpha >= TENTATIVE else 0
