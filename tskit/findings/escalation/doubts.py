"""Doubts about the decisions themselves: whether they agree, on which text, by whom and in which language they were made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings.cards import Draft
from tskit.findings.escalation.check import Check
from tskit.findings.escalation.counted import some, things, were
from tskit.findings.places import language
from tskit.findings.wording import listed
from tskit.patterns import policy_versions
from tskit.stats import fisher_p

if TYPE_CHECKING:
    from tskit.findings.escalation.done import Done
    from tskit.findings.escalation.look import Escalation

__all__ = ["automation_check", "disagreement_check", "language_check", "quality_check", "version_check"]

_ACTED = ("action", "partial")
_JUDGED = (*_ACTED, "no_action")
_GRACE = pd.Timedelta(hours=24)
"""A decision made on the day of the change may have been begun before it."""
_RECENT = timedelta(days=28)
_LEVEL = 0.05


def disagreement_check(escalation: Escalation) -> Check:
    """Return whether one item was decided both ways."""
    label, cases, draft = "Decisions that disagree", escalation.cases, Draft()
    if not {"content_id", "decision"} <= set(cases):
        return Check("disagree", label, "not known", "The source does not tell items or decisions.")
    first = cases.get("decision_initial", cases["decision"]).fillna(cases["decision"])
    judged = cases.assign(_first=first)[first.isin(_JUDGED) & cases["content_id"].notna()]
    counts = judged.groupby("content_id").size()
    ways = judged.assign(_acted=judged["_first"].isin(_ACTED)).groupby("content_id")["_acted"].nunique()
    several, both = int((counts > 1).sum()), int((ways > 1).sum())
    if not several:
        return Check("disagree", label, "not known", "No item was decided more than once.")
    whole = things(draft, "decided_again", several, "item")
    if not both:
        text = f"No disagreement: {whole} {were(several)} decided more than once, always alike."
        return Check("disagree", label, "not against", text, quoted=draft.values)
    text = f"Of {whole} decided more than once {some(draft, 'both_ways', both)} {were(both)} decided both ways."
    return Check("disagree", label, "against", text, "the same item was decided both ways", draft.values)


def version_check(escalation: Escalation) -> Check:
    """Return whether decisions name a version of the policy that was not in force any more, or not yet."""
    label, cases, draft = "Policy version", escalation.cases, Draft()
    needed = ("policy_id", "policy_version", "decided_at")
    if not set(needed) <= set(cases):
        return Check("version", label, "not known", "The source does not tell on which version cases were decided.")
    told = cases.dropna(subset=list(needed))
    if told.empty:
        return Check("version", label, "not known", "No decision names a version of its policy.")
    wrong = sum(_out_of_force(escalation, str(policy), part) for policy, part in told.groupby("policy_id"))
    whole = things(draft, "versioned", len(told), "decision")
    if not wrong:
        text = f"No other version than the one in force is named by {whole}."
        return Check("version", label, "not against", text, quoted=draft.values)
    text = f"Of {whole} that name a version {some(draft, 'out_of_force', wrong)} named one that was not in force."
    return Check("version", label, "against", text, "decided on a text not in force", draft.values)


def automation_check(did: Done) -> Check:
    """Return whether decisions were left to automation alone."""
    label, draft = "Automation", Draft()
    if not did.automated:
        return Check("automation", label, "not known", "The source does not tell how decisions were made.")
    alone, whole = did.automated["fully"], sum(did.automated.values())
    found = f" Automation found {some(draft, 'detected', did.detected[True])} of the cases." if did.detected else ""
    of = f"Of {things(draft, 'decided_how', whole, 'decision')} {some(draft, 'automatic', alone)} {were(alone)} made by automation alone."
    if not alone:
        return Check("automation", label, "not against", of + found, quoted=draft.values)
    return Check("automation", label, "against", of + found, "nobody looked at some of it", draft.values)


def language_check(escalation: Escalation) -> Check:
    """Return whether decisions were made by people of another language, or nobody decides in one of the languages."""
    label, cases, draft = "Language", escalation.cases, Draft()
    case_set = escalation.case_set
    if "content_language" not in cases or case_set.lacks("reviewer_language", "decided_at"):
        return Check("language", label, "not known", "The source does not tell in which languages reviewers work.")
    both = (
        cases.dropna(subset=["content_language", "reviewer_language"])
        if "reviewer_language" in cases
        else cases.head(0)
    )
    other = int(both["content_language"].ne(both["reviewer_language"]).sum()) if len(both) else 0
    spoken = sorted(set(cases["content_language"].dropna().astype(str)))
    missing = [name for name in spoken if name not in _languages(escalation)]
    parts: list[str] = []
    if other:
        whole = things(draft, "in_language", len(both), "decision")
        parts.append(
            f"of {whole} {some(draft, 'other_language', other)} {were(other)} made in another language than the content's"
        )
    if missing:
        days = draft.limit("language_days", _RECENT.days)
        parts.append(
            f"nobody who works in {listed([language(name) for name in missing])} decided a case in the last {days} days"
        )
    if not parts:
        text = (
            f"Reviewers of the last weeks work in {listed([language(name) for name in spoken])}."
            if spoken
            else "No language is on record."
        )
        return Check("language", label, "not against" if spoken else "not known", text, quoted=draft.values)
    text = listed(parts)
    return Check(
        "language", label, "against", f"{text[:1].upper()}{text[1:]}.", "a language without reviewer", draft.values
    )


def quality_check(escalation: Escalation) -> Check:
    """Return whether quality review finds the groups that decided these cases wrong more often than others."""
    label, case_set, draft = "Quality review", escalation.case_set, Draft()
    if escalation.known.is_past:
        return Check(
            "quality",
            label,
            "not known",
            "Results of quality review cannot be dated, and are left out of an earlier moment.",
        )
    if case_set.lacks("qa_label_final", "decided_vendor", "policy_id") or "decided_vendor" not in escalation.cases:
        return Check("quality", label, "not known", "The source has no quality review, or does not tell who decided.")
    groups = sorted(set(escalation.cases["decided_vendor"].dropna().astype(str)))
    rules = sorted(set(escalation.cases["policy_id"].dropna().astype(str)))
    reviewed = _reviewed(escalation, rules)
    own, others = reviewed[reviewed["group"].isin(groups)], reviewed[~reviewed["group"].isin(groups)]
    k, n, q, m = (int(part[name].sum()) for part in (own, others) for name in ("incorrect", "reviewed"))
    if not n:
        return Check("quality", label, "not known", "No decision of these groups under this rule was reviewed.")
    text = f"Of {things(draft, 'reviewed', n, 'reviewed decision')} of the groups that decided these cases, under the same rule, {some(draft, 'incorrect', k)} {were(k)} incorrect"
    if not m:
        return Check("quality", label, "too few", f"{text}; nobody else's were reviewed.", quoted=draft.values)
    text += f", against {some(draft, 'others_incorrect', q)} of {things(draft, 'others_reviewed', m, 'reviewed decision')} of other groups."
    is_worse = k * m > q * n and fisher_p(k, n, q, m) <= _LEVEL
    verdict = "against" if is_worse else "not against"
    return Check(
        "quality",
        label,
        verdict,
        text,
        "quality review finds these groups wrong more often" if is_worse else "",
        draft.values,
    )


def _out_of_force(escalation: Escalation, policy: str, decided: pd.DataFrame) -> int:
    held = escalation.versions.get(policy)
    versions = policy_versions(escalation.case_set, policy, until=escalation.until) if held is None else held
    if versions.empty:
        return 0
    by = versions.set_index("policy_version")
    named = decided["policy_version"].astype(str)
    at, begins, ends = decided["decided_at"], named.map(by["from_at"]), named.map(by["until_at"])
    return int(((at > ends + _GRACE) | (at < begins - _GRACE)).sum())


def _languages(escalation: Escalation) -> set[str]:
    cases, until = escalation.case_set.cases, escalation.until
    recent = cases.filter(cases.decided_at.between(until - _RECENT, until)).select("reviewer_language").distinct()
    return {str(value) for value in recent.to_pyarrow().column("reviewer_language").to_pylist() if value}


def _reviewed(escalation: Escalation, rules: list[str]) -> pd.DataFrame:
    cases = escalation.case_set.cases.drop_null(["qa_label_final", "decided_vendor"])
    named = cases.filter(cases.policy_id.isin(rules))
    counts = named.group_by(group="decided_vendor").aggregate(
        reviewed=named.count(), incorrect=(named.qa_label_final == "incorrect").sum()
    )
    frame: pd.DataFrame = counts.to_pyarrow().to_pandas()
    return frame
