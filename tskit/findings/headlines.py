"""Headline tiles, and the table of every metric now, before and in the same weeks a year ago."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.calendars import moving_holidays
from tskit.findings.cards import Draft, counted
from tskit.findings.mix_card import like_for_like
from tskit.findings.moves import LEVEL_OF_ERROR
from tskit.findings.segments import EVERYTHING
from tskit.findings.tables import table
from tskit.findings.targets import in_words, target_of
from tskit.findings.tracks import tracks
from tskit.findings.wording import amount, change, days, listed, relative, spread
from tskit.metrics import find

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.findings.look import Look
    from tskit.findings.measured import Measured, Point
    from tskit.findings.moves import Move
    from tskit.findings.stories import Change
    from tskit.findings.tables import Table
    from tskit.metrics import Metric
    from tskit.model import Target

__all__ = [
    "against_before_and_a_year_ago",
    "headlines",
    "interval_of_change",
    "matured_in_words",
    "moving_holidays_in_words",
]

_MOST_TILES = 5
_SPARK_WEEKS = 13
_WEEK = 7


def headlines(look: Look) -> Table:
    """Return three to five tiles: value, change with its interval, target, and the weeks before as a line.

    A rate that moved only with the mix of cases claims no change here either.
    """
    steady = _moved_with_the_mix(look)
    known = [m for m in look.measured.values() if np.isfinite(m.now.value)]
    rows = [_tile(measured, look, mix=steady.get(measured.metric.name)) for measured in known[:_MOST_TILES]]
    names = ["label", "value", "unit", "text", "change", "tone", "verdict", "target", "low", "high", "spark", "metric"]
    return table(
        pd.DataFrame(rows, columns=names),
        [(name, name) for name in names],
        key="headlines",
        title="Headline figures",
        caption="Change against the period before, with the range that holds it in 95 of 100 cases.",
        role="headlines",
    )


def _moved_with_the_mix(look: Look) -> Mapping[str, Change]:
    """Return the changes that only the mix made, over all cases, by metric."""
    found = {change.story.driver.metric.name: change for change in look.told.mixes[::-1]}
    return {name: change for name, change in found.items() if change.story.driver.segment == EVERYTHING}


def interval_of_change(move: Move) -> str:
    """Return the range around a change, in points for shares and relative for everything else."""
    margin = move.verdict.margin
    if not np.isfinite(margin):
        return ""
    if move.shape == "share":
        raw = move.now - move.before
        return spread(raw - margin, raw + margin, "points")
    raw = (
        float(np.log((move.now + 0.5) / (move.before + 0.5)))
        if move.shape != "level"
        else np.log(move.now / move.before)
    )
    return f"{relative(float(np.exp(raw - margin)) - 1)} to {relative(float(np.exp(raw + margin)) - 1)}"


def against_before_and_a_year_ago(look: Look) -> Table:
    """Return one row per metric: this period, the one before, the same ISO weeks a year ago, and target."""
    rows = [_compared(measured, look) for measured in look.measured.values()]
    rows += [
        {"metric": find(name).label, "note": f"needs {listed([f'column {column}' for column in lacks])}"}
        for name, lacks in look.missing.items()
    ]
    columns = [
        ("metric", "Metric"),
        ("now", "This period"),
        ("before", "Before"),
        ("change", "Change"),
        ("verdict", "Beyond noise?"),
        ("year_ago", "A year ago"),
        ("target", "Target"),
        ("note", "Note"),
    ]
    frame = pd.DataFrame(rows, columns=[name for name, _ in columns])
    return table(
        frame.astype(object).where(frame.notna(), None),
        columns,
        key="metrics",
        title="Every metric beside the period before and a year ago",
        caption=(
            "Before is the period of the same length before this one. A year ago is 52 weeks back, so that weekdays match; "
            f"in brackets the change since then. {moving_holidays_in_words(look)}"
        ),
    )


def moving_holidays_in_words(look: Look) -> str:
    """Return the sentence about moving holidays that only one of the two years' windows holds."""
    places = _places(look)
    if not places:
        return "The source names no market, so moving holidays are not marked."
    frame = moving_holidays(places, look.window)
    one_sided = frame[frame["held_by"] != "both"]
    if one_sided.empty:
        return "No moving holiday lies in only one of the two windows."
    words = [
        f"{row.name_} ({row.country}, {'this year' if row.held_by == 'this' else 'last year'} only)"
        for row in one_sided.rename(columns={"name": "name_"}).itertuples()
    ]
    return f"Read the change on the year with care: {listed(list(dict.fromkeys(words)))}."


def _places(look: Look) -> list[str]:
    casebook = look.case_set.casebook
    scoped = dict(look.case_set.scope.filters).get("market", ())
    markets = scoped or (casebook.markets if look.case_set.has("market") else ())
    return [market for market in markets if len(market) == 2]


def _tile(measured: Measured, look: Look, *, mix: Change | None) -> dict[str, object]:
    metric, now = measured.metric, measured.now
    move = look.total(metric.name)
    target = target_of(look.case_set.casebook.targets, metric.name, EVERYTHING)
    text, tone = _change(measured, move, mix=mix)
    return {
        "label": metric.label,
        "value": now.value,
        "unit": metric.unit,
        "text": amount(now.value, metric.unit),
        "change": text,
        "tone": tone,
        "verdict": "" if target is None else f"target{_judged(now.value, target)}".replace(":", ""),
        "target": "" if target is None else in_words(target, metric.unit),
        "low": now.low,
        "high": now.high,
        "spark": _spark(measured),
        "metric": metric.name,
    }


def _judged(value: float, target: Target) -> str:
    return f": {'met' if target.is_met(value) else 'missed'}" if np.isfinite(value) else ""


def _verdict(move: Move | None, *, is_mix: bool) -> str:
    if move is None or not np.isfinite(move.q):
        return "not judged"
    if is_mix:
        return "only the mix moved"
    return "yes" if move.stands_out else "no"


def _change(measured: Measured, move: Move | None, *, mix: Change | None) -> tuple[str, str]:
    metric = measured.metric
    if move is None or not np.isfinite(measured.before.value):
        why = measured.before.note if measured.before.note.startswith("redefined") else ""
        return why or "no period before to compare with", "neutral"
    size = change(measured.before.value, measured.now.value, metric.unit)
    if not np.isfinite(move.verdict.p):
        return f"{size} on the period before; too few earlier periods to judge", "neutral"
    if mix is not None and mix.adjusted is not None:
        side = "higher" if move.is_up else "lower"
        rest = like_for_like(Draft(), mix.adjusted, mix.story.driver)
        return f"{side} only since the mix of {counted(metric)} changed: {size} raw, {rest} like for like", "neutral"
    if not move.q <= LEVEL_OF_ERROR or not move.is_material:
        return f"{size} ({interval_of_change(move)}), within noise", "neutral"
    arrow = "▲" if move.is_up else "▼"
    return f"{arrow} {size} ({interval_of_change(move)})", _tone(metric, is_up=move.is_up)


def _tone(metric: Metric, *, is_up: bool) -> str:
    # More work than usual is no good news either, though volume itself has no good direction.
    direction = metric.direction or (-1 if metric.name == "cases_opened" else 0)
    return "neutral" if direction == 0 else "better" if (direction > 0) == is_up else "worse"


def _spark(measured: Measured) -> list[float | None]:
    cube = measured.cube(())
    weekly = cube.assign(bin=cube["back"] // _WEEK)
    weeks = min(_SPARK_WEEKS, measured.weeks + measured.window.days // _WEEK)
    found = list(tracks(weekly, by=(), shape=measured.shape, bins=max(weeks, 1)))
    if not found:
        return []
    return [float(value) if np.isfinite(value) else None for value in found[0].levels[::-1]]


def _compared(measured: Measured, look: Look) -> dict[str, object]:
    metric, now = measured.metric, measured.now
    unit = metric.unit
    move = look.total(metric.name)
    target = target_of(look.case_set.casebook.targets, metric.name, EVERYTHING)
    verdict = _verdict(move, is_mix=metric.name in _moved_with_the_mix(look))
    return {
        "metric": metric.label,
        "now": _shown(now, unit),
        "before": _shown(measured.before, unit),
        "change": _difference(measured.before, now, unit),
        "verdict": verdict,
        "year_ago": _a_year_ago(measured, unit),
        "target": None if target is None else f"{in_words(target, unit)}{_judged(now.value, target)}",
        "note": _note(measured, look),
    }


def _note(measured: Measured, look: Look) -> str | None:
    """Return what to know of the figure: which part of the period it is about, and what was left out."""
    return "; ".join(part for part in (matured_in_words(measured, look), measured.now.note) if part) or None


def matured_in_words(measured: Measured, look: Look) -> str:
    """Return which cases a metric with a follow-up is about, and which they are compared with; empty for all others."""
    window, metric = measured.window, measured.metric
    if window == look.window:
        return ""
    before = window.before()
    return (
        f"{counted(metric)} of {days(window.start, window.end)} against those of {days(before.start, before.end)}, since "
        f"each is followed for {metric.follow_up_days} days"
    )


def _a_year_ago(measured: Measured, unit: str) -> str | None:
    value, step = _shown(measured.year_ago, unit), _difference(measured.year_ago, measured.now, unit)
    return value if value is None or step is None else f"{value} ({step})"


def _shown(point: Point, unit: str) -> str | None:
    return amount(point.value, unit) if np.isfinite(point.value) else None


def _difference(before: Point, now: Point, unit: str) -> str | None:
    if not (np.isfinite(before.value) and np.isfinite(now.value)):
        return None
    return change(before.value, now.value, unit)
