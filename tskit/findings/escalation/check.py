"""One thing that was looked at because it could speak against the present view, and what it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.model import Value

__all__ = ["Check", "Verdict"]

Verdict = Literal["against", "not against", "too few", "not known"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it speaks against the present view, what the record says, and the values that it quotes.

    `short` is what it says in a few words where it speaks against the view. No text names a case, an account or a person.
    """

    name: str
    label: str
    verdict: Verdict
    text: str
    short: str = ""
    quoted: Mapping[str, Value] = field(default_factory=dict[str, "Value"])
