"""Where the warm processes of tskit live, and what they have imported by the time they are needed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tskit.runs.warm import NotWarmError, WarmPlace, begin, own_folder
from tskit.runs.warm.kernels import PRELOAD as KERNELS
from tskit.runs.warm.specs import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PRELOAD", "preheat", "warm_place"]

PRELOAD = (
    *KERNELS,
    "altair",
    "tskit.charts",
    "tskit.findings",
    "tskit.findings.dive",
    "tskit.findings.escalation",
    "tskit.findings.handover",
    "tskit.findings.session",
    "tskit.cases",
    "tskit.findings.rehearsal:rehearse",
    "tskit.runs.engine.child:prepare",
    "duckdb:close",  # importing it opens a connection with threads of its own; a child opens another when it needs one
)
"""What the templates use, in order. It is part of a warm process's name: everybody takes this list as it is."""

_IDLE_SECONDS = 1800.0


def warm_place(*, is_forced: bool = False) -> WarmPlace:
    """Return where this user's warm processes live; `is_forced` asks for them where they are off, as on macOS."""
    return WarmPlace(own_folder(os.environ), PRELOAD, _IDLE_SECONDS, is_forced=is_forced)


def preheat(place: WarmPlace, *, trouble: Callable[[str], None]) -> None:
    """Start the warm process of notebooks and runs before one is asked for; `trouble` hears why there is none."""
    try:
        begin(place, environment={**os.environ, **ENVIRONMENT})
    except (NotWarmError, OSError) as error:
        trouble(str(error) if isinstance(error, NotWarmError) else type(error).__name__)
