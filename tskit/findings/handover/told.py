"""How the cards of a handover are put: facts of single cases, their names, and moments as people on a shift say them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.findings.cards import Card, Draft
from tskit.findings.wording import listed
from tskit.model import Evidence, Finding

if TYPE_CHECKING:
    from datetime import datetime

    import pandas as pd

    from tskit.findings.handover.look import Handover
    from tskit.model import Tone
    from tskit.model.finding import Kind

__all__ = ["Said", "cases", "moment", "named"]

_NAMED = 3


@dataclass(frozen=True, slots=True)
class Said:
    """A claim in the making: the table that it rests on (`key`, and `text` for it), what to add and what to do."""

    claim: str
    draft: Draft
    key: str
    text: str
    detail: str = ""
    step: str = ""
    tone: Tone = "neutral"
    kind: Kind = "fact"

    def card(self, short: str, *, weight: float) -> Card:
        """Return the card, with the few words that a title has room for."""
        finding = Finding(
            self.claim, (Evidence("cases", self.key, self.text),), self.draft.values, "", "", self.detail, "", self.step,
            kind=self.kind, tone=self.tone, of_single_cases=True,
        )  # fmt: skip
        return Card(finding, short, weight)


def cases(rows: pd.DataFrame) -> str:
    """Return the noun that goes with so many cases."""
    return "case" if len(rows) == 1 else "cases"


def named(draft: Draft, rows: pd.DataFrame, prefix: str = "case", *, most: int = _NAMED) -> str:
    """Return the first cases by id, and how many more there are."""
    ids = [str(case_id) for case_id in rows["case_id"]]
    told = [draft.text(f"{prefix}_{n}", case_id) for n, case_id in enumerate(ids[:most], start=1)]
    if len(ids) > most:
        told.append(f"{draft.number(f'{prefix}_more', len(ids) - most)} more")
    return listed(told, most=len(told))


def moment(draft: Draft, name: str, at: datetime, look: Handover) -> str:
    """Return a moment as people on a shift say it, Monday 09:30; its value is the whole instant."""
    draft.instant(name, at, look.zone)
    return look.soon(at)
