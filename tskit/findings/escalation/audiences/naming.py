"""What cases are called in a sentence: by their rule where most of them fall under one or two, else by none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.wording import listed

if TYPE_CHECKING:
    from tskit.findings.escalation.told import Told

__all__ = ["is_mixed", "kinds", "like_rules", "rule"]

_MOST_RULES = 2
_SEVERAL = "several rules"


def rule(told: Told) -> str:
    """Return what the cases are about in the casebook's words: one rule or two, where most of them fall under these."""
    cases, rules = told.escalation.cases, told.precedents.like.rules
    named = pd.Series(None, index=cases.index, dtype=object)
    for name in ("policy_id", "abuse_type_reported"):
        named = named.fillna(cases[name].astype(object)) if name in cases else named
    if not named.notna().any():
        return "a rule that is not on record"
    is_most = named.isin(rules).sum() * 2 >= named.notna().sum()
    return like_rules(told) if is_most and len(rules) <= _MOST_RULES else _SEVERAL


def is_mixed(told: Told) -> bool:
    """Return whether the cases fall under several rules, so that no version is that of all of them."""
    return len(told.precedents.like.rules) > 1 or rule(told) == _SEVERAL


def like_rules(told: Told) -> str:
    """Return in words the rules under which cases were looked for that are like these."""
    return listed([told.escalation.words(name) for name in told.precedents.like.rules])


def kinds(told: Told) -> str:
    """Return in words as what those cases were reported whose number is held against what is usual."""
    return listed([told.escalation.words(name) for name in told.spread.kinds])
