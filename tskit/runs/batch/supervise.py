"""Sees the runs of a batch through: gives them out, writes down what became of them, and knows when to stop."""

from __future__ import annotations

import shutil
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tskit.runs.batch.estimate import seconds_left
from tskit.runs.batch.standing import ATTEMPTS, WORKER_DIED, Standing, clear

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tskit.runs.batch.crew import Crew
    from tskit.runs.batch.journal import Journal
    from tskit.runs.batch.plan import Planned

__all__ = ["Ending", "Told", "supervise"]

Ending = Literal["whole", "failures"]
"""whole: every run was done. failures: too many failed, and the others were left."""

_TRIES = 2
_EARLIEST = 4
"""How many runs have to have ended before a share of failures says something."""


@dataclass(frozen=True, slots=True)
class Told:
    """A run that has ended: how many of how many have, and about how many seconds the others take."""

    run: Planned = field(repr=False)
    standing: Standing
    done: int
    total: int
    left: float | None


def supervise(
    todo: Sequence[Planned],
    crew: Crew,
    *,
    folder: Path,
    journal: Journal,
    share: float,
    tell: Callable[[Told], None],
) -> Ending:
    """Let the crew do the runs, and return why it ended.

    A run is made in a folder of its attempt alone and moved into `folder` once it is whole, so that no process that
    outlives its supervisor writes into what a later one makes. One whose process was killed is tried once more.

    Args:
        todo: the runs, in the order in which they are begun.
        crew: who does them; it is the caller's to end.
        folder: the batch's.
        journal: the batch's, open.
        share: the batch stops when more than this share of the runs that ended has failed: 1 never, 0 at the first.
        tell: called with each run that has ended.
    """
    course = _Course(deque(todo), folder, journal, len(todo))
    while course.waiting or course.under_way:
        while course.waiting and len(course.under_way) < crew.size and not course.has_failed(share):
            course.begin(crew)
        if not course.under_way:
            return "failures"
        for key, standing in crew.news():
            told = course.ended(key, standing, crew.size)
            if told:
                tell(told)
    return "whole"


@dataclass(slots=True)
class _Course:
    """Where a batch stands while it goes on."""

    waiting: deque[Planned]
    folder: Path
    journal: Journal
    total: int
    under_way: dict[str, tuple[Planned, Path]] = field(default_factory=dict[str, "tuple[Planned, Path]"])
    tries: Counter[str] = field(default_factory=Counter[str])
    failed: int = 0
    taken: list[float] = field(default_factory=list[float])

    def has_failed(self, share: float) -> bool:
        done = len(self.taken)
        return self.failed > share * done and (done >= _EARLIEST or not share)

    def begin(self, crew: Crew) -> None:
        run = self.waiting.popleft()
        self.tries[run.id] += 1
        # The number of lines grows for ever, so no two attempts of a batch have the same folder.
        place = self.folder / ATTEMPTS / str(self.journal.lines)
        self.journal.add("started", run=run.id)
        self.under_way[run.id] = (run, place)
        crew.give(run, place)

    def ended(self, key: str, standing: Standing | None, workers: int) -> Told | None:
        run, place = self.under_way.pop(key)
        found = standing or Standing("failed", WORKER_DIED)
        if found.is_lost and self.tries[key] < _TRIES:
            self.journal.add("lost", run=key, kind=found.kind)
            shutil.rmtree(place, ignore_errors=True)
            self.waiting.appendleft(run)
            return None
        self._keep(place / key)
        self.journal.add("ended", run=key, outcome=found.outcome, kind=found.kind, seconds=found.seconds)
        self.failed += found.outcome == "failed"
        self.taken.append(found.seconds)
        remaining = len(self.waiting) + len(self.under_way)
        left = seconds_left(self.taken, remaining=remaining, workers=workers)
        return Told(run, found, len(self.taken), self.total, left)

    def _keep(self, made: Path) -> None:
        final = self.folder / made.name
        if made.is_dir():
            clear(final)
            made.rename(final)
        shutil.rmtree(made.parent, ignore_errors=True)
