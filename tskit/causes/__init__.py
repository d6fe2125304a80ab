"""Why cases went wrong: the taxonomy, people's tags, how far they agree, and what explains a problem."""

from tskit.causes.entries import Moment, TagLog
from tskit.causes.exchange import Imported, export_csv, export_jsonl, import_file
from tskit.causes.judgements import judgements
from tskit.causes.problems import PROBLEMS, Problem, problem_set, unanswerable
from tskit.causes.settled import settled
from tskit.causes.tags import history, notes, open_log, record, undo
from tskit.causes.taxonomy import BRANCHES, Cause, Taxonomy
from tskit.causes.taxonomy_file import taxonomy_of

__all__ = [
    "BRANCHES",
    "PROBLEMS",
    "Cause",
    "Imported",
    "Moment",
    "Problem",
    "TagLog",
    "Taxonomy",
    "export_csv",
    "export_jsonl",
    "history",
    "import_file",
    "judgements",
    "notes",
    "open_log",
    "problem_set",
    "record",
    "settled",
    "taxonomy_of",
    "unanswerable",
    "undo",
]
