"""Whether a case has more company than chance gives it: the cases tied to it, against those that others have."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import exp, lgamma, log, log1p
from typing import TYPE_CHECKING, TypeAlias

import ibis
import numpy as np
import pandas as pd

from tskit.patterns.links import KEYS
from tskit.patterns.rows import fetched, filled, opened_by
from tskit.stats import holm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    import ibis.expr.types as ir

    from tskit.model import CaseSet
    from tskit.patterns.links import Wordings

__all__ = ["DAYS", "LEAST_LINKS", "Crowd", "crowding"]

DAYS = 14
"""Cases opened at most so many days before or after a case count as its company."""
LEAST_LINKS = 5
"""Fewer cases are no crowd, however rare."""
_LEVEL = 0.001
_TIMES = 2
"""So many times as large as the largest company of a reference case: those are a few hundred, and some case has more."""
_MOST_ALIKE = 240
"""Reference cases whose wordings are looked up; spread evenly over all that there are."""
_LEAST_REFERENCE = 40
_DAY = 86_400_000_000
_ALL = ("policy_id", "content_language")
_Likeness: TypeAlias = tuple[tuple[str, str], ...]
"""The columns in which a reference case has to be like a case, with their values."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The company of a case for one reason, against what is usual among reference cases.

    `members` are the tied cases opened within `DAYS` of it, and `circle` is the case with all that belong with them: for
    wording also what is nearly the same as one of the members. `usual` is how many a reference case has on average and
    `most` the largest number among `reference` of them: cases of the same policy and language, counted as if all that is
    tied to the case, for whatever reason, were not there. `p` is corrected for all that were looked at.
    """

    case_id: str
    why: str
    members: tuple[str, ...] = field(repr=False)
    usual: float
    most: int
    reference: int
    p: float = 1.0
    circle: tuple[str, ...] = field(default=(), repr=False)

    @property
    def size(self) -> int:
        """Return how many cases keep this one company."""
        return len(self.members)

    @property
    def stands_out(self) -> bool:
        """Return whether chance does not explain it: twice what any reference case has, and beyond their spread."""
        return (
            self.size >= LEAST_LINKS
            and self.reference >= _LEAST_REFERENCE
            and self.size >= self.most * _TIMES
            and self.p <= _LEVEL
        )


def crowding(
    case_set: CaseSet, tied: pd.DataFrame, *, texts: Wordings | None = None, until: datetime | None = None
) -> tuple[Crowd, ...]:
    """Return the company of each case in `tied` (as `links` gives them), by reason, each with its verdict.

    All verdicts are corrected together (Holm). A reason that ties no case within the days around it is not judged.
    However many cases there are, the company of all others is counted in one pass for each reason.
    """
    cases = opened_by(case_set, until)
    columns = [name for name in _ALL if case_set.has(name)]
    owns = _owns(cases, tied, columns, texts)
    whys = {why for own in owns for why in own.members}
    usual: dict[str, _ByKey | _ByWording] = {
        why: _by_key(cases, owns, KEYS[why], columns) for why in sorted(whys) if why in KEYS
    }
    if texts is not None and "wording" in whys:
        usual["wording"] = _by_wording(cases, owns, columns, texts)
    found: list[Crowd] = []
    for own in owns:
        for why, members in own.members.items():
            counts = usual[why].counts(own) if why in usual else pd.Series(dtype=int)
            if len(counts):
                crowd = _judged(own.case_id, why, members, counts)
                found.append(replace(crowd, circle=tuple(sorted(own.circles[why]))))
    return _corrected(found)


@dataclass(frozen=True, slots=True)
class _Own:
    """A case with its company around it by reason, and the values in which a reference case has to be like it.

    `group` is all that belongs with the case, for whatever reason. Held against itself a crowd looks ordinary, so the
    company of other cases is counted as if these were not there.
    """

    case_id: str
    like: _Likeness
    members: Mapping[str, tuple[str, ...]]
    circles: Mapping[str, set[str]]
    group: set[str]


@dataclass(frozen=True, slots=True)
class _ByKey:
    """How many cases (`_cases`) have so much company (`_n`) by a key; `shared` are those with a key of some group."""

    whole: pd.DataFrame
    shared: pd.DataFrame

    def counts(self, own: _Own) -> pd.Series[int]:
        """Return how many reference cases of a case (the values) have so much company (the index)."""
        is_own = self.shared["case_id"].isin(own.group)
        group, whole = self.shared[is_own], _like(self.whole, own.like).groupby("_n")["_cases"].sum()
        touched = _like(self.shared[self.shared["_key"].isin(group["_key"])], own.like)
        others = touched[~touched["case_id"].isin(own.group)]
        rest = (others["_n"] - _within(others, group)).value_counts()
        counts = whole.sub(touched["_n"].value_counts(), fill_value=0).add(rest, fill_value=0)
        return counts[counts > 0].astype(int)


@dataclass(frozen=True, slots=True)
class _ByWording:
    """The company by wording of some reference cases for each likeness."""

    company: Mapping[_Likeness, Mapping[str, set[str]]]

    def counts(self, own: _Own) -> pd.Series[int]:
        """Return how many reference cases of a case (the values) have so much company (the index)."""
        company = self.company[own.like]
        sizes = [len(others - own.group) for case_id, others in company.items() if case_id not in own.group]
        return pd.Series(sizes, dtype=int).value_counts()


def _owns(cases: ir.Table, tied: pd.DataFrame, columns: list[str], texts: Wordings | None) -> list[_Own]:
    ids = list(dict.fromkeys(tied["case_id"]))
    rows = fetched(cases.filter(cases.case_id.isin(ids)).select("case_id", "created_at", *columns)).set_index("case_id")
    found: list[_Own] = []
    for case_id in ids:
        opened, *values = rows.loc[case_id]
        like = tuple((name, value) for name, value in zip(columns, values, strict=True) if isinstance(value, str))
        around = tied[(tied["case_id"] == case_id) & _is_near(tied["linked_at"], opened)]
        members = {str(why): tuple(dict.fromkeys(company["linked_id"])) for why, company in around.groupby("why")}
        circles = {why: _circle(why, {case_id, *company}, texts) for why, company in members.items()}
        found.append(_Own(case_id, like, members, circles, {case_id}.union(*circles.values())))
    return found


def _circle(why: str, own: set[str], texts: Wordings | None) -> set[str]:
    """Return a case and its company with whoever belongs to them, though less like the case itself."""
    if why != "wording" or texts is None:
        return own
    return own.union(*texts.company(sorted(own), within=DAYS * _DAY))


def _by_key(cases: ir.Table, owns: Sequence[_Own], column: str, columns: list[str]) -> _ByKey:
    days = ibis.interval(days=DAYS)
    keyed = filled(cases, column).select("case_id", *columns, _key=column, _at="created_at")
    around = ibis.range_window(group_by="_key", order_by="_at", preceding=days, following=days)
    counted = keyed.mutate(_n=keyed.count().over(around) - 1)
    of_groups = keyed.filter(keyed.case_id.isin(sorted(set[str]().union(*(own.group for own in owns)))))
    shared = fetched(counted.semi_join(of_groups, "_key"))
    alike = _like_any(counted, owns, columns)
    return _ByKey(fetched(alike.group_by([*columns, "_n"]).aggregate(_cases=alike.count())), shared)


def _by_wording(cases: ir.Table, owns: Sequence[_Own], columns: list[str], texts: Wordings) -> _ByWording:
    rows = fetched(_like_any(cases, owns, columns).select("case_id", *columns)).sort_values("case_id")
    rows = rows[rows["case_id"].isin(texts.places)]
    chosen = {like: _some(_like(rows, like)) for like in {own.like for own in owns if "wording" in own.members}}
    return _ByWording({like: _company(ids, texts) for like, ids in chosen.items()})


def _some(rows: pd.DataFrame) -> list[str]:
    """Return a few of the cases, spread evenly."""
    places = np.unique(np.linspace(0, len(rows) - 1, _MOST_ALIKE).astype(int)) if len(rows) else []
    return list(rows["case_id"].iloc[places])


def _company(case_ids: Sequence[str], texts: Wordings) -> dict[str, set[str]]:
    found = texts.company(case_ids, within=DAYS * _DAY)
    return {case_id: set(others) for case_id, others in zip(case_ids, found, strict=True)}


def _within(rows: pd.DataFrame, group: pd.DataFrame) -> pd.Series[int]:
    """Return how many of a group have the key of each row and were opened within the days around it."""
    found = pd.Series(0, index=rows.index)
    for key, mine in rows.groupby("_key"):
        times, days = group.loc[group["_key"] == key, "_at"].sort_values(), pd.Timedelta(days=DAYS)
        found[mine.index] = times.searchsorted(mine["_at"] + days, "right") - times.searchsorted(mine["_at"] - days)
    return found


def _like(rows: pd.DataFrame, like: _Likeness) -> pd.DataFrame:
    for name, value in like:
        rows = rows[rows[name] == value]
    return rows


def _like_any(table: ir.Table, owns: Sequence[_Own], columns: list[str]) -> ir.Table:
    """Return the rows that may be like one of the cases; a case without a value is held against all values."""
    for name in columns:
        values = {dict(own.like).get(name) for own in owns}
        if None not in values:
            table = table.filter(table[name].isin(sorted(str(value) for value in values)))
    return table


def _judged(case_id: str, why: str, members: tuple[str, ...], counts: pd.Series) -> Crowd:
    number, company = counts.to_numpy(dtype=float), counts.index.to_numpy(dtype=float)
    total = number.sum()
    mean = float((number * company).sum() / total)
    spread = float((number * (company - mean) ** 2).sum() / max(total - 1, 1))
    p = _at_least(len(members), mean=max(mean, 1 / total), variance=spread)
    return Crowd(case_id, why, members, mean, int(company.max()), int(total), p)


def _corrected(found: Sequence[Crowd]) -> tuple[Crowd, ...]:
    if not found:
        return ()
    corrected = np.asarray(holm([crowd.p for crowd in found]), dtype=float)
    return tuple(replace(crowd, p=float(p)) for crowd, p in zip(found, corrected, strict=True))


def _at_least(count: int, *, mean: float, variance: float) -> float:
    """Return the probability of so many or more: negative binomial, or Poisson where counts vary no more than that."""
    below = sum(exp(_log_mass(n, mean, variance)) for n in range(count))
    tail = 1 - below
    if tail > 1e-9:
        return tail
    # Too small to be a difference from 1: the terms themselves are added up.
    return sum(exp(_log_mass(n, mean, variance)) for n in range(count, count + 200))


def _log_mass(n: int, mean: float, variance: float) -> float:
    if variance <= mean * 1.000001:
        return n * log(mean) - mean - lgamma(n + 1)
    size = mean**2 / (variance - mean)
    share = mean / (mean + size)
    return lgamma(n + size) - lgamma(size) - lgamma(n + 1) + size * log1p(-share) + n * log(share)


def _is_near(times: pd.Series, at: pd.Timestamp) -> pd.Series:
    return (times - at).abs() <= pd.Timedelta(days=DAYS)
