"""A card of the brief in the making: its claim, what it rests on, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.findings.cards import Card, capital
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.findings.cards import Draft
    from tskit.model import Tone
    from tskit.model.finding import Kind

__all__ = ["made"]

_EVIDENCE: Mapping[str, tuple[Evidence, ...]] = {
    "mishaps": (Evidence("cases", "mishaps", "What went wrong"),),
    "deadlines": (Evidence("cases", "deadlines", "Deadlines"),),
    "hours": (Evidence("figure", "hours", "Cases by hour"),),
    "markets": (Evidence("table", "markets", "Markets"),),
    "precedents": (
        Evidence("table", "base_rates", "How similar cases were decided"),
        Evidence("cases", "precedents", "Similar past decisions"),
    ),
    "against": (Evidence("table", "against", "What speaks against the present view"),),
    "facts": (Evidence("cases", "cases", "The cases"),),
}


def made(  # noqa: PLR0913  # a card has so many parts
    claim: str,
    draft: Draft,
    key: str,
    *,
    weight: float,
    detail: str = "",
    step: str = "",
    kind: Kind = "fact",
    tone: Tone = "worse",
    of_single_cases: bool = False,
) -> Card:
    """Return the card of a claim with the values that its draft quotes; `key` is the table or figure that it rests on."""
    finding = Finding(
        capital(claim), _EVIDENCE[key], draft.values, "", "", capital(detail), "", step,
        kind=kind, tone=tone, of_single_cases=of_single_cases,
    )  # fmt: skip
    return Card(finding, "", weight)
