"""Spikes, drops and silence: every segment's days and weeks of the window, held against that segment's own past."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from tskit.calendars import holidays_between
from tskit.findings.moves import FEWEST_CASES
from tskit.findings.scan.shared import Looked
from tskit.findings.scan.words import spike_sight
from tskit.findings.segments import levels
from tskit.patterns.spikes import Around, spikes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from numpy.typing import NDArray

    from tskit.findings.scan.cube import Cube, Groups, Step
    from tskit.findings.scan.sight import Detector, Sight
    from tskit.model import CaseSet, Pattern

__all__ = ["Course", "course_of", "holidays_of", "large_enough", "watched"]

_WEEK = 7
_MOSTLY = 0.6
"""A segment takes the public holidays of the market that so much of it comes from."""
_LIKELY = 0.05
"""A comparison with a larger p than the whole scan may err by can never be told, and makes no sight."""
_HALF_YEAR = 182
_AT_A_GLANCE = 2.5
"""Standard errors: beyond it lies one of a hundred weeks, and what is told of thousands lies far beyond it."""
_MARKET = "market"
_PLACE = "_place"


@dataclass(frozen=True, slots=True)
class Course:
    """The series of one group of columns in one step, judged: the pattern, and how many segments were left out."""

    cube: Cube
    columns: tuple[str, ...]
    step: Step
    pattern: Pattern = field(repr=False)
    left_out: int


def watched(
    cubes: Sequence[Cube], *, detector: Detector, holidays: Mapping[str, Sequence[date]], case_set: CaseSet
) -> Looked:
    """Return what left its usual range in the window: counts by day and week, shares by week.

    Days are watched in all cases and by single columns, weeks in pairs of columns as well. Segments with fewer than 30
    cases in the window and in the one before count among the comparisons, but are not watched.
    """
    courses = [course for cube in cubes for course in _courses(cube, holidays)]
    p: list[NDArray[np.float64]] = []
    sights: list[Sight] = []
    of: list[int] = []
    at = 0
    for course in courses:
        own = course.pattern.table["p"].to_numpy(dtype=np.float64)
        periods = max(len(own) // max(course.pattern.table["series"].nunique(), 1), 1)
        p.append(np.r_[own, np.ones(course.left_out * periods)])
        for row in np.flatnonzero(course.pattern.table["alarm"].to_numpy(dtype=bool) & (own <= _LIKELY)):
            sights.append(
                spike_sight(course.cube, course.columns, course.step, course.pattern.table.iloc[row], case_set)
            )
            of.append(at + int(row))
        at += len(p[-1])
    why_not = "" if courses else "no segment has as many cases as it takes, or the data begins too late"
    whole = np.concatenate(p) if p else np.zeros(0)
    return Looked(detector, whole, tuple(sights), tuple(of), tuple(c.pattern for c in courses), why_not)


def course_of(
    cube: Cube, segment: Mapping[str, str], *, step: Step, holidays: Mapping[str, Sequence[date]], days: int
) -> Pattern:
    """Return the spikes of one segment over the last so many days, as its chart draws them."""
    groups = cube.groups(tuple(segment))
    kept = np.array([one.fixed == segment for one in groups.segments], dtype=bool)
    since = cube.window.end - timedelta(days=days)
    return _judged(cube, groups, kept, step=step, around=Around(since=since, holidays=holidays, place=_PLACE))


def large_enough(cube: Cube, groups: Groups) -> NDArray[np.bool_]:
    """Return which segments have 30 cases in the window or in the one before; of a share, in both together."""
    days = cube.window.days
    (k, n), (k_before, n_before) = (cube.sums(groups, before=before, days=days) for before in (0, days))
    return (n + n_before if cube.is_share else np.maximum(k, k_before)) >= FEWEST_CASES


def holidays_of(cube: Cube) -> Mapping[str, Sequence[date]]:
    """Return the public holidays of each market of the cases, from the first day that is known."""
    places = [label for label in cube.labels.get(_MARKET, []) if len(label) == 2 and label.isalpha()]
    window = cube.window.stretched(days_before=cube.days_back)
    return {place: tuple(holidays_between([place], window)["day"]) for place in places}


def _courses(cube: Cube, holidays: Mapping[str, Sequence[date]]) -> Iterator[Course]:
    for columns in levels(cube.columns):
        groups = cube.groups(columns)
        if not groups.segments:
            continue
        kept = large_enough(cube, groups)
        if cube.is_share:
            kept &= _may_be_odd(cube, groups)
        for step in _steps(cube, columns):
            if not kept.any():
                continue
            since = cube.window.start if step == "day" else _first_week(cube)
            around = Around(since=since, holidays=holidays, place=_PLACE)
            pattern = _judged(cube, groups, kept, step=step, around=around)
            yield Course(cube, columns, step, pattern, int((~kept).sum()))


def _may_be_odd(cube: Cube, groups: Groups) -> NDArray[np.bool_]:
    """Return which segments have any week of the window that may be beyond noise, at a glance.

    A week that even plain binomial noise around the share of the half year before explains cannot be beyond the wider
    noise that `spikes` allows for; to count such a segment as looked at, with a p of 1, costs nothing but power.
    """
    days = cube.window.days
    k, n = cube.sums(groups, before=days, days=_HALF_YEAR)
    share = (k + 0.5) / (n + 1)
    odd = np.zeros(len(k), dtype=bool)
    for back in range(0, days, _WEEK):
        hits, of = cube.sums(groups, before=back, days=min(_WEEK, days))
        error = np.sqrt(share * (1 - share) * (of + of**2 / (n + 1)))
        odd |= np.abs(hits - share * of) > _AT_A_GLANCE * error
    return odd


def _steps(cube: Cube, columns: Sequence[str]) -> tuple[Step, ...]:
    is_short = cube.window.days < _WEEK
    if cube.is_share:
        return ("day",) if is_short else ("week",)
    if is_short:
        return ("day",)
    return ("week",) if len(columns) > 1 else ("day", "week")


def _first_week(cube: Cube) -> date:
    """Return the first day of the first whole week of the window, counted back from its end."""
    return cube.window.end - timedelta(days=cube.window.days // _WEEK * _WEEK)


def _judged(cube: Cube, groups: Groups, kept: NDArray[np.bool_], *, step: Step, around: Around) -> Pattern:
    frame = cube.series(groups, kept, step=step)
    main = np.array(_main_markets(cube, groups), dtype=object)
    frame = frame.assign(**{_PLACE: main[frame["group"].to_numpy()]})
    found = spikes(frame, by=[*groups.columns, _PLACE], value="k", out_of="n" if cube.is_share else "", around=around)
    return replace(found, settings={**found.settings, "metric": cube.metric.name, "by": ", ".join(groups.columns)})


def _main_markets(cube: Cube, groups: Groups) -> list[str]:
    """Return for each segment the market that most of its cases come from, or nothing where none has most."""
    if _MARKET not in cube.columns:
        return [""] * len(groups.segments)
    code, labels = cube.codes[_MARKET], cube.labels[_MARKET]
    values = cube.n if cube.is_share else cube.k
    rows = (groups.place >= 0) & (code >= 0)
    size = len(labels)
    wide = np.bincount(groups.place[rows] * size + code[rows], values[rows], len(groups.segments) * size)
    wide = wide.reshape(len(groups.segments), size)
    whole = np.maximum(wide.sum(axis=1), 1.0)
    return [
        labels[int(n)] if top >= _MOSTLY else ""
        for n, top in zip(wide.argmax(axis=1), wide.max(axis=1) / whole, strict=True)
    ]
