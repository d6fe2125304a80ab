"""Units that were changed and units that were not, period by period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from tskit.errors import ParameterError
from tskit.patterns.impact.series import series_of

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd
    from numpy.typing import NDArray

    from tskit.patterns.impact.change import Outcome
    from tskit.patterns.impact.series import Series

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = ["Sides", "difference_series", "sides_of", "together"]


@dataclass(frozen=True, slots=True)
class Sides:
    """The periods in which every unit has a figure: `total` and `size` (U, T), and which units were changed.

    `base` is a series of these periods; `left_out` counts those in which a unit has none.
    """

    names: tuple[str, ...]
    is_treated: Flags
    total: Floats
    size: Floats
    base: Series
    left_out: int


def sides_of(frame: pd.DataFrame, *, outcome: Outcome, unit: str, treated: Collection[str]) -> Sides:
    """Return both sides of a frame with one row a unit and period.

    Raises:
        ParameterError: the column of units is missing, a treated unit is unknown, one side is empty, or as `series_of`.
    """
    if unit not in frame:
        raise ParameterError(f"The comparison has no column {unit!r}; it has {', '.join(map(str, frame.columns))}.")
    parts = {str(name): series_of(rows, outcome) for name, rows in frame.groupby(unit, sort=True, observed=True)}
    for name in treated:
        if name not in parts:
            raise ParameterError.unknown(name, list(parts), what=unit)
    names = tuple(parts)
    is_treated = np.array([name in set(treated) for name in names], dtype=bool)
    if is_treated.all() or not is_treated.any():
        raise ParameterError(f"A comparison needs values of {unit} that were changed and others that were not.")
    series = list(parts.values())
    known = set.intersection(*(set(part.starts.tolist()) for part in series))
    every = set.union(*(set(part.starts.tolist()) for part in series))
    kept = [part.where(np.array([start in known for start in part.starts.tolist()], dtype=bool)) for part in series]
    total, size = (np.stack([getattr(part, name) for part in kept]) for name in ("total", "size"))
    return Sides(names, is_treated, total, size, kept[0], len(every) - len(known))


def together(sides: Sides, which: Flags) -> tuple[Floats, Floats]:
    """Return total and size (T) of some units together; values are averaged by their weight."""
    total, size = sides.total[which], sides.size[which]
    if sides.base.kind == "value":
        return (total * size).sum(axis=0) / size.sum(axis=0), size.sum(axis=0)
    return total.sum(axis=0), size.sum(axis=0)


def difference_series(sides: Sides) -> Series:
    """Return one series whose level is the difference between both sides.

    Of counts it is the share of all cases that the changed units have: on the scale of its link, the logarithm of how many
    times as many they have. Of all else it is the difference, with the weight that chance gives it.
    """
    base = sides.base
    (k, n), (q, m) = together(sides, sides.is_treated), together(sides, ~sides.is_treated)
    if base.kind == "count":
        return replace(base, kind="rate", total=k, size=np.maximum(k + q, 1e-9)).where(k + q > 0)
    weight = 1 / (1 / n + 1 / m)
    if base.kind == "value":
        return replace(base, total=k - q, size=weight)
    both = np.clip((k + q).sum() / (n + m).sum(), 1e-9, 1 - 1e-9)
    return replace(base, kind="value", total=k / n - q / m, size=weight / (both * (1 - both)))
