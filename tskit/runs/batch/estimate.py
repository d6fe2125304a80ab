"""How long a batch will still take."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["seconds_left"]

_RECENT = 20


def seconds_left(taken: Sequence[float], *, remaining: int, workers: int) -> float | None:
    """Return about how many seconds the remaining runs take; None before the first has ended.

    The latest twenty count, since a machine gets busier and quieter. The last round is as long as a whole one, also
    where only some of the workers have something to do.

    >>> seconds_left([4.0, 6.0], remaining=3, workers=2)
    10.0
    """
    if not taken or not remaining:
        return 0.0 if taken else None
    rounds = -(-remaining // workers)
    return fmean(taken[-_RECENT:]) * rounds
