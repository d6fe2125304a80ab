"""Who holds what: for each reason that may tie cases, the cases that share something and the value that they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from tskit.patterns.rows import fetched, filled, opened_by
from tskit.text.groups import near_groups

if TYPE_CHECKING:
    from datetime import datetime

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tskit.model import CaseSet
    from tskit.patterns.links.of_case import Wordings

__all__ = ["Held", "Opened", "held_by_column", "held_by_wording", "opened"]

_APPEAL = "appeal"
_MOST_SHARE, _MOST_LEAST = 0.05, 200
"""A value that more than a twentieth of the cases have, and more than 200 of them, is no tie: it tells of the form."""


@dataclass(frozen=True, slots=True)
class Opened:
    """All cases that are looked at, in the order of their opening, and when each was opened, in microseconds."""

    ids: NDArray[np.object_] = field(repr=False)
    micros: NDArray[np.int64] = field(repr=False)

    @property
    def most(self) -> float:
        """Return how many cases a value may tie."""
        return max(_MOST_SHARE * len(self.ids), _MOST_LEAST)


@dataclass(frozen=True, slots=True)
class Held:
    """The cases that share a value with others for one reason, by value and then by opening.

    `value` numbers the values, `case` is the place in `Opened`, `values` how many values there are with those of one
    case alone, and `weight` how alike a case is to the middle of its group: 1 but for wording.
    """

    why: str
    value: NDArray[np.int64] = field(repr=False)
    case: NDArray[np.int64] = field(repr=False)
    weight: NDArray[np.float64] = field(repr=False)
    values: int


def opened(case_set: CaseSet, until: datetime | None) -> tuple[Opened, ir.Table]:
    """Return the cases opened up to `until` without appeals, which belong to the case that they are against."""
    cases = opened_by(case_set, until)
    if case_set.has("record_type"):
        cases = cases.filter(cases.record_type.fill_null("") != _APPEAL)
    frame = fetched(cases.select("case_id", "created_at").order_by("created_at", "case_id"))
    micros = pd.DatetimeIndex(frame["created_at"]).as_unit("us").asi8
    return Opened(frame["case_id"].to_numpy(dtype=object), micros), cases


def held_by_column(cases: ir.Table, every: Opened, why: str, column: str) -> Held:
    """Return the cases that share a value of a column; it is counted on the engine, which returns shared values only."""
    keyed = filled(cases, column)
    keyed = keyed.filter(keyed[column].cast("string").strip() != "").select("case_id", _key=column)
    counts = keyed.group_by("_key").aggregate(_cases=keyed.count())
    values = int(fetched(counts.aggregate(n=counts.count()))["n"].iloc[0])
    shared = counts.filter(counts["_cases"].between(2, int(every.most))).select("_key")
    frame = fetched(keyed.semi_join(shared, "_key").order_by([ibis.asc("_key"), ibis.asc("case_id")]))
    places = pd.Series(np.arange(len(every.ids)), index=every.ids)
    case = places.reindex(frame["case_id"]).to_numpy(dtype=np.int64)
    value = pd.factorize(frame["_key"])[0].astype(np.int64)
    return _sorted(why, value, case, np.ones(len(case)), values)


def held_by_wording(texts: Wordings, every: Opened) -> Held:
    """Return the cases whose texts are nearly the same; a group of too many is left out, as a value is."""
    groups = near_groups(texts.index.texts)
    places = pd.Series(np.arange(len(every.ids)), index=every.ids)
    place = places.reindex(texts.ids).to_numpy(dtype=np.float64, na_value=np.nan)
    is_in = (groups.group >= 0) & ~np.isnan(place)
    group = groups.group[is_in]
    sizes = np.bincount(group) if len(group) else np.zeros(0, dtype=np.int64)
    kept = (sizes[group] >= 2) & (sizes[group] <= every.most)  # one case is no group
    alone = int((groups.group < 0).sum())
    case, weight = place[is_in][kept].astype(np.int64), groups.likeness[is_in][kept]
    return _sorted("wording", group[kept], case, weight, len(sizes) + alone)


def _sorted(
    why: str, value: NDArray[np.int64], case: NDArray[np.int64], weight: NDArray[np.float64], values: int
) -> Held:
    order = np.lexsort((case, value))
    value, case, weight = value[order], case[order], weight[order]
    return Held(why, np.cumsum(np.diff(value, prepend=value[:1]) != 0), case, weight, values)
