"""Patterns in the data: cases in, tidy frames out."""

from tskit.patterns.crowding import DAYS, Crowd, crowding
from tskit.patterns.exposure import Exposure, exposure
from tskit.patterns.gaps import gaps, site_of
from tskit.patterns.known import Known, known, named_ids
from tskit.patterns.links import Wordings, links, wordings
from tskit.patterns.open_queue import open_pauses, open_queue
from tskit.patterns.precedents import ATTRIBUTES, Likeness, base_rates, likeness_of, precedents
from tskit.patterns.sla import sla_clock
from tskit.patterns.timeline import handoffs, pauses, reopenings, stays, timeline
from tskit.patterns.versions import in_force, policy_versions

__all__ = [
    "ATTRIBUTES",
    "DAYS",
    "Crowd",
    "Exposure",
    "Known",
    "Likeness",
    "Wordings",
    "base_rates",
    "crowding",
    "exposure",
    "gaps",
    "handoffs",
    "in_force",
    "known",
    "likeness_of",
    "links",
    "named_ids",
    "open_pauses",
    "open_queue",
    "pauses",
    "policy_versions",
    "precedents",
    "reopenings",
    "site_of",
    "sla_clock",
    "stays",
    "timeline",
    "wordings",
]
