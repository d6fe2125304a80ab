"""The cards of what is said whatever a test finds: targets, the gravest cases, and that nothing else moved."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from tskit.findings.cards import Card, Draft, evidence_of, sentences
from tskit.findings.incidents import GRAVEST, gravest_cases
from tskit.findings.moves import FLOORS, LEVEL_OF_ERROR
from tskit.findings.targets import Held, in_words
from tskit.findings.wording import listed
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.findings.look import Look

__all__ = ["gravest_card", "rest_card", "target_cards"]

_MOST_NAMED = 3


def target_cards(look: Look) -> list[Card]:
    """Return one card per metric that misses a target anywhere, and one for all the others together."""
    by_metric = [list(group) for _, group in groupby(look.held, key=lambda h: h.metric.name)]
    missed = [_missed(group, look) for group in by_metric if any(not h.is_met for h in group)]
    met = [group for group in by_metric if all(h.is_met for h in group)]
    return [*missed, *([_met(met)] if met else [])]


def gravest_card(look: Look) -> Card | None:
    """Return the card of the cases of severity S3, or None where the source has no severity or there is none."""
    frame = gravest_cases(look.case_set).frame
    if frame.empty:
        return None
    draft = Draft()
    opened = draft.number("cases", len(frame))
    claim = f"{opened} {'case' if len(frame) == 1 else 'cases'} of severity {GRAVEST} {'was' if len(frame) == 1 else 'were'} opened; each is listed"
    detail = ""
    if "status" in frame:
        still = int((~frame["status"].isin(["closed", "resolved", "cancelled"])).sum())
        number = draft.number("still_open", still)
        detail = (
            f"{number} of them {'is' if still == 1 else 'are'} still open."
            if still
            else "None of them is open any more."
        )
    if "sla_met" in frame:
        late = int((frame["sla_met"] == "no").sum())
        number = draft.number("late", late)
        detail = sentences(
            detail,
            f"{number} missed {'its' if late == 1 else 'their'} target."
            if late
            else "None is known to have missed its target.",
        )
    finding = Finding(
        claim,
        (Evidence("cases", "gravest_cases", f"Cases of severity {GRAVEST}"),),
        draft.values,
        "very high",
        "a count of the cases themselves; no test is asked",
        detail,
        "Severity is what the source says; a case that was graded too low is not among them.",
        "Open each one in the system of record, the open and the late ones first.",
        kind="incident",
    )
    return Card(finding, "", 45.0)


def rest_card(look: Look) -> Card:
    """Return the card that says how many comparisons were looked at and that nothing else, or nothing at all, moved."""
    draft, told = Draft(), look.told
    looked = draft.number("looked_at", look.looked_at)
    by_chance = draft.number("by_chance", look.looked_at * LEVEL_OF_ERROR)
    told_of = len(told.volumes) + len(told.backlogs) + len(told.changes)
    if look.looked_at == 0:
        claim = "Nothing could be judged: there are too few earlier periods to tell a change from noise"
    elif told.is_quiet:
        claim = "Nothing moved beyond noise"
    else:
        claim = "Nothing else moved beyond noise"
    detail = (
        f"{looked} comparisons were looked at. By chance alone about {by_chance} would have stood out without correction; "
        f"after it (Benjamini-Hochberg) {'none did' if told.is_quiet else 'only what is told here did'}."
    )
    finding = Finding(
        claim,
        (Evidence("table", "changes", "What moved and where"), Evidence("table", "metrics", "Every metric")),
        {},
        "high" if look.looked_at else "low",
        f"each change is held against those between earlier periods; {draft.number('stories', told_of)} causes were found",
        sentences(detail if look.looked_at else "", _floors(draft)),
        "A change that is real but smaller than usual noise cannot be seen here.",
        "" if told.volumes or not look.looked_at else "No action on volume; look at the targets and the cases listed.",
        kind="steady",
    )
    _lead_values(draft, look)
    return Card(replace(finding, values=draft.values), "", 10.0)


def _floors(draft: Draft) -> str:
    flow, share, level = FLOORS["flow"], FLOORS["share"], FLOORS["level"]
    cases = draft.number("floor_cases", flow.absolute)
    part = draft.number("floor_relative", flow.relative, "share")
    points = draft.number("floor_points", share.absolute, "points")
    hours = draft.number("floor_level", level.relative, "share")
    return f"A change counts from {part} and {cases} cases, {points} of a share, or {hours} of a time."


def _lead_values(draft: Draft, look: Look) -> None:
    """Keep what the title and the lead quote."""
    draft.number("period_days", look.window.days)
    draft.day("period_last_day", look.case_set.scope.last_day)
    for measured in look.measured.values():
        draft.number(f"{measured.metric.name}_now", measured.now.value, measured.metric.unit)
        draft.number(f"{measured.metric.name}_before", measured.before.value, measured.metric.unit)
    for held in look.held:
        if not held.segment.items:
            _keep_target(draft, f"{held.metric.name}_target", held)


def _missed(group: Sequence[Held], look: Look) -> Card:
    draft, metric = Draft(), group[0].metric
    whole = next((h for h in group if not h.segment.items), None)
    missed = sorted((h for h in group if h.segment.items and not h.is_met), key=_distance)
    target = in_words(group[0].target, metric.unit)
    _keep_target(draft, "target", group[0])
    at = draft.number("value", whole.value, metric.unit) if whole else ""
    verdict = f"{'met' if whole.is_met else 'missed'} over all ({at})" if whole else "judged by segment only"
    segments = draft.number("segments_missed", len(missed))
    of = draft.number("segments", sum(bool(h.segment.items) for h in group))
    joined = "but missed" if whole and whole.is_met else "and missed"
    claim = f"{metric.label}: the target of {target} was {verdict}, {joined} in {segments} of {of} queues, vendors and severities"
    named = [
        f"{look.called('cases', h.segment)} {draft.number(f'missed_{i}', h.value, metric.unit)}"
        f"{_own_target(draft, h, group[0], i)}"
        for i, h in enumerate(missed[:_MOST_NAMED])
    ]
    finding = Finding(
        claim,
        (Evidence("table", "targets", "Targets by queue, vendor and severity"), *evidence_of(look, metric.name)[1:]),
        draft.values,
        "very high",
        "judged on the exact value",
        f"Furthest from it: {listed(named)}." if named else "",
        "Segments with few cases are left out; the casebook says which target holds where.",
        f"Start with {look.called('cases', missed[0].segment)}."
        if missed
        else "Ask which queue holds most of the late cases.",
        kind="target",
        tone="worse",
    )
    is_missed = whole is not None and not whole.is_met
    short = f"{metric.label} missed its target" if is_missed else ""
    return Card(finding, short, 70.0 if is_missed else 40.0)


def _keep_target(draft: Draft, name: str, held: Held) -> None:
    for tail, value in (("", held.target.at_least), ("_at_most", held.target.at_most)):
        if value is not None:
            draft.number(f"{name}{tail}", value, held.metric.unit)


def _own_target(draft: Draft, held: Held, first: Held, position: int) -> str:
    if held.target is first.target:
        return ""
    _keep_target(draft, f"target_{position}", held)
    return f" (target {in_words(held.target, held.metric.unit)})"


def _distance(held: Held) -> float:
    wanted = held.target.at_least if held.target.at_least is not None else held.target.at_most
    assert wanted is not None
    return -abs(held.value - wanted) / max(abs(wanted), 1e-9)


def _met(groups: Sequence[Sequence[Held]]) -> Card:
    draft = Draft()
    checks = draft.number("targets_judged", sum(len(group) for group in groups))
    names = listed([group[0].metric.label for group in groups])
    finding = Finding(
        f"Every target was met for {names}",
        (Evidence("table", "targets", "Targets by queue, vendor and severity"),),
        draft.values,
        "very high",
        "judged on the exact value",
        f"{checks} values were held against their targets.",
        kind="target",
        tone="better",
    )
    return Card(finding, "", 20.0)
