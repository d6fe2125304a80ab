"""What there is to tell: moves and peaks that stand out, each cause once, with what followed from it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.findings.closures import Closure, closure_before
from tskit.findings.fold import Story, explains, folded
from tskit.findings.mix import Adjusted, adjusted
from tskit.findings.moves import LEVEL_OF_ERROR
from tskit.findings.segments import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tskit.findings.look import Look
    from tskit.findings.measured import Measured
    from tskit.findings.moves import Move
    from tskit.findings.peaks import Peak
    from tskit.findings.segments import Segment

__all__ = ["Backlog", "Change", "Told", "Volume", "tell"]

_OWED = 0.8
_EXPLAINED = 0.5


@dataclass(frozen=True, slots=True)
class Volume:
    """A rise or fall of cases opened: over the whole period (`story`), within it (`peak`), or both."""

    segment: Segment
    story: Story | None
    peak: Peak | None
    backlog: Peak | None = None
    followed: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Backlog:
    """A backlog that stood out, with the closure of a site that it came after, and the moves that followed."""

    peak: Peak
    closure: Closure | None
    followed: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """Any other change, beside the same change with the mix of cases held still."""

    story: Story
    adjusted: Adjusted | None


@dataclass(frozen=True, slots=True)
class Told:
    """All stories of a look: what moved, what only seems to have moved, and nothing twice."""

    volumes: tuple[Volume, ...] = ()
    backlogs: tuple[Backlog, ...] = ()
    changes: tuple[Change, ...] = ()
    mixes: tuple[Change, ...] = ()
    explained: tuple[Move, ...] = field(default=())

    @property
    def is_quiet(self) -> bool:
        """Return whether nothing moved beyond noise."""
        return not (self.volumes or self.backlogs or self.changes)


def tell(look: Look) -> Told:
    """Return the stories of a look.

    Volume comes first, since a spike of cases moves rates and times as well; then backlogs. A move that is gone once
    the segment of such a story is left out is told with it. What is left of a rate must also move like for like.
    """
    moved = [move for move in look.moves if move.stands_out]
    volumes, backlogs = _joined(_volumes(look, moved), _backlogs(look), look)
    causes: list[Segment] = [story.segment for story in volumes] + [story.peak.segment for story in backlogs]
    rest = [move for move in moved if move.metric.name != "cases_opened"]
    followed = {id(move): cause for move in rest if (cause := _cause(move, causes, look)) is not None}
    changes = [
        Change(story, _held_still(story, look)) for story in _folded([m for m in rest if id(m) not in followed], look)
    ]
    mixes = [change for change in changes if change.adjusted is not None and change.adjusted.is_mix_only]
    mixes += _seeming(look, [change.story.driver for change in changes], followed)
    explained = [move for move in rest if id(move) in followed]
    return Told(
        tuple(_with_followers(story, explained, followed) for story in volumes),
        tuple(Backlog(b.peak, b.closure, _followers(b.peak.segment, explained, followed)) for b in backlogs),
        tuple(c for c in changes if all(c is not mix for mix in mixes)),
        tuple(mixes),
        tuple(explained),
    )


def _seeming(look: Look, judged: Sequence[Move], followed: Mapping[int, Segment]) -> list[Change]:
    """Return the rates over all cases that changed visibly, while like for like they did not.

    Among hundreds of comparisons such a change may not stand out, yet a reader sees it and would call it a trend. The
    totals are therefore also looked at by themselves, corrected for how many they are.
    """
    totals = [move for move in look.moves if move.segment == EVERYTHING and move.shape == "share" and move.is_material]
    seen = [m for m in totals if m.verdict.p * len(totals) <= LEVEL_OF_ERROR and id(m) not in followed]
    new = [move for move in seen if all(move.metric is not other.metric for other in judged)]
    held = [(move, adjusted(move, look.case_set)) for move in new]
    return [Change(Story(move), found) for move, found in held if found is not None and found.is_mix_only]


def _volumes(look: Look, moved: Sequence[Move]) -> list[Volume]:
    measured = look.measured.get("cases_opened")
    if measured is None:
        return []
    mine = [move for move in moved if move.metric.name == "cases_opened"]
    stories = folded(mine, measured, case_set=look.case_set)
    peaks = {peak.segment: peak for name, peak in look.peaks if name == "cases_opened"}
    found = [Volume(story.driver.segment, story, _dated(peaks.get(story.driver.segment))) for story in stories]
    standing = [peak for name, peak in look.peaks if name == "cases_opened" and peak.stands_out]
    for peak in _leading(standing, measured):
        if not any(_is_part(peak, story.segment, measured) for story in found):
            found.append(Volume(peak.segment, None, peak))
    return found


def _dated(peak: Peak | None) -> Peak | None:
    found = None if peak is None else peak.dated()
    return found if found is not None and found.spike is not None else None


def _backlogs(look: Look) -> list[Backlog]:
    measured = look.measured.get("backlog")
    if measured is None:
        return []
    standing = [peak for name, peak in look.peaks if name == "backlog" and peak.stands_out]
    return [Backlog(peak, closure_before(peak, look)) for peak in _leading(standing, measured)]


def _joined(volumes: Sequence[Volume], backlogs: Sequence[Backlog], look: Look) -> tuple[list[Volume], list[Backlog]]:
    """Return the stories with each backlog that is only a rise's own work told along with that rise."""
    joined: list[Volume] = []
    left = list(backlogs)
    for volume in volumes:
        own = [b for b in left if b.closure is None and _is_part(b.peak, volume.segment, look.measured["backlog"])]
        left = [b for b in left if all(b is not o for o in own)]
        joined.append(replace(volume, backlog=own[0].peak if own else None))
    return joined, left


def _leading(peaks: Sequence[Peak], measured: Measured) -> list[Peak]:
    """Return one peak per cause: the most specific segment that holds most of it."""
    left = sorted(peaks, key=lambda peak: -peak.verdict.z)
    leading: list[Peak] = []
    while left:
        top = left[0]
        inside = [p for p in left if p is top or _excess_in(top, p.segment, measured) >= _OWED]
        driver = max(inside, key=lambda p: (len(p.segment.items), p.verdict.z))
        leading.append(driver)
        left = [p for p in left if p not in inside and not _is_part(p, driver.segment, measured)]
    return leading


def _is_part(peak: Peak, segment: Segment, measured: Measured) -> bool:
    return segment.holds(peak.segment) or _excess_in(peak, segment, measured) >= _EXPLAINED


def _excess_in(peak: Peak, segment: Segment, measured: Measured) -> float:
    """Return the share of a peak's excess that lies in the cases of another segment."""
    if peak.spike is None or peak.segment.excludes(segment):
        return 0.0
    cube = measured.cube(peak.segment.columns)
    rows = cube[peak.segment.select(cube) & segment.select(cube)]
    days = rows.groupby("back")["value"].sum()
    first = (measured.window.end - peak.spike.start).days - 1
    last = first - peak.spike.days + 1
    total = float(days[(days.index <= first) & (days.index >= last)].sum())
    base = days[(days.index >= measured.window.days) & (days.index < measured.window.days + 56)]
    excess = total - float(base.sum()) / 56 * peak.spike.days
    whole = peak.spike.total - peak.spike.expected
    return excess / whole if whole > 0 else 0.0


def _cause(move: Move, causes: Iterable[Segment], look: Look) -> Segment | None:
    measured = look.measured[move.metric.name]
    opened, case_set = look.measured.get("cases_opened"), look.case_set
    found = (c for c in causes if c.items and explains(move, c, measured, case_set=case_set, opened=opened))
    return next(found, None)


def _folded(moves: Sequence[Move], look: Look) -> list[Story]:
    names = dict.fromkeys(move.metric.name for move in moves)
    return [
        story
        for name in names
        for story in folded(
            [move for move in moves if move.metric.name == name], look.measured[name], case_set=look.case_set
        )
    ]


def _held_still(story: Story, look: Look) -> Adjusted | None:
    driver = story.driver
    if driver.shape not in {"share", "level"} or not np.isfinite(driver.now):
        return None
    return adjusted(driver, look.case_set)


def _with_followers(story: Volume, explained: Sequence[Move], followed: dict[int, Segment]) -> Volume:
    return replace(story, followed=_followers(story.segment, explained, followed))


def _followers(segment: Segment, explained: Sequence[Move], followed: dict[int, Segment]) -> tuple[Move, ...]:
    return tuple(move for move in explained if followed[id(move)] == segment)
