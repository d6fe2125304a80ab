"""A batch from where it stands to its end: what is left to do is done, under a lock, with everything written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from tskit.runs.batch.journal import Journal
from tskit.runs.batch.lock import alone
from tskit.runs.batch.standing import clear_attempts, standings
from tskit.runs.batch.supervise import supervise
from tskit.runs.kernel import terminable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from tskit.runs.batch.crew import Crew
    from tskit.runs.batch.plan import Plan, Planned
    from tskit.runs.batch.standing import Standing
    from tskit.runs.batch.supervise import Told

__all__ = ["Conduct", "Ended", "carry_out", "left_to_do"]

Ended = Literal["whole", "failures", "interrupted"]


@dataclass(frozen=True, slots=True)
class Conduct:
    """How a batch is carried out.

    `crew` makes those who do so many runs, `tell` hears of each that has ended. The batch stops when more than the
    `share` of the runs that ended has failed. `is_failed_repeated` gives runs that failed another attempt.
    """

    crew: Callable[[int], Crew]
    clock: Callable[[], datetime]
    tell: Callable[[Told], None]
    share: float = 0.5
    is_failed_repeated: bool = False


def left_to_do(plan: Plan, found: Mapping[str, Standing], *, is_failed_repeated: bool = False) -> tuple[Planned, ...]:
    """Return the runs that are not done: those that never ended, those that were killed, and failed ones where asked."""
    return tuple(run for run in plan.runs if _is_left(found.get(run.id), is_failed_repeated))


def carry_out(plan: Plan, folder: Path, conduct: Conduct) -> Ended:
    """Do what is left of the batch in `folder` and return how that ended; Ctrl-C and a polite kill stop its processes.

    Raises:
        RunError: another process is at it.
    """
    with alone(folder), Journal.of(folder, clock=conduct.clock) as journal, terminable():
        clear_attempts(folder)
        todo = left_to_do(plan, standings(plan, folder), is_failed_repeated=conduct.is_failed_repeated)
        journal.add("begun", runs=len(todo))
        ended: Ended = "interrupted"
        crew = conduct.crew(len(todo))
        try:
            ended = supervise(todo, crew, folder=folder, journal=journal, share=conduct.share, tell=conduct.tell)
        except KeyboardInterrupt:
            pass  # said by what is returned, once the processes are gone
        finally:
            crew.leave()
            clear_attempts(folder)
        journal.add("closed", why=ended)
        return ended


def _is_left(found: Standing | None, is_failed_repeated: bool) -> bool:  # noqa: FBT001  # of one caller above
    if found is None or found.is_lost:
        return True
    return is_failed_repeated and found.outcome == "failed"
