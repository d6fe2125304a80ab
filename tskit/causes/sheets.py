"""Lines as rows of a CSV file that a spreadsheet opens without running anything, and that reads back exactly."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from tskit.errors import DataError, ParameterError, nearest
from tskit.text import is_formula

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["guarded", "read_rows", "unguarded", "write_rows"]

_LISTED = "contributing"
_BETWEEN = ";"


def guarded(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: one apostrophe before what could be taken for one.

    A cell that begins with an apostrophe gets another, so that `unguarded` gives back each text exactly.

    >>> guarded("=1+1"), guarded("'quoted'"), guarded("RC2.1")
    ("'=1+1", "''quoted'", 'RC2.1')
    """
    return f"'{cell}" if _needs_one(cell) else cell


def unguarded(cell: str) -> str:
    """Return the text that `guarded` was given; other text that begins with an apostrophe keeps it.

    >>> unguarded("'=1+1"), unguarded("''quoted'"), unguarded("'t is so")
    ('=1+1', "'quoted'", "'t is so")
    """
    return cell[1:] if cell.startswith("'") and _needs_one(cell[1:]) else cell


def _needs_one(cell: str) -> bool:
    return cell.startswith("'") or is_formula(cell)


def write_rows(lines: Iterable[Mapping[str, Any]], fields: Sequence[str]) -> Iterator[str]:
    """Yield the text of a CSV file, row by row: first the names of the fields."""
    yield _row(fields)
    for line in lines:
        yield _row([_BETWEEN.join(line[name]) if name == _LISTED else line[name] for name in fields])


def _row(cells: Sequence[str]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow([guarded(cell) for cell in cells])
    return text.getvalue()


def read_rows(lines: Iterable[str], known: Sequence[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield each row of a CSV file as the number of its first line and its fields.

    Raises:
        DataError: a row has more or fewer cells than the first, or cannot be read; the message names its line.
        ParameterError: the first row names a column that is none of the `known` ones.
    """
    reader = csv.reader(lines, strict=True)
    header: list[str] = []
    start = 1
    try:
        for cells in reader:
            number, start = start, reader.line_num + 1
            if not header:
                header = _header(cells, known)
            elif cells:
                yield number, _fields(header, cells, number=number)
    except csv.Error:
        raise DataError(f"Line {start} is no row of a CSV file. Are its quotation marks closed?") from None


def _header(cells: Sequence[str], known: Sequence[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    if len(names) == 1 and any(mark in names[0] for mark in ";\t"):
        raise ParameterError("The columns of the file are not divided by commas. Save it as CSV with commas, in UTF-8.")
    for name in names:
        if name not in known:
            raise ParameterError(f"The file has a column {name!r}, which is none of a tag. {nearest(name, known)}")
        if names.count(name) > 1:
            raise ParameterError(f"The file has the column {name!r} twice.")
    return names


def _fields(header: Sequence[str], cells: Sequence[str], *, number: int) -> dict[str, Any]:
    if len(cells) != len(header):
        raise DataError(f"Line {number} has {len(cells)} cells, and the first line names {len(header)}.")
    found: dict[str, Any] = dict(zip(header, map(unguarded, cells), strict=True))
    if _LISTED in found:
        found[_LISTED] = [part.strip() for part in found[_LISTED].split(_BETWEEN) if part.strip()]
    return found
