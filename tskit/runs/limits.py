"""How long a notebook may take and how much memory, whatever kernel executes it."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

__all__ = ["LOOK_SECONDS", "Limits", "memory_of"]

LOOK_SECONDS = 0.2
_MIB = 1 << 20
_AT_ONCE = 0.001


@dataclass(slots=True)
class Limits:
    """The limits of one execution, in seconds and MiB; the clock runs from when it is made. None is no limit."""

    cell_seconds: int | None = None
    run_seconds: int | None = None
    memory_mb: int | None = None
    is_greedy: bool = False
    _since: float = field(default_factory=time.monotonic)

    def seconds(self, cell: object = None) -> float | None:  # noqa: ARG002  # the signature of nbclient's timeout_func
        """Return how long the next cell may take; never 0, which means no limit to nbclient."""
        given = [] if self.cell_seconds is None else [float(self.cell_seconds)]
        if self.run_seconds is not None:
            given.append(self._since + self.run_seconds - time.monotonic())
        return max(_AT_ONCE, min(given)) if given else None

    def late(self) -> str:
        """Return the sentence that says which limit of time was met."""
        if self.run_seconds is not None and time.monotonic() - self._since >= self.run_seconds:
            return f"The notebook took longer than {self.run_seconds} seconds."
        return f"The cell took longer than {self.cell_seconds} seconds."

    def greedy(self) -> str:
        """Return the sentence that says which limit of memory was met."""
        return f"The notebook needed more than {self.memory_mb} MiB of memory; allow more, or take a shorter period."

    def refuses(self, pid: int) -> bool:
        """Take note of whether a process and all that it started hold more memory than is allowed."""
        self.is_greedy = self.memory_mb is not None and memory_of(pid) > self.memory_mb * _MIB
        return self.is_greedy

    def watch(self, pid: int) -> None:
        """Kill a process, and all that it started, once it holds more memory than is allowed; ends with the process."""
        if self.memory_mb is not None:
            threading.Thread(target=self._watch, args=(pid,), daemon=True).start()

    def _watch(self, pid: int) -> None:
        while family := _family(pid):
            if self.refuses(pid):
                for process in family:
                    with suppress(psutil.Error):
                        process.kill()
                return
            time.sleep(LOOK_SECONDS)


def memory_of(pid: int) -> int:
    """Return how many bytes of memory a process and all that it started hold; 0 when it is gone."""
    return sum(map(_resident, _family(pid)))


def _family(pid: int) -> list[psutil.Process]:
    try:
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    except psutil.Error:
        return []


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0
