"""Who has what: the log of each escalation, and what one shift promises the next."""
