"""The cards of what is said whatever a test finds: the gravest cases, and that nothing else moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.findings.cards import Card, Draft, sentences, subject
from tskit.findings.incidents import GRAVEST, gravest_cases
from tskit.findings.moves import FLOORS, LEVEL_OF_ERROR
from tskit.findings.target_card import keep_target
from tskit.findings.wording import listed
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    import pandas as pd

    from tskit.findings.look import Look

__all__ = ["gravest_card", "rest_card"]


def gravest_card(look: Look) -> Card | None:
    """Return the card of the cases of severity S3, or None where the source has no severity or there is none."""
    frame = gravest_cases(look.case_set).frame
    if frame.empty:
        return None
    draft = Draft()
    opened = draft.number("cases", len(frame))
    claim = f"{opened} {'case' if len(frame) == 1 else 'cases'} of severity {GRAVEST} {'was' if len(frame) == 1 else 'were'} opened"
    finding = Finding(
        claim,
        (Evidence("cases", "gravest_cases", f"Cases of severity {GRAVEST}, one by one"),),
        {},
        "",
        "",
        sentences(_still_open(draft, frame), _late(draft, frame)),
        "Severity is what the source says; a case that was graded too low is not among them.",
        "Open each one in the system of record, the open and the late ones first.",
        kind="incident",
    )
    return Card(replace(finding, values=draft.values), "", 45.0)


def _still_open(draft: Draft, frame: pd.DataFrame) -> str:
    if "status" not in frame:
        return ""
    still = int((~frame["status"].isin(["closed", "resolved", "cancelled"])).sum())
    if not still:
        return "All are closed." if len(frame) > 1 else "It is closed."
    if still == len(frame):
        return "All are still open." if len(frame) > 1 else "It is still open."
    return f"{draft.number('still_open', still)} {'is' if still == 1 else 'are'} still open."


def _late(draft: Draft, frame: pd.DataFrame) -> str:
    if "sla_met" not in frame or frame["sla_met"].isna().all():
        return ""
    judged = frame["sla_met"].dropna()
    late = int((judged == "no").sum())
    if not late:
        return "All met their target time." if len(judged) > 1 else "It met its target time."
    return f"{draft.number('late', late)} missed {'its' if late == 1 else 'their'} target time."


def rest_card(look: Look, *, left_out: int = 0) -> Card:
    """Return the card that says how many comparisons were looked at and that nothing else, or nothing at all, moved."""
    draft, told = Draft(), look.told
    if left_out:
        more = draft.number("left_out", left_out)
        claim = f"{more} lesser {'change' if left_out == 1 else 'changes'} moved beyond noise as well; the table of changes has {'it' if left_out == 1 else 'them'}"
    elif look.looked_at == 0:
        claim = "Nothing could be judged: the data begins too late to tell a change from ordinary ups and downs"
    else:
        claim = "Nothing moved beyond noise" if told.is_quiet else "Nothing else moved beyond noise"
        claim += ", as far as it could be judged" if look.unjudged else ""
    finding = Finding(
        claim,
        (Evidence("table", "changes", "What moved and where"), Evidence("table", "metrics", "Every metric")),
        {},
        "high" if look.looked_at else "low",
        _how(draft, look),
        sentences(_unjudged(draft, look), _looked(draft, look), _floors(draft, look)),
        "A change that is real but smaller than ordinary ups and downs cannot be seen here.",
        "" if told.volumes or not look.looked_at else "No action on volume; look at the targets and the cases listed.",
        kind="steady",
    )
    _lead_values(draft, look)
    return Card(replace(finding, values=draft.values), "", 10.0)


def _unjudged(draft: Draft, look: Look) -> str:
    named = [
        f"{subject(m.metric)} ({draft.number(f'{m.metric.name}_unjudged', m.now, m.metric.unit)} against "
        f"{draft.number(f'{m.metric.name}_unjudged_before', m.before, m.metric.unit)})"
        for m in look.unjudged
    ]
    return f"Changed, but not judged for want of a longer past: {listed(named)}." if named else ""


def _looked(draft: Draft, look: Look) -> str:
    if not look.looked_at:
        return ""
    looked = draft.number("looked_at", look.looked_at)
    return f"{looked} comparisons were made: every metric over all cases, and by {listed([c.replace('_id', '') for c in look.by]) or 'nothing else'}."


def _how(draft: Draft, look: Look) -> str:
    if not look.looked_at:
        return "a change needs a longer past, or more cases, to be held against"
    by_chance = draft.number("by_chance", look.looked_at * LEVEL_OF_ERROR)
    return (
        f"each change is held against {_yardstick(look)}. About {by_chance} would have stood out by chance alone, "
        "so all are corrected for their number (Benjamini-Hochberg)"
    )


def _yardstick(look: Look) -> str:
    used = {move.verdict.yardstick for move in look.moves if np.isfinite(move.verdict.p)}
    if "days" in used:
        return "the ups and downs of the days of both periods, since the data begins too late for earlier ones"
    return "those between earlier weeks" if "weeks" in used else "those between earlier periods"


def _floors(draft: Draft, look: Look) -> str:
    if not look.looked_at:
        return ""
    flow, share, level = FLOORS["flow"], FLOORS["share"], FLOORS["level"]
    cases = draft.limit("floor_cases", flow.absolute)
    part = draft.limit("floor_relative", flow.relative, "share")
    points = draft.limit("floor_points", share.absolute, "points")
    times = draft.limit("floor_level", level.relative, "share")
    return f"Smaller changes than {part} and {cases} cases, {points} of a rate, or {times} of a time are not reported."


def _lead_values(draft: Draft, look: Look) -> None:
    """Keep what the title and the lead quote."""
    draft.number("period_days", look.window.days)
    draft.day("period_last_day", look.case_set.scope.last_day)
    for measured in look.measured.values():
        draft.number(f"{measured.metric.name}_now", measured.now.value, measured.metric.unit)
        draft.number(f"{measured.metric.name}_before", measured.before.value, measured.metric.unit)
    for held in look.held:
        if not held.segment.items:
            keep_target(draft, f"{held.metric.name}_target", held)
