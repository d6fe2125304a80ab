"""A session: the problem set, what people tagged in it, and what explains it; tables, charts and findings rest on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd

from tskit import causes
from tskit.causes.concentrations import Concentrations, concentrations
from tskit.causes.judged import judged
from tskit.causes.pareto import Pareto, pareto
from tskit.causes.register import actions
from tskit.causes.trend import CauseTrend, cause_trend
from tskit.causes.whys import Chain, whys
from tskit.errors import ParameterError
from tskit.findings.session.asked import EVERY_TAG, Question
from tskit.findings.session.effects import Effect, effect_of
from tskit.model import CASES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.calendars import Moment
    from tskit.causes import Round, TagLog, TagState
    from tskit.model import CaseSet, Window

__all__ = ["Session", "hold"]

_WITHOUT_CHANCE = "uncertainty"
_STANDS_IN: Mapping[str, str] = {"decided_vendor": "vendor", "decided_queue": "queue"}
"""Wrong decisions belong to whoever made them; where nobody kept that, the last owner is the next best."""
_MOST_COLUMNS = 3
_READ = ("case_id", "severity", "market", "content_language")


@dataclass(frozen=True, slots=True)
class Session:
    """Everything that a session's tables, charts and findings are taken from.

    `cases` is the problem set, one row a case. `judged` are those of them whose tags count, `ranked` their causes,
    `places` where these concentrate, `course` how they went over time. `round` is None where every tag counts.
    """

    case_set: CaseSet
    asked: Question
    state: TagState = field(repr=False)
    cases: pd.DataFrame = field(repr=False)
    missing: Mapping[str, tuple[str, ...]]
    round: Round | None
    judged: pd.DataFrame = field(repr=False)
    by: tuple[str, ...]
    absent: tuple[str, ...]
    ranked: Pareto = field(repr=False)
    places: Concentrations = field(repr=False)
    course: CauseTrend = field(repr=False)
    agreed: pd.DataFrame = field(repr=False)
    chains: tuple[Chain, ...] = field(repr=False)
    effects: tuple[Effect, ...] = field(repr=False)

    @property
    def log(self) -> TagLog:
        """Return where the tags are."""
        return self.state.log

    @property
    def until(self) -> Moment:
        """Return as of when they are read."""
        return self.state.until

    @property
    def tags(self) -> pd.DataFrame:
        """Return every judgement that stood then."""
        return self.state.judgements

    @property
    def window(self) -> Window:
        """Return the period that the problem set is taken of."""
        return self.case_set.scope.window

    @property
    def alpha(self) -> float:
        """Return Krippendorff's alpha at the session's level; NaN where no case was judged twice."""
        rows = self.agreed[self.agreed["measure"] == "alpha"] if len(self.agreed) else self.agreed
        return float(rows["value"].iloc[0]) if len(rows) and pd.notna(rows["value"].iloc[0]) else float("nan")

    @property
    def round_name(self) -> str:
        """Return the name of the round whose tags count; empty where every tag does."""
        return "" if self.round is None else self.round.name

    def name(self, cause: str) -> str:
        """Return what a cause is called."""
        return self.log.taxonomy.name(cause)

    def words(self, value: str) -> str:
        """Return what the casebook calls a value, or the value itself."""
        return self.case_set.casebook.labels.get(value, value)


def hold(case_set: CaseSet, question: Question) -> Session:
    """Return the session: the problem set of the case set's period, and what explains it by the tags that count.

    Args:
        case_set: the loaded cases; the tags are those of their casebook.
        question: what `asked` returned.

    Raises:
        ParameterError: the source can tell none of the problems, or there is no such round or column.
    """
    state = causes.tag_state(case_set, until=question.until)
    by, absent = _columns(case_set, question.by)
    cases = _cases(case_set, question.problems, by)
    chosen = _round(state, question.round, cases)
    name = "" if chosen is None else chosen.name
    rows = judged(cases, state.settled, level=question.level, sample=None if chosen is None else chosen.cases)
    as_of = state.until if isinstance(state.until, datetime) else None
    return Session(
        case_set,
        question,
        state,
        cases,
        causes.unanswerable(case_set, question.problems),
        chosen,
        rows,
        by,
        absent,
        pareto(rows, severity_weights=question.severity_weights),
        concentrations(rows, by=by),
        cause_trend(rows, window=case_set.scope.window, as_of=case_set.as_of),
        causes.agreement(state.log, round=name, level=question.level, until=state.until),
        tuple(whys(state.log, until=as_of)),
        tuple(effect_of(case_set, action) for action in actions(state.log, until=as_of)),
    )


def _cases(case_set: CaseSet, problems: Sequence[str], by: Sequence[str]) -> pd.DataFrame:
    found = causes.problem_set(case_set, problems)
    columns = [name for name in dict.fromkeys((*_READ, *by)) if case_set.has(name)]
    known = case_set.cases.select(*columns).semi_join(found, "case_id")
    members = found.to_pyarrow().to_pandas().merge(known.to_pyarrow().to_pandas(), on="case_id")
    return members.sort_values("case_id", ignore_index=True)


def _round(state: TagState, name: str, cases: pd.DataFrame) -> Round | None:
    """Return the round whose cases count, or None for every tag."""
    if name == EVERY_TAG:
        return None
    if name:
        return causes.round_of(state.log, name)
    listed = causes.rounds(state.log)
    if isinstance(state.until, datetime):
        listed = listed[listed["opened_at"] <= state.until]
    ids = set(cases["case_id"])
    for known in listed.loc[listed["design"] != _WITHOUT_CHANCE, "name"]:
        found = causes.round_of(state.log, str(known))
        if ids & set(found.cases["case_id"]):
            return found
    return None


def _columns(case_set: CaseSet, by: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known = [column.name for column in CASES.columns]
    for name in by:
        if name not in known:
            raise ParameterError.unknown(name, known, what="column to compare by")
    there = {name: name if case_set.has(name) else _STANDS_IN.get(name, name) for name in by}
    found = tuple(dict.fromkeys(name for name in there.values() if case_set.has(name)))
    return found[:_MOST_COLUMNS], tuple(name for name, taken in there.items() if not case_set.has(taken))
