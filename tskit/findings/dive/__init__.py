"""A deep dive: single cases, what happened to them, what ties them to others, and why they went wrong."""

from tskit.findings.dive.company import company_table, linked_table
from tskit.findings.dive.course import Drawn, clock_table, course, events_table, gaps_table, moves_table
from tskit.findings.dive.decided import decisions_table, versions_table
from tskit.findings.dive.facts import first_facts, more_facts
from tskit.findings.dive.glance import glance
from tskit.findings.dive.look import Dive, dive, inputs
from tskit.findings.dive.reasons import actions_table, similar_table, tags_table, whys_table
from tskit.findings.dive.record import limits_table, next_steps, record

__all__ = [
    "Dive",
    "Drawn",
    "actions_table",
    "clock_table",
    "company_table",
    "course",
    "decisions_table",
    "dive",
    "events_table",
    "first_facts",
    "gaps_table",
    "glance",
    "inputs",
    "limits_table",
    "linked_table",
    "more_facts",
    "moves_table",
    "next_steps",
    "record",
    "similar_table",
    "tags_table",
    "versions_table",
    "whys_table",
]
