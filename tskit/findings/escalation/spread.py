"""Whether reports like these came in faster than usual: their number against the same hours of earlier weeks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from tskit.patterns import arrivals, usual
from tskit.patterns.arrivals import WEEKS, centre, level
from tskit.stats import count_at_least, count_interval

if TYPE_CHECKING:
    from datetime import datetime

    import numpy as np

    from tskit.findings.escalation.look import Escalation

__all__ = ["LEAST", "Spread", "spread_of"]

LEAST = 5
"""Fewer cases are no spread, however rare."""
_LEVEL = 0.001
"""The stretch is chosen by looking at the cases themselves, so that an ordinary level would find too much."""
_TIMES = 2
_MOST_HOURS = 24 * 14
_OFTEN = 0.2
Verdict = Literal["more", "usual", "few", "long", "young", "unsaid"]
"""more: beyond chance, and at least twice what is usual. usual: not so. few: too few cases to judge. long: they lie too
far apart for hours to tell. young: the data does not reach back far enough. unsaid: nobody knows what they were reported
as."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The cases reported as these are, in their markets, from the first of these to the last, against what is usual.

    `cases` came in during `hours` whole hours, where `usual` came in during the same hours of `weeks` earlier weeks and
    up to `most` are no surprise (95 %); `p` is the chance of as many. `kinds` are what they were reported as. Figures are
    missing where `verdict` says why not.
    """

    verdict: Verdict
    from_at: datetime
    until_at: datetime
    hours: int = 0
    cases: int = 0
    usual: float = float("nan")
    most: float = float("nan")
    p: float = float("nan")
    weeks: int = 0
    kinds: tuple[str, ...] = ()

    @property
    def stands_out(self) -> bool:
        """Return whether chance does not explain how many there are."""
        return self.verdict == "more"


def spread_of(escalation: Escalation) -> Spread:
    """Return whether more reports like these came in than usual, as a count bound on the same hours of earlier weeks.

    The count is of all cases reported as these are in their markets, whether they are among these or not, so that
    choosing the cases cannot make it large.
    """
    cases = escalation.cases
    first, last = cases["created_at"].min().to_pydatetime(), cases["created_at"].max().to_pydatetime()
    kind = "abuse_type_reported" if "abuse_type_reported" in cases else "policy_id"
    reported = _common(escalation, kind)
    if len(cases) < LEAST:
        return Spread("few", first, last)
    if not reported:
        return Spread("unsaid", first, last)
    # The same hours of earlier weeks are those of the team: where somebody reads it must not change what is usual.
    arrived = arrivals(escalation.case_set, until=escalation.until, zone=escalation.case_set.casebook.zone)
    hours = arrived.hours(first, last)
    if len(hours) > _MOST_HOURS:
        return Spread("long", first, last)
    past = usual(arrived, hours)
    if past is None or not hours:
        return Spread("young", first, last)
    rows = arrived.combinations["reported"].isin(reported).to_numpy()
    markets = _common(escalation, "market")
    if markets:
        rows = rows & arrived.combinations["market"].isin(markets).to_numpy()
    count = float(arrived.seen(hours)[rows].sum())
    found = _judged(count, past[rows].sum(axis=(0, 1)), first=first, last=last, hours=len(hours))
    return replace(found, kinds=tuple(reported))


def _judged(count: float, past: np.ndarray, *, first: datetime, last: datetime, hours: int) -> Spread:
    middle, variance = (float(value) for value in level(past))
    p = float(count_at_least(count, mean=middle, variance=variance))
    _, most = count_interval(mean=middle, variance=variance)
    is_more = count >= LEAST and p <= _LEVEL and count >= _TIMES * middle
    verdict, usual_ = ("more" if is_more else "usual"), float(centre(past))
    return Spread(verdict, first, last, hours, int(count), usual_, float(most), p, min(len(past), WEEKS))


def _common(escalation: Escalation, name: str) -> list[str]:
    """Return the values that at least a fifth of the cases have."""
    if name not in escalation.cases:
        return []
    told = escalation.cases[name].dropna().astype(str)
    counts = told.value_counts()
    return sorted(counts.index[counts >= _OFTEN * len(told)]) if len(told) else []
