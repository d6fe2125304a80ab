"""Why cases went wrong: the taxonomy, people's tags, how far they agree, and what explains a problem."""

from tskit.causes.adjudicate import adjudication_of, disputed, progress, visible
from tskit.causes.agreement import FEW, MEASURES, agreement, confusion
from tskit.causes.assignment import assign
from tskit.causes.data_loader import Loadable, loadable, loader_fields
from tskit.causes.entries import TagLog
from tskit.causes.exchange import Imported, export_csv, export_jsonl, import_file
from tskit.causes.judgements import judgements
from tskit.causes.problems import PROBLEMS, Problem, problem_set, unanswerable
from tskit.causes.register import PARTNERS, Action, Baseline, actions, add_action, change_action, partner_of
from tskit.causes.rounds import Round, case_order, open_round, round_of, rounds
from tskit.causes.rules import Rule, rule_hits
from tskit.causes.rules_file import rules_of
from tskit.causes.sampling import Design, allocation, draw, refuse_lost, weighted_share
from tskit.causes.settled import settled
from tskit.causes.similar import neighbours
from tskit.causes.state import TagState, tag_state
from tskit.causes.suggest import Suggester, Suggestion, precision_table, suggester
from tskit.causes.tags import history, notes, open_log, record, undo, written
from tskit.causes.taxonomy import BRANCHES, Cause, Taxonomy
from tskit.causes.taxonomy_file import taxonomy_of
from tskit.causes.whys import MOST_WHYS, Chain, Root, Why, about_cause, record_whys, root_of, whys

__all__ = [
    "BRANCHES",
    "FEW",
    "MEASURES",
    "MOST_WHYS",
    "PARTNERS",
    "PROBLEMS",
    "Action",
    "Baseline",
    "Cause",
    "Chain",
    "Design",
    "Imported",
    "Loadable",
    "Problem",
    "Root",
    "Round",
    "Rule",
    "Suggester",
    "Suggestion",
    "TagLog",
    "TagState",
    "Taxonomy",
    "Why",
    "about_cause",
    "actions",
    "add_action",
    "adjudication_of",
    "agreement",
    "allocation",
    "assign",
    "case_order",
    "change_action",
    "confusion",
    "disputed",
    "draw",
    "export_csv",
    "export_jsonl",
    "history",
    "import_file",
    "judgements",
    "loadable",
    "loader_fields",
    "neighbours",
    "notes",
    "open_log",
    "open_round",
    "partner_of",
    "precision_table",
    "problem_set",
    "progress",
    "record",
    "record_whys",
    "refuse_lost",
    "root_of",
    "round_of",
    "rounds",
    "rule_hits",
    "rules_of",
    "settled",
    "suggester",
    "tag_state",
    "taxonomy_of",
    "unanswerable",
    "undo",
    "visible",
    "weighted_share",
    "whys",
    "written",
]
