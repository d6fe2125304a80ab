"""Why cases went wrong: the taxonomy, people's tags, how far they agree, and what explains a problem."""

from tskit.causes.problems import PROBLEMS, Problem, problem_set, unanswerable
from tskit.causes.taxonomy import BRANCHES, Cause, Taxonomy
from tskit.causes.taxonomy_file import taxonomy_of

__all__ = [
    "BRANCHES",
    "PROBLEMS",
    "Cause",
    "Problem",
    "Taxonomy",
    "problem_set",
    "taxonomy_of",
    "unanswerable",
]
