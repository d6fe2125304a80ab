"""Words that everybody shares: six frozen types, the columns, and the casebook."""

from tskit.model.alerting import SURENESS, Alert, Alerting, Said, SaidFinding, Signal
from tskit.model.batch import BatchSummary, Missing
from tskit.model.case_set import INPUTS_MIME, CaseSet, InputFile, Quality, TableAccount
from tskit.model.casebook import Casebook, Clock, Site, Target, Withheld
from tskit.model.columns import CASES, EVENTS, MILESTONES, REVIEWS, TABLES, Column, Kind, Presence, Sensitivity, Table
from tskit.model.deadline import Deadline
from tskit.model.finding import FINDING_MIME, Certainty, Evidence, Finding, Findings, Statement, Tone, Value
from tskit.model.log_place import LOGS_MIME, LogPlace
from tskit.model.marks import MARKS, in_words
from tskit.model.oncall import Shift, Triage
from tskit.model.pattern import Pattern
from tskit.model.run import Run, RunStatus
from tskit.model.run_row import Claim, Headline, RowStatus, RunRow, Since
from tskit.model.scope import Scope, Window
from tskit.model.source import Source
from tskit.model.tag import TAGS_MIME, Tag

__all__ = [
    "CASES",
    "EVENTS",
    "FINDING_MIME",
    "INPUTS_MIME",
    "LOGS_MIME",
    "MARKS",
    "MILESTONES",
    "REVIEWS",
    "SURENESS",
    "TABLES",
    "TAGS_MIME",
    "Alert",
    "Alerting",
    "BatchSummary",
    "CaseSet",
    "Casebook",
    "Certainty",
    "Claim",
    "Clock",
    "Column",
    "Deadline",
    "Evidence",
    "Finding",
    "Findings",
    "Headline",
    "InputFile",
    "Kind",
    "LogPlace",
    "Missing",
    "Pattern",
    "Presence",
    "Quality",
    "RowStatus",
    "Run",
    "RunRow",
    "RunStatus",
    "Said",
    "SaidFinding",
    "Scope",
    "Sensitivity",
    "Shift",
    "Signal",
    "Since",
    "Site",
    "Source",
    "Statement",
    "Table",
    "TableAccount",
    "Tag",
    "Target",
    "Tone",
    "Triage",
    "Value",
    "Window",
    "Withheld",
    "in_words",
]
