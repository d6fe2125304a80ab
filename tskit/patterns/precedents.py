"""Precedents: past decided cases most like some cases, how they were decided, and how they differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from tskit.patterns.known import known
from tskit.patterns.rows import fetched, filled
from tskit.patterns.versions import in_force, policy_versions
from tskit.stats import proportion

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = ["ATTRIBUTES", "Likeness", "base_rates", "likeness_of", "precedents"]

ATTRIBUTES = ("entity_type", "severity", "market", "content_language", "ingestion_route", "source_type")
"""What two cases under one rule can have in common, the most telling first."""
_POINTS: Mapping[str, int] = {
    "entity_type": 16,
    "severity": 4,
    "market": 2,
    "content_language": 2,
    "ingestion_route": 1,
    "source_type": 1,
}
"""The kind of item outweighs all the rest: what holds for a song says little of an episode."""
_SETTLED_POINTS = 3
"""An answered appeal was judged twice, so that it outweighs one or two other likenesses."""
_VERSION_POINTS = 2
"""What was decided under the text in force tells more than what was decided under another."""
_OFTEN = 0.2
"""The part of the cases that has to have a value for it to count as theirs."""
_RULES = ("policy_id", "abuse_type_reported")
_JUDGED = ("action", "partial", "no_action")
"""Duplicates, invalid reports and cases passed on decide nothing about the content."""
_ACTIONED = ("action", "partial")
_OVERTURNED = ("reversed", "partially_reversed")
_SETTLED = ("upheld", *_OVERTURNED)
_COLUMNS = ("case_id", "decided_at", "policy_version", *ATTRIBUTES, "outcome", "first_decision", "appeal", "points")
_LEVELS = ("rule", "item", "market", "version")


@dataclass(frozen=True, slots=True)
class Likeness:
    """What some cases have in common: their rules, their traits (values by attribute), and the version in force for them.

    `contents` are the items that they are about, which are the same matter and no precedent. `rules` come in the order
    of how many cases they have. `version` is "" where nobody can tell, and for several rules, each of which has its own.
    """

    case_ids: tuple[str, ...]
    rules: tuple[str, ...]
    traits: Mapping[str, tuple[str, ...]]
    version: str = ""
    contents: tuple[str, ...] = field(default=(), repr=False)


def likeness_of(case_set: CaseSet, case_ids: Sequence[str], *, until: datetime | None = None) -> Likeness:
    """Return what the cases have in common as it was known at `until`; values of fewer than a fifth are not theirs.

    Raises:
        ParameterError: an id is unknown, or a case did not exist yet.
    """
    told = known(case_set, case_ids, until=until)
    cases = told.cases
    rule = pd.Series(None, index=cases.index, dtype=object)
    for name in _RULES:
        rule = rule.fillna(cases[name].astype(object)) if name in cases else rule
    rules = _common(rule)
    traits = {name: _common(cases[name]) for name in ATTRIBUTES if name in cases}
    versions = policy_versions(case_set, rules[0], until=told.until) if len(rules) == 1 else pd.DataFrame()
    now = in_force(versions, pd.Timestamp(told.until)) if len(versions) else None
    contents = tuple(sorted(cases["content_id"].dropna().unique())) if "content_id" in cases else ()
    return Likeness(told.case_ids, rules, traits, "" if now is None else str(now["policy_version"]), contents)


def precedents(
    case_set: CaseSet, case_ids: Sequence[str] | Likeness, *, until: datetime | None = None, limit: int = 8
) -> pd.DataFrame:
    """Return the past decided cases under the same rule that are most like these, the most alike first.

    `case_ids` names the cases, or is what `likeness_of` says of them at the same moment.

    One row an item: several cases about one item were decided together. Cases about the items of `case_ids`, appeals
    filed as cases of their own, and decisions that judge no content are left out. Everything is as it was known at
    `until`: an appeal answered later is pending, and its decision the first one.

    Columns: `case_id`, `decided_at`, `policy_version`, those of `ATTRIBUTES` (missing where the source lacks them),
    `outcome` (the decision that stands), `first_decision`, `appeal`, `is_settled` and `is_overturned` on appeal,
    `points`, `differs` and `unknown` (attributes in which it is not like them, or nobody knows), `is_other_version`.
    """
    like = case_ids if isinstance(case_ids, Likeness) else likeness_of(case_set, case_ids, until=until)
    items = _items(case_set, like, until)
    if items is None:
        return _marked(pd.DataFrame(columns=list(_COLUMNS)), like)
    order = [ibis.desc("points"), ibis.desc("decided_at"), ibis.asc("case_id")]
    return _marked(fetched(items.select(*_COLUMNS).order_by(order).limit(limit)), like)


def base_rates(case_set: CaseSet, case_ids: Sequence[str] | Likeness, *, until: datetime | None = None) -> pd.DataFrame:
    """Return how cases like these were decided, each item counted once, with 95 % intervals of the shares.

    `case_ids` names the cases, or is what `likeness_of` says of them at the same moment.

    Rows: `among` "rule" (same rule), "item" (same rule and kind of item), and of the latter those of the same "market"
    and under the same "version". Columns: `cases`, `actioned` of them with `actioned_share`, `_low` and `_high`;
    `appeals` that were answered, `overturned` of them in whole or part with `overturned_share`, `_low` and `_high`.
    Shares of nothing are missing.
    """
    like = case_ids if isinstance(case_ids, Likeness) else likeness_of(case_set, case_ids, until=until)
    items = _items(case_set, like, until)
    names = ["cases", "actioned", "appeals", "overturned"]
    frame = pd.DataFrame(0, index=range(len(_LEVELS)), columns=names) if items is None else _counted(items, like)
    frame.insert(0, "among", list(_LEVELS))
    for part, whole in (("actioned", "cases"), ("overturned", "appeals")):
        low, high = proportion(frame[part].to_numpy(), frame[whole].to_numpy())
        share = frame[part] / frame[whole].where(frame[whole] > 0)
        frame = frame.assign(**{f"{part}_share": share, f"{part}_low": low, f"{part}_high": high})
    return frame


def _common(values: pd.Series[Any]) -> tuple[str, ...]:
    """Return the values that at least a fifth of those who have one share, the most frequent first."""
    told = values.dropna().astype(str)
    counts = told.value_counts()
    return tuple(sorted(counts.index[counts >= _OFTEN * len(told)], key=lambda value: (-counts[value], value)))


def _items(case_set: CaseSet, like: Likeness, until: datetime | None) -> ir.Table | None:
    """Return the decided cases under the same rule, one an item, each with its points; None where nobody can tell."""
    rule = next((name for name in _RULES if case_set.has(name)), "")
    if not like.rules or not rule or case_set.lacks("decided_at", "decision"):
        return None
    moment = case_set.as_of if until is None else min(until, case_set.as_of)
    cases = filled(case_set.cases, "decided_at")
    past = cases.filter(cases.decided_at <= moment, cases[rule].isin(like.rules), ~cases.case_id.isin(like.case_ids))
    past = _as_then(past, moment, is_past=moment < case_set.as_of)
    past = past.filter(past.outcome.isin(_JUDGED))
    if "record_type" in past.columns:
        past = past.filter(past.record_type.fill_null("") != "appeal")
    item = past.content_id.fill_null(past.case_id) if "content_id" in past.columns else past.case_id
    past = past.mutate(item_=item, points=_points(past, like)).filter(~item.isin(list(like.contents)))
    first = ibis.window(group_by="item_", order_by=[ibis.desc("points"), ibis.desc("decided_at"), ibis.asc("case_id")])
    ranked = past.mutate(place_=ibis.row_number().over(first))
    return ranked.filter(ranked.place_ == 0)


def _as_then(cases: ir.Table, moment: datetime, *, is_past: bool) -> ir.Table:
    """Return the cases with `outcome`, `first_decision` and `appeal` as they stood, and every column that is told of."""
    lacking = [name for name in ("policy_version", *ATTRIBUTES) if name not in cases.columns]
    cases = cases.mutate(**{name: ibis.null("string") for name in lacking})
    has_appeals = {"appeal_status", "appealed_at", "appeal_decided_at"} <= set(cases.columns)
    first = cases.decision_initial.fill_null(cases.decision) if "decision_initial" in cases.columns else cases.decision
    status = cases.appeal_status.fill_null("none") if "appeal_status" in cases.columns else ibis.literal("")
    if not is_past:
        return cases.mutate(outcome=cases.decision, first_decision=first, appeal=status)
    if not has_appeals:
        return cases.mutate(outcome=first, first_decision=first, appeal=ibis.literal(""))
    never = ibis.literal(value=False)
    is_answered = (cases.appeal_decided_at <= moment).fill_null(never)
    was_made = (cases.appealed_at <= moment).fill_null(never)
    before = ibis.ifelse(was_made, "pending", "none")
    return cases.mutate(
        outcome=ibis.ifelse(is_answered, cases.decision, first),
        first_decision=first,
        appeal=ibis.ifelse(is_answered, status, before),
    )


def _points(cases: ir.Table, like: Likeness) -> Any:  # noqa: ANN401  # Ibis gives no types
    total: Any = ibis.ifelse(cases.appeal.isin(_SETTLED), _SETTLED_POINTS, 0)
    if like.version:
        total += ibis.ifelse(cases.policy_version.fill_null("") == like.version, _VERSION_POINTS, 0)
    for name, worth in _POINTS.items():
        if like.traits.get(name):
            total += ibis.ifelse(cases[name].fill_null("").isin(like.traits[name]), worth, 0)
    return total


def _counted(items: ir.Table, like: Likeness) -> pd.DataFrame:
    """Return the counts of every level in one pass."""
    any_of_them = items.place_ == 0
    of_kind = items.entity_type.isin(like.traits["entity_type"]) if like.traits.get("entity_type") else any_of_them
    markets = like.traits.get("market", ())
    levels = {
        "rule": any_of_them,
        "item": of_kind,
        "market": of_kind & items.market.isin(markets) if markets else ~any_of_them,
        "version": of_kind & (items.policy_version == like.version),
    }
    counts = {
        "cases": any_of_them,
        "actioned": items.outcome.isin(_ACTIONED),
        "appeals": items.appeal.isin(_SETTLED),
        "overturned": items.appeal.isin(_OVERTURNED),
    }
    wanted = {
        f"{name}_{level}": (is_in & is_one).sum().fill_null(0)
        for level, is_in in levels.items()
        for name, is_one in counts.items()
    }
    row = fetched(items.aggregate(**wanted)).iloc[0]
    return pd.DataFrame({name: [int(row[f"{name}_{level}"]) for level in levels] for name in counts})


def _marked(frame: pd.DataFrame, like: Likeness) -> pd.DataFrame:
    told = [name for name in ATTRIBUTES if like.traits.get(name)]
    rows = [dict(zip(told, row, strict=True)) for row in frame[told].itertuples(index=False, name=None)]
    differs = [tuple(n for n in told if pd.notna(row[n]) and row[n] not in like.traits[n]) for row in rows]
    unknown = [tuple(name for name in told if pd.isna(row[name])) for row in rows]
    other = frame["policy_version"].notna() & frame["policy_version"].ne(like.version) & bool(like.version)
    return frame.assign(
        is_settled=frame["appeal"].isin(_SETTLED),
        is_overturned=frame["appeal"].isin(_OVERTURNED),
        differs=pd.Series(differs, index=frame.index, dtype=object),
        unknown=pd.Series(unknown, index=frame.index, dtype=object),
        is_other_version=other.astype(bool),
    )
