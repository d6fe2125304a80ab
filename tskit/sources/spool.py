"""Rows that Python has read, written to Parquet beside the engine, a batch at a time: memory stays small."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from tskit.sources.engine import identifier, literal, spill_folder
from tskit.sources.part import Part
from tskit.sources.raw import SOURCE_ROW

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tskit.sources.engine import Connection

__all__ = ["Spool"]

_ROWS = 20_000
_CHARACTERS = 32_000_000
_REJECTED = (SOURCE_ROW, "column", "reason", "raw")


class Spool:
    """Collect rows and rejected records of one piece; `part` closes it and returns how to query them."""

    def __init__(self, connection: Connection, *, header: Sequence[str] = ()) -> None:
        """Start with the columns of `header`; `row` may widen it later by `columns`."""
        self._stem = spill_folder(connection) / f"spool-{uuid.uuid4().hex}"
        self.columns: dict[str, None] = dict.fromkeys(header)
        self._rows = _Files(self._stem.with_name(self._stem.name + "-rows"))
        self._rejected = _Files(self._stem.with_name(self._stem.name + "-rejected"))

    def row(self, number: int, cells: Sequence[str | None]) -> None:
        """Keep a row: its cells in the order of `columns`; cells that it does not reach have no value."""
        self._rows.add((number, *cells), (SOURCE_ROW, *self.columns))

    def reject(self, number: int, *, reason: str, raw: str, column: str | None = None) -> None:
        """Keep a record that is not a row, with the reason code and its text as found."""
        self._rejected.add((number, column, reason, raw), _REJECTED)

    @property
    def read(self) -> int:
        """Return the number of records so far, rows and rejected ones."""
        return self._rows.count + self._rejected.count

    def part(self, name: str, *, notes: Sequence[str] = ()) -> Part:
        """Close the files and return the part that they make up."""
        header = tuple(self.columns)
        names = ", ".join(map(identifier, header))
        rejected = self._rejected.count
        return Part(
            name=name,
            header=header,
            rows_sql=f"select {names}, {identifier(SOURCE_ROW)} from {self._rows.scan((SOURCE_ROW, *header))}",
            rows=self._rows.count,
            rejected_sql=f"select * from {self._rejected.scan(_REJECTED)}" if rejected else "",
            rejected=rejected,
            notes=tuple(notes),
        )


class _Files:
    """Parquet files of one kind of record, each with the columns that were known when it was written."""

    def __init__(self, stem: Path) -> None:
        self._stem = stem
        self._paths: list[Path] = []
        self._batch: list[Sequence[int | str | None]] = []
        self._characters = 0
        self._columns: tuple[str, ...] = ()
        self.count = 0

    def add(self, record: Sequence[int | str | None], columns: tuple[str, ...]) -> None:
        self._batch.append(record)
        self._columns = columns
        self._characters += sum(len(cell) for cell in record if isinstance(cell, str))
        self.count += 1
        if len(self._batch) >= _ROWS or self._characters >= _CHARACTERS:
            self._flush()

    def scan(self, columns: tuple[str, ...]) -> str:
        """Return the SQL that reads all files in the order written."""
        self._columns = columns
        self._flush()
        paths = ", ".join(literal(str(path)) for path in self._paths)
        return f"read_parquet([{paths}], union_by_name = true)"

    def _flush(self) -> None:
        if not self._batch and self._paths:
            return
        width = len(self._columns)
        padded = [(*record, *(None,) * (width - len(record))) for record in self._batch]
        columns = list(zip(*padded, strict=True)) if padded else [()] * width
        types = [pa.int64() if name == SOURCE_ROW else pa.string() for name in self._columns]
        arrays = [pa.array(values, type=kind) for values, kind in zip(columns, types, strict=True)]
        path = self._stem.with_name(f"{self._stem.name}-{len(self._paths)}.parquet")
        pq.write_table(pa.table(dict(zip(self._columns, arrays, strict=True))), path, compression="zstd")
        self._paths.append(path)
        self._batch = []
        self._characters = 0
