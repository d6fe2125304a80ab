"""Level shifts: a metric that went to another level within the window and stayed there, seen in retrospect."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.cards import Draft
from tskit.findings.scan.shared import Looked
from tskit.findings.scan.sight import Sight
from tskit.findings.scan.watched import large_enough
from tskit.findings.scan.words import called, evidence_for, tone_for
from tskit.findings.segments import Segment, levels
from tskit.patterns.spikes import shifts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tskit.findings.scan.cube import Cube
    from tskit.model import CaseSet, Pattern

__all__ = ["moved"]


def moved(cubes: Sequence[Cube], case_set: CaseSet) -> Looked:
    """Return the changes of level that fall into the window, in all cases and by single columns, week by week.

    Every series that was cut is a comparison, whether it has a change or not. A steady drift belongs to no window and is
    not told.
    """
    p: list[NDArray[np.float64]] = []
    sights: list[Sight] = []
    of: list[int] = []
    patterns: list[Pattern] = []
    at = 0
    for cube in cubes:
        for columns in levels(cube.columns, depth=1):
            groups = cube.groups(columns)
            kept = large_enough(cube, groups) if groups.segments else np.zeros(0, dtype=bool)
            if not kept.any():
                continue
            frame = cube.series(groups, kept, step="week")
            pattern = shifts(frame, by=columns, value="k", out_of="n" if cube.is_share else "")
            table = pattern.table
            is_new = (table["kind"] == "shift").to_numpy() & _within(table["period"], cube)
            own = np.where(is_new, table["p"].to_numpy(dtype=np.float64), 1.0)
            sights += [_sight(cube, columns, table.iloc[row], case_set) for row in np.flatnonzero(is_new)]
            of += [at + int(row) for row in np.flatnonzero(is_new)]
            silent = len(groups.segments) - table["series"].nunique()
            p.append(np.r_[own, np.ones(max(silent, 0))])
            at += len(p[-1])
            patterns.append(replace(pattern, settings={**pattern.settings, "metric": cube.metric.name}))
    why_not = "" if patterns else "no segment has as many cases as it takes"
    return Looked("shifts", np.concatenate(p) if p else np.zeros(0), tuple(sights), tuple(of), tuple(patterns), why_not)


def _within(periods: pd.Series, cube: Cube) -> NDArray[np.bool_]:
    """Return which changes begin in the window; a week that the window cuts begins in it if most of it does."""
    half = timedelta(days=3)
    start, end = (pd.Timestamp(day) for day in (cube.window.start - half, cube.window.end))
    return np.asarray((periods >= start) & (periods < end), dtype=bool)


def _sight(cube: Cube, columns: Sequence[str], row: pd.Series, case_set: CaseSet) -> Sight:
    segment = {column: str(row[column]) for column in columns}
    metric, draft = cube.metric, Draft()
    start: date = pd.Timestamp(row["period"]).date()
    end = min(cube.window.end, start + timedelta(days=cube.window.days))
    unit = "share" if cube.is_share else "cases"
    before, after = float(row["before"]), float(row["after"])
    a_week = "" if cube.is_share else " a week"
    first, last = (pd.Timestamp(row[name]).date() for name in ("earliest", "latest"))
    between = (
        ""
        if first == last
        else f", at the earliest {draft.day('earliest', first, weekday=False)} and at the latest "
        f"{draft.day('latest', last, weekday=False)}"
    )
    statement = (
        f"{called(metric, segment, case_set)} went from {draft.number('before', before, unit)} to "
        f"{draft.number('after', after, unit)}{a_week} with the week from {draft.day('start', start, year=True)}{between}."
    )
    rows = cube.span(start, end)

    inside = rows & cube.inside(Segment(tuple(segment.items())))
    of = float(cube.n[inside].sum()) if cube.is_share else float("inf")
    size = abs(after - before) * (of if cube.is_share else (end - start).days / 7)
    return Sight(
        "shift", "shifts", metric.name, segment, statement, float(row["p"]), float("nan"), after, before, unit,
        float(row["ratio"]), (float(row["low"]), float(row["high"])), size, start, end, evidence_for("shifts", metric),
        "week", values=draft.values, tone=tone_for(metric, is_up=after > before), rests_on=of,
    )  # fmt: skip
