"""Cases picked by what they are and when they were opened, counted and listed by the engine that holds them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pandas as pd

from tskit.cases import all_contents, withheld_routes
from tskit.findings.spikes import BASE_WEEKS, spike
from tskit.metrics.periods import index_of, spans
from tskit.model import Window
from tskit.text import normalise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.findings.spikes import Spike
    from tskit.model import CaseSet

__all__ = ["Picked", "Picker", "jumps"]

_BLOCK = 28
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Picked:
    """What is asked for: values by column, words that the content holds, and whole local days, both included.

    No values, no words and no days ask for all.
    """

    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    words: str = field(default="", repr=False)
    first: date | None = None
    last: date | None = None


class Picker:
    """Counts and lists the cases of a case set; the texts are read once, and only when words are asked for."""

    def __init__(self, case_set: CaseSet) -> None:
        self._case_set = case_set
        self._texts: tuple[tuple[str, str], ...] | None = None
        self._found: tuple[str, frozenset[str]] = ("", frozenset())
        self.window = self._whole()

    def days(self, picked: Picked) -> pd.Series[int]:
        """Return the number of cases opened on each day of the data, by day; the days that are asked for do not matter."""
        found = spans(self.window, "day")
        cases = self._cases(replace(picked, first=None, last=None), is_dated=True)
        placed = cases.select("case_id", place=index_of(cases.created_at, found))
        if picked.words:
            rows = placed.to_pyarrow().to_pandas()
            counts = rows[rows["case_id"].isin(self.matching(picked.words))].groupby("place").size()
        else:
            rows = placed.group_by("place").aggregate(n=placed.count()).to_pyarrow().to_pandas()
            counts = rows.set_index("place")["n"]
        days = pd.DatetimeIndex([span.start for span in found], name="day")
        return pd.Series(counts.reindex(range(len(found)), fill_value=0).to_numpy(), index=days, name="cases")

    def ids(self, picked: Picked) -> list[str]:
        """Return the ids of the cases that are asked for, the oldest first."""
        cases = self._cases(picked, is_dated=False)
        listed = cases.order_by([cases.created_at, cases.case_id]).select("case_id").to_pyarrow()["case_id"].to_pylist()
        if not picked.words:
            return listed
        wanted = self.matching(picked.words)
        return [case_id for case_id in listed if case_id in wanted]

    def matching(self, words: str) -> frozenset[str]:
        """Return the ids of the cases whose content holds each of the words, however they are spelled.

        Content that may not be handled here is not searched.
        """
        if self._found[0] != words:
            wanted = normalise(words).split()
            ids = frozenset(case_id for case_id, text in self._searched() if all(word in text for word in wanted))
            self._found = (words, ids)
        return self._found[1]

    def withheld(self) -> int:
        """Return the number of cases whose content is not searched."""
        return len(withheld_routes(self._case_set, None))

    def _searched(self) -> tuple[tuple[str, str], ...]:
        if self._texts is None:
            rows = all_contents(self._case_set).itertuples(index=False)
            self._texts = tuple((str(row[0]), normalise(f"{row[1]} {row[2]}")) for row in rows)
        return self._texts

    def _cases(self, picked: Picked, *, is_dated: bool) -> Any:  # noqa: ANN401  # Ibis, which has no types
        cases = self._case_set.cases
        for column, values in picked.where.items():
            if values:
                cases = cases.filter(cases[column].cast("string").isin(list(values)))
        if not is_dated and picked.first is None and picked.last is None:
            return cases
        window = Window(
            picked.first or self.window.start, (picked.last or self.window.end - _ONE_DAY) + _ONE_DAY, self.window.zone
        )
        return cases.filter((cases.created_at >= window.starts_at) & (cases.created_at < window.ends_at))

    def _whole(self) -> Window:
        """Return the days from the first opening to the last."""
        scope, cases = self._case_set.scope, self._case_set.cases
        edges = cases.aggregate(low=cases.created_at.min(), high=cases.created_at.max()).to_pyarrow().to_pylist()[0]
        if edges["low"] is None:
            return scope.window
        first, last = (edges[name].astimezone(ZoneInfo(scope.zone)).date() for name in ("low", "high"))
        return Window(first, last + _ONE_DAY, scope.zone)


def jumps(days: pd.Series[int]) -> Sequence[Spike]:
    """Return the stretches of days that left what the eight weeks before them lead to expect, the largest first.

    The rule is the one of the write-ups. The first eight weeks of the data have nothing to be held against.
    """
    found: list[Spike] = []
    end = len(days)
    while end - _BLOCK >= BASE_WEEKS * 7:
        one = spike(days.iloc[:end].astype("float64"), days=_BLOCK)
        if one is not None:
            found.append(one)
        end -= _BLOCK
    return sorted(found, key=lambda one: one.expected - one.total)
