"""From numbers and codes to the text columns of an export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import pyarrow as pa
from pyarrow import compute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.model import Table
    from tskit.sources.synthetic.world import Bools, Floats, Ints

__all__ = ["Columns", "Text", "ids", "labels", "pc", "schema", "table", "times", "truth", "whole", "with_decimals"]

pc: Any = compute  # its functions are made at import, where no checker sees them

Text: TypeAlias = Any
"""An Arrow array of text; pyarrow ships no types."""

Columns: TypeAlias = dict[str, Text]
"""Columns of an export by name."""


def schema(columns: Table) -> Any:  # noqa: ANN401  # an Arrow schema; pyarrow ships no types
    """Return the schema of an export: every column text, in the order of the canonical table."""
    return pa.schema([(name, pa.string()) for name in columns.names])


def table(columns: Table, values: Columns) -> Any:  # noqa: ANN401  # an Arrow table
    """Return the export with the columns that `values` holds and nothing but blanks in the others."""
    n = len(next(iter(values.values())))
    blank = pa.nulls(n, pa.string())
    arrays = [_text(values.get(name, blank)) for name in columns.names]
    return pa.Table.from_arrays(arrays, schema=schema(columns))


def times(seconds: Ints, *, end: int) -> Text:
    """Return times as ISO 8601 in UTC; blank from `end` on."""
    stamps = pa.array(seconds, mask=seconds >= end).cast(pa.timestamp("s"))
    return pc.binary_join_element_wise(pc.binary_replace_slice(stamps.cast(pa.string()), 10, 11, "T"), "Z", "")


def labels(codes: Ints, names: Sequence[str | None], *, where: Bools | None = None) -> Text:
    """Return the name of each code; blank for a negative code, for a name that is None, and outside `where`."""
    blank = codes < 0
    if where is not None:
        blank = blank | ~where
    return pa.array(list(names), pa.string()).take(pa.array(np.where(blank, 0, codes), mask=blank))


def ids(numbers: Ints, prefix: str, width: int, *, suffix: str = "", where: Bools | None = None) -> Text:
    """Return keys of a fixed width, as systems of record make them."""
    digits = pc.utf8_lpad(pa.array(numbers, mask=None if where is None else ~where).cast(pa.string()), width, "0")
    return pc.binary_join_element_wise(prefix, digits, suffix, "")


def whole(numbers: Ints, *, where: Bools | None = None) -> Text:
    """Return whole numbers as text."""
    return pa.array(numbers, mask=None if where is None else ~where).cast(pa.string())


def with_decimals(numbers: Floats, *, where: Bools) -> Text:
    """Return numbers as text with the decimals that they have."""
    return pa.array(numbers, mask=~where).cast(pa.string())


def truth(values: Bools, *, where: Bools | None = None) -> Text:
    """Return true and false as an export writes them."""
    return labels(values.astype(np.int64), ("false", "true"), where=where)


def _text(values: Text) -> Text:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
