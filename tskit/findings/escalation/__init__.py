"""An escalation: what happened, who is affected, what was done and when, and what has to be decided next."""

from tskit.findings.escalation.look import AUDIENCES, Escalation, Reader, escalate
from tskit.findings.escalation.selection import Selected

__all__ = ["AUDIENCES", "Escalation", "Reader", "Selected", "escalate"]
