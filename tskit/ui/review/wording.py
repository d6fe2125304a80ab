"""Facts of a case in words: what stands in a sentence or a label instead of codes, columns and instants."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tskit.text import span

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

__all__ = ["NOT_KNOWN", "Row", "Speaker", "listed"]

Row = dict[str, Any]

NOT_KNOWN = "not known"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_PREFIXES = {
    "DECISION_VISIBILITY_": "",
    "DECISION_MONETARY_": "monetary ",
    "DECISION_PROVISION_": "service ",
    "DECISION_ACCOUNT_": "account ",
}
"""What the first words of a code say of the rest: an account, not the case, was terminated."""
_WORDS = {
    "user_report": "a user",
    "trusted_flagger": "a trusted flagger",
    "government_order": "a government order",
    "court_order": "a court order",
    "law_enforcement": "law enforcement",
    "partner": "a partner",
    "proactive_automated": "our own detection",
    "proactive": "our own initiative",
    "proactive_human": "our own people",
    "appeal": "an appeal",
    "legal": "legal case",
    "no_action": "no action",
    "action": "action taken",
    "partial": "partial action",
    "partially_reversed": "partly reversed",
    "none": "no appeal",
    "omitted": "appeal left undecided",
    "upheld": "decision upheld on appeal",
    "reversed": "decision reversed on appeal",
    "pending": "appeal pending",
    "FP": "false positive",
    "FN": "false negative",
    "WS": "wrong selection",
    "TE": "technical error",
    "DECISION_GROUND_ILLEGAL_CONTENT": "on the ground of law",
    "DECISION_GROUND_INCOMPATIBLE_CONTENT": "on the ground of our rules",
    "AUTOMATED_DECISION_FULLY": "fully automated",
    "AUTOMATED_DECISION_PARTIALLY": "partly automated",
    "AUTOMATED_DECISION_NOT_AUTOMATED": "by a person",
}
_DOUBTS = {
    "closed_before_created": "closed before it was opened",
    "decided_before_content": "decided before the content was there",
    "duplicate_key": "its id stands in the source more than once",
    "ambiguous_date": "a date could be read in two ways",
    "look_ahead": "holds something that was known only later",
}


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says values as the team says them: its own labels, its own zone, and times held against the data's last instant."""

    zone: str
    as_of: datetime
    labels: Mapping[str, str] = field(default_factory=dict[str, str])

    def word(self, value: object) -> str:
        """Return a value in words: the team's label, ours, or the value with its prefix in words and no underscores."""
        text = str(value)
        found = self.labels.get(text) or _WORDS.get(text)
        if found:
            return found
        for prefix, about in _PREFIXES.items():
            if text.startswith(prefix):
                return about + text.removeprefix(prefix).replace("_", " ").lower()
        return text.replace("_", " ").lower() if text.isupper() and "_" in text else text.replace("_", " ")

    def doubt(self, flag: str) -> str:
        """Return what is doubtful about a case, for one of its quality flags."""
        return _DOUBTS.get(flag, self.word(flag))

    def moment(self, at: datetime) -> str:
        """Return an instant as local day and minute, as in `12 Oct 2026, 14:03`."""
        local = at.astimezone(ZoneInfo(self.zone))
        return f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"

    def due(self, row: Row) -> tuple[str, str]:
        """Return how a case stands to its target, and its tone: `bad` when it is or was late, `good` when it was met."""
        target, done = row.get("sla_target_at"), row.get("closed_at")
        if target is None:
            return NOT_KNOWN, ""
        if done is None and not row.get("is_closed"):
            late = self.as_of - target
            if late > timedelta(0):
                return f"overdue by {span(late)}", "bad"
            return f"due in {span(-late)} ({self.moment(target)})", ""
        if done is None:
            return f"was due {self.moment(target)}; closing time not known", ""
        late = done - target
        return (f"missed by {span(late)}", "bad") if late > timedelta(0) else (f"met, {span(-late)} to spare", "good")


def listed(parts: Sequence[str], *, between: str = ", ") -> str:
    """Return the parts that say something, in one line."""
    return between.join(part for part in parts if part)
