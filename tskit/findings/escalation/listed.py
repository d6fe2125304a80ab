"""The cases themselves, how they were decided, and what this brief cannot tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from tskit.findings import dive
from tskit.findings.dive.facts import OVERTURNED
from tskit.findings.escalation.columns import column, is_open
from tskit.findings.escalation.done import AUTOMATED
from tskit.findings.places import country
from tskit.findings.tables import table
from tskit.findings.wording import count
from tskit.patterns import unjudged_deadlines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tskit.findings.escalation.look import Escalation
    from tskit.findings.tables import Table
    from tskit.model import CaseSet

__all__ = ["cases_table", "decided_table", "inputs", "limits_table", "versions_table"]


def cases_table(escalation: Escalation) -> Table:
    """Return the most telling cases one by one: where, what became of each, and whether it is late."""
    shown = escalation.cases.loc[list(escalation.followed)]
    targets = escalation.deadlines[escalation.deadlines["kind"].eq("target")].set_index("case_id")["verdict"]
    markets = column(shown, "market")
    frame = pd.DataFrame(
        {
            "case_id": shown["case_id"],
            "opened": [at.isoformat() for at in shown["created_at"]],
            "market": [country(str(name)) if pd.notna(name) else None for name in markets],
            "item": column(shown, "content_id"),
            "severity": column(shown, "severity"),
            "state": [_state(escalation, case_id) for case_id in shown["case_id"]],
            "target": targets.reindex(shown["case_id"]).to_numpy(),
        }
    )
    headers = [
        ("case_id", "Case"), ("state", "State"), ("opened", "Opened", "moment"), ("market", "Market"),
        ("severity", "Severity"), ("target", "Target"), ("item", "Item"),
    ]  # fmt: skip
    kept = [header for header in headers if frame[header[0]].notna().any()]
    rest = len(escalation.case_ids) - len(frame)
    caption = "What went wrong comes first, then the worst, the open and the late."
    more = f" {count(rest)} more are counted on the first page, and not listed." if rest else ""
    made = table(frame, kept, key="cases", title="The cases", caption=f"{caption}{more}", role="cases")
    return replace(made, of_single_cases=True)


def decided_table(escalation: Escalation) -> Table:
    """Return how the cases were decided: by outcome, how many by automation, how many appealed and reversed."""
    cases = escalation.cases
    rows = pd.DataFrame(
        {
            "decision": column(cases, "decision")
            .astype(object)
            .where(column(cases, "decided_at").notna(), "not decided"),
            "by": column(cases, "automated_decision").map(AUTOMATED),
            "appeal": column(cases, "appeal_status").fillna("none"),
        }
    ).fillna({"decision": "not on record"})
    told = [
        (
            str(name).replace("_", " "),
            len(some),
            int(some["by"].isin(["fully", "partly"]).sum()),
            int(some["appeal"].ne("none").sum()),
            int(some["appeal"].isin(OVERTURNED).sum()),
        )
        for name, some in rows.groupby("decision", sort=False)
    ]
    frame = pd.DataFrame(told, columns=["decision", "cases", "automated", "appealed", "reversed"])
    frame = frame.sort_values(["cases", "decision"], ascending=[False, True], ignore_index=True)
    headers = [
        ("decision", "Decision now"), ("cases", "Cases", "cases"), ("automated", "By automation", "cases"),
        ("appealed", "Appealed", "cases"), ("reversed", "Reversed", "cases"),
    ]  # fmt: skip
    caption = "By automation: in full or in part, as far as the source says so."
    return table(frame, headers, key="decided", title="How it was decided", caption=caption)


def versions_table(escalation: Escalation) -> Table:
    """Return the versions of the rules that were applied: since when each was in force, as all decisions tell it."""
    return dive.versions_table(escalation.dive)


def limits_table(escalation: Escalation) -> Table:
    """Return what this brief cannot tell, and what it took for granted."""
    frame = pd.DataFrame([*_limits(escalation)], columns=["about", "limit"])
    return table(frame, [("about", "About"), ("limit", "What to bear in mind")], key="limits", title="Limits")


def inputs(escalation: Escalation) -> CaseSet:
    """Return the cases that were read, with the days that the brief is about: from the first opening to its moment."""
    scope, zone = escalation.case_set.scope, escalation.zone
    opened = escalation.cases["created_at"].min().astimezone(zone).date()
    # The last instant of the data may be the first of a new day.
    last = (escalation.until.astimezone(zone) - timedelta(seconds=60)).date()
    window = replace(scope, start=opened, end=max(opened, last) + timedelta(days=1))
    return replace(escalation.case_set, scope=window)


def _state(escalation: Escalation, case_id: str) -> str:
    case = escalation.known.case(case_id)
    decided = str(case["decision"]).replace("_", " ") if "decided_at" in case and "decision" in case else ""
    appeal = case.get("appeal_status", "none")
    said = f"{decided}, appeal {str(appeal).replace('_', ' ')}" if decided and appeal != "none" else decided
    if bool(is_open(escalation.cases.loc[[case_id]]).iloc[0]):
        held = f"open in the {escalation.words(case['queue'])}" if "queue" in case else "open"
        return f"{held}, {said}" if said else held
    return said or "closed"


def _limits(escalation: Escalation) -> Iterator[tuple[str, str]]:
    found, chosen = escalation.exposure, escalation.selected
    if chosen.linked:
        yield (
            "Cluster",
            f"{count(chosen.linked)} cases came in by what ties them to the others: the same item or account, or nearly the same wording, within 14 days. Look at a few before you rely on them.",
        )
    if found.basis == "estimate":
        yield (
            "Reach",
            f"Items of unknown reach are taken to be like the others; the interval comes from 2,000 draws (seed {found.seed}).",
        )
    yield "Reach", "Streams or listeners as the source counts them; who met two items counts twice."
    yield "Accounts and reporters", "Are pseudonyms; several of one person are not recognised."
    if not escalation.known.has_log:
        yield "Course", "The source keeps no log of events: hand-offs, notices and standstills cannot be seen."
    if escalation.known.is_past:
        yield (
            "Moment",
            f"As of {escalation.spoken(escalation.until)}; what came later is left out, and columns that nobody can date.",
        )
    for row in unjudged_deadlines(escalation.case_set).to_dict("records"):
        yield "Deadline", f"{row['name']}: it {row['why']}, since the source lacks {row['columns']}."
    yield (
        "Deadlines",
        "Presets of the law and of contracts are no legal advice: verify each with legal before you rely on it.",
    )
    yield (
        "Content",
        "What was said is not in this brief; the review widget shows it, unless it may not be handled here.",
    )
