"""Why an open case stands where it does in the queue, in one sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from tskit.patterns.due import TARGET
from tskit.text import span

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = ["left", "whys"]

_COLUMNS = (
    *("severity", "apart", "is_reopened", "hours_left", "due_name", "law_name", "law_due_at", "due_at", "same_item"),
    *("same_account", "markets", "before", "is_climbing", "entity_type", "reach", "reach_from", "route"),
)


class _Case(NamedTuple):
    """What a sentence is made of; a missing value is None."""

    severity: str | None
    apart: str
    is_reopened: bool | None
    hours_left: float | None
    due_name: str | None
    law_name: str | None
    law_due_at: datetime | None
    due_at: datetime | None
    same_item: float | None
    same_account: float | None
    markets: float | None
    before: float | None
    is_climbing: bool
    entity_type: str | None
    reach: float | None
    reach_from: str
    route: str


def whys(cases: pd.DataFrame, *, hours: float) -> list[str]:
    """Return a sentence for each case: how bad, due when, what else was reported within the `hours` before, and reach.

    What is not known is said. Of a case whose content may not be handled here it says where to work on it instead.
    """
    told = [cases[name].astype(object).where(cases[name].notna(), None).tolist() for name in _COLUMNS]
    return [_sentence(_Case(*row), hours) for row in zip(*told, strict=True)]


def left(hours: float | None) -> str:
    """Return how long is left, or how long a deadline has passed.

    >>> left(1.34), left(-2.5), left(None)
    ('due in 1 h 20 min', 'overdue by 2 h 30 min', 'no deadline known')
    """
    if hours is None or pd.isna(hours):
        return "no deadline known"
    length = span(timedelta(seconds=round(abs(hours) * 3600)))
    return f"overdue by {length}" if hours < 0 else f"due in {length}"


def _sentence(case: _Case, hours: float) -> str:
    parts = [_kind(case), *_deadlines(case)]
    if case.route:
        return f"{', '.join(parts)}. {case.route}"
    return ", ".join([*parts, *_spread(case, hours), _reach(case)])


def _kind(case: _Case) -> str:
    said = [case.severity or "severity not known", case.apart, "reopened" if case.is_reopened else ""]
    return " ".join(part for part in said if part)


def _deadlines(case: _Case) -> Iterator[str]:
    named = f" ({case.due_name})" if case.due_name and case.due_name != TARGET else ""
    yield left(case.hours_left) + named
    # A target that has passed must not hide a law whose clock still runs.
    if (
        case.law_name
        and case.law_due_at
        and case.due_at
        and case.hours_left is not None
        and case.law_due_at > case.due_at
    ):
        ahead = case.hours_left + (case.law_due_at - case.due_at).total_seconds() / 3600
        yield f"{left(ahead)} ({case.law_name})"


def _spread(case: _Case, hours: float) -> Iterator[str]:
    if case.same_item is None or case.same_account is None:
        yield "spread not known"
        return
    item, account, within = int(case.same_item), int(case.same_account), f"in {hours:g} h"
    if not item and not account:
        yield f"no other report {within}"
        return
    others = f"{item:,} other {_reports(item)} of the same {case.entity_type or 'item'}" if item else ""
    beside = f"{account:,} {'more' if item else 'other'} {_reports(account)} of the same account" if account else ""
    yield f"{' and '.join(part for part in (others, beside) if part)} {within}{_markets(case)}"
    if case.is_climbing:
        yield f"climbing from {int(case.before or 0):,} in the {hours:g} h before"


def _reports(number: int) -> str:
    return "report" if number == 1 else "reports"


def _markets(case: _Case) -> str:
    number = int(case.markets or 0)
    return "" if not number else " from 1 market" if number == 1 else f" from {number:,} markets"


def _reach(case: _Case) -> str:
    if case.reach is None:
        return "reach not known"
    return f"reach {case.reach:,.0f}" + (" by another decision on the item" if case.reach_from == "item" else "")
