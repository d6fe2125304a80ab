"""Who reviews: invented codes of people, by site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tskit.sources.synthetic.world import SITES

if TYPE_CHECKING:
    from tskit.sources.synthetic.world import Ints

__all__ = ["Staff", "hire"]


@dataclass(frozen=True, slots=True)
class Staff:
    """The names of all reviewers, and where those of each site begin and how many they are."""

    names: tuple[str, ...]
    starts: Ints
    sizes: Ints

    def draw(self, rng: np.random.Generator, site: Ints) -> Ints:
        """Return one reviewer of each `site`; some work more than others."""
        lean = rng.random(len(site)) ** 1.3
        return self.starts[site] + (lean * self.sizes[site]).astype(np.int64)


def hire(cases: int) -> Staff:
    """Return a staff that fits the number of cases."""
    people = min(max(cases // 4000, 40), 1500)
    sizes = np.array([max(6, round(people * site.staff)) for site in SITES], dtype=np.int64)
    names = [f"{site.prefix}-{i + 1:04d}" for site, size in zip(SITES, sizes, strict=True) for i in range(size)]
    return Staff(tuple(names), np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64), sizes)
