"""What a session on root causes is to answer, read from the literals of a parameters cell."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from tskit.causes import PROBLEMS
from tskit.causes.pareto import SEVERITY_WEIGHTS
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.model import CaseSet

__all__ = ["EVERY_TAG", "Question", "asked", "over_weeks"]

EVERY_TAG = "all"
"""In place of the name of a round: every tag counts, however its case was found."""


@dataclass(frozen=True, slots=True)
class Question:
    """The problem set, whose tags count, at which level of the taxonomy, and what to look into.

    `round` is the name of a round, empty for the latest one that was drawn by chance, or "all" for every tag.
    """

    problems: tuple[str, ...]
    round: str = ""
    level: Literal[1, 2] = 2
    until: str = ""
    by: tuple[str, ...] = ()
    severity_weights: Mapping[str, float] = field(default_factory=lambda: dict(SEVERITY_WEIGHTS))


def asked(  # one for each literal of the parameters cell
    *,
    problem: Sequence[str] | str,
    tagging_round: str = "",
    level: int = 2,
    until: str = "",
    by: Sequence[str] | str = (),
    severity_weight: Sequence[str] | str = (),
) -> Question:
    """Return the question that these literals ask.

    Args:
        problem: names of problem sets; a case in any of them counts.
        tagging_round: whose tags count; empty for the latest round drawn by chance, "all" for every tag.
        level: 1 or 2.
        until: as of when: empty for now, a day, a moment with a zone, or "#412" for the first 412 entries of the log.
        by: columns whose values are compared; three at most.
        severity_weight: as in "S3:10"; empty for S0 1, S1 2, S2 5, S3 10.

    Raises:
        ParameterError: a problem or a level is unknown, or a weight is no number.
    """
    problems = tuple(dict.fromkeys(_names(problem)))
    for name in problems:
        if name not in PROBLEMS:
            raise ParameterError.unknown(name, PROBLEMS, what="problem")
    if not problems:
        raise ParameterError(f"The parameter 'problem' names none. Choose from {', '.join(PROBLEMS)}.")
    if level not in {1, 2}:
        raise ParameterError("The parameter 'level' is 1 or 2: the taxonomy has two levels.")
    weights = dict(map(_weight, _names(severity_weight))) or dict(SEVERITY_WEIGHTS)
    return Question(problems, tagging_round.strip(), 1 if level == 1 else 2, until.strip(), tuple(_names(by)), weights)


def over_weeks(case_set: CaseSet, *, start: str, weeks: int) -> CaseSet:
    """Return the case set over its last so many weeks where no first day was given: wrong decisions are few in four.

    Raises:
        ParameterError: there is less than one week.
    """
    if start:
        return case_set
    if weeks < 1:
        raise ParameterError("The parameter 'weeks' is 1 or more.")
    scope, end = case_set.scope, case_set.scope.window.end
    return replace(case_set, scope=replace(scope, start=end - timedelta(weeks=weeks)))


def _names(given: Sequence[str] | str) -> list[str]:
    """Return the names of a list; one text is one name, or several with commas, as a command line passes them."""
    return [name.strip() for name in given.split(",") if name.strip()] if isinstance(given, str) else list(given)


def _weight(text: str) -> tuple[str, float]:
    name, _, number = text.partition(":")
    try:
        weight = float(number)
    except ValueError:
        weight = -1.0
    if not name.strip() or not 0 <= weight < float("inf"):
        raise ParameterError("The parameter 'severity_weight' takes entries such as S3:10: a severity and its weight.")
    return name.strip(), weight
