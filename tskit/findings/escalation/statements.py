"""What each audience may be told, the one that asks first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.findings.escalation.audiences import communications, executive, legal, policy, vendor

if TYPE_CHECKING:
    from tskit.findings.escalation.told import Told
    from tskit.model import Statement

__all__ = ["statements"]


def statements(told: Told) -> tuple[Statement, ...]:
    """Return a statement for each audience, that of the one who asks first; all quote the same values.

    Several vendors have one each, since none may read of another's part.
    """
    texts = (
        executive.statement(told),
        policy.statement(told),
        legal.statement(told),
        communications.statement(told),
        *vendor.statements(told),
    )
    asked = next(text for text in texts if text.audience.partition(" ")[0] == told.escalation.audience)
    return (replace(asked, is_asked=True), *(text for text in texts if text is not asked))
