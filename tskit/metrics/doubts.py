"""Which doubts about a row keep it out of which figures, in one table.

A doubtful row stays in every figure that its doubt does not touch: a case that was closed before it was opened still
came in. What the values themselves show is read from them, so that it holds for any source; the rest is read from the
flags of the loader.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.metrics.conditions import flagged, never, sure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.metrics.metric import Condition, Metric
    from tskit.model import CaseSet

__all__ = ["DOUBTS", "Doubt", "doubts_of", "flags_that_touch"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is wrong with a row, in words that follow a number of cases, and the metrics whose figures it touches.

    `shown` reads it from the values; without it the loader's flag is read.
    """

    words: str
    metrics: tuple[str, ...]
    shown: Condition | None = None


def _earlier(later: str, earlier: str) -> Condition:
    return lambda t: sure(t[later] < t[earlier]) if earlier in t.columns else never(t)


_TO_CLOSE = ("hours_to_close", "hours_to_close_p90", "hours_to_close_p95")
_IN_TIME = ("sla_attainment", "sla_attainment_closed")
_OPEN = ("backlog", "ageing")
_SPANS = (*_TO_CLOSE, *_IN_TIME, "hours_to_decision", "hours_to_first_touch")
_BY_CLOSING = ("cases_closed", "clearance", "handle_time", "handle_time_median", "reopen_rate")
_MOVED = ("reassignment_rate", "moves_per_case", "ping_pong_share")
_ENDED = (*_TO_CLOSE, *_IN_TIME, *_OPEN, *_BY_CLOSING, *_MOVED)

DOUBTS: Mapping[str, Doubt] = {
    "closed_before_created": Doubt(
        "closed before they were opened", (*_TO_CLOSE, *_IN_TIME), _earlier("closed_at", "created_at")
    ),
    "closed_on_create": Doubt(
        "closed in the moment they were opened", _TO_CLOSE, lambda t: sure(t.closed_at == t.created_at)
    ),
    "decided_before_created": Doubt(
        "decided before they were opened", ("hours_to_decision",), _earlier("decided_at", "created_at")
    ),
    "decided_on_create": Doubt(
        "decided in the moment they were opened, as far as the source tells",
        ("hours_to_decision",),
        lambda t: sure(t.decided_at == t.created_at) if "created_at" in t.columns else never(t),
    ),
    "assigned_before_created": Doubt(
        "touched before they were opened", ("hours_to_first_touch",), _earlier("first_assigned_at", "created_at")
    ),
    "appealed_before_decided": Doubt(
        "appealed before they were decided", ("appeal_rate",), _earlier("appealed_at", "decided_at")
    ),
    "close_time_on_open_case": Doubt("open, but with a closing time", _ENDED),
    "look_ahead": Doubt("open, but with a closing time that lies ahead", _ENDED),
    "ambiguous_time": Doubt("at a time that the clocks showed twice", _SPANS),
    "nonexistent_time": Doubt("at a time that the clocks skipped", _SPANS),
}
"""By the loader's flag. Those that are not here touch no figure: of several rows with one id the latest stands."""

_BAD = "bad_value:"
_TOLD_BY: Mapping[str, str] = {"decision_initial": "decision"}
"""A column that speaks for another one: the first decision is taken before the last."""


def doubts_of(case_set: CaseSet, metric: Metric) -> dict[str, Condition]:
    """Return the doubts that keep rows of this case set out of a figure, by their words.

    Flags that no row carries are not asked for: reading them costs more than the figure itself.
    """
    found: dict[str, Condition] = {}
    flags = flags_that_touch(case_set, metric)
    for flag, doubt in DOUBTS.items():
        if metric.name in doubt.metrics and (doubt.shown or flag in flags):
            found[doubt.words] = doubt.shown or flagged(flag)
    for flag in flags:
        if flag.startswith(_BAD):
            found[f"whose {flag.removeprefix(_BAD)} cannot be read"] = flagged(flag)
    return found


def flags_that_touch(case_set: CaseSet, metric: Metric) -> tuple[str, ...]:
    """Return the loader's flags that rows of this case set carry and that a figure has to read, in alphabetical order."""
    flags = sorted(case_set.quality.flags) if case_set.has("dq_flags") else []
    return tuple(flag for flag in flags if _touches(flag, metric))


def _touches(flag: str, metric: Metric) -> bool:
    if flag.startswith(_BAD):
        column = flag.removeprefix(_BAD)
        return _TOLD_BY.get(column, column) in metric.needs
    doubt = DOUBTS.get(flag)
    return doubt is not None and doubt.shown is None and metric.name in doubt.metrics
