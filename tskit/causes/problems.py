"""Which cases a session is about: its problem set, named first, since every share holds within it only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_
from types import MappingProxyType
from typing import TYPE_CHECKING

from tskit.cases.copied import require_copy
from tskit.causes.rows import (
    bounced_rows,
    either_of,
    escalated_rows,
    flagged,
    has_value,
    is_appeal,
    is_child,
    literal,
    no,
    one_of,
    reopened_rows,
    sure,
    within_a_fortnight,
)
from tskit.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = ["PROBLEMS", "Problem", "problem_set", "unanswerable"]

_OPEN_BUT_CLOSED = ("close_time_on_open_case", "look_ahead")
_BY_THE_CLOCK = ("ambiguous_time", "nonexistent_time")


@dataclass(frozen=True, slots=True)
class Problem:
    """One way in which a case went wrong, defined as the metric of the catalogue that counts it.

    `words` name such cases in a sentence, `at` is the instant that places one in a period, `needs` are columns of the
    cases, with `events` for the log, and `doubts` the flags of the loader that keep a row out of the metric.
    """

    name: str
    metric: str
    label: str
    words: str
    at: str
    needs: tuple[str, ...]
    holds: Callable[[ir.Table], ir.Value]
    rows: Callable[[CaseSet], ir.Table] | None = None
    instead: tuple[str, ...] = ()
    """Columns that do where the log is missing."""
    doubts: tuple[str, ...] = ()
    weight: str = ""
    """Column of the sample's weights: where some rows have one, those without were picked, and the metric skips them."""

    def lacks(self, case_set: CaseSet) -> tuple[str, ...]:
        """Return what the source does not have and this problem needs; `events` stands for the log."""
        missing = tuple(n for n in self.needs if n != "events" and n not in case_set.cases.columns)
        if "events" not in self.needs or (case_set.events is not None and not missing):
            return missing
        return case_set.lacks(*self.instead) if self.instead else ("events", *missing)


def _incorrect(t: ir.Table) -> ir.Value:
    label = either_of(t.qa_label_final, t.qa_label) if "qa_label" in t.columns else t.qa_label_final
    return sure(t.qa_sampled) & label.notnull() & ~sure(label == "correct") & ~one_of(t, "error_type", "TE")


def _overturned(t: ir.Table) -> ir.Value:
    return one_of(t, "appeal_status", "reversed", "partially_reversed") & ~one_of(t, "decision_initial", "no_action")


def _breached(t: ir.Table) -> ir.Value:
    in_time = sure(t.closed_at <= t.sla_target_at)
    known = t.sla_met.notnull() if "sla_met" in t.columns else no()
    met = either_of(t.sla_met, in_time) if "sla_met" in t.columns else in_time
    closed = sure(t.is_closed) if "is_closed" in t.columns else no()
    backwards = sure(t.closed_at < t.created_at) if "created_at" in t.columns else no()
    return ~met & ~(closed & t.closed_at.isnull() & ~known) & ~backwards


def _reopened(t: ir.Table) -> ir.Value:
    merged = is_child(t) | one_of(t, "decision", "duplicate")
    again = (
        within_a_fortnight(t, "reopened_at", "closed_at") if "reopened_at" in t.columns else sure(t.reopened_count > 0)
    )
    return has_value(t, "closed_at") & again & ~merged


def _escalated(t: ir.Table) -> ir.Value:
    higher = (
        within_a_fortnight(t, "_escalated_at", "created_at")
        if "_escalated_at" in t.columns
        else one_of(t, "tier", "T2", "T3", "legal", "policy")
    )
    return higher & ~is_appeal(t) & ~is_child(t)


_LIST = (
    Problem(
        "overturned", "overturn_rate", "overturned on appeal", "decisions overturned on appeal",
        "appeal_decided_at", ("appeal_decided_at", "appeal_status"), _overturned,
    ),
    Problem(
        "qa_incorrect", "accuracy", "incorrect by quality review", "decisions that quality review found incorrect",
        "decided_at", ("decided_at", "qa_sampled", "qa_label_final"), _incorrect,
        weight="qa_sample_weight",
    ),
    Problem(
        "breached", "sla_attainment", "past their target", "cases past their target",
        "sla_target_at", ("sla_target_at", "closed_at"), _breached, doubts=(*_OPEN_BUT_CLOSED, *_BY_THE_CLOCK),
    ),
    Problem(
        "bounced", "reassignment_rate", "moved between queues", "cases moved between queues",
        "closed_at", ("closed_at", "events"), lambda t: t["_moves"] > 0, bounced_rows, doubts=_OPEN_BUT_CLOSED,
    ),
    Problem(
        "reopened", "reopen_rate", "reopened within 14 days", "cases reopened within 14 days of their first closing",
        "closed_at", ("closed_at", "events"), _reopened, reopened_rows, ("closed_at", "reopened_count"),
        _OPEN_BUT_CLOSED,
    ),
    Problem(
        "escalated", "escalation_rate", "escalated within 14 days", "cases escalated within 14 days of being opened",
        "created_at", ("created_at", "events"), _escalated, escalated_rows, ("created_at", "tier"),
    ),
)  # fmt: skip

PROBLEMS: Mapping[str, Problem] = MappingProxyType({problem.name: problem for problem in _LIST})
"""Every problem by its name."""


def problem_set(case_set: CaseSet, names: Sequence[str]) -> ir.Table:
    """Return the cases of the scope's window that have at least one of these problems, one row each.

    Columns are `case_id`, one boolean for each name (several may hold), and `problem_at`, the first instant that places
    the case in the window. A problem that the source cannot tell holds for no case. Nothing is computed yet.

    Raises:
        ParameterError: no problem is named, one is unknown, or the source can tell none of them.
        SourceError: the source is asked in place, where single cases stay.
    """
    require_copy(case_set)
    chosen = _chosen(names)
    told = [problem for problem in chosen if not problem.lacks(case_set)]
    if not told:
        missing = ", ".join(sorted({name for problem in chosen for name in problem.lacks(case_set)}))
        raise ParameterError(f"The source cannot tell any of these problems: it lacks {missing}. Name another problem.")
    found = reduce(lambda a, b: a.union(b), [_members(case_set, problem) for problem in told])
    sets = {p.name: (found["_problem"] == p.name).any() if p in told else no() for p in chosen}
    return found.group_by("case_id").aggregate(**sets, problem_at=found["_at"].min())


def unanswerable(case_set: CaseSet, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return those of the named problems that the source cannot tell, each with the columns that it lacks."""
    return {p.name: lacking for p in _chosen(names) if (lacking := p.lacks(case_set))}


def _chosen(names: Sequence[str]) -> list[Problem]:
    listed = (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))
    if not listed:
        raise ParameterError(f"Name at least one problem; there are {', '.join(PROBLEMS)}.")
    for name in listed:
        if name not in PROBLEMS:
            raise ParameterError.unknown(name, PROBLEMS, what="problem")
    return [PROBLEMS[name] for name in listed]


def _members(case_set: CaseSet, problem: Problem) -> ir.Table:
    rows = problem.rows(case_set) if problem.rows else case_set.cases
    window, at = case_set.scope.window, rows[problem.at]
    rows = rows.filter(
        at >= literal(window.starts_at),
        at < literal(window.ends_at),
        at <= literal(case_set.as_of),
    )
    held = reduce(and_, [problem.holds(rows), *_doubts(case_set, problem, rows)])
    if problem.weight in rows.columns and _has_any(rows.filter(sure(rows.qa_sampled), rows[problem.weight].notnull())):
        held &= rows[problem.weight].notnull()
    found = rows.filter(held)
    return found.select("case_id", _problem=literal(problem.name), _at=found[problem.at])


def _doubts(case_set: CaseSet, problem: Problem, rows: ir.Table) -> list[ir.Value]:
    """Return the conditions that a row is sound enough for the metric: no flag that touches it."""
    if "dq_flags" not in rows.columns:
        return []
    read = {*problem.needs, *problem.instead}
    touching = {*problem.doubts, *(f"bad_value:{name}" for name in read)}
    return [~flagged(rows, flag) for flag in case_set.quality.flags if flag in touching]


def _has_any(rows: ir.Table) -> bool:
    return bool(rows.count().to_pyarrow().as_py())
