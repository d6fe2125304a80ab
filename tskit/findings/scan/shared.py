"""How the five per cent that a whole scan may err by are shared between its detectors.

Each detector that looks at all gets an equal part (Bonferroni), and corrects within it for everything that it looked at
by Benjamini and Hochberg's procedure (1995; it holds for tests that go up and down together, as those of segments that
overlap do: Benjamini and Yekutieli 2001). Where nothing is the matter, a procedure at level a claims anything with a
chance of a, so that the parts add up to five per cent for the scan; and as the false share of all claims is no more than
the sum of the detectors' false shares, the same five per cent bound the false discoveries. One pooled correction would
not do: a story of ten thousand alarms of one kind would let chance pass in all others.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.findings.moves import LEVEL_OF_ERROR
from tskit.stats import benjamini_hochberg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from tskit.findings.scan.sight import Detector, Sight
    from tskit.model import Pattern

__all__ = ["Looked", "corrected", "part_of"]


@dataclass(frozen=True, slots=True)
class Looked:
    """What a detector looked at: the p of every comparison, and a sight for each one that may be worth telling.

    `of` is the place of each sight's comparison in `p`. Patterns that correct their p themselves, for the chance of any
    false claim at all, are so many `tables`, which share the detector's part; their sights have that p. A detector that could not look says why in `why_not`.
    """

    detector: Detector
    p: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0), repr=False)
    sights: tuple[Sight, ...] = ()
    of: tuple[int, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    why_not: str = ""
    tables: int = 0

    @property
    def count(self) -> int:
        """Return how many comparisons were made."""
        return int(np.isfinite(self.p).sum())

    def q(self) -> NDArray[np.float64]:
        """Return the chance of each sight corrected for all that the detector looked at."""
        if self.tables:
            return np.minimum(np.array([sight.p for sight in self.sights]) * self.tables, 1.0)
        return benjamini_hochberg(self.p)[list(self.of)] if self.of else np.zeros(0)


def part_of(detectors: int) -> float:
    """Return the level of one of so many detectors."""
    return LEVEL_OF_ERROR / max(detectors, 1)


def corrected(looks: Sequence[Looked]) -> tuple[list[Sight], Mapping[str, float]]:
    """Return the sights that are beyond noise with their q, and the level of each detector that looked."""
    able = [look for look in looks if look.count]
    found: list[Sight] = []
    for look in able:
        q = np.minimum(look.q() * len(able), 1.0)
        told = [replace(sight, q=float(own)) for sight, own in zip(look.sights, q, strict=True)]
        found += [sight for sight in told if sight.q <= LEVEL_OF_ERROR]
    return found, {look.detector: part_of(len(able)) for look in able}
