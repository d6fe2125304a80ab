"""Why cases went wrong: the taxonomy, people's tags, how far they agree, and what explains a problem."""

from tskit.causes.problems import PROBLEMS, Problem, problem_set, unanswerable

__all__ = ["PROBLEMS", "Problem", "problem_set", "unanswerable"]
