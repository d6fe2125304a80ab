"""Who has what: the log of each escalation, and what one shift promises the next."""

from tskit.duty.case_entry import CASE_KINDS, CaseEntry
from tskit.duty.case_log import case_entries, case_log, write_case
from tskit.duty.checklist import CHECKLIST
from tskit.duty.entries import ESCALATIONS, SHIFTS, DutyLog, numbered, take_back
from tskit.duty.escalations import Standing, escalations, standing_of
from tskit.duty.opening import open_duty
from tskit.duty.shift_entry import SHIFT_KINDS, ShiftEntry
from tskit.duty.shift_log import check_site, checks, handovers, promises, shift_notes, write_shift
from tskit.duty.state import DutyState, duty_state

__all__ = [
    "CASE_KINDS",
    "CHECKLIST",
    "ESCALATIONS",
    "SHIFTS",
    "SHIFT_KINDS",
    "CaseEntry",
    "DutyLog",
    "DutyState",
    "ShiftEntry",
    "Standing",
    "case_entries",
    "case_log",
    "check_site",
    "checks",
    "duty_state",
    "escalations",
    "handovers",
    "numbered",
    "open_duty",
    "promises",
    "shift_notes",
    "standing_of",
    "take_back",
    "write_case",
    "write_shift",
]
