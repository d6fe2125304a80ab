"""How each case was decided, what became of the decision, and which version of the policy was in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from tskit.findings.dive.facts import OVERTURNED
from tskit.findings.tables import table
from tskit.findings.wording import amount
from tskit.patterns import in_force

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tskit.findings.dive.look import Dive
    from tskit.findings.tables import Table

__all__ = ["Text", "decisions_table", "text_of", "versions_table"]

_GRACE_HOURS = 24
"""A decision made on the day of the change may have been begun before it."""
_ERRORS = {"FP": "false positive", "FN": "false negative", "WS": "wrong selection", "TE": "technical error"}


@dataclass(frozen=True, slots=True)
class Text:
    """The version of a policy that a decision names, the one in force then, and how long that had been in force."""

    used: str
    in_force: str
    hours: float

    @property
    def is_superseded(self) -> bool:
        """Return whether the decision names a text that had been replaced for more than a day."""
        return self.used != self.in_force and self.hours > _GRACE_HOURS


def text_of(dive: Dive, case_id: str) -> Text | None:
    """Return which version a decision was made on and which was in force, or None where nobody can tell."""
    case = dive.known.case(case_id)
    versions = dive.versions.get(str(case.get("policy_id", "")))
    if versions is None or versions.empty or "policy_version" not in case or "decided_at" not in case:
        return None
    row = in_force(versions, case["decided_at"])
    if row is None:
        return None
    hours = (case["decided_at"] - row["from_at"]).total_seconds() / 3600
    return Text(str(case["policy_version"]), str(row["policy_version"]), hours)


def decisions_table(dive: Dive) -> Table:
    """Return what was decided of each case, in order: the decision, appeals, changes of it, quality review."""
    rows = [(case_id, *row) for case_id in dive.case_ids for row in _decided(dive, case_id)]
    frame = pd.DataFrame(rows, columns=["case_id", "at", "what", "result", "by", "text"])
    headers = [
        ("case_id", "Case"), ("at", "When"), ("what", "What"), ("result", "Result"), ("by", "By"), ("text", "On the text"),
    ]  # fmt: skip
    kept = [h for h in headers if (h[0] != "case_id" or not dive.is_one) and (frame.empty or frame[h[0]].notna().any())]
    caption = "Nothing is decided yet, as far as the source says." if frame.empty else ""
    made = table(frame, kept, key="decisions", title="Decisions, appeals and reviews", caption=caption, role="cases")
    return replace(made, of_single_cases=True)


def versions_table(dive: Dive) -> Table:
    """Return the versions of the policies applied: since when each was in force, as all decisions of the source tell it."""
    parts = [versions.assign(policy=dive.words(name)) for name, versions in dive.versions.items() if len(versions)]
    columns = ["policy", "policy_version", "from_at", "decisions", "late"]
    frame = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)
    frame = frame.assign(from_at=[f"{at.astimezone(dive.zone):%Y-%m-%d}" for at in frame["from_at"]])
    headers = [
        ("policy", "Policy"),
        ("policy_version", "Version"),
        ("from_at", "In force since about"),
        ("decisions", "Decisions", "cases"),
        ("late", "Made on it after it was replaced", "cases"),
    ]
    caption = (
        "Read off all decisions of the source: the day from which they name the next version."
        if parts
        else "The source does not say which version of a policy its decisions were made on."
    )
    return table(frame, headers, key="policy_versions", title="Versions of the policy", caption=caption)


def _decided(dive: Dive, case_id: str) -> Iterator[tuple[str | None, str, str, str | None, str | None]]:
    case = dive.known.case(case_id)
    first = case.get("decision_initial", case.get("decision"))
    if first and "decided_at" in case:
        who = "automation" if case.get("automated_decision") == "AUTOMATED_DECISION_FULLY" else _decider(dive, case)
        yield dive.local(case["decided_at"]), "decision", _words(first), who, _on_text(dive, case_id)
    yield from _appealed(dive, case)
    if "qa_label_final" in case:
        yield _at(dive, case_id, "qa_reviewed"), "quality review", _review(case), None, None
    if "decision" in case and case["decision"] != first and case.get("appeal_status") not in OVERTURNED:
        yield _at(dive, case_id, "decision_changed"), "decision changed", _words(case["decision"]), None, None


def _appealed(dive: Dive, case: Mapping[str, Any]) -> Iterator[tuple[str | None, str, str, str | None, str | None]]:
    status = case.get("appeal_status", "none")
    if "appealed_at" in case:
        yield dive.local(case["appealed_at"]), "appeal", "pending" if status == "pending" else "made", None, None
    if status not in {"none", "pending"}:
        took = ""
        if {"appealed_at", "appeal_decided_at"} <= set(case):
            hours = (case["appeal_decided_at"] - case["appealed_at"]).total_seconds() / 3600
            took = f" after {amount(hours, 'hours')}"
        now = f"; the decision is now {_words(case['decision'])}" if status in OVERTURNED and "decision" in case else ""
        yield dive.local(case.get("appeal_decided_at")), "appeal answered", f"{_words(status)}{took}{now}", None, None


def _decider(dive: Dive, case: Mapping[str, Any]) -> str | None:
    parts = [dive.words(case[name]) for name in ("decided_vendor", "decided_queue") if name in case]
    return ", ".join(parts) or None


def _on_text(dive: Dive, case_id: str) -> str | None:
    text = text_of(dive, case_id)
    if text is None:
        return dive.known.case(case_id).get("policy_version")
    if text.is_superseded:
        return f"{text.used}; {text.in_force} had been in force for {amount(text.hours, 'hours')}"
    return f"{text.used}, in force for {amount(text.hours, 'hours')}" if text.used == text.in_force else text.used


def _review(case: Mapping[str, Any]) -> str:
    parts = [_words(case["qa_label_final"])]
    parts += [_ERRORS.get(str(case["error_type"]), str(case["error_type"]))] if "error_type" in case else []
    parts += [f"{case['qa_error_severity']} error"] if "qa_error_severity" in case else []
    if case.get("qa_label", case["qa_label_final"]) != case["qa_label_final"]:
        parts.append("after a dispute")
    return ", ".join(parts)


def _at(dive: Dive, case_id: str, event_type: str) -> str | None:
    told = dive.course.events
    found = told.loc[told["case_id"].eq(case_id) & told["event_type"].eq(event_type), "at"]
    return dive.local(found.iloc[-1]) if len(found) else None


def _words(value: object) -> str:
    return str(value).replace("_", " ")
