"""Whether a case has more company than chance gives it: the cases tied to it, against those that others have."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import exp, lgamma, log, log1p
from typing import TYPE_CHECKING

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
_LEVEL = 0.01
_MOST_ALIKE = 240
"""Reference cases whose wordings are looked up; spread evenly over all that there are."""
_LEAST_REFERENCE = 40
_DAY = 86_400_000_000
_ALL = ("policy_id", "content_language")


@dataclass(frozen=True, slots=True)
class Crowd:
    """The company of a case for one reason, against what is usual among reference cases.

    `members` are the tied cases opened within `DAYS` of it, and `circle` is the case with all that belong with them: for
    wording also what is nearly the same as one of the members. `usual` is how many a reference case has on average and
    `most` the largest number among `reference` of them: cases of the same policy and language that do not belong to the
    crowd themselves. `p` is corrected for all that were looked at.
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
        """Return whether chance does not explain it: more than any reference case has, and beyond their spread."""
        return (
            self.size >= LEAST_LINKS
            and self.reference >= _LEAST_REFERENCE
            and self.size > self.most
            and self.p <= _LEVEL
        )


def crowding(
    case_set: CaseSet, tied: pd.DataFrame, *, texts: Wordings | None = None, until: datetime | None = None
) -> tuple[Crowd, ...]:
    """Return the company of each case in `tied` (as `links` gives them), by reason, each with its verdict.

    All verdicts are corrected together (Holm). A reason that ties no case within the days around it is not judged.
    """
    cases = opened_by(case_set, until)
    ids = list(dict.fromkeys(tied["case_id"]))
    columns = [name for name in _ALL if case_set.has(name)]
    rows = fetched(cases.filter(cases.case_id.isin(ids)).select("case_id", "created_at", *columns))
    found: list[Crowd] = []
    for case_id, opened, *values in rows.itertuples(index=False, name=None):
        around = tied[(tied["case_id"] == case_id) & _is_near(tied["linked_at"], opened)]
        like = {name: value for name, value in zip(columns, values, strict=True) if isinstance(value, str)}
        for why, company in around.groupby("why"):
            members = tuple(dict.fromkeys(company["linked_id"]))
            circle = _circle(str(why), {case_id, *members}, texts)
            counts = _reference(cases, like, str(why), circle, texts)
            if len(counts):
                crowd = _judged(case_id, str(why), members, counts)
                found.append(replace(crowd, circle=tuple(sorted(circle))))
    return _corrected(found)


def _circle(why: str, own: set[str], texts: Wordings | None) -> set[str]:
    """Return a case and its company with whoever belongs to them, though less like the case itself."""
    if why != "wording" or texts is None:
        return own
    return own | {other for member in own for other in texts.near(member, within=DAYS * _DAY)["linked_id"]}


def _reference(
    cases: ir.Table, like: Mapping[str, str], why: str, own: set[str], texts: Wordings | None
) -> pd.Series[int]:
    """Return how many reference cases (the values) have so much company (the index)."""
    if why in KEYS:
        return _company_by_key(cases, like, KEYS[why], own)
    return _company_by_wording(cases, like, own, texts) if why == "wording" and texts else pd.Series(dtype=int)


def _company_by_key(cases: ir.Table, like: Mapping[str, str], column: str, own: set[str]) -> pd.Series[int]:
    days = ibis.interval(days=DAYS)
    keyed = filled(cases, column).select("case_id", *like, _key=column, _at="created_at")
    around = ibis.range_window(group_by="_key", order_by="_at", preceding=days, following=days)
    counted = keyed.mutate(_n=keyed.count().over(around) - 1)
    rows = _alike(counted, like).filter(~counted.case_id.isin(sorted(own)))
    table = fetched(rows.group_by("_n").aggregate(_cases=rows.count()))
    return table.set_index("_n")["_cases"]


def _company_by_wording(cases: ir.Table, like: Mapping[str, str], own: set[str], texts: Wordings) -> pd.Series:
    rows = _alike(cases, like)
    ids = sorted(set(fetched(rows.select("case_id"))["case_id"]) - own)
    ids = [case_id for case_id in ids if case_id in texts.places]
    chosen = [ids[n] for n in np.unique(np.linspace(0, len(ids) - 1, _MOST_ALIKE).astype(int))] if ids else []
    sizes = [len(texts.near(case_id, within=DAYS * _DAY)) for case_id in chosen]
    return pd.Series(sizes, dtype=int).value_counts()


def _alike(table: ir.Table, like: Mapping[str, str]) -> ir.Table:
    return table.filter([table[name] == value for name, value in like.items()]) if like else table


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
