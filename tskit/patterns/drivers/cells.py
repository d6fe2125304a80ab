"""The cells of two windows: asked of the engine by one grouped query, and put side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from tskit.errors import ParameterError
from tskit.model import CASES, Sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from tskit.model import CaseSet, Window

__all__ = ["AFTER", "BEFORE", "MOST_DIMENSIONS", "cells", "checked", "in_order", "side_by_side"]

BEFORE, AFTER = "before", "after"
MOST_DIMENSIONS = 8
_LARGEST = 2**62


def cells(
    case_set: CaseSet,
    before: Window,
    after: Window,
    *,
    dims: Sequence[str],
    hit: Callable[[ir.Table], ir.BooleanValue] | None = None,
    at: str = "created_at",
) -> pd.DataFrame:
    """Return one row for each combination of dimensions and window, with n cases of which k are hits.

    The engine groups: the answer grows with the combinations, not with the cases. `hit` says of the cases which are
    hits (a case where it is not known is left out); without it k is n.

    Raises:
        ParameterError: the windows overlap, a dimension is missing or not open, or there are more than eight.
    """
    checked(dims)
    for name in dims:
        if name not in case_set.cases.columns:
            raise ParameterError(f"The source has no column {name!r}; take dimensions that it has.")
        if CASES[name].sensitivity is not Sensitivity.OPEN:
            raise ParameterError(f"Figures by {name!r} would show single people or records; take an open column.")
    if before.ends_at > after.starts_at:
        raise ParameterError("The window before must end where the window after starts, or earlier.")
    rows = case_set.cases
    rows = rows.mutate(_hit=ibis.literal(value=True) if hit is None else hit(rows)).drop_null(["_hit"])
    is_before = (rows[at] >= before.starts_at) & (rows[at] < before.ends_at)
    is_after = (rows[at] >= after.starts_at) & (rows[at] < after.ends_at)
    rows = rows.filter(is_before | is_after).mutate(window=ibis.ifelse(rows[at] < before.ends_at, BEFORE, AFTER))
    grouped = rows.group_by([*dims, "window"]).aggregate(n=rows.count(), k=rows["_hit"].sum())
    return grouped.to_pyarrow().to_pandas(use_threads=False)


def side_by_side(found: pd.DataFrame, *, dims: Sequence[str]) -> pd.DataFrame:
    """Return one row for each combination, in an order of its own, with n and k of either window (0 where none).

    Raises:
        ParameterError: a column is missing, or a window is neither "before" nor "after".
    """
    checked(dims)
    missing = [name for name in (*dims, "window", "n") if name not in found.columns]
    if missing:
        raise ParameterError(f"The cells lack the column {missing[0]!r}; they need the dimensions, window, n and k.")
    if not set(found["window"]) <= {BEFORE, AFTER}:
        raise ParameterError('The column "window" of the cells holds something else than "before" and "after".')
    values = [name for name in ("n", "k") if name in found.columns]
    parts = {
        f"{name}_{window}": found[name].where(found["window"] == window, 0.0).astype("float64")
        for name in values
        for window in (BEFORE, AFTER)
    }
    wide = found[list(dims)].assign(**parts)
    return in_order(wide.groupby(list(dims), dropna=False, sort=False, as_index=False)[list(parts)].sum(), dims)


def in_order(frame: pd.DataFrame, dims: Sequence[str]) -> pd.DataFrame:
    """Return the rows by the text of their dimensions, whatever order they came in."""
    key, span = np.zeros(len(frame), dtype=np.int64), 1
    for name in dims:
        rank, size = _by_text(frame[name])
        if span * size > _LARGEST:
            key = np.unique(key, return_inverse=True)[1].astype(np.int64)
            span = len(frame)
        key, span = key * size + rank, span * size
    if not np.all(key[:-1] <= key[1:]):
        frame = frame.take(np.argsort(key, kind="stable"))
    return frame.reset_index(drop=True)


def _by_text(values: pd.Series) -> tuple[NDArray[np.int64], int]:
    """Return the rank of each value's text, what is missing last, and how many ranks there can be."""
    codes, known = pd.factorize(values, use_na_sentinel=False)
    rank, texts = pd.factorize(pd.Series(known, dtype=object).astype(str), sort=True)
    return np.where(rank < 0, len(texts), rank)[codes], len(texts) + 1


def checked(dims: Sequence[str]) -> None:
    """Refuse no dimension, one named twice, and more than eight."""
    if not dims or len(set(dims)) < len(dims) or len(dims) > MOST_DIMENSIONS:
        raise ParameterError(
            f"Drivers are looked for in one to {MOST_DIMENSIONS} different dimensions; {len(dims)} given."
        )
