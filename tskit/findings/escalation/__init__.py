"""An escalation: what happened, who is affected, what was done and when, and what has to be decided next."""

from tskit.findings.escalation.against import against_table
from tskit.findings.escalation.answer import Answer
from tskit.findings.escalation.answers import answers, first_page
from tskit.findings.escalation.clocks import deadlines_table
from tskit.findings.escalation.done import Done, done
from tskit.findings.escalation.exposed import items_table, markets_table
from tskit.findings.escalation.listed import cases_table, decided_table, inputs, limits_table, versions_table
from tskit.findings.escalation.log_table import log_table
from tskit.findings.escalation.look import AUDIENCES, Escalation, Reader, escalate
from tskit.findings.escalation.precedents import base_rate_table, precedents_table
from tskit.findings.escalation.record import record
from tskit.findings.escalation.selection import Selected
from tskit.findings.escalation.statements import statements
from tskit.findings.escalation.timeline import (
    Hours,
    course,
    gaps_table,
    handoffs_table,
    hours,
    mishaps_table,
    story_table,
)
from tskit.findings.escalation.told import Told, told
from tskit.findings.escalation.wrong import missed_handoffs, wrong_takedowns

__all__ = [
    "AUDIENCES",
    "Answer",
    "Done",
    "Escalation",
    "Hours",
    "Reader",
    "Selected",
    "Told",
    "against_table",
    "answers",
    "base_rate_table",
    "cases_table",
    "course",
    "deadlines_table",
    "decided_table",
    "done",
    "escalate",
    "first_page",
    "gaps_table",
    "handoffs_table",
    "hours",
    "inputs",
    "items_table",
    "limits_table",
    "log_table",
    "markets_table",
    "mishaps_table",
    "missed_handoffs",
    "precedents_table",
    "record",
    "statements",
    "story_table",
    "told",
    "versions_table",
    "wrong_takedowns",
]
