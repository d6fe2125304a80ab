"""What a scan returns: the sights that deserve a look, ranked, with all that was looked at to find them."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log2, log10
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import pandas as pd

    from tskit.findings.scan.cube import Cube
    from tskit.model import CaseSet, Evidence, Pattern, Tone, Value

__all__ = ["DETECTORS", "Detector", "Scan", "Sight", "SightKind"]

SightKind = Literal["spike", "drop", "silence", "shift", "driver", "mix", "linked", "flow", "breach"]
Detector = Literal["spikes", "rates", "shifts", "drivers", "mix", "links", "flow"]
DETECTORS: tuple[Detector, ...] = ("spikes", "rates", "shifts", "drivers", "mix", "links", "flow")
_SUREST = 6.0
"""A chance of one in a million: beyond it, more certainty changes nothing that anybody does."""


@dataclass(frozen=True, slots=True)
class Sight:
    """One thing that deserves a look: what was seen where, how sure that is, and what to do about it.

    `p` is the chance of as much where nothing is the matter, `q` the same corrected for all that the whole scan looked
    at. `seen` and `expected` are in `unit` (cases, share or hours); `times` is the one over the other with its 95 %
    `interval` (both NaN where there is no such ratio). `size` is how many cases are concerned: those above or below what
    was expected, or those that belong together. `start` and `end` (half open) are its days, `step` the periods that it
    was seen in. `also` names what was seen of the same story elsewhere. `evidence` refers to detectors by their name.
    """

    kind: SightKind
    detector: Detector
    metric: str
    segment: Mapping[str, str]
    statement: str
    p: float
    q: float
    seen: float
    expected: float
    unit: str
    times: float
    interval: tuple[float, float]
    size: float
    start: date
    end: date
    evidence: tuple[Evidence, ...]
    step: Literal["day", "week", "window"] = "window"
    next_step: str = ""
    also: tuple[str, ...] = ()
    values: Mapping[str, Value] = field(default_factory=dict["str", "Value"])
    tone: Tone = "neutral"
    of_single_cases: bool = False
    rests_on: float = float("inf")
    """How many cases a share or a duration is taken over; of a count, that is `size` itself."""

    @property
    def is_up(self) -> bool:
        """Return whether more was seen than expected."""
        return self.seen > self.expected

    @property
    def weight(self) -> float:
        """Return what ranks a sight: certainty times size, both as orders of magnitude.

        A doubling of the cases concerned counts as one, and so many times as q has zeros, up to six: a large change that
        is barely sure and a small one beyond doubt stand beside each other, and neither size nor certainty alone leads.
        """
        zeros = min(-log10(max(self.q, 1e-300)), _SUREST)
        return zeros * log2(1 + self.size)


@dataclass(frozen=True, slots=True)
class Scan:
    """Everything that a scan looked at, and what of it deserves a look.

    `looked_at` counts the comparisons of each detector, `allowed` is the chance that it may claim anything where nothing
    is the matter. `patterns` are the patterns by detector, each with its table. `absent` are columns that were asked for
    and that the source lacks, `crowded` ones with too many values to compare, `missing` the metrics that it cannot answer
    with the columns that they lack, and `not_told` the detectors that could not look, with the reason.
    """

    case_set: CaseSet
    metrics: tuple[str, ...]
    by: tuple[str, ...]
    sights: tuple[Sight, ...]
    looked_at: Mapping[str, int]
    allowed: Mapping[str, float]
    patterns: Mapping[str, tuple[Pattern, ...]] = field(repr=False)
    absent: tuple[str, ...] = ()
    crowded: tuple[str, ...] = ()
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict["str", "tuple[str, ...]"])
    not_told: Mapping[str, str] = field(default_factory=dict["str", "str"])
    limits: tuple[str, ...] = ()
    cubes: Mapping[str, Cube] = field(default_factory=dict["str", "Cube"], repr=False)

    @property
    def is_quiet(self) -> bool:
        """Return whether nothing is beyond noise."""
        return not self.sights

    @property
    def statement(self) -> str:
        """Return the answer in a sentence or two."""
        looks = sum(self.looked_at.values())
        if self.is_quiet:
            return f"Nothing beyond noise: {looks:,} comparisons were made."
        others = len(self.sights) - 1
        more = f" {others} more {'deserves' if others == 1 else 'deserve'} a look." if others else ""
        return f"{self.sights[0].statement}{more} {looks:,} comparisons were made."

    def cells(self, metric: str) -> pd.DataFrame:
        """Return the cells of a metric in the window and the one before: dimensions, `window`, n and k."""
        return self.cubes[metric].cells()
