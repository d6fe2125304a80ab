"""Processes that a child started and that left its group, as a daemon does: they end with the child all the same."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["end_strays", "keep_orphans"]

_PR_SET_CHILD_SUBREAPER = 36
_OWN = Path("/proc/thread-self")


def keep_orphans() -> None:
    """Let this process be the parent of whatever below it loses its own; where there is no such thing, nothing happens.

    Each child of a zygote does so as well. What is handed on to the zygote has thus outlived the child it belonged to.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_strays(known: Collection[int]) -> None:
    """Kill each child of this process that is not among the `known`, and take note of those that have ended.

    What a killed one had started comes here in its turn, and its end wakes the zygote up for it.
    """
    if sys.platform != "linux":
        return
    with suppress(OSError):  # a system may be built without this file
        listed = (_OWN / "children").read_text(encoding="ascii")
        for pid in set(map(int, listed.split())).difference(known):
            with suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, os.WNOHANG)
