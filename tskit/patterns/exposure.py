"""Who may have met some content: each item counted once, with an interval where the reach of some is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["LEAST_KNOWN", "Basis", "Exposure", "exposure"]

LEAST_KNOWN = 5
"""From fewer items of known reach nothing is said about the others."""
_RESAMPLES = 2_000
_LEVEL = 0.95
_MOST_CELLS = 4_000_000
Basis = Literal["all", "estimate", "part", "cases", "none"]
"""all: every item has a reach. estimate: enough have for an interval. part: too few have, so that the sum is only the
least that it can be. cases: the source does not tell items apart, so that the largest reach is the least it can be and
the sum over the cases the most. none: no reach is known."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What some cases tell of whom their content reached, as of the moment that the cases were read for.

    `contents` counts items, each once however many cases there are on it, and `contents_known` those with a reach; the
    reach of an item is the largest on record. `reach_known` is their sum, `estimate` the sum over all items with `low`
    and `high` around it (95 %; equal where nothing has to be estimated, missing where nobody can tell), and `largest`
    the reach of the one item with most. Somebody who met two items counts twice. `without_content` counts cases that
    name no item; they add nothing. `accounts` and `reporters` are missing where the source does not tell them.
    """

    cases: int
    contents: int
    contents_known: int
    reach_known: float
    estimate: float
    low: float
    high: float
    largest: float
    basis: Basis
    markets: tuple[tuple[str, int], ...] = ()
    """Each market with its cases, most first."""
    accounts: int | None = None
    reporters: int | None = None
    without_content: int = 0
    level: float = _LEVEL
    seed: int = 0


def exposure(cases: pd.DataFrame, *, seed: int = 0) -> Exposure:
    """Return the exposure of the content of some cases, one row a case with canonical columns as far as there are any.

    Where the reach of some items is not known they are taken to be like those of which it is: 2,000 times the known
    items are drawn again, and from these draws the unknown ones; 95 % of the sums lie from `low` to `high`. The sum of
    what is known is never undercut. `seed` makes it the same each time.
    """
    reach, without = _of_items(cases)
    known = reach[~np.isnan(reach)]
    basis = _basis(cases, reach, known)
    estimate, low, high = _range(basis, reach, known, seed)
    return Exposure(
        cases=len(cases),
        contents=len(reach) if "content_id" in cases else 0,
        contents_known=len(known) if "content_id" in cases else 0,
        reach_known=float(known.max() if basis == "cases" else known.sum()) if len(known) else 0.0,
        estimate=estimate,
        low=low,
        high=high,
        largest=float(known.max()) if len(known) else float("nan"),
        basis=basis,
        markets=_counts(cases, "market"),
        accounts=_distinct(cases, "subject_account_id"),
        reporters=_distinct(cases, "source_identity"),
        without_content=without,
        seed=seed,
    )


def _of_items(cases: pd.DataFrame) -> tuple[Floats, int]:
    """Return the largest reach on record of each item, in the order of their names, and the cases that name none."""
    if "reach" not in cases:
        reach = cases.assign(reach=np.nan)
    else:
        reach = cases.assign(reach=cases["reach"].astype("Float64").to_numpy(dtype=float, na_value=np.nan))
    if "content_id" not in cases:
        return reach["reach"].to_numpy(dtype=float), len(cases)
    items = reach.groupby("content_id", sort=True)["reach"].max()
    return items.to_numpy(dtype=float), int(cases["content_id"].isna().sum())


def _basis(cases: pd.DataFrame, reach: Floats, known: Floats) -> Basis:
    if not len(known):
        return "none"
    if "content_id" not in cases:
        return "cases"
    if len(known) == len(reach):
        return "all"
    return "estimate" if len(known) >= LEAST_KNOWN else "part"


def _range(basis: Basis, reach: Floats, known: Floats, seed: int) -> tuple[float, float, float]:
    total, nothing = float(known.sum()), float("nan")
    if basis == "all":
        return total, total, total
    if basis == "estimate":
        return total * len(reach) / len(known), *_drawn(known, unknown=len(reach) - len(known), seed=seed)
    if basis == "cases":
        return nothing, float(known.max()), total
    return nothing, total if basis == "part" else nothing, nothing


def _drawn(known: Floats, *, unknown: int, seed: int) -> tuple[float, float]:
    """Return the range of the sum when the unknown items are drawn from the known ones, drawn again themselves."""
    values, copies = np.unique(known, return_counts=True)
    chance = np.random.default_rng(seed)
    step = max(1, _MOST_CELLS // len(values))
    sums: list[Floats] = []
    for done in range(0, _RESAMPLES, step):
        size = min(step, _RESAMPLES - done)
        again = chance.multinomial(len(known), copies / len(known), size=size) / len(known)
        sums.append(known.sum() + chance.multinomial(unknown, again) @ values)
    low, high = np.quantile(np.concatenate(sums), [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2])
    return float(low), float(high)


def _counts(cases: pd.DataFrame, column: str) -> tuple[tuple[str, int], ...]:
    if column not in cases:
        return ()
    counts = cases[column].dropna().astype(str).value_counts()
    pairs = [(str(name), int(number)) for name, number in counts.items()]
    return tuple(sorted(pairs, key=lambda pair: (-pair[1], pair[0])))


def _distinct(cases: pd.DataFrame, column: str) -> int | None:
    return int(cases[column].nunique()) if column in cases and cases[column].notna().any() else None
