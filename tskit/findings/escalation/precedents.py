"""How cases like these were decided: the precedents one by one, how they differ, and the base rates."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.causes.similar import index_cases, texts_of
from tskit.findings.places import country, language
from tskit.findings.tables import table
from tskit.findings.wording import listed, plural
from tskit.patterns import Likeness, base_rates, likeness_of, precedents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.findings.escalation.look import Escalation
    from tskit.findings.escalation.told import Told
    from tskit.findings.tables import Table

__all__ = ["FEW", "Precedents", "Rate", "base_rate_table", "precedents_of", "precedents_table"]

FEW = 10
"""From fewer similar cases, or answered appeals, nothing is concluded."""
_MOST = 8
_COMPARED = 120
"""Candidates whose wording is compared; by rule, item and place they are alike already."""
_WORDING_POINTS = 8
"""What the same wording would add; half of what the same kind of item does."""
_COMPARED_WITH = 20
_ATTRIBUTES = {
    "entity_type": "kind of item",
    "severity": "severity",
    "market": "market",
    "content_language": "language",
    "ingestion_route": "way in",
    "source_type": "raised by",
}
_AMONG = {
    "rule": "Same rule",
    "item": "Same rule and kind of item",
    "market": "The same, in the same markets",
    "version": "The same, under the version in force",
}


@dataclass(frozen=True, slots=True)
class Rate:
    """How similar cases were decided and what became of it; shares of nothing are NaN, with their 95 % intervals."""

    among: str
    cases: int
    actioned: int
    appeals: int
    overturned: int
    actioned_share: float
    actioned_low: float
    actioned_high: float
    overturned_share: float
    overturned_low: float
    overturned_high: float


@dataclass(frozen=True, slots=True)
class Precedents:
    """The past decisions most like these cases, and how all that are alike were decided.

    `frame` is as `patterns.precedents` gives it, with `alike`, how near the wording is (0 to 1; missing where there is
    no text to compare). `rates` is as `patterns.base_rates` gives it.
    """

    like: Likeness
    frame: pd.DataFrame = field(repr=False)
    rates: pd.DataFrame = field(repr=False)

    @property
    def rate(self) -> Rate:
        """Return the counts to go by: those of the same kind of item, or of the rule alone where these are too few."""
        rates = [Rate(*row) for row in self.rates[list(Rate.__slots__)].itertuples(index=False, name=None)]
        by = {rate.among: rate for rate in rates}
        return by["item"] if by["item"].cases >= FEW else by["rule"]

    @property
    def least(self) -> int:
        """Return from how many similar decisions or answered appeals on something can be concluded."""
        return FEW

    @property
    def overturned(self) -> int:
        """Return how many of the precedents told one by one were overturned on appeal."""
        return int(self.frame["is_overturned"].sum())


def precedents_of(escalation: Escalation) -> Precedents:
    """Return the precedents of the cases as of the moment of the escalation, the most alike first.

    Those that rule, item and place put first are held against the wording of these cases as well, where there is text
    that may be handled.
    """
    case_set, until = escalation.case_set, escalation.until
    like = likeness_of(case_set, escalation.case_ids, until=until)
    found = precedents(case_set, like, until=until, limit=_COMPARED)
    alike = _wording(escalation, list(found["case_id"]))
    frame = found.assign(alike=found["case_id"].map(alike).astype("float64"))
    weight = frame["points"] + _WORDING_POINTS * frame["alike"].fillna(0.0)
    order = frame.assign(_weight=-weight.round(6)).sort_values(["_weight", "case_id"], kind="stable")
    shown = order.drop(columns="_weight").head(_MOST).reset_index(drop=True)
    return Precedents(like, shown, base_rates(case_set, like, until=until))


def precedents_table(brief: Told) -> Table:
    """Return the precedents one by one: how each was decided, what became of it, and how it differs from these cases."""
    escalation, found = brief.escalation, brief.precedents
    told = found.frame
    frame = pd.DataFrame(
        {
            "case_id": told["case_id"],
            "decided": [at.isoformat() if pd.notna(at) else None for at in told["decided_at"]],
            "outcome": [
                _outcome(*row) for row in told[["first_decision", "outcome", "appeal"]].itertuples(index=False)
            ],
            "version": [
                f"{version}{', not the one in force' if other else ''}" if isinstance(version, str) else "not known"
                for version, other in zip(told["policy_version"], told["is_other_version"], strict=True)
            ],
            "differs": [_differs(escalation, row) for _, row in told.iterrows()],
            "alike": told["alike"],
        }
    )
    headers: list[tuple[str, str] | tuple[str, str, str]] = [
        ("case_id", "Case"), ("outcome", "Decided"), ("differs", "How it differs"), ("version", "Policy version"),
        ("decided", "When", "moment"), ("alike", "Wording alike", "share"),
    ]  # fmt: skip
    kept = [header for header in headers if frame.empty or frame[header[0]].notna().any()]
    made = table(
        frame, kept, key="precedents", title="Similar past decisions", caption=_caption(escalation, found), role="cases"
    )
    return replace(made, of_single_cases=True)


def base_rate_table(brief: Told) -> Table:
    """Return how all similar cases were decided, each item counted once, with 95 % intervals."""
    escalation, found = brief.escalation, brief.precedents
    rates = found.rates
    frame = pd.DataFrame(
        {
            "among": [_AMONG[name] for name in rates["among"]],
            "cases": rates["cases"],
            "actioned": rates["actioned"],
            "actioned_share": rates["actioned_share"],
            "actioned_range": _ranges(rates, "actioned"),
            "appeals": rates["appeals"],
            "overturned": rates["overturned"],
            "overturned_share": rates["overturned_share"],
            "overturned_range": _ranges(rates, "overturned"),
        }
    )
    headers: list[tuple[str, str] | tuple[str, str, str]] = [
        ("among", "Among"), ("cases", "Decided items", "cases"), ("actioned", "Actioned", "cases"),
        ("actioned_share", "Share", "share"), ("actioned_range", "95 % interval"),
        ("appeals", "Appeals answered", "cases"), ("overturned", "Overturned", "cases"),
        ("overturned_share", "Share", "share"), ("overturned_range", "95 % interval"),
    ]  # fmt: skip
    rule = listed([escalation.words(name) for name in found.like.rules])
    caption = (
        f"Decisions under {rule} until the moment of this brief; several cases about one item count once."
        if rule
        else ""
    )
    few = f" Fewer than {FEW} similar decisions or appeals carry no conclusion." if _is_thin(found) else ""
    return table(
        frame, headers, key="base_rates", title="How similar cases were decided", caption=f"{caption}{few}".strip()
    )


def _is_thin(found: Precedents) -> bool:
    return found.rate.cases < FEW or found.rate.appeals < FEW


def _wording(escalation: Escalation, candidates: Sequence[str]) -> dict[str, float]:
    """Return how near the wording of each candidate is to the nearest of these cases, 0 to 1."""
    if escalation.case_set.text_path is None or not candidates:
        return {}
    own = list(escalation.followed)[:_COMPARED_WITH]
    index = index_cases(escalation.case_set, texts_of(escalation.case_set, [*own, *candidates]))
    mine = [case_id for case_id in own if case_id in index.texts]
    if not mine:
        return {}
    # Only what is said is compared here: rule, item and place have given their points already.
    nearest = pd.concat([pd.Series(index.texts.likeness(key=key), index=list(index.ids)) for key in mine], axis=1).max(
        axis=1
    )
    return {str(name): float(value) for name, value in nearest.items() if name in set(candidates)}


def _outcome(first: str, now: str, appeal: str) -> str:
    was, stands = (str(value).replace("_", " ") for value in (first, now))
    after = {"upheld": "upheld on appeal", "pending": "appeal pending"}.get(appeal, "")
    if appeal in {"reversed", "partially_reversed"}:
        part = " in part" if appeal == "partially_reversed" else ""
        return (
            f"{was}, overturned{part} on appeal: now {stands}"
            if was != stands
            else f"{was}, overturned{part} on appeal"
        )
    changed = f"{was}, then {stands}" if was != stands else stands
    return f"{changed}, {after}" if after else changed


def _differs(escalation: Escalation, row: pd.Series) -> str:
    parts = [f"{_ATTRIBUTES[name]}: {_value(escalation, name, row[name])}" for name in row["differs"]]
    parts += [f"{_ATTRIBUTES[name]} not known" for name in row["unknown"]]
    return "; ".join(parts) or "in nothing on record"


def _value(escalation: Escalation, name: str, value: str) -> str:
    named = {"market": country, "content_language": language}.get(name, escalation.words)
    return named(value)


def _ranges(rates: pd.DataFrame, part: str) -> list[str | None]:
    bounds = zip(rates[f"{part}_low"], rates[f"{part}_high"], strict=True)
    return [f"{low * 100:.1f} to {high * 100:.1f} %" if pd.notna(low) else None for low, high in bounds]


def _caption(escalation: Escalation, found: Precedents) -> str:
    if found.frame.empty:
        return "No decided case under the same rule is on record." if found.like.rules else "No rule is on record."
    traits = [
        f"{_ATTRIBUTES[name]} {listed([_value(escalation, name, value) for value in values])}"
        for name, values in found.like.traits.items()
        if values
    ]
    number = plural(len(found.frame), "decision")
    return (
        f"The {number} under the same rule most like these cases, about other items; an answered appeal comes before "
        f"others as alike. These cases: {'; '.join(traits)}."
    )
