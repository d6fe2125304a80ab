"""Delimited text read record by record: slower than the engine, and right about every kind of damage."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from tskit.sources.footers import LONGEST_FOOTER, footer_length
from tskit.sources.records import lines_of, records, shown
from tskit.sources.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tskit.sources.dialect import Dialect
    from tskit.sources.engine import Connection
    from tskit.sources.part import Part, Piece
    from tskit.sources.raw import ReadOptions
    from tskit.sources.records import Record

__all__ = ["read_carefully"]


def read_carefully(piece: Piece, dialect: Dialect, *, options: ReadOptions, connection: Connection) -> Part:
    """Return the part of a UTF-8 file: rows that fit the header, all other records rejected with their reason."""
    spool = Spool(connection, header=dialect.header)
    body = records(lines_of(piece.path), dialect.grammar)
    for _ in range(dialect.before + 1):
        next(body, None)
    width = len(dialect.header)
    keep = max(LONGEST_FOOTER, options.footer or 0)
    tail: deque[Record] = deque()
    number = 0
    for record in body:
        tail.append(record)
        if len(tail) > keep:
            number = _put(tail.popleft(), spool, number=number, width=width)
    cut = _footer(tail, width=width, declared=options.footer)
    for record in list(tail)[: len(tail) - cut]:
        number = _put(record, spool, number=number, width=width)
    left_out = sum(not record.is_blank for record in list(tail)[len(tail) - cut :])
    return spool.part(piece.name, notes=[*dialect.notes, *_note(piece.name, left_out)])


def _put(record: Record, spool: Spool, *, number: int, width: int) -> int:
    """Write one record and return its number; an empty line is none and has no number of its own."""
    cells = record.cells
    if record.is_blank:
        return number
    number += 1
    if cells is None:
        spool.reject(number, reason=record.reason, raw=shown(record.raw))
    elif len(cells) == width or (len(cells) == width + 1 and not cells[-1]):
        # Some exports end each record with a delimiter; nothing stands behind it.
        spool.row(number, cells[:width])
    else:
        reason = "too_many_columns" if len(cells) > width else "too_few_columns"
        spool.reject(number, reason=reason, raw=shown(record.raw))
    return number


def _footer(tail: deque[Record], *, width: int, declared: int | None) -> int:
    """Return how many of the last records, empty lines included, are a footer."""
    if declared is None:
        # A broken record is no footer: it stands for itself, so that the run of footer lines stops at it.
        return footer_length(
            [record.cells if record.cells is not None else ["?"] * width for record in tail], width=width
        )
    return next((n for n, seen in enumerate(_told(tail), 1) if seen == declared), len(tail)) if declared else 0


def _told(tail: deque[Record]) -> Iterator[int]:
    seen = 0
    for record in reversed(tail):
        seen += not record.is_blank
        yield seen


def _note(name: str, left_out: int) -> list[str]:
    if not left_out:
        return []
    lines = "1 footer line was" if left_out == 1 else f"{left_out} footer lines were"
    return [f"{name}: {lines} left out at the end; they are not records."]
