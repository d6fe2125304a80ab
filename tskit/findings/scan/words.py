"""Sights in words: what was seen where, against what, each in one sentence whose numbers are values."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.cards import Draft, capital, subject
from tskit.findings.places import country, within
from tskit.findings.scan.sight import Sight
from tskit.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tskit.findings.scan.cube import Cube, Step
    from tskit.findings.scan.sight import SightKind
    from tskit.metrics import Metric
    from tskit.model import CaseSet, Tone

__all__ = ["called", "evidence_for", "in_short", "spike_sight", "tone_for"]

_DAYS: Mapping[str, int] = {"day": 1, "week": 7}
_TARGETS = {"sla_attainment", "sla_attainment_closed"}


def called(metric: Metric, segment: Mapping[str, str], case_set: CaseSet) -> str:
    """Return a metric in a segment, as an analyst would say it."""
    name = "cases" if metric.name == "cases_opened" else subject(metric)
    labels = case_set.casebook.labels
    return capital(within(name, {column: labels.get(value, value) for column, value in segment.items()}))


def in_short(sight: Sight, labels: Mapping[str, str]) -> str:
    """Return where a sight is, in few words: its metric and its segment."""
    named = [country(v) if c == "market" else labels.get(v, v) for c, v in sight.segment.items()]
    return f"{sight.metric.replace('_', ' ') or sight.kind} {' · '.join(named) or 'over all'}".strip()


def evidence_for(detector: str, metric: Metric | None = None) -> tuple[Evidence, ...]:
    """Return where to look: the table of the detector, and the metric of the catalogue."""
    own = Evidence("table", detector, f"What {detector} looked at")
    return (own,) if metric is None else (own, Evidence("metric", metric.id, metric.label))


def tone_for(metric: Metric, *, is_up: bool) -> Tone:
    """Return whether that is for the worse; more work than usual is, though volume has no good direction."""
    direction = metric.direction or (-1 if metric.name == "cases_opened" else 0)
    return "neutral" if not direction else "better" if (direction > 0) == is_up else "worse"


def spike_sight(cube: Cube, columns: Sequence[str], step: Step, row: pd.Series, case_set: CaseSet) -> Sight:
    """Return a period of a segment that lies outside its usual range."""
    segment = {column: str(row[column]) for column in columns}
    is_up = bool(row["observed"] > row["expected"])
    start: date = pd.Timestamp(row["period"]).date()
    end = start + timedelta(days=_DAYS[step])
    draft, metric = Draft(), cube.metric
    of = float(row["out_of"]) if cube.is_share else 1.0
    unit = "share" if cube.is_share else "cases"
    seen, expected, low, high = (float(row[name]) / of for name in ("observed", "expected", "lower", "upper"))
    when = f"on {draft.day('day', start)}" if step == "day" else f"in the week from {draft.day('day', start)}"
    name = called(metric, segment, case_set)
    if row["side"] == "silent":
        days = float(row["silent_for"]) * _DAYS[step]
        start, seen, expected = end - timedelta(days=int(days)), 0.0, float(row["silent_expected"])
        statement = (
            f"{name}: none in the last {draft.number('days', days, 'days')} days, where "
            f"{draft.number('expected', expected, unit)} were expected."
        )
    else:
        statement = (
            f"{name}: {draft.number('seen', seen, unit)} {when}, {'above' if is_up else 'below'} the "
            f"{draft.range('usual', low, high, unit)} that chance makes of {draft.number('expected', expected, unit)} expected."
        )
    with np.errstate(divide="ignore", invalid="ignore"):
        times = (float(x) for x in np.array([seen, seen, seen]) / np.array([expected, high, low]))
    times, least, most = times
    return Sight(
        _kind(metric, row["side"], is_up=is_up), "rates" if cube.is_share else "spikes", metric.name, segment, statement,
        float(row["p"]), float("nan"), seen, expected, unit, times, (least, most), abs(seen - expected) * of, start, end,
        evidence_for("rates" if cube.is_share else "spikes", metric), step,
        values=draft.values, tone=tone_for(metric, is_up=is_up), rests_on=of if cube.is_share else float("inf"),
    )  # fmt: skip


def _kind(metric: Metric, side: str, *, is_up: bool) -> SightKind:
    if metric.name in _TARGETS and not is_up:
        return "breach"
    return "silence" if side == "silent" else "spike" if is_up else "drop"
