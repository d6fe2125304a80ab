"""One page of a query job's results: checked for being whole, and every cell kept as text."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.csv as pa_csv

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["BrokenPageError", "Rows", "as_rows", "no_rows", "read_page", "without"]

Rows: TypeAlias = Any
"""A `pyarrow.Table`, which is not typed."""
_BLOCK = 1 << 26


class BrokenPageError(Exception):
    """A page that did not arrive whole; it can be asked for again. The reason never quotes it."""


def read_page(body: bytes, *, rows: int | None) -> Rows:
    """Return the rows of a page in CSV, null for an empty cell: Salesforce knows no empty text.

    `rows` is how many the answer says that there are; None where it says nothing.

    Raises:
        BrokenPageError: the text ends within a cell, is not UTF-8 or no CSV, or holds another number of rows.
    """
    if not body.strip():
        raise BrokenPageError("it is empty, without even the names of columns")
    if body.count(b'"') % 2:
        raise BrokenPageError("it ends within a quoted cell")
    if not body.endswith((b"\n", b'"')):
        raise BrokenPageError("it ends within a row")
    try:
        found = _parsed(body)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        raise BrokenPageError("it is no CSV in UTF-8 with as many cells in each row") from None
    if len(set(found.column_names)) < len(found.column_names):
        raise BrokenPageError("it names a column twice")
    if rows is not None and found.num_rows != rows:
        raise BrokenPageError(f"it holds {found.num_rows} rows and tells of {rows}")
    return found


def no_rows(names: Sequence[str]) -> Rows:
    """Return the columns without a row."""
    return pa.table({name: pa.array([], pa.string()) for name in names})


def _parsed(body: bytes) -> Rows:
    header = body.split(b"\n", 1)[0].rstrip(b"\r").decode("utf-8")
    names = [name.strip('"') for name in header.split(",")]
    reading = pa_csv.ReadOptions(use_threads=False, block_size=max(_BLOCK, len(body)))
    parsing = pa_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=len(names) > 1)
    converting = pa_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    return pa_csv.read_csv(BytesIO(body), read_options=reading, parse_options=parsing, convert_options=converting)


def as_rows(records: Sequence[Mapping[str, object]], names: Sequence[str]) -> Rows:
    """Return rows of the REST API as text, truth spelt as the Bulk API spells it."""
    return pa.table({name: pa.array([_text(one.get(name)) for one in records], pa.string()) for name in names})


def _text(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None or value == "" else str(value)


def without(rows: Rows, known: frozenset[tuple[str, ...]], *, key: Sequence[str]) -> Rows:
    """Return the rows whose cells in the columns `key` are not known."""
    if not known or not rows.num_rows:
        return rows
    cells = zip(*(rows.column(name).to_pylist() for name in key), strict=True)
    return rows.filter(pa.array([cell not in known for cell in cells], pa.bool_()))
