"""Targets: met or missed, judged on the exact value; intervals judge change only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.measured import window_of
from tskit.findings.moves import FEWEST_CASES
from tskit.findings.segments import EVERYTHING, Segment
from tskit.findings.tables import table
from tskit.findings.tracks import BLANK
from tskit.findings.wording import amount, limit
from tskit.metrics import Kind, cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.findings.look import Look
    from tskit.findings.tables import Table
    from tskit.metrics import Metric
    from tskit.model import CaseSet, Target

__all__ = ["Held", "held_against", "in_words", "judge_targets", "target_of", "targets_table"]

_COLUMNS = ("queue", "decided_vendor", "vendor", "severity")
"""Vendors are judged by who made the decision; by who holds the case only where nothing else is known."""


@dataclass(frozen=True, slots=True)
class Held:
    """The value of a metric in a segment, held against the target that applies there."""

    metric: Metric
    segment: Segment
    target: Target
    value: float
    n: float

    @property
    def is_met(self) -> bool:
        """Return whether the exact value reaches the target."""
        return self.target.is_met(self.value)


def target_of(targets: Sequence[Target], metric: str, segment: Segment) -> Target | None:
    """Return the first target of a metric whose conditions the whole segment fulfils."""
    values = segment.fixed
    fitting = (t for t in targets if t.metric == metric and all(values.get(c) == v for c, v in t.where.items()))
    return next(fitting, None)


def in_words(target: Target, unit: str) -> str:
    """Return a target as people say it.

    >>> from tskit.model import Target
    >>> print(in_words(Target("sla_attainment", at_least=0.95), "share"))
    at least 95 %
    """
    parts = [
        f"at least {limit(target.at_least, unit)}" if target.at_least is not None else "",
        f"at most {limit(target.at_most, unit)}" if target.at_most is not None else "",
    ]
    return " and ".join(part for part in parts if part)


def judge_targets(case_set: CaseSet, metrics: Sequence[Metric]) -> list[Held]:
    """Return every value that has a target: of all cases, then by queue, vendor and severity, largest segments first.

    Segments with fewer than 30 cases are left out: they are neither praised nor blamed.
    """
    found: list[Held] = []
    for metric in metrics:
        splits = dict.fromkeys(column for target in case_set.casebook.targets for column in target.where)
        columns = [column for column in dict.fromkeys([*_COLUMNS, *splits]) if case_set.has(column)]
        columns = [column for column in columns if column != "vendor" or "decided_vendor" not in columns]
        if any(target.metric == metric.name for target in case_set.casebook.targets):
            frames = _by_each(case_set, metric, columns)
            found += [held for split, frame in frames for held in _held(case_set, metric, split, frame)]
    return found


def _by_each(case_set: CaseSet, metric: Metric, columns: Sequence[str]) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    """Return value and n over all cases and by each column; a plain share is counted once and joined."""
    window = window_of(case_set, metric.name)
    splits = [(), *((column,) for column in columns)]
    if metric.kind is not Kind.SHARE or metric.weight:
        return [(split, cells(case_set, metric.name, window=window, by=split)) for split in splits]
    found = cells(case_set, metric.name, window=window, by=tuple(columns))
    found = found.assign(n=found["n"].fillna(0.0), k=found["k"].fillna(0.0), all="")
    sums = ((split, found.groupby(list(split) or ["all"], as_index=False)[["k", "n"]].sum()) for split in splits)
    return [(split, part.assign(value=part["k"] / part["n"].where(part["n"] > 0))) for split, part in sums]


def held_against(case_set: CaseSet, metric: Metric, columns: tuple[str, ...]) -> list[Held]:
    """Return the values of one metric by these columns where a target applies, largest first."""
    frame = cells(case_set, metric.name, window=window_of(case_set, metric.name), by=columns)
    return _held(case_set, metric, columns, frame)


def _held(case_set: CaseSet, metric: Metric, columns: tuple[str, ...], frame: pd.DataFrame) -> list[Held]:
    frame = frame[frame["value"].notna()].sort_values("n", ascending=False, kind="stable")
    found: list[Held] = []
    for row in frame.to_dict("records"):
        segment = Segment.of(columns, [row[column] for column in columns]) if columns else EVERYTHING
        target = target_of(case_set.casebook.targets, metric.name, segment)
        n = float(row["n"]) if pd.notna(row["n"]) else np.nan
        if target is None or BLANK in segment.fixed.values() or (columns and not n >= FEWEST_CASES):
            continue
        found.append(Held(metric, segment, target, float(row["value"]), n))
    return found


def targets_table(look: Look) -> Table:
    """Return all targets, missed ones first, with the exact value that each is judged on."""
    held = sorted(look.held, key=lambda h: (h.is_met, bool(h.segment.items)))
    rows = [
        {
            "metric": h.metric.label,
            "where": look.named(h.segment) or "all cases",
            "value": amount(h.value, h.metric.unit),
            "target": in_words(h.target, h.metric.unit),
            "verdict": "met" if h.is_met else "missed",
            "n": h.n,
        }
        for h in held
        if not h.is_met or not h.segment.items
    ]
    columns = [
        ("metric", "Metric"),
        ("where", "Where"),
        ("value", "Value"),
        ("target", "Target"),
        ("verdict", "Verdict"),
        ("n", "Cases", "cases"),
    ]
    frame = pd.DataFrame(rows, columns=[name for name, *_ in columns])
    missed = sum(not h.is_met for h in held)
    caption = (
        f"{missed} of {len(held)} values missed their target; segments that met theirs are not shown, and those with fewer "
        f"than {FEWEST_CASES} cases are left out. Judged on the exact value."
    )
    if frame.empty:
        caption = "The casebook sets no target for these metrics; add them under [[targets]] in casebook.toml."
    return table(frame, columns, key="targets", title="Targets by queue, vendor and severity", caption=caption)
