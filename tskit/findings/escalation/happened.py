"""What happened, who is affected and how many, and what was done and when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from tskit.cases import withheld_routes
from tskit.findings.cards import Draft, capital
from tskit.findings.dive.facts import outcome
from tskit.findings.escalation.answer import Answer, answered, cases_of, moment, not_on_record, places
from tskit.findings.escalation.exposed import items
from tskit.findings.places import country
from tskit.findings.wording import listed, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.findings.escalation.done import Done
    from tskit.findings.escalation.look import Escalation
    from tskit.patterns import Exposure

__all__ = ["affected", "happened", "measures"]

_MOST_KINDS = 3
_LEAST_PEAK = 3
_DECISIONS = {"action": "with action", "partial": "with action in part", "no_action": "without action"}


def happened(escalation: Escalation, told: Done) -> Answer:
    """Return what happened: what was reported, as what, where and when, and how it stands."""
    return _one(escalation, told) if escalation.is_one else _several(escalation, told)


def affected(escalation: Escalation) -> Answer:
    """Return who is affected and how many: the reach of the content, each item once, and the markets and people."""
    draft, found = Draft(), escalation.exposure
    where = places(escalation, draft)
    return answered(
        "affected",
        "Who is affected, and how many?",
        draft,
        _reach(draft, found),
        _still_there(escalation, draft),
        f"Cases in {where}." if where else "",
        _people(draft, found),
        ref="items",
    )


def measures(escalation: Escalation, told: Done) -> Answer:
    """Return what was done and when: what came first, how it was decided, the measures that stand, and what is open."""
    draft, question = Draft(), "What was done, and when?"
    if told.decided_cases is None:
        return not_on_record("measures", question, "the source does not say when anything was decided")
    decided = f"{draft.number('decided', told.decided_cases)} of {cases_of(draft, 'cases', told.cases)} decided"
    by_decision = _counts(draft, "decision", told.by_decision)
    done = listed([f"{words} in {draft.number(f'action_{words}', n)}" for words, n in told.by_action.items()])
    return answered(
        "measures",
        question,
        draft,
        _moments(escalation, draft, told),
        f"{decided}{f': {by_decision}' if by_decision else ''}.",
        f"Standing now: {done}." if done else "No action stands." if told.decided_cases else "",
        ref="story",
    )


def _several(escalation: Escalation, told: Done) -> Answer:
    draft = Draft()
    items = escalation.exposure.contents
    about = f" on {plural(items, 'item')}" if items and draft.number("items", items) else ""
    first = moment(draft, "first_report_at", told.first_report_at, escalation)
    last = moment(draft, "last_report_at", told.last_report_at, escalation, after=told.first_report_at)
    kinds = _kinds(escalation, draft)
    worst = f", at worst of severity {draft.text('worst', told.worst)}" if told.worst else ""
    begun = f"{cases_of(draft, 'cases', told.cases)}{about} opened from {first} to {last}{kinds}{worst}."
    lines = (begun, _peak(escalation, draft), _open(draft, told), _withheld(escalation, draft))
    answer = answered("happened", "What happened?", draft, *lines, ref="hours")
    return replace(answer, tone="worse" if told.open_cases else "")


def _one(escalation: Escalation, told: Done) -> Answer:
    draft, case_id = Draft(), escalation.case_ids[0]
    case = escalation.known.case(case_id)
    where = f" in {country(str(case['market']))}" if "market" in case else ""
    how = f" by {escalation.words(case['source_type'])}" if "source_type" in case else ""
    what = f" as {escalation.words(case['abuse_type_reported'])}" if "abuse_type_reported" in case else ""
    severe = f", severity {draft.text('worst', told.worst)}" if told.worst else ""
    at = moment(draft, "first_report_at", told.first_report_at, escalation)
    opened = f"Case {draft.text('case_id', case_id)} was opened on {at}{how}{where}{what}{severe}."
    held = f" in the {escalation.words(case['queue'])}" if told.open_cases and "queue" in case else ""
    state = (
        f"It is open{held}, {outcome(escalation.dive, case)}."
        if told.open_cases
        else f"It is closed, {outcome(escalation.dive, case)}."
    )
    others = escalation.tied["linked_id"].nunique()
    company = (
        f"{cases_of(draft, 'tied', others)} tied to it by item, account, wording or reporter; linked=true tells of the cluster."
        if others
        else ""
    )
    answer = answered(
        "happened", "What happened?", draft, opened, state, company, _withheld(escalation, draft), ref="story"
    )
    return replace(answer, tone="worse" if told.open_cases else "", of_single_cases=True)


def _withheld(escalation: Escalation, draft: Draft) -> str:
    """Return where to work on content that may not be handled here; empty where all of it may be."""
    routes = withheld_routes(escalation.case_set, escalation.case_ids)
    if not routes:
        return ""
    whose = (
        "Its content" if escalation.is_one else f"The content of {cases_of(draft, 'withheld', len(routes))} of these"
    )
    return f"{whose} may not be handled here. {' '.join(dict.fromkeys(routes.values()))}"


def _kinds(escalation: Escalation, draft: Draft) -> str:
    name = next((n for n in ("abuse_type_reported", "policy_id") if n in escalation.cases), "")
    counts = escalation.cases[name].dropna().astype(str).value_counts() if name else pd.Series(dtype=int)
    shown = [
        f"{escalation.words(kind)} ({draft.number(f'kind_{kind}', int(number))})"
        for kind, number in counts.head(_MOST_KINDS).items()
    ]
    return f", reported as {listed(shown)}" if shown else ""


def _peak(escalation: Escalation, draft: Draft) -> str:
    """Return the hour that brought most cases, where one stands out."""
    opened = (
        escalation.cases["created_at"]
        .dt.tz_convert(escalation.zone)
        .dt.floor("h", ambiguous=True, nonexistent="shift_forward")
    )
    counts = opened.value_counts().sort_index()
    most = int(counts.max())
    if most < _LEAST_PEAK or len(counts) == 1:
        return ""
    at = moment(draft, "busiest_hour_at", pd.Timestamp(str(counts.idxmax())), escalation)
    return f"The busiest hour began on {at}: {cases_of(draft, 'busiest_hour', most)}."


def _open(draft: Draft, told: Done) -> str:
    if not told.open_cases:
        return "None of them is open."
    untouched = told.untouched_cases
    nobody = f"; nobody has worked on {draft.number('untouched', untouched)} of them" if untouched else ""
    return f"{cases_of(draft, 'open', told.open_cases)} {'is' if told.open_cases == 1 else 'are'} open{nobody}."


def _reach(draft: Draft, found: Exposure) -> str:
    """Return the sentence about the reach; where it is not known for all, the sentence says what was assumed."""
    items = plural(found.contents, "item")
    draft.number("items", found.contents)
    if found.basis == "none":
        return "How many met it is not known: no reach is on record."
    if found.basis == "all":
        return f"A reach of {draft.number('reach', found.reach_known)} listeners or streams over {items}, each counted once at the largest on record."
    if found.basis == "cases":
        low, high = draft.number("reach_low", found.low), draft.number("reach_high", found.high)
        return f"A reach of {low} to {high} listeners or streams: the source does not tell items apart, so that some may count twice."
    known = draft.number("items_known", found.contents_known)
    least = draft.number("reach_known", found.reach_known)
    if found.basis == "part":
        return f"A reach of at least {least} listeners or streams: it is known for {known} of {items} only, too few to say more."
    about = draft.number("reach", round(found.estimate))
    between = draft.range("reach", round(found.low), round(found.high))
    return f"A reach of about {about} listeners or streams ({between}, {draft.limit('level', found.level, 'share')} interval): it is known for {known} of {items}, {least} in all, and the others are taken to be like these."


def _moments(escalation: Escalation, draft: Draft, told: Done) -> str:
    """Return what came first and when, in the order of time; the day is said again only where it changes."""
    named = (
        ("first_report_at", "first report", told.first_report_at),
        ("first_touch_at", "first worked on", told.first_touch_at),
        ("first_escalated_at", "first escalated", told.first_escalated_at),
        ("first_decision_at", "first decision", told.first_decision_at),
        ("first_appeal_at", "first appeal", told.first_appeal_at),
        ("first_reversed_at", "first reversal", told.first_reversed_at),
        ("last_decision_at", "last decision", told.last_decision_at if (told.decided_cases or 0) > 1 else None),
    )
    steps = sorted(((at, name, words) for name, words, at in named if at is not None), key=lambda step: step[0])
    before = [None, *(at for at, _, _ in steps)]
    said = [
        f"{words} {moment(draft, name, at, escalation, after=after)}"
        for (at, name, words), after in zip(steps, before, strict=False)
    ]
    return f"{capital('; '.join(said))}."


def _still_there(escalation: Escalation, draft: Draft) -> str:
    """Return how many items have no measure against them, and how far these reach."""
    found = items(escalation)
    there = found[found["state"].isin(["open", "left"])]
    if there.empty or escalation.exposure.basis in {"none", "cases"}:
        return ""
    of = f"{draft.number('items_without_measure', len(there))} of {plural(len(found), 'item')}"
    undecided = int(there["state"].eq("open").sum())
    number = draft.number("items_undecided", undecided) if undecided else ""
    waiting = f", {'not' if len(there) == undecided == 1 else f'{number} of them not'} decided yet" if undecided else ""
    return f"No measure stands against {of}, {_reached(draft, there['reach'])}{waiting}."


def _reached(draft: Draft, reach: pd.Series[float]) -> str:
    """Return how far items reach, as far as it is on record; what is not known is no zero."""
    known = int(reach.notna().sum())
    if not known:
        return "the reach of which is not on record"
    total = draft.number("reach_without_measure", float(reach.sum()))
    if known == len(reach):
        return f"with a reach of {total}"
    return f"with a reach of at least {total}, since it is on record for {draft.number('items_reached', known)} of them only"


def _people(draft: Draft, found: Exposure) -> str:
    whose = ""
    if found.accounts is not None:
        draft.number("accounts", found.accounts)
        whose = f"The content of {plural(found.accounts, 'account')}"
    if found.reporters is None:
        return f"{whose}; how many people reported it is not on record." if whose else ""
    draft.number("reporters", found.reporters)
    return f"{whose or 'The content'}, reported by {plural(found.reporters, 'person', 'people')} that the source tells apart."


def _counts(draft: Draft, name: str, counts: Mapping[str, int]) -> str:
    return listed(
        [
            f"{draft.number(f'{name}_{words}', n)} {_DECISIONS.get(words, words.replace('_', ' '))}"
            for words, n in counts.items()
        ]
    )
