"""A handover: for a site and a shift, what the next person must know."""

from tskit.findings.handover.ahead import Ahead, Hours, ahead, hours_of, work_table
from tskit.findings.handover.look import Handover, handover, inputs
from tskit.findings.handover.record import limits_table, record
from tskit.findings.handover.spikes_table import spikes_table
from tskit.findings.handover.standing import checklist_table, escalations_table, promises_table
from tskit.findings.handover.tiles import tiles
from tskit.findings.handover.urgency import binding_table, gravest_table, late_table, open_table, own_table

__all__ = [
    "Ahead",
    "Handover",
    "Hours",
    "ahead",
    "binding_table",
    "checklist_table",
    "escalations_table",
    "gravest_table",
    "handover",
    "hours_of",
    "inputs",
    "late_table",
    "limits_table",
    "open_table",
    "own_table",
    "promises_table",
    "record",
    "spikes_table",
    "tiles",
    "work_table",
]
