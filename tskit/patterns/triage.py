"""What of an open queue comes first, and why: harm, reach, deadline and evidence of spread, in points that add up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.cases import withheld_routes
from tskit.errors import ParameterError
from tskit.model import CASES
from tskit.patterns.due import deadlines_of, next_due, unjudged_deadlines
from tskit.patterns.open_queue import open_pauses, open_queue
from tskit.patterns.rows import fetched
from tskit.patterns.spread import reach_elsewhere, spread
from tskit.patterns.urgency import whys

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tskit.model import CaseSet, Triage

__all__ = ["PARTS", "Triaged", "ranked", "triage"]

PARTS = ("harm", "reach_points", "deadline_points", "spread_points")
"""The parts of a score; they add up to it exactly."""
_WORST = CASES["severity"].vocabulary[-1]
_TO_SEE = (
    *(
        "rank",
        "case_id",
        "case_number",
        "score",
        *PARTS,
        "why",
        "severity",
        "due_at",
        "due_name",
        "due_kind",
        "hours_left",
    ),
    *("law_name", "law_due_at", "reach", "reach_from", "others_same", "same_item", "same_account", "markets", "before"),
    *("times_low", "times_high", "is_climbing", "market", "queue", "record_type", "policy_id", "abuse_type_reported"),
    *(
        "content_id",
        "entity_type",
        "subject_account_id",
        "created_at",
        "age_hours",
        "status",
        "owner_id",
        "is_escalated",
    ),
    *("is_reopened", "apart", "route"),
)
_DETAIL = (
    *(
        "reach",
        "reach_from",
        "others_same",
        "same_item",
        "same_account",
        "markets",
        "before",
        "times_low",
        "times_high",
    ),
    *("is_climbing", "policy_id", "abuse_type_reported", "content_id", "entity_type", "subject_account_id"),
)
"""What is not told of a case whose content may not be handled here."""


@dataclass(frozen=True, slots=True)
class Triaged:
    """An open queue in the order in which it is worked at `until`, by the casebook's `weights`.

    `unknown` counts the cases of which nobody can tell whether they are open; `loss` says what a source without a log
    cannot tell, and is empty otherwise; `unjudged` names the deadlines that nobody can judge for want of a column.
    """

    frame: pd.DataFrame = field(repr=False)
    weights: Triage
    until: datetime
    unknown: int = 0
    loss: str = ""
    unjudged: tuple[str, ...] = ()

    @property
    def order(self) -> list[str]:
        """Return the ids of the cases, the most urgent first."""
        return [str(case_id) for case_id in self.frame["case_id"]]

    @property
    def overdue(self) -> int:
        """Return how many have passed the deadline that comes first."""
        return int(self.frame["hours_left"].lt(0).sum())

    def due_within(self, hours: float) -> int:
        """Return how many are due within so many hours and not overdue."""
        return int(self.frame["hours_left"].between(0, hours).sum())


def triage(
    case_set: CaseSet, *, until: datetime | None = None, queues: Sequence[str] = (), markets: Sequence[str] = ()
) -> Triaged:
    """Return the cases open at `until`, or at the end of the data, the most urgent first, each with its reason.

    Columns of `frame`: `rank` from 1, the case, `score` and its `PARTS`, `why` in one sentence, `due_at`, `due_name`,
    `due_kind` and `hours_left` (negative: passed) of the earliest deadline that is still to be met; `law_name` and
    `law_due_at` of the earliest one ahead of the law or a contract; `reach`, and `reach_from`: "case", or "item" where
    only another decision on the same item tells it; what `spread` tells; and the columns of the case. `queues` and
    `markets` keep what these hold; evidence of spread is looked for everywhere.

    The highest severity comes first whatever the rest. Then the score decides, then the due time, then the age, then the
    id. What is not known gives no points. Of a case whose content may not be handled here `route` and `why` say where it
    is worked on, and no detail is told.

    Raises:
        ParameterError: neither the source nor the casebook knows a queue or a market of that name.
    """
    moment = case_set.as_of if until is None else min(until, case_set.as_of)
    _refuse_unknown("queue", queues, case_set)
    _refuse_unknown("market", markets, case_set)
    weights = case_set.casebook.triage
    cases = open_queue(case_set, until=moment, queues=queues)
    unknown, loss = cases.attrs["unknown"], cases.attrs["loss"]
    if markets:
        cases = cases[cases["market"].isin(list(markets))].reset_index(drop=True)
    cases.attrs = {}
    told = _with_due(_with_reach(cases, case_set, until=moment), case_set, until=moment)
    beside = spread(case_set, cases, until=moment, hours=weights.spread_hours).drop(columns="case_id")
    frame = ranked(told.join(beside), weights)
    routes = withheld_routes(case_set, None) if len(frame) else {}
    frame = frame.assign(route=frame["case_id"].map(routes).astype(object).fillna(""))
    frame = frame.assign(why=whys(frame, hours=weights.spread_hours))
    is_withheld = frame["route"] != ""
    hidden = {
        name: frame[name].astype(object).mask(is_withheld) if is_withheld.any() else frame[name] for name in _DETAIL
    }
    unjudged = tuple(unjudged_deadlines(case_set)["name"])
    return Triaged(frame.assign(**hidden)[list(_TO_SEE)], weights, moment, unknown, loss, unjudged)


def ranked(cases: pd.DataFrame, weights: Triage) -> pd.DataFrame:
    """Return open cases with their points, `score` and `rank`, the most urgent first.

    Reads `case_id`, `created_at`, `severity`, `reach`, `due_at`, `hours_left` and `others_same`; a missing value gives no
    points. Each part is rounded to a tenth, so that what is shown adds up.
    """
    parts = {
        "harm": cases["severity"].map(weights.harm),
        "reach_points": weights.reach * np.log10(cases["reach"].astype("float64").clip(lower=1)),
        "deadline_points": _deadline_points(cases["hours_left"].astype("float64"), weights),
        "spread_points": weights.spread * np.log2(1 + cases["others_same"].astype("float64")),
    }
    numbers = {name: pd.Series(values, index=cases.index, dtype="float64") for name, values in parts.items()}
    points = {name: values.fillna(0.0).round(1) for name, values in numbers.items()}
    scored = cases.assign(**points, _is_worst=cases["severity"].isin([_WORST]))
    scored = scored.assign(score=sum(points.values(), start=pd.Series(0.0, index=cases.index)).round(1))
    order = ["_is_worst", "score", "due_at", "created_at", "case_id"]
    found = scored.sort_values(order, ascending=[False, False, True, True, True], ignore_index=True)
    return found.drop(columns="_is_worst").assign(rank=np.arange(1, len(found) + 1))


def _deadline_points(hours_left: pd.Series[float], weights: Triage) -> pd.Series[float]:
    """Return the points of each deadline: they rise towards it, and stay once it has passed."""
    near = weights.deadline * (1 - hours_left / weights.deadline_hours).clip(lower=0)
    return near.mask(hours_left < 0, weights.overdue)


def _refuse_unknown(column: str, names: Sequence[str], case_set: CaseSet) -> None:
    """Refuse a name that nobody has: an empty list would read as if nothing were open there."""
    if not names:
        return
    book = case_set.casebook
    known = {name for site in book.sites for name in (site.queues if column == "queue" else site.markets)}
    known |= set(book.markets) if column == "market" else set()
    tables = [case_set.cases, *([case_set.events] if column == "queue" and case_set.events is not None else [])]
    for table in tables:
        for name in (column, f"to_{column}", f"from_{column}"):
            if name in table.columns:
                known |= set(fetched(table.select(name).distinct())[name].dropna())
    for name in names:
        if name not in known:
            raise ParameterError.unknown(name, sorted(known), what=column)


def _with_reach(cases: pd.DataFrame, case_set: CaseSet, *, until: datetime) -> pd.DataFrame:
    own = cases["reach"].astype("float64")
    elsewhere = reach_elsewhere(case_set, cases, until=until)
    came_from = pd.Series("", index=cases.index).mask(elsewhere.notna(), "item").mask(own.notna(), "case")
    return cases.assign(reach=own.fillna(elsewhere), reach_from=came_from)


def _with_due(cases: pd.DataFrame, case_set: CaseSet, *, until: datetime) -> pd.DataFrame:
    """Return the cases with the deadline that comes first, and beside it the first one ahead that is not the team's own."""
    pauses = open_pauses(case_set, cases, until=until)
    every = deadlines_of(cases, casebook=case_set.casebook, until=until, pauses=pauses)
    first = next_due(every)[["case_id", "due_at", "name", "kind", "hours_left"]]
    outer = every[every["kind"].isin(["statutory", "contractual"]) & every["verdict"].eq("not due yet")]
    law = outer.drop_duplicates("case_id")[["case_id", "due_at", "name"]]
    named = first.rename(columns={"name": "due_name", "kind": "due_kind"})
    found = cases.merge(named, on="case_id", how="left")
    found = found.merge(law.rename(columns={"due_at": "law_due_at", "name": "law_name"}), on="case_id", how="left")
    return found.set_axis(cases.index)
