"""Patterns in the data: cases in, tidy frames out."""

from tskit.patterns.answered import taken_up
from tskit.patterns.arrivals import Arrivals, Expected, arrivals, expected, expected_in_all, usual
from tskit.patterns.cluster import cluster, found_by
from tskit.patterns.crowding import DAYS, Crowd, crowding
from tskit.patterns.due import deadline_columns, deadlines_of, next_due, unjudged_deadlines
from tskit.patterns.entered import cases_behind
from tskit.patterns.exposure import Exposure, exposure
from tskit.patterns.gaps import gaps, site_of
from tskit.patterns.known import Known, known, named_ids
from tskit.patterns.links import Wordings, links, wordings
from tskit.patterns.open_queue import open_pauses, open_queue
from tskit.patterns.precedents import ATTRIBUTES, Likeness, base_rates, likeness_of, precedents
from tskit.patterns.sla import sla_clock
from tskit.patterns.timeline import handoffs, pauses, reopenings, stays, timeline
from tskit.patterns.triage import Triaged, triage
from tskit.patterns.unusual import ALARM_LEVEL, Unusual, unusual
from tskit.patterns.versions import in_force, policy_versions

__all__ = [
    "ALARM_LEVEL",
    "ATTRIBUTES",
    "DAYS",
    "Arrivals",
    "Crowd",
    "Expected",
    "Exposure",
    "Known",
    "Likeness",
    "Triaged",
    "Unusual",
    "Wordings",
    "arrivals",
    "base_rates",
    "cases_behind",
    "cluster",
    "crowding",
    "deadline_columns",
    "deadlines_of",
    "expected",
    "expected_in_all",
    "exposure",
    "found_by",
    "gaps",
    "handoffs",
    "in_force",
    "known",
    "likeness_of",
    "links",
    "named_ids",
    "next_due",
    "open_pauses",
    "open_queue",
    "pauses",
    "policy_versions",
    "precedents",
    "reopenings",
    "site_of",
    "sla_clock",
    "stays",
    "taken_up",
    "timeline",
    "triage",
    "unjudged_deadlines",
    "unusual",
    "usual",
    "wordings",
]
