"""A session on root causes: the problem set, its sample and tags, what explains it, and what is asked of whom."""

from tskit.findings.session.account import (
    problems_table,
    question_table,
    sample_table,
    taggers_table,
    triggers_table,
)
from tskit.findings.session.asked import Question, asked, over_weeks
from tskit.findings.session.chains import actions_table, whys_table
from tskit.findings.session.effects import Effect, baseline
from tskit.findings.session.limits import concentrations_table, limits_table
from tskit.findings.session.partners import partners_table
from tskit.findings.session.planned import free_id, planned, read_where
from tskit.findings.session.record import next_steps, record
from tskit.findings.session.series import bones, course, problem_words, ranking, segment_grid
from tskit.findings.session.sitting import Session, hold

__all__ = [
    "Effect",
    "Question",
    "Session",
    "actions_table",
    "asked",
    "baseline",
    "bones",
    "concentrations_table",
    "course",
    "free_id",
    "hold",
    "limits_table",
    "next_steps",
    "over_weeks",
    "partners_table",
    "planned",
    "problem_words",
    "problems_table",
    "question_table",
    "ranking",
    "read_where",
    "record",
    "sample_table",
    "segment_grid",
    "taggers_table",
    "triggers_table",
    "whys_table",
]
