"""What `tskit batch` shows: the runs beforehand, each as it ends, and what became of all of them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tskit.cli.runs_listed import STATUSES
from tskit.cli.screen import say
from tskit.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from tskit.model import BatchSummary
    from tskit.runs.batch import Ended, Plan, Planned, Standing, Told

__all__ = ["ending", "preview", "progress", "stopped"]

_MINUTE, _HOUR = 60, 3600


def preview(plan: Plan, todo: Sequence[Planned]) -> None:
    """Say which runs there are, and how many; those that are done already are counted only."""
    for number, run in enumerate(plan.runs, start=1):
        if run in todo:
            say(f"{number}/{len(plan.runs)} {run.label}")
    done = len(plan.runs) - len(todo)
    rest = f", {done} of them done" if done else ""
    varied = f" over {', '.join(plan.names)}" if plan.names else ""
    say(f"{len(plan.runs)} runs of {plan.template}{varied}{rest}. Nothing was started.")


@contextmanager
def progress(title: str, *, before: int, total: int) -> Generator[Callable[[Told], None]]:
    """Give a function that is told of each run that has ended; `before` of the `total` were done already."""
    if not sys.stderr.isatty():
        yield lambda told: say(_line(told, before=before, total=total), err=True)
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True, highlight=False, markup=False)
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=total, completed=before)

        def tell(told: Told) -> None:
            bar.console.out(neutralise(_line(told, before=before, total=total)), highlight=False)
            left = f", {_left(told.left)}" if told.left else ""
            bar.update(task, completed=before + told.done, description=f"{title}{left}")

        yield tell


def stopped(folder: Path) -> None:
    """Say how a batch is taken up again that somebody would not even let end."""
    say(f"Stopped. What was whole is kept.\nTo go on: {_resumed(folder)}", err=True)


def ending(told: BatchSummary, ended: Ended, *, folder: Path) -> None:
    """Say what became of the batch in `folder`, and how it is taken up again where something is left."""
    counts = told.counts
    words = {**STATUSES, "missing": "not run"}
    say(f"{told.name}: {', '.join(f'{count} {words[kind]}' for kind, count in counts.items())}.")
    if ended == "interrupted":
        say("Stopped. What was whole is kept.", err=True)
    if ended == "failures":
        say("Too many runs failed, so the others were not begun; --stop-after-failures 1 goes on regardless.", err=True)
    if counts.get("failed"):
        say(f"To try failed runs again: {_resumed(folder)} --retry-failed", err=True)
    elif told.missing:
        say(f"To go on: {_resumed(folder)}", err=True)


def _resumed(folder: Path) -> str:
    # By its path, which leads there from wherever --out and --casebook put it; a name is found in one casebook alone.
    path = str(folder)
    return f'tskit batch --resume "{path}"' if " " in path else f"tskit batch --resume {path}"


def _line(told: Told, *, before: int, total: int) -> str:
    left = f", {_left(told.left)}" if told.left else ""
    return f"{before + told.done}/{total} {told.run.label} {_ended(told.standing)} {told.standing.seconds:.1f} s{left}"


def _ended(standing: Standing) -> str:
    kind = f" ({standing.kind})" if standing.kind else ""
    return f"{STATUSES[standing.outcome]}{kind}"


def _left(seconds: float) -> str:
    """Return a length of time as people say it.

    >>> _left(8), _left(119), _left(7300)
    ('about 8 s left', 'about 2 min left', 'about 2.0 h left')
    """
    if seconds < _MINUTE:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / _MINUTE:.0f} min left" if seconds < _HOUR else f"about {seconds / _HOUR:.1f} h left"
