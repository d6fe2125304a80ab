"""Rows of text as the bytes of a Parquet file."""

from __future__ import annotations

from typing import Any, TypeAlias

import pyarrow as pa

from tskit.errors import SourceError
from tskit.sources.headers import brief, names

__all__ = ["ROW_NUMBER", "Rows", "as_text", "packed"]

Rows: TypeAlias = Any
"""A `pyarrow.Table`, which is not typed."""
ROW_NUMBER = "file_row_number"
"""What the engine calls the place of a row in its file; no column of a table may be called so."""


def as_text(rows: Rows, *, table: str) -> Rows:
    """Return the rows with plain strings under names that any reader of files would take.

    Raises:
        SourceError: two columns differ in nothing but capitals, or one has a name that is ours.
        ValueError: a column is no text; other kinds would lose how the source wrote a value.
    """
    others = [field.name for field in rows.schema if not (_is_text(field.type) or pa.types.is_null(field.type))]
    if others:
        raise ValueError(f"Rows of {table} are kept as text, but these columns are none: {', '.join(others)}.")
    header, _ = names(rows.column_names, name=table)
    ours = [column for column in header if column.casefold() == ROW_NUMBER]
    if ours:
        raise SourceError(f"{table}: the name {brief(ours)} is ours. Give the column another one in a query.")
    return rows.rename_columns(list(header)).cast(pa.schema([(name, pa.string()) for name in header]))


def packed(rows: Rows) -> bytes:
    """Return the rows as a Parquet file."""
    import pyarrow.parquet as pq  # noqa: PLC0415  # who reads alone needs none of it

    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def _is_text(kind: object) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind)
