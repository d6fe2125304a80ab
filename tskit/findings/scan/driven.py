"""Drivers: which segments explain a change since the window before, and rates that only the mix of cases moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tskit.findings.cards import Draft, capital, counted, subject
from tskit.findings.noise import UNJUDGED, judge
from tskit.findings.places import within
from tskit.findings.scan.shared import Looked
from tskit.findings.scan.sight import Sight
from tskit.findings.scan.words import called, evidence_for, tone_for
from tskit.findings.segments import Segment
from tskit.findings.tracks import BLANK
from tskit.patterns.drivers import decompose, explain
from tskit.patterns.drivers.cells import side_by_side
from tskit.patterns.drivers.lattice import lattice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from tskit.findings.scan.cube import Cube
    from tskit.model import CaseSet, Pattern

    Floats = NDArray[np.float64]

__all__ = ["driven", "driver_of", "mixed"]

_MOST_PAIRS = 25
"""Windows that say how much the mix moves by itself: two years of four weeks."""
_NO_VALUE = ""
_WINDOWS = ("after", "before")


def driven(cubes: Sequence[Cube], case_set: CaseSet, *, level: float) -> Looked:
    """Return the segments of any number of columns that drive a change against the window before.

    `explain` holds its level over all segments together, so that each metric gets an equal part of the detector's.
    """
    able = [cube for cube in cubes if cube.days_back >= cube.window.days and cube.columns]
    sights: list[Sight] = []
    patterns: list[Pattern] = []
    sizes: list[int] = []
    for cube in able:
        cells = cube.cells()
        kind = "rate" if cube.is_share else "count"
        pattern = explain(cells, dims=cube.columns, kind=kind, level=level / len(able))
        looked = len(lattice(side_by_side(cells, dims=cube.columns), cube.columns).size)
        causes = pattern.table[pattern.table["role"] == "cause"]
        sights += [driver_of(cube, row, case_set) for _, row in causes.iterrows()]
        patterns.append(_of(pattern, cube))
        sizes.append(looked)
    why_not = "" if able else "the data does not reach back to the window before"
    # Each p holds over all segments of its search, so that only the searches are left to correct for.
    return Looked("drivers", np.ones(sum(sizes)), tuple(sights), (), tuple(patterns), why_not, len(able))


def mixed(cubes: Sequence[Cube], case_set: CaseSet) -> Looked:
    """Return the shares that changed over all since the mix of their cases did, by each column alone.

    The mix part of the change (`decompose`) is held against those of earlier pairs of windows, each in units of its own
    sampling error, since the mix of real cases moves by more than sampling alone makes it.
    """
    p: list[float] = []
    sights: list[Sight] = []
    of: list[int] = []
    patterns: list[Pattern] = []
    for cube in (cube for cube in cubes if cube.is_share):
        for column in cube.columns:
            steps = _mix_steps(cube, column)
            verdict = judge(float(steps[0]), 1.0, steps[1:]) if len(steps) else UNJUDGED
            if not np.isfinite(verdict.p):
                continue
            pattern = _of(decompose(_last_two(cube, column), by=[column]), cube)
            patterns.append(pattern)
            found = _mix(cube, column, pattern.table, verdict.p, case_set)
            if found is not None:
                sights.append(found)
                of.append(len(p))
            p.append(verdict.p)
    why_not = "" if p else "a change of the mix is judged by nine windows before, which the data does not hold"
    return Looked("mix", np.array(p), tuple(sights), tuple(of), tuple(patterns), why_not)


def _of(pattern: Pattern, cube: Cube) -> Pattern:
    return replace(pattern, settings={**pattern.settings, "metric": cube.metric.name})


def driver_of(cube: Cube, row: pd.Series, case_set: CaseSet) -> Sight:
    """Return the sight of a cause, a row of the table of `explain`."""
    where = {str(name): str(value) for name, value in row["segment"].items() if value != BLANK}
    metric, draft = cube.metric, Draft()
    segment = Segment(tuple(where.items()))
    window = cube.window
    unit = "share" if cube.is_share else "cases"
    of = float(cube.n[cube.inside(segment) & cube.span(window.start, window.end)].sum()) if cube.is_share else 1.0
    seen, expected = (float(row[name]) / max(of, 1.0) for name in ("seen", "expected"))
    factor, low, high = (float(row[name]) for name in ("factor", "low", "high"))
    verb = "rose" if seen > expected else "fell"
    statement = (
        f"{called(metric, where, case_set)} {verb} to {draft.number('seen', seen, unit)}, where the rest would make it "
        f"{draft.number('expected', expected, unit)}: {draft.number('times', factor, 'times')} times as much "
        f"({draft.range('times', low, high, 'times')})."
    )
    return Sight(
        "driver", "drivers", metric.name, where, statement, float(row["p"]), float("nan"), seen, expected, unit, factor, (low, high),
        abs(seen - expected) * of, window.start, window.end, evidence_for("drivers", metric),
        values=draft.values, tone=tone_for(metric, is_up=seen > expected), rests_on=of if cube.is_share else float("inf"),
    )  # fmt: skip


def _mix_steps(cube: Cube, column: str) -> Floats:
    """Return the mix part of each change from window to window in units of its sampling error, the newest first.

    With shares w of the values among the cases and their rates, held still at the mean r of both windows, the part is
    the sum of the changes of w times how far r lies from the whole; each w is that of a multinomial sample.
    """
    n, k = _by_window(cube, column, windows=min(cube.days_back // cube.window.days + 1, _MOST_PAIRS))
    total = n.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, rate = n / total, k / n
        both = np.where(
            np.isnan(rate[:-1]), rate[1:], np.where(np.isnan(rate[1:]), rate[:-1], (rate[:-1] + rate[1:]) / 2)
        )
        away = np.nan_to_num(both - (k.sum(axis=1) / total[:, 0])[:-1, None])
        mix = (np.diff(share[::-1], axis=0)[::-1] * away).sum(axis=1)
        spread = [
            ((w * away**2).sum(axis=1) - (w * away).sum(axis=1) ** 2) / size[:, 0]
            for w, size in ((share[:-1], total[:-1]), (share[1:], total[1:]))
        ]
        steps = mix / np.sqrt(spread[0] + spread[1])
    return np.asarray(steps, dtype=np.float64)


def _by_window(cube: Cube, column: str, *, windows: int) -> tuple[Floats, Floats]:
    """Return n and k by window (rows, the newest first) and value of a column, the last one for those without a value."""
    size, bin_ = len(cube.labels[column]) + 1, cube.back // cube.window.days
    rows = bin_ < windows
    code = np.where(cube.codes[column][rows] < 0, size - 1, cube.codes[column][rows])
    at = bin_[rows] * size + code
    n, k = (np.bincount(at, values[rows], windows * size).reshape(windows, size) for values in (cube.n, cube.k))
    return np.asarray(n, dtype=np.float64), np.asarray(k, dtype=np.float64)


def _last_two(cube: Cube, column: str) -> pd.DataFrame:
    """Return the cells of a column in the window and the one before."""
    n, k = _by_window(cube, column, windows=2)
    values = [*cube.labels[column], _NO_VALUE]
    parts = [pd.DataFrame({column: values, "window": name, "n": n[i], "k": k[i]}) for i, name in enumerate(_WINDOWS)]
    both = pd.concat(parts, ignore_index=True)
    return both[both.groupby(column)["n"].transform("sum") > 0]


def _mix(cube: Cube, column: str, table: pd.DataFrame, p: float, case_set: CaseSet) -> Sight | None:
    """Return the sight of a share that is another over all through its mix; none where its rates explain more of it."""
    whole, parts = table.iloc[0], table.iloc[1:]
    cases = (whole["n_before"] + whole["n_after"]) / 2
    mix, rate, low, high = (float(whole[name]) / cases for name in ("mix", "rate", "mix_low", "mix_high"))
    before, after = float(whole["rate_before"]), float(whole["rate_after"])
    if not np.isfinite(rate) or abs(mix) <= abs(rate):
        return None
    usual = (before + after) / 2
    away = parts["rate_after"].fillna(parts["rate_before"]) - usual
    moved = parts["n_after"] / whole["n_after"] - parts["n_before"] / whole["n_before"]
    leading = parts.loc[(away * moved * np.sign(mix)).astype(float).idxmax()]
    value = str(leading[column])
    metric, draft = cube.metric, Draft()
    segment = {column: value} if value not in {_NO_VALUE, BLANK} else {}
    grown = within(counted(metric), {column: case_set.casebook.labels.get(value, value)})
    statement = (
        f"{capital(subject(metric))} is {draft.number('seen', after, 'share')} against "
        f"{draft.number('before', before, 'share')} before since the mix of {counted(metric)} changed "
        f"({draft.points('mix', mix)} points, {draft.points('mix_low', low)} to {draft.points('mix_high', high)}), and not "
        f"their rates ({draft.points('rate', rate)} points): {grown} went from "
        f"{draft.number('grown_before', float(leading['n_before']))} of {draft.number('all_before', float(whole['n_before']))} "
        f"to {draft.number('grown', float(leading['n_after']))} of {draft.number('all', float(whole['n_after']))}."
    )
    window = cube.window
    times = (before + np.array([mix, low, high])) / before if before > 0 else np.full(3, np.nan)
    return Sight(
        "mix", "mix", metric.name, segment, statement, p, float("nan"), before + mix, before, "share", float(times[0]),
        (float(times[1]), float(times[2])), abs(float(leading["n_after"] - leading["n_before"])), window.start, window.end,
        evidence_for("mix", metric), values=draft.values, tone="neutral",
    )  # fmt: skip
