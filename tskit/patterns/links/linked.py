"""The groups of linked cases of a whole scope: what they share, how they grow, and whether chance explains them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from tskit.errors import ParameterError
from tskit.model import Pattern
from tskit.patterns.links.bursts import bonds, window_of
from tskit.patterns.links.clusters import joined
from tskit.patterns.links.drawing import drawn
from tskit.patterns.links.of_case import KEYS
from tskit.patterns.links.tables import told
from tskit.patterns.links.ties import held_by_column, held_by_wording, opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tskit.model import CaseSet
    from tskit.patterns.links.of_case import Wordings

__all__ = ["LEAST", "LEVEL", "Linked", "linked"]

LEVEL = 0.01
"""A cluster is told of where chance makes one like it, anywhere among all that were looked at, less often than this."""
LEAST = 3
"""Fewer cases are no cluster."""
_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Linked(Pattern):
    """The clusters of linked cases: `table` has one row a cluster, the most surprising first.

    Columns: `cluster` (1, 2 ...), `cases`, `first_at` and `last_at`, `peak_cases` (the most that were opened within the
    window), `reasons` (each with its number of cases), `by` (the reason of the most surprising bond, which has
    `by_peak_cases` within the window), `last_7_days_cases` and `week_before_cases` before the end, `expected` (how many
    bonds as surprising as this one chance makes among all that were looked at), `p` (that it makes one at all) and
    `is_beyond_chance`.
    """

    cases: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    """One row a case, each in one cluster: `cluster`, `case_id`, `opened_at`, `reasons`."""
    ties: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)
    """What is drawn, one row a tie: `cluster`, `case_id`, `linked_id`, `why`, `weight`, and where both stand (`x`, `y`,
    `linked_x`, `linked_y`). A bond is drawn as ties to the case that was opened first."""


def linked(
    case_set: CaseSet,
    *,
    by: Mapping[str, str] = KEYS,
    texts: Wordings | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    least: int = LEAST,
) -> Linked:
    """Return the clusters of cases that share rare values or say nearly the same, opened close together.

    All cases opened up to `until` are looked at, so that what is always there is known; clusters of which a case was
    opened from `since` on are told. A value that very many have ties nobody. `texts` (of `wordings`) adds wording.
    Appeals belong to the case that they are against, and are none.

    Args:
        case_set: the cases.
        by: what ties cases, as the reason and its column; a column that the cases lack is left out.
        texts: the index of all texts that may be handled here; without it wording ties nothing.
        since: the first moment that is asked about; all of history where it is not given.
        until: the last moment that is known; that of the data where it is not given.
        least: the smallest number of cases that is told.

    Raises:
        ParameterError: `least` is smaller than two.
    """
    if least < 2:  # one case is not tied
        raise ParameterError(f"`least` is {least}; a cluster has two cases or more.")
    every, cases = opened(case_set, until)
    window = window_of(every)
    columns = {why: column for why, column in by.items() if case_set.has(column)}
    held = [held_by_column(cases, every, why, column) for why, column in columns.items()]
    if texts is not None:
        held.append(held_by_wording(texts, every))
    found = [bonds(one, every, window=window) for one in held]
    looked_at = sum(one.looked_at for one in found)
    made = joined(found, cases=len(every.ids))
    table, members = told(made, every, least=least, since=since, until=until or case_set.as_of, looked_at=looked_at)
    table = table.assign(is_beyond_chance=table["p"] <= LEVEL)
    settings = {
        "reasons": ", ".join(one.why for one in held),
        "window_days": round(window / _DAY, 2),
        "looked_at": looked_at,
        "cases": len(every.ids),
        "level": LEVEL,
        "least": least,
    }
    statement = _statement(table, looked_at, zone=case_set.scope.zone)
    return Linked("links", statement, table, settings=settings, cases=members, ties=drawn(made, every, members))


def _statement(table: pd.DataFrame, looked_at: int, *, zone: str) -> str:
    if table.empty:
        return f"No cases are linked into a cluster; {looked_at:,} shared values were looked at."
    beyond = table[table["is_beyond_chance"]]
    if beyond.empty:
        return (
            f"No cluster of linked cases is beyond what chance explains: {len(table):,} were found, of up to "
            f"{table['cases'].max():,} cases, among {looked_at:,} shared values."
        )
    first = beyond.iloc[0]
    start, end = (first[name].tz_convert(zone).strftime("%-d %B %Y") for name in ("first_at", "last_at"))
    others = len(beyond) - 1
    more = f" {others:,} more {'is' if others == 1 else 'are'} beyond chance." if others else ""
    return (
        f"{first['cases']:,} cases opened from {start} to {end} belong together by {first['reasons']}: chance makes such a "
        f"cluster among all {looked_at:,} shared values in {_often(first['p'])}.{more}"
    )


def _often(p: float) -> str:
    return "fewer than 1 of 1,000 histories" if p < 0.001 else f"about {1000 * p:.0f} of 1,000 histories"
