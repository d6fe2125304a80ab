"""What a process inherits beside its environment: limits, priority, processors, the mask of new files, threads."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ceiling", "standing", "take", "threads"]

_OWN = Path("/proc/self")


def threads() -> int:
    """Return how many threads this process has; where the system does not tell, how many Python knows of."""
    if sys.platform == "linux":
        return len(os.listdir(_OWN / "task"))  # noqa: PTH208  # a handful of names, before each fork
    return threading.active_count()


def ceiling() -> dict[str, int]:
    """Return what a process cannot raise again: its hard limits by name, and its priority."""
    limits = {name: hard for name, (_, hard) in _limits().items()}
    return {**limits, "nice": os.getpriority(os.PRIO_PROCESS, 0)}


def standing() -> dict[str, Any]:
    """Return what this process hands to a child of its own: soft limits, processors and the mask of new files."""
    found: dict[str, Any] = {"limits": {name: soft for name, (soft, _) in _limits().items()}}
    if sys.platform == "linux":
        found["processors"] = sorted(os.sched_getaffinity(0))
        found["mask"] = _mask()
    return found


def take(given: Mapping[str, Any]) -> None:
    """Make `standing` of another process that of this one; what this one may not have stays as it is."""
    import resource  # noqa: PLC0415  # only where it exists

    for name, soft in cast("Mapping[str, int]", given.get("limits", {})).items():
        kind = getattr(resource, name)
        now, hard = resource.getrlimit(kind)
        if now != soft:
            with suppress(ValueError, OSError):
                resource.setrlimit(kind, (soft, hard))
    if "mask" in given:
        os.umask(given["mask"])
    if sys.platform == "linux" and "processors" in given:
        with suppress(OSError):
            os.sched_setaffinity(0, given["processors"])


def _limits() -> dict[str, tuple[int, int]]:
    """Return the soft and the hard limit by name; one of them has two names."""
    import resource  # noqa: PLC0415  # only where it exists

    names = sorted(name for name in dir(resource) if name.startswith("RLIMIT_") and name != "RLIMIT_OFILE")
    return {name: resource.getrlimit(getattr(resource, name)) for name in names}


def _mask() -> int:
    # Asking the system changes nothing; `os.umask` would, for a moment, under the feet of other threads.
    lines = (_OWN / "status").read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1], 8) for line in lines if line.startswith("Umask:")), 0o077)
