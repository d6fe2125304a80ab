"""Quantiles by counting ranks, for engines that take none of their own: exact, and the same on all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
from ibis.common.exceptions import IbisError
from ibis.expr import operations as ops

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import ibis.expr.types as ir
    import pandas as pd
    from numpy.typing import NDArray

__all__ = ["from_ranks", "ranked", "takes_quantiles"]


def takes_quantiles(rows: ir.Table) -> bool:
    """Return whether the engine of a table takes several exact quantiles in one pass."""
    try:
        return bool(rows.get_backend().has_operation(ops.MultiQuantile))
    except IbisError:  # tables of no engine
        return False


def ranked(
    rows: ir.Table, value: str, keys: Sequence[str], *, fractions: Sequence[float]
) -> tuple[ir.Table, Mapping[str, ir.Value]]:
    """Return the rows with their ranks, and the aggregates that `from_ranks` reads: the two values beside each fraction.

    What the engine takes for the rank below comes along: engines differ in the last digit of a product.
    """
    order = ibis.window(group_by=keys or None, order_by=value)
    placed = rows.mutate(_rank=ibis.row_number().over(order), _of=rows.count().over(ibis.window(group_by=keys or None)))
    measures: dict[str, ir.Value] = {"_of": placed["_of"].max()}
    for place, fraction in enumerate(fractions):
        below = ((placed["_of"] - 1) * ibis.literal(fraction, "float64")).floor().cast("int64")
        measures |= {
            f"_below_{place}": below.max(),
            f"_low_{place}": placed[value].max(where=placed["_rank"] == below),
            f"_high_{place}": placed[value].max(where=placed["_rank"] == below + 1),
        }
    return placed, measures


def from_ranks(found: pd.DataFrame, fractions: Sequence[float]) -> NDArray[np.float64]:
    """Return the quantile of each row at each fraction; between two cases the value is interpolated, as engines do."""
    rest = found["_of"].to_numpy(dtype=np.float64) - 1
    columns: list[NDArray[np.float64]] = []
    for place, fraction in enumerate(fractions):
        below, low, high = (found[f"{name}_{place}"].to_numpy(dtype=np.float64) for name in ("_below", "_low", "_high"))
        part = np.clip(rest * fraction - below, 0, 1)
        columns.append(low * (1 - part) + np.where(np.isnan(high), low, high) * part)
    return np.stack(columns, axis=1)
