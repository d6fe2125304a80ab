"""The page of a scan: its tables, what its charts draw, and its findings."""

from tskit.findings.scan.page.asked import looked_table, question_table
from tskit.findings.scan.page.company import clusters_table, drawn, linked_table
from tskit.findings.scan.page.explained import drivers_table, mix_table, parts
from tskit.findings.scan.page.flow import late_table, loops_table, waits_table, ways
from tskit.findings.scan.page.lattice import lattice
from tskit.findings.scan.page.limits import limits_table
from tskit.findings.scan.page.ranked import found_table, ranked_table
from tskit.findings.scan.page.record import next_steps, record
from tskit.findings.scan.page.tiles import tiles
from tskit.findings.scan.page.unusual import first_spike

__all__ = [
    "clusters_table",
    "drawn",
    "drivers_table",
    "first_spike",
    "found_table",
    "late_table",
    "lattice",
    "limits_table",
    "linked_table",
    "looked_table",
    "loops_table",
    "mix_table",
    "next_steps",
    "parts",
    "question_table",
    "ranked_table",
    "record",
    "tiles",
    "waits_table",
    "ways",
]
