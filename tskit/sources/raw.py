"""What every source hands over: rows as text, the records that are no rows, and an account that adds up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tskit.model import InputFile

__all__ = ["SOURCE", "SOURCE_ROW", "RawTable", "ReadOptions"]

SOURCE = "_source"
SOURCE_ROW = "_source_row"


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How a file is to be read; what is None is detected strictly, and an error asks for it where it cannot be.

    `header_row` counts lines (rows of a sheet) from 1. `footer` is the number of records at the end that are no data.
    `largest` limits the bytes after decompression, `ratio` how many times larger than the packed file they may be.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    sheet: str | None = None
    header_row: int | None = None
    footer: int | None = None
    largest: int = 50 * 2**30
    ratio: int = 200


@dataclass(frozen=True, slots=True)
class RawTable:
    """The rows of a source, every column as text, and the records that are not rows.

    `table` is lazy: each scan reads the files again. It has the columns of `header`, then `_source` (the file or
    member) and `_source_row` (the number of the data record in it, from 1). `rejected` has `_source`, `_source_row`,
    `column`, `reason` and `raw`, the record as it was found. Always: read = rows of `table` + rows of `rejected`.
    `parts` counts the files, members and sheets that were stacked; row numbers start again in each.
    `held` names temporary tables that hold the rows of large files; `release` drops them once `table` is done with.
    In rows of a store `_source` begins with the number of the delivery that brought them, as in `0003/cases`.
    """

    table: Any
    rejected: Any
    read: int
    header: tuple[str, ...]
    inputs: tuple[InputFile, ...]
    notes: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    parts: int = 1
