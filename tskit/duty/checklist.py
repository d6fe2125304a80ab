"""What whoever comes on duty looks at before they rely on a handover."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CHECKLIST"]

CHECKLIST: Mapping[str, str] = {
    "severe": "Every open case of severity S3 was looked at, one by one.",
    "due": "Whatever is due within four hours has an owner.",
    "orders": "Orders of governments and courts were acknowledged.",
    "escalations": "Each escalation in flight has an owner and a next deadline, and no hand-off waits.",
    "promises": "What the last shift promised is done, or somebody has it.",
    "spikes": "Spikes and silences since the last handover were looked into.",
    "staffing": "The shift has the people that it needs, and breaks and support are arranged.",
    "reach": "The next shift, legal and communications can be reached; the numbers are at hand.",
}
"""Each item by the short name that `tskit shift check` takes."""
