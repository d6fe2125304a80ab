"""Findings: what moved, whether it is more than noise, what it rests on, and what to do about it."""

from tskit.findings.agreement import (
    agreement_by,
    agreement_table,
    cause_names,
    disputed_table,
    mixed_up,
    mixed_up_cards,
    mixed_up_table,
)
from tskit.findings.changes import changes_table, like_for_like_table
from tskit.findings.explained import drivers_table
from tskit.findings.headlines import against_before_and_a_year_ago, headlines
from tskit.findings.incidents import gravest_cases
from tskit.findings.look import Look, look
from tskit.findings.parts import rate_parts
from tskit.findings.quality import limits_table, quality_table, question_table
from tskit.findings.record import next_steps, record
from tskit.findings.series import (
    Series,
    ageing,
    backlog_days,
    by_segment,
    by_week,
    holidays_table,
    ranked_changes,
)
from tskit.findings.spotlight import spotlight
from tskit.findings.tables import TABLE_MIME, Header, Table, table
from tskit.findings.targets import targets_table

__all__ = [
    "TABLE_MIME",
    "Header",
    "Look",
    "Series",
    "Table",
    "against_before_and_a_year_ago",
    "ageing",
    "agreement_by",
    "agreement_table",
    "backlog_days",
    "by_segment",
    "by_week",
    "cause_names",
    "changes_table",
    "disputed_table",
    "drivers_table",
    "gravest_cases",
    "headlines",
    "holidays_table",
    "like_for_like_table",
    "limits_table",
    "look",
    "mixed_up",
    "mixed_up_cards",
    "mixed_up_table",
    "next_steps",
    "quality_table",
    "question_table",
    "ranked_changes",
    "rate_parts",
    "record",
    "spotlight",
    "table",
    "targets_table",
]
