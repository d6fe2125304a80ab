"""One readable piece of a source: a file, a member of an archive or a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Part", "Piece"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A file to be read: `name` as people know it, `path` to plain bytes, `size` in bytes; `suffix` tells its kind."""

    name: str
    path: Path
    suffix: str
    size: int


@dataclass(frozen=True, slots=True)
class Part:
    """A piece that was read: SQL queries for its rows and for its rejected records, and how many of each.

    `rows_sql` gives the columns of `header` as text and `_source_row`; `rejected_sql` gives `_source_row`, `column`,
    `reason` and `raw`, and is empty when nothing was rejected. `held` is the temporary table that holds the rows, if any.
    """

    name: str
    header: tuple[str, ...]
    rows_sql: str
    rows: int
    rejected_sql: str = ""
    rejected: int = 0
    notes: tuple[str, ...] = ()
    held: str = ""
