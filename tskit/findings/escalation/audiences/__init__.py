"""What each audience may be told of an escalation, all from the same values."""

from tskit.findings.escalation.audiences import communications, executive, legal, policy, vendor

__all__ = ["communications", "executive", "legal", "policy", "vendor"]
