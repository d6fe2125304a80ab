"""Each story is told once: what is gone without the most specific sight of it is named along with that sight."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.findings.moves import FEWEST_CASES, FLOORS
from tskit.findings.scan.words import in_short
from tskit.findings.segments import Segment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.findings.scan.cube import Cube
    from tskit.findings.scan.sight import Sight, SightKind

__all__ = ["is_material", "joined_runs", "told_once"]

_CARRIES = 0.8
"""A part stands for the whole if it holds so much of its excess (as for moves: `fold`)."""
_SAYS: Mapping[SightKind, int] = {
    **dict.fromkeys(("linked", "spike", "drop", "silence", "breach", "shift", "flow"), 2),
    "mix": 1,
    "driver": 0,
}
"""Of two sights of one segment, the one that says when leads, then the one that says why."""
_LEFT = 0.5
"""A sight of which half is gone without another one is seen of the same story."""


def is_material(sight: Sight) -> bool:
    """Return whether a sight is large enough to matter to anybody, by the same floors as the moves of a trend report."""
    if sight.detector == "links":
        return True
    shape = {"share": "share", "hours": "level", "cases": "flow"}[sight.unit]
    floor = FLOORS[shape]  # type: ignore[index]  # one of its keys
    away = abs(sight.seen - sight.expected)
    if shape == "flow":
        return sight.size >= floor.absolute and away >= floor.relative * sight.expected
    return sight.rests_on >= FEWEST_CASES and away >= max(floor.absolute, floor.relative * abs(sight.expected))


def joined_runs(sights: Sequence[Sight]) -> list[Sight]:
    """Return the sights with the periods of one segment, metric and direction put together, the surest one leading."""
    runs: dict[tuple[object, ...], list[Sight]] = {}
    for sight in sights:
        key = sight.detector, sight.kind, sight.metric, tuple(sorted(sight.segment.items())), sight.is_up
        runs.setdefault(key, []).append(sight)
    return [_run(run) for run in runs.values()]


def _run(run: list[Sight]) -> Sight:
    leading = min(run, key=lambda sight: (sight.p, -sight.size))
    own = [sight for sight in run if sight.step == leading.step]
    return replace(
        leading,
        size=sum(sight.size for sight in own),
        rests_on=sum(sight.rests_on for sight in own),
        start=min(sight.start for sight in own),
        end=max(sight.end for sight in own),
    )


def told_once(sights: Sequence[Sight], cubes: Mapping[str, Cube], labels: Mapping[str, str]) -> list[Sight]:
    """Return the stories, the heaviest first, each with what else was seen of it.

    `labels` are the casebook's own words for values.
    """
    left = sorted(sights, key=_rank)
    told: list[Sight] = []
    while left:
        leader = _most_specific(left[0], left, cubes)
        joined = [sight for sight in left if sight is not leader and _is_gone(sight, leader, cubes)]
        also = tuple(dict.fromkeys(in_short(sight, labels) for sight in joined))
        told.append(replace(leader, also=also))
        left = [sight for sight in left if sight is not leader and all(sight is not other for other in joined)]
    return sorted(told, key=_rank)


def _rank(sight: Sight) -> tuple[object, ...]:
    return -sight.weight, sight.kind, sight.metric, tuple(sight.segment.items())


def _most_specific(sight: Sight, left: Sequence[Sight], cubes: Mapping[str, Cube]) -> Sight:
    """Return the sight of the narrowest segment that carries most of what this one shows."""
    inside = [
        other
        for other in left
        if other.metric == sight.metric
        and len(other.segment) >= len(sight.segment)
        and other.is_up == sight.is_up
        and _share_inside(sight, other, cubes) >= _CARRIES
    ]
    return max(inside, key=lambda other: (len(other.segment), _SAYS[other.kind], other.weight), default=sight)


def _is_gone(sight: Sight, leader: Sight, cubes: Mapping[str, Cube]) -> bool:
    """Return whether half of a sight or more is gone without the leader's cases."""
    if not _overlap(sight, leader):
        return False
    is_one_mix = sight.kind == leader.kind == "mix" and sight.metric == leader.metric
    if is_one_mix or _waited_there(sight, leader, cubes):
        return True  # one share over all moved once, whichever column its mix is told by
    mine, theirs = _segment(sight), _segment(leader)
    if mine.excludes(theirs) or (leader.kind == "mix" and sight.metric != leader.metric):
        return False  # more cases of a kind move the rate that they are part of, and nothing else
    if theirs.items and theirs.holds(mine):
        return True
    if sight.metric == leader.metric and (mine == theirs or (leader.kind == "shift" and not theirs.items)):
        return True  # where all cases went to another level, every segment did, whichever way
    return bool(theirs.items) and _share_inside(sight, leader, cubes) >= 1 - _LEFT


def _waited_there(sight: Sight, leader: Sight, cubes: Mapping[str, Cube]) -> bool:
    """Return whether a queue that became slower is where the cases waited that missed their targets.

    Half or more of the misses of the queue are the leader's, and they are a fifth or more of all of the leader's.
    """
    cube = cubes.get(leader.metric)
    if sight.kind != "flow" or leader.kind != "breach" or cube is None or not set(sight.segment) <= set(cube.columns):
        return False
    queue, theirs = _segment(sight), _segment(leader)
    of_queue, of_leader = (cube.excess(one, leader.start, leader.end) for one in (queue, theirs))
    if not queue.items or queue.excludes(theirs) or max(of_queue, of_leader) >= 0:
        return False
    shared = cube.excess(queue, leader.start, leader.end, inside=theirs)
    return shared / of_queue >= 1 - _LEFT and shared / of_leader >= 1 - _CARRIES


def _share_inside(sight: Sight, other: Sight, cubes: Mapping[str, Cube]) -> float:
    """Return how much of what a sight shows lies in the cases of another sight's segment."""
    mine, theirs = _segment(sight), _segment(other)
    if theirs.holds(mine):
        return 1.0
    cube = cubes.get(sight.metric)
    if cube is None or mine.excludes(theirs):
        return 0.0
    whole = cube.excess(mine, sight.start, sight.end)
    return cube.excess(mine, sight.start, sight.end, inside=theirs) / whole if whole else 0.0


def _segment(sight: Sight) -> Segment:
    return Segment(tuple(sight.segment.items()))


def _overlap(one: Sight, other: Sight) -> bool:
    return one.start < other.end and other.start < one.end
