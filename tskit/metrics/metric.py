"""What a metric is: a frozen definition that says everything a reader may ask about a figure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from tskit.model import CaseSet

__all__ = ["Condition", "Kind", "Metric", "Unit"]

Condition = Callable[["ir.Table"], "ir.Value"]
"""Takes a table of cases and returns a boolean expression of it."""

Unit = Literal["cases", "share", "hours", "minutes", "ratio", "items", "moves"]


class Kind(StrEnum):
    """How a metric is computed, and so which interval and which comparison suit it."""

    COUNT = "count"
    DISTINCT = "distinct"
    SHARE = "share"
    QUANTILE = "quantile"
    MEAN = "mean"
    RATIO = "ratio"
    LEVEL = "level"
    AGEING = "ageing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric of the catalogue.

    `at` is the instant that places a case in a period. `counted` says which cases are the denominator, `hit` which of
    these are the numerator, `left_out` names, in words, cases of the period that neither counts, and `told` cases that count but not as they stand. `until` is the
    instant that ends a duration. `direction` is 1 where more is better, -1 where less is, 0 where neither is.
    A need written `events.x` is a column of the event log; `needs_with_events` replaces `needs` where there is a log
    that has them. `seen` must hold for some case, or the source is `blind` to what is asked, and the figure NA.
    """

    id: str
    name: str
    label: str
    unit: Unit
    kind: Kind
    direction: Literal[-1, 0, 1]
    formula: str
    denominator: str
    exclusions: str
    interval: str
    source: str
    needs: tuple[str, ...]
    needs_with_events: tuple[str, ...] = ()
    at: str
    counted: Condition
    hit: Condition | None = None
    left_out: Mapping[str, Condition] = field(default_factory=dict[str, Condition])
    told: Mapping[str, Condition] = field(default_factory=dict[str, Condition])
    follow_up_days: int = 0
    rows: Callable[[CaseSet], ir.Table] | None = None
    until: str = ""
    still_open: Condition | None = None
    quantile: float = 0.5
    measured: Condition | None = None
    weight: str = ""
    parts: tuple[str, str] = ("", "")
    seen: Condition | None = None
    blind: str = ""
    caution: str = ""

    def missing(self, columns: Collection[str]) -> tuple[str, ...]:
        """Return those needed columns that are not among the given ones."""
        if self.needs_with_events and not set(self.needs_with_events) - set(columns):
            return ()
        return tuple(name for name in self.needs if name not in columns)
