"""A claim that somebody may act on, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FINDING_MIME", "Certainty", "Evidence", "Finding", "Findings", "Kind", "Statement", "Tone", "Value"]

FINDING_MIME = "application/vnd.tskit.finding+json"

Value = float | int | str | bool | None
"""What a claim may quote: always a computed value, never one that was typed."""

Certainty = Literal["very high", "high", "moderate", "low", ""]
"""Empty for a list or a count, where there is nothing to be sure of."""
Kind = Literal["change", "steady", "target", "incident", "limit", "pattern", "fact"]
"""change: moved by more than noise; steady: did not; target: met or missed; incident: listed whatever a test says;
pattern: cases that belong together by more than chance; fact: what is on record of a case."""
Tone = Literal["worse", "better", "neutral"]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing to look at: a figure, a table, a metric of the catalogue or a list of cases.

    `ref` is the key of the figure or table in the same write-up, or the id of the metric.
    """

    kind: Literal["figure", "table", "metric", "cases"]
    ref: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim, the values that it quotes, how sure it is, on what evidence, within what limits, and what to do."""

    claim: str
    evidence: tuple[Evidence, ...]
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    certainty: Certainty = "moderate"
    why_sure: str = ""
    detail: str = ""
    limits: str = ""
    next_step: str = ""
    kind: Kind = "change"
    tone: Tone = "neutral"
    of_single_cases: bool = False
    """It tells of single cases, which a copy to share leaves out."""

    def __post_init__(self) -> None:
        """Refuse a claim that rests on nothing."""
        if not self.evidence:
            raise ValueError(f"The finding {self.claim!r} has no evidence; pass at least one Evidence.")

    def as_json(self) -> dict[str, object]:
        """Return the finding as plain JSON values."""
        return {
            "claim": self.claim,
            "detail": self.detail,
            "values": dict(self.values),
            "certainty": self.certainty,
            "why_sure": self.why_sure,
            "evidence": [{"kind": e.kind, "ref": e.ref, "text": e.text} for e in self.evidence],
            "limits": self.limits,
            "next_step": self.next_step,
            "kind": self.kind,
            "tone": self.tone,
            **({"of_single_cases": True} if self.of_single_cases else {}),
        }


@dataclass(frozen=True, slots=True)
class Statement:
    """What one audience may be told, as paragraphs, and the values that it quotes.

    It names no case, no account and no person, and says nothing that somebody wrote in a case. `headline` is its first
    line. `is_asked` marks the audience that the run was made for: it comes first, and its text makes the brief.
    """

    audience: str
    headline: str
    paragraphs: tuple[str, ...]
    values: Mapping[str, Value] = field(default_factory=dict[str, Value])
    is_asked: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the statement as plain JSON values."""
        return {
            "audience": self.audience,
            "headline": self.headline,
            "paragraphs": list(self.paragraphs),
            "values": dict(self.values),
            "is_asked": self.is_asked,
        }


@dataclass(frozen=True, slots=True)
class Findings:
    """All findings of a run in the order of their weight, with the answer that they add up to.

    `title_to_share` stands in for a title and a lead that tell of single cases, in a copy to share. `statements` are
    what each audience may be told. `brief` are the lines of `brief.md` where a template chooses them itself; with
    `is_brief_for_team` they may name cases and show every count, since they stay where the report stays.

    `as_of` is the instant that the write-up speaks of (ISO 8601) and `zone` the one that it is told in, where they are
    not those of the data: deadlines on the page count from there. A page that `is_compact` is read on a phone while
    somebody waits: its sections come before the findings, and what is quiet takes one line.
    """

    title: str
    lead: str
    items: tuple[Finding, ...]
    title_to_share: str = ""
    statements: tuple[Statement, ...] = ()
    brief: tuple[str, ...] = ()
    is_brief_for_team: bool = False
    as_of: str = ""
    zone: str = ""
    is_compact: bool = False

    def as_json(self) -> dict[str, object]:
        """Return the answer and the findings as plain JSON values."""
        answer: dict[str, object] = {"title": self.title, "lead": self.lead}
        if self.title_to_share:
            answer["title_to_share"] = self.title_to_share
        if self.statements:
            answer["statements"] = [statement.as_json() for statement in self.statements]
        if self.brief:
            answer |= {"brief": list(self.brief), "is_brief_for_team": self.is_brief_for_team}
        for name, value in (("as_of", self.as_of), ("zone", self.zone), ("is_compact", self.is_compact)):
            answer |= {name: value} if value else {}
        return {**answer, "findings": [item.as_json() for item in self.items]}

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        lines = [self.title, "", self.lead, "", *(f"- {item.claim}" for item in self.items)]
        return {FINDING_MIME: self.as_json(), "text/plain": "\n".join(lines)}
