"""What was changed, and what it is judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from tskit.errors import ParameterError

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Days = NDArray[np.datetime64]

__all__ = ["Change", "Outcome"]


@dataclass(frozen=True, slots=True)
class Change:
    """A change that took effect `on` a day, in full at once, or growing evenly over `ramp_days` more.

    The `washout_days` from that day on are left out: of them nobody knows which rule they were decided by.
    """

    on: date
    ramp_days: int = 0
    washout_days: int = 0
    name: str = "the change"

    def __post_init__(self) -> None:
        if self.ramp_days < 0 or self.washout_days < 0:
            raise ParameterError("A ramp and a washout are numbers of days, 0 for none.")

    def reached(self, starts: Days, ends: Days) -> Floats:
        """Return how much of the change was in effect in each period (from its first day to before its end), 0 to 1."""
        first, days = np.datetime64(self.on, "D"), (ends - starts).astype(int)
        held = [
            np.clip((start + np.arange(n) - first).astype(int) + 1, 0, self.ramp_days + 1).mean()
            for start, n in zip(starts, days, strict=True)
        ]
        return np.asarray(held, dtype=np.float64) / (self.ramp_days + 1)

    def washed(self, starts: Days, ends: Days) -> NDArray[np.bool_]:
        """Return which periods touch the washout."""
        first = np.datetime64(self.on, "D")
        return (ends > first) & (starts < first + self.washout_days)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is measured, in words (`label`, without a capital), and of which kind it is.

    A "count" is cases in a period, a "rate" is `k` of `n`, a "value" is a mean or median in its `unit`. `better` is 1
    where more is better, -1 where less is, 0 where neither is.
    """

    label: str
    kind: Literal["count", "rate", "value"]
    unit: str = "cases"
    better: Literal[-1, 0, 1] = 0
