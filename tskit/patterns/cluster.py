"""Which cases belong together in an escalation: those that a query finds, and those that are tied to some cases."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd

from tskit.patterns.crowding import DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import ibis.expr.types as ir

    from tskit.model import CaseSet
    from tskit.patterns.links import Wordings

__all__ = ["cluster", "found_by"]

_APPEAL = "appeal"
_DAY = 86_400_000_000


def found_by(
    case_set: CaseSet,
    values: Mapping[str, Sequence[str]],
    *,
    until: datetime,
    since: datetime | None = None,
    before: datetime | None = None,
) -> list[str]:
    """Return the cases that have one of the values in each column, as they were opened; appeals are none.

    They were opened by `until`, from `since` on and earlier than `before` where these are given. Values are written as
    the source writes them.
    """
    opened = _reports(case_set, until)
    for column, given in values.items():
        opened = opened.filter(opened[column].cast("string").isin(list(given)))
    if since is not None:
        opened = opened.filter(opened.created_at >= since)
    if before is not None:
        opened = opened.filter(opened.created_at < before)
    return _ids(opened.order_by("created_at", "case_id"))


def _reports(case_set: CaseSet, until: datetime) -> ir.Table:
    opened = case_set.cases.filter(case_set.cases.created_at <= until)
    if not case_set.has("record_type"):
        return opened
    return opened.filter(opened.record_type.fill_null("") != _APPEAL)


def cluster(case_set: CaseSet, case_ids: Sequence[str], *, texts: Wordings | None, until: datetime) -> list[str]:
    """Return the other cases of the cluster that some cases belong to, as they were opened.

    It holds what is opened within 14 days of the first and the last of these, by `until`, and has the same item or
    account; what says nearly the same as one of these or of those; and what has the item or the account of that.
    Without `texts` nothing is tied by its wording. Appeals belong to the case that they are against, and are none.
    """
    seeds = list(case_ids)
    around = _around(case_set, _reports(case_set, until), seeds)
    tied = _of_the_same(case_set, around, seeds)
    worded = _worded(list(dict.fromkeys([*seeds, *tied])), texts)
    near = _ids(around.filter(around.case_id.isin(worded))) if worded else []
    further = _of_the_same(case_set, around, near) if near else []
    found = (set(tied) | set(near) | set(further)) - set(seeds)
    return [case_id for case_id in _ids(around.order_by("created_at", "case_id")) if case_id in found]


def _around(case_set: CaseSet, opened: ir.Table, seeds: Sequence[str]) -> ir.Table:
    mine = case_set.cases.filter(case_set.cases.case_id.isin(list(seeds)))
    span = mine.aggregate(first=mine.created_at.min(), last=mine.created_at.max()).to_pyarrow().to_pylist()[0]
    days = timedelta(days=DAYS)
    return opened.filter(opened.created_at.between(span["first"] - days, span["last"] + days))


def _of_the_same(case_set: CaseSet, around: ir.Table, seeds: Sequence[str]) -> list[str]:
    """Return the cases around that have the item or the account of one of these."""
    cases, found = case_set.cases, list[str]()
    for column in ("content_id", "subject_account_id"):
        if case_set.has(column):
            mine = cases.filter(cases.case_id.isin(list(seeds))).select(column).drop_null().distinct()
            found += _ids(around.semi_join(mine, column))
    return found


def _worded(seeds: Sequence[str], texts: Wordings | None) -> list[str]:
    """Return the cases that say nearly what one of these says, opened within the days around it."""
    told = [case_id for case_id in seeds if texts is not None and case_id in texts.places]
    if texts is None or not told:
        return []
    return sorted({str(other) for others in texts.company(told, within=DAYS * _DAY) for other in others})


def _ids(cases: ir.Table) -> list[str]:
    column = cases.select("case_id").to_pyarrow().column("case_id")
    return [str(value) for value in pd.unique(column.to_pandas())]
