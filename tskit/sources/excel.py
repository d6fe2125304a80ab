"""Excel workbooks: one sheet, every cell as text, errors of formulas seen and told."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

from python_calamine import CalamineError, CalamineWorkbook

from tskit.errors import SourceError, nearest
from tskit.sources.archive import check_zip
from tskit.sources.footers import footer_length
from tskit.sources.formula_errors import formula_errors
from tskit.sources.headers import looks_like_data, names
from tskit.sources.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.sources.engine import Connection
    from tskit.sources.part import Part, Piece
    from tskit.sources.raw import ReadOptions

__all__ = ["read_excel"]

_Cell: TypeAlias = object
_LARGEST = 2**30
"""Bytes of an unpacked workbook at most: unlike the other kinds it is read whole."""
_ZIPPED = (".xlsx", ".xlsm", ".xlsb", ".ods")


def read_excel(piece: Piece, *, options: ReadOptions, connection: Connection) -> tuple[Part, ...]:
    """Return the part that one sheet of a workbook is; a cell whose formula failed has no value, and a note says so.

    Raises:
        SourceError: it is damaged or too large unpacked, the sheet is missing, or several sheets hold data.
    """
    if piece.suffix in _ZIPPED:
        _check_size(piece, options=options)
    sheet, rows = _sheet(piece, options=options)
    if not rows:
        return ()
    start = _header_at(rows, name=piece.name, options=options)
    width = max(i for i, cell in enumerate(rows[start], 1) if _text(cell))
    cells = [_text(cell) or "" for cell in rows[start][:width]]
    if options.header_row is None and looks_like_data(cells):
        raise SourceError(f"{piece.name}: the first row looks like data. Put column names above it.")
    header, notes = names(cells, name=piece.name)
    errors = formula_errors(piece.path, sheet=sheet) if piece.suffix in _ZIPPED[:2] else {}
    spool = Spool(connection, header=header)
    body = rows[start + 1 :]
    footer = _footer(body, width=width, declared=options.footer)
    told = _fill(spool, body[: len(body) - footer], width=width, errors=errors, first=start + 1)
    found = [f"{piece.name}: sheet {sheet!r} was read."] if sheet else []
    left = [_left_out(piece.name, rows[:start], "title"), _left_out(piece.name, body[len(body) - footer :], "footer")]
    failed = [
        f"{piece.name}: {count} formula error{'s' * (count > 1)} in column {header[i]!r}; the cells have no value."
        for i, count in sorted(told.items())
    ]
    return (spool.part(piece.name, notes=[*found, *notes, *filter(None, left), *failed]),)


def _check_size(piece: Piece, *, options: ReadOptions) -> None:
    members = check_zip(piece.path, options=options)
    if sum(info.file_size for info in members) > _LARGEST:
        raise SourceError(f"{piece.name} unpacks to more than {_LARGEST:,} bytes. Save the sheet as CSV.")


def _sheet(piece: Piece, *, options: ReadOptions) -> tuple[str, Sequence[Sequence[_Cell]]]:
    """Return the name and rows of the declared sheet, or of the only one that holds data."""
    try:
        with piece.path.open("rb") as file:
            book = CalamineWorkbook.from_filelike(file)
            known = book.sheet_names
            if options.sheet is not None and options.sheet not in known:
                raise SourceError(f"{piece.name} has no sheet {options.sheet!r}. {nearest(options.sheet, known)}")
            wanted = known if options.sheet is None else [options.sheet]
            sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in wanted}
    except (CalamineError, ValueError, OSError, OverflowError, MemoryError):
        raise SourceError(f"{piece.name} is not a whole workbook, or it has a password. Save it again.") from None
    filled = {name: rows for name, rows in sheets.items() if any(_text(cell) for row in rows for cell in row)}
    if len(filled) > 1:
        raise SourceError(f"{piece.name} has data in several sheets ({', '.join(filled)}). Declare the sheet.")
    return next(iter(filled.items()), ("", []))


def _header_at(rows: Sequence[Sequence[_Cell]], *, name: str, options: ReadOptions) -> int:
    if options.header_row is not None:
        if not 1 <= options.header_row <= len(rows) or not any(map(_text, rows[options.header_row - 1])):
            raise SourceError(f"{name}: header_row = {options.header_row} is an empty row, or beyond the last one.")
        return options.header_row - 1
    filled = [sum(_text(cell) is not None for cell in row) for row in rows[:50]]
    widest = max(filled)
    return next(i for i, count in enumerate(filled) if count and (count > 2 or count * 2 > widest))


def _fill(
    spool: Spool,
    rows: Sequence[Sequence[_Cell]],
    *,
    width: int,
    errors: Mapping[tuple[int, int], str],
    first: int,
) -> Counter[int]:
    """Write the rows; one that goes beyond the header is rejected. Return the formula errors by column."""
    told: Counter[int] = Counter()
    number = 0
    for at, row in enumerate(rows, first):
        cells = [_text(cell) for cell in row]
        failed = [i for i in range(width) if (at, i) in errors]
        if not any(cells) and not failed:
            continue
        number += 1
        told.update(failed)
        if any(cells[width:]):
            raw = "\t".join(cell or "" for cell in cells)
            spool.reject(number, reason="too_many_columns", raw=raw)
        else:
            spool.row(number, cells[:width])
    return told


def _footer(rows: Sequence[Sequence[_Cell]], *, width: int, declared: int | None) -> int:
    if declared is not None:
        return min(declared, len(rows))
    tail = [[_text(cell) or "" for cell in row] for row in rows[-40:]]
    packed = [cells if sum(map(bool, cells)) != 1 else [next(filter(None, cells))] for cells in tail]
    return footer_length([cells if any(cells) else [] for cells in packed], width=width)


def _left_out(name: str, rows: Sequence[Sequence[_Cell]], what: str) -> str:
    count = sum(any(map(_text, row)) for row in rows)
    return f"{name}: {count} {what} row{'s' * (count > 1)} left out; no records." if count else ""


def _text(value: _Cell) -> str | None:
    """Return a cell as text: whole numbers without a point, times in ISO 8601; None for an empty cell."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)
