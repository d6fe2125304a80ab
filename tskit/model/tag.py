"""One judgement of one case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Tag"]


@dataclass(frozen=True, slots=True)
class Tag:
    """A cause that one person or rule gave to one case; never edited, only superseded."""

    case_id: str
    cause: str
    tagger: str
    tagged_at: datetime
    role: Literal["primary", "contributing", "trigger"] = "primary"
    confidence: Literal["low", "medium", "high"] = "medium"
    taxonomy_version: str = ""
    note: str = field(default="", repr=False)
    supersedes: str = ""
