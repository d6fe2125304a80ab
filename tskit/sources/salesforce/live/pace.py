"""How long to wait before something is asked again: longer each time, and by chance, so that not everybody asks at once."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Pace"]

_FIRST = 1.0
_LONGEST = 60.0
_LONGEST_TOLD = 900.0
_BETWEEN_LOOKS = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)


@dataclass(frozen=True, slots=True)
class Pace:
    """Time and chance as whoever starts an extract gives them; seconds throughout."""

    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = random.random
    elapsed: Callable[[], float] = time.monotonic
    attempts: int = 7

    def wait(self, attempt: int, *, told: float = 0.0) -> None:
        """Wait after the attempt of this number, from 1; `told` is what the other side asked for, and is the least."""
        longest = min(_LONGEST, _FIRST * 2 ** (attempt - 1))
        self.sleep(min(told, _LONGEST_TOLD) + longest * (0.5 + self.chance() / 2))

    def look(self, number: int) -> float:
        """Wait before a job is looked at for this many-th time, from 0, and return how long that was."""
        seconds = _BETWEEN_LOOKS[min(number, len(_BETWEEN_LOOKS) - 1)]
        self.sleep(seconds)
        return seconds
