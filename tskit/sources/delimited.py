"""CSV, TSV and whatever else is delimited."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.sources.careful import read_carefully
from tskit.sources.dialect import detect
from tskit.sources.encoding import to_utf8
from tskit.sources.footers import footer_length
from tskit.sources.records import records
from tskit.sources.scan import scan
from tskit.sources.survey import survey

if TYPE_CHECKING:
    from pathlib import Path

    from tskit.sources.dialect import Dialect
    from tskit.sources.engine import Connection
    from tskit.sources.part import Part, Piece
    from tskit.sources.raw import ReadOptions

__all__ = ["LARGE", "read_delimited"]

LARGE = 8 * 2**20
"""Bytes from which on the engine reads a file; smaller ones are read record by record, in less than half a second."""
_TAIL = 1 << 16
"""Bytes at the end of a large file in which a footer is looked for."""


def read_delimited(
    piece: Piece, *, options: ReadOptions, connection: Connection, large: int = LARGE
) -> tuple[Part, ...]:
    """Return the part that a delimited file is; no part for a file that holds nothing at all.

    Raises:
        SourceError: its encoding, delimiter or header cannot be told.
    """
    plain, notes = to_utf8(piece, options=options, connection=connection)
    dialect = detect(plain.path, name=piece.name, options=options)
    if dialect is None:
        return ()
    part = _scan(plain, dialect, options=options, connection=connection) if plain.size >= large else None
    if part is None:
        part = read_carefully(plain, dialect, options=options, connection=connection)
    return (replace(part, notes=(*notes, *part.notes)),)


def _scan(piece: Piece, dialect: Dialect, *, options: ReadOptions, connection: Connection) -> Part | None:
    """Return the part as the engine reads it; None where titles, a footer or odd bytes would lead it astray."""
    if dialect.before or options.footer or len(dialect.header) == 1 or _has_odd_header(piece.path, dialect):
        return None
    tail = _tail(piece.path, size=piece.size)
    if options.footer is None and _has_footer(tail, dialect):
        return None
    if not _ends_well(tail, dialect):
        return None
    counted = survey(piece.path)
    if counted.nulls or not counted.has_one_line_end:
        return None
    return scan(piece, dialect, survey=counted, connection=connection)


def _has_odd_header(path: Path, dialect: Dialect) -> bool:
    """Tell whether the header is not the whole first line: the engine would count lines differently."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        first = next(records(iter([file.readline()]), dialect.grammar), None)
    return first is None or first.cells is None or len(first.cells) != len(dialect.header)


def _tail(path: Path, *, size: int) -> str:
    with path.open("rb") as file:
        file.seek(max(size - _TAIL, 0))
        return file.read().decode("utf-8", "surrogateescape")


def _has_footer(tail: str, dialect: Dialect) -> bool:
    lines = io.StringIO(tail, newline="")
    lines.readline()
    found = [record.cells or [] for record in records(lines, dialect.grammar)]
    return footer_length(found, width=len(dialect.header)) > 0


def _ends_well(tail: str, dialect: Dialect) -> bool:
    """Tell whether the last line is whole: the engine drops one that is cut off within quotes without a word."""
    last = tail[max(tail.rfind("\n"), tail.rfind("\r")) + 1 :]
    found = next(records(iter([last]), dialect.grammar), None) if last else None
    return not last or (found is not None and found.cells is not None and len(found.cells) == len(dialect.header))
