"""Who does the runs of a batch: processes of this machine, each told over a pipe what to do next."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection
from typing import TYPE_CHECKING, Protocol

from tskit.runs.kernel import stop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from pathlib import Path

    from tskit.runs.batch.plan import Planned
    from tskit.runs.batch.standing import Standing

__all__ = ["Crew", "Doing", "LocalCrew", "News"]

_GRACE_SECONDS = 5.0
"""How long a process that is told to stop may take to stop its kernel and clear up."""

Doing = Callable[["Planned", "Path"], "Standing"]
"""Makes a run below a folder and returns how it ended. It is sent to other processes, so it names a module."""

News = tuple[str, "Standing | None"]
"""The id of a run and how it ended; None when the process died under it."""


class Crew(Protocol):
    """Whoever runs can be given to, as many at a time as it has `size`."""

    @property
    def size(self) -> int:
        """Return how many runs it does at a time."""
        ...

    def give(self, run: Planned, place: Path) -> None:
        """Let a run be made below `place`."""
        ...

    def news(self) -> Sequence[News]:
        """Wait until some run has ended, and return those that have."""
        ...

    def leave(self) -> None:
        """End every process; runs that are still going on are stopped."""
        ...


@dataclass(slots=True)
class _Hand:
    """One process, our end of its pipe, and the id of the run that it is at."""

    process: SpawnProcess
    pipe: Connection
    run: str = ""


@dataclass(slots=True)
class LocalCrew:
    """Processes of this machine. Each imports what runs need once; one that dies is replaced.

    They are spawned: a fork of this process would share its threads' locks, and exports start threads.
    """

    do: Doing
    size: int
    hands: list[_Hand] = field(default_factory=list["_Hand"])

    def give(self, run: Planned, place: Path) -> None:
        """Let a run be made below `place`, by a process that has nothing to do or by a new one."""
        hand = next((hand for hand in self.hands if not hand.run), None)
        if hand is None:
            hand = _hired(self.do)
            self.hands.append(hand)
        hand.run = run.id
        # One that died while it waited is news like any other death.
        with suppress(OSError):
            hand.pipe.send((run, place))

    def news(self) -> Sequence[News]:
        """Wait until some run has ended, or its process has, and return those that have."""
        busy = [hand for hand in self.hands if hand.run]
        ready = set(connection.wait([waited for hand in busy for waited in (hand.pipe, hand.process.sentinel)]))
        return [self._heard(hand) for hand in busy if ready & {hand.pipe, hand.process.sentinel}]

    def leave(self) -> None:
        """End every process: politely, so that each stops its kernel, and after some seconds by force."""
        for hand in self.hands:
            hand.pipe.close()
            if hand.run:
                hand.process.terminate()
        for hand in self.hands:
            hand.process.join(_GRACE_SECONDS)
            hand.process.kill()
            hand.process.join()
        self.hands.clear()

    def _heard(self, hand: _Hand) -> News:
        run, hand.run = hand.run, ""
        try:
            # What it said before it died counts.
            if hand.pipe.poll():
                return run, hand.pipe.recv()
        except (EOFError, OSError):
            pass
        hand.process.kill()
        hand.process.join()
        hand.pipe.close()
        self.hands.remove(hand)
        return run, None


def _hired(do: Doing) -> _Hand:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, do), daemon=True)
    process.start()
    theirs.close()
    return _Hand(process, ours)


def _serve(pipe: Connection, do: Doing) -> None:
    """Do the runs that come over the pipe, until it is closed."""
    _keep_apart()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        while True:
            run, place = pipe.recv()
            pipe.send(do(run, place))
    except (EOFError, OSError):
        return


def _keep_apart() -> None:
    """Leave the terminal: Ctrl-C is for who started the batch, and what libraries print can quote a row."""
    silent = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(silent, number)
    if sys.platform != "win32":
        os.setpgrp()


def _end_with_parent() -> None:
    """End this process once the one that started it is gone: politely, and after some seconds by force."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        stop()
        threading.Event().wait(_GRACE_SECONDS)
    os._exit(1)
