"""One judgement of one case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["TAGS_MIME", "Tag"]

TAGS_MIME = "application/vnd.tskit.tags+json"
"""What a write-up says of the tags that it rests on: the place in the log and counts, nothing of a single case."""


@dataclass(frozen=True, slots=True)
class Tag:
    """What one person or rule judged of one case; never edited, only superseded or undone.

    `cause` is the primary cause, the earliest one that can be controlled; up to two others may have contributed, and
    `trigger` names what set it off and is outside our control. A case that was skipped, or flagged for later, has no
    cause. `round` is the blind round it was made in, `key` makes writing it twice the same as once, and `supersedes`
    is the key of the judgement that it replaces.
    """

    case_id: str
    cause: str
    tagger: str
    tagged_at: datetime
    kind: Literal["tag", "skip", "flag"] = "tag"
    contributing: tuple[str, ...] = ()
    trigger: str = ""
    confidence: Literal["low", "medium", "high"] = "medium"
    note: str = field(default="", repr=False)
    evidence: str = field(default="", repr=False)
    taxonomy_version: str = ""
    round: str = ""
    key: str = ""
    supersedes: str = ""
