"""What is on record of the cases, side by side. Never case text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.places import country
from tskit.findings.tables import table
from tskit.findings.wording import count, plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tskit.findings.dive.look import Dive
    from tskit.findings.tables import Table

__all__ = ["OVERTURNED", "first_facts", "more_facts", "outcome"]

OVERTURNED = ("reversed", "partially_reversed")
_MOST_BESIDE = 4
_GROUPS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Report": (
        ("case_number", "Case number"),
        ("record_type", "Kind of case"),
        ("source_type", "Raised by"),
        ("channel", "Channel"),
        ("created_at", "Opened"),
        ("market", "Market"),
        ("abuse_type_reported", "Reported as"),
        ("severity", "Severity"),
        ("priority", "Priority"),
    ),
    "Content": (
        ("entity_type", "What was reported"),
        ("component", "Which part of it"),
        ("content_id", "Item"),
        ("content_language", "Language"),
        ("ingestion_route", "Came in through"),
        ("content_created_at", "Uploaded"),
        ("reach", "Reach"),
        ("subject_account_id", "Account, as a pseudonym"),
    ),
    "Handling": (
        ("queue", "Last queue"),
        ("tier", "Tier"),
        ("status", "State"),
        ("closed_at", "Closed"),
        ("reopened_count", "Opened again"),
    ),
    "Decision": (
        ("decided_at", "Decided"),
        ("decision", "Decision"),
        ("policy_id", "Policy applied"),
        ("policy_version", "Version of it"),
        ("automated_decision", "Automation"),
        ("decided_queue", "Decided in the queue"),
        ("decided_vendor", "Decided at"),
        ("appeal_status", "Appeal"),
        ("qa_label_final", "Quality review"),
    ),
}
_AUTOMATION = {
    "AUTOMATED_DECISION_FULLY": "fully automated",
    "AUTOMATED_DECISION_PARTIALLY": "partly automated",
    "AUTOMATED_DECISION_NOT_AUTOMATED": "by people",
}


def first_facts(dive: Dive) -> Table:
    """Return what comes first: of one case the report and what was reported, of several how they compare."""
    return _facts(dive, ("Report", "Content"), "report") if dive.is_one else _side_by_side(dive)


def more_facts(dive: Dive) -> Table:
    """Return how one case was handled and decided; of several cases every fact, side by side for up to four.

    Case text is not among them: it is in the review widget alone. Facts that no case has are left out.
    """
    return _facts(dive, ("Handling", "Decision") if dive.is_one else tuple(_GROUPS), "facts")


def _facts(dive: Dive, groups: tuple[str, ...], key: str) -> Table:
    cases = {case_id: dive.known.case(case_id) for case_id in dive.case_ids[:_MOST_BESIDE]}
    rows = [
        (label, *(_fact(dive, name, case) for case in cases.values()))
        for group in groups
        for name, label in _GROUPS[group]
        if any(name in case for case in cases.values())
    ]
    names = [f"case_{n}" for n in range(len(cases))]
    frame = pd.DataFrame(rows, columns=["fact", *names])
    headers = [("fact", "Fact"), *zip(names, ["On record"] if dive.is_one else list(cases), strict=True)]
    titles = {
        "report": "The report and what it is about",
        "facts": "How it was handled" if dive.is_one else "Fact by fact",
    }
    more = len(dive.case_ids) - len(cases)
    left_out = f" The first {count(len(cases))} cases; the table above has {count(more)} more." if more else ""
    made = table(frame, headers, key=key, title=titles[key], caption=f"{_caption(dive)}{left_out}")
    return replace(made, of_single_cases=True)


def _side_by_side(dive: Dive) -> Table:
    """Return one row a case: where, what, how long, how often it moved, its clock, its outcome and its company."""
    rows = [_row(dive, case_id) for case_id in dive.case_ids]
    headers = [
        ("case_id", "Case"),
        ("opened", "Opened"),
        ("market", "Market"),
        ("policy", "Policy"),
        ("severity", "Severity"),
        ("hours", "Hours open", "hours"),
        ("moves", "Moves (back)"),
        ("clock", "Target"),
        ("outcome", "Outcome"),
        ("company", "Tied to", "cases"),
        ("cause", "Cause"),
    ]
    frame = pd.DataFrame(rows, columns=[header[0] for header in headers])
    kept = [header for header in headers if frame[header[0]].notna().any()]
    return table(frame, kept, key="cases", title="The cases side by side", caption=_caption(dive), role="cases")


def outcome(dive: Dive, case: Mapping[str, Any]) -> str:
    """Return what became of a case in a few words."""
    parts = [_decided(dive, case)]
    appeal = case.get("appeal_status", "none")
    if appeal != "none":
        parts.append(f"appeal {_words(appeal)}")
    if "qa_label_final" in case:
        parts.append(f"review: {dive.words(case['qa_label_final'])}")
    return "; ".join(parts)


def _decided(dive: Dive, case: Mapping[str, Any]) -> str:
    first, now = case.get("decision_initial", case.get("decision")), case.get("decision", case.get("decision_initial"))
    if now:
        return f"{_words(first)}, now {_words(now)}" if first != now else _words(now)
    if "decided_at" in case:
        return "decided, and how is not on record"
    is_told = dive.case_set.has("decision") or dive.case_set.has("decided_at")
    return "not decided" if is_told else "and whether it was decided is not on record"


def _row(dive: Dive, case_id: str) -> dict[str, object]:
    case, told = dive.known.case(case_id), dive.course.of(case_id)
    clock = told.clock.iloc[0]
    settled = dive.judged.settled.set_index("case_id")["cause"]
    back = int(told.moves["is_return"].sum())
    return {
        "case_id": case_id,
        "opened": dive.local(case["created_at"]),
        "market": country(str(case["market"])) if "market" in case else None,
        "policy": dive.words(case["policy_id"]) if "policy_id" in case else None,
        "severity": case.get("severity"),
        "hours": float(told.stays["hours"].sum()),
        "moves": f"{len(told.moves)} ({back})" if dive.known.has_log else None,
        "clock": clock["verdict"] if clock["verdict"] != "unknown" else None,
        "outcome": outcome(dive, case),
        "company": int(dive.tied.loc[dive.tied["case_id"].eq(case_id), "linked_id"].nunique()),
        "cause": _cause(dive, settled.get(case_id)),
    }


def _cause(dive: Dive, cause: object) -> str | None:
    return f"{cause} {dive.judged.taxonomy.name(cause)}" if isinstance(cause, str) and cause else None


def _fact(dive: Dive, name: str, case: Mapping[str, Any]) -> str | None:
    if name not in case:
        return None
    return _SAID.get(name, _as_words)(dive, case[name])


def _as_words(dive: Dive, value: object) -> str:
    return dive.words(value)


def _as_time(dive: Dive, value: Any) -> str:  # noqa: ANN401  # an instant
    return str(dive.local(value))


_SAID: Mapping[str, Callable[[Dive, Any], str]] = {
    **dict.fromkeys(("created_at", "content_created_at", "closed_at", "decided_at"), _as_time),
    **dict.fromkeys(("content_id", "subject_account_id", "policy_version", "case_number"), lambda _, value: str(value)),
    "market": lambda _, value: country(str(value)),
    "reach": lambda _, value: f"{count(float(value))} listeners",
    "reopened_count": lambda _, value: plural(int(value), "time") if value else "never",
    "automated_decision": lambda _, value: _AUTOMATION.get(str(value), str(value)),
}


def _words(value: object) -> str:
    return str(value).replace("_", " ")


def _caption(dive: Dive) -> str:
    said = f"As known on {dive.spoken(dive.known.until)}, {dive.zone.key}."
    past = " What came later is left out, and what nobody can date." if dive.known.is_past else ""
    return f"{said}{past}"
