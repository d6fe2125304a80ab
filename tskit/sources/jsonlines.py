"""JSON: one object a line, or a list of objects; numbers stay as they are written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypeVar

from tskit.errors import SourceError
from tskit.sources.encoding import to_utf8
from tskit.sources.headers import MOST_COLUMNS, names
from tskit.sources.records import LARGEST_RECORD, lines_of, shown
from tskit.sources.spool import Spool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tskit.sources.engine import Connection
    from tskit.sources.part import Part, Piece
    from tskit.sources.raw import ReadOptions

__all__ = ["read_json"]

_BLOCK = 1 << 20
_SPACE = " \t\r\n"
_T = TypeVar("_T")


def read_json(piece: Piece, *, options: ReadOptions, connection: Connection) -> tuple[Part, ...]:
    """Return the part that a file of JSON objects is: a column for each key, nested values as JSON text.

    What is no object is rejected by itself; a list that is broken is rejected from the break on, as one record.

    Raises:
        SourceError: no record of it is an object, or the keys make no header.
    """
    plain, notes = to_utf8(piece, options=options, connection=connection)
    spool = Spool(connection)
    texts = _elements(plain.path) if _is_list(plain.path) else _lines(plain.path)
    for number, text in enumerate(texts, 1):
        _put(spool, number, text, name=piece.name)
    if spool.read and not spool.columns:
        raise SourceError(f"{piece.name} holds no JSON object. One object a line, or a list of objects, is needed.")
    if not spool.read:
        return ()
    names(tuple(spool.columns), name=piece.name)
    return (spool.part(piece.name, notes=notes),)


def _put(spool: Spool, number: int, text: str, *, name: str) -> None:
    try:
        value = _DECODER.decode(text.strip(_SPACE))
        cells = _cells(value) if isinstance(value, dict) else {}
        "".join(cell for pair in cells.items() for cell in pair if cell and not cell.isascii()).encode()
    except UnicodeEncodeError:
        spool.reject(number, reason="bad_encoding", raw=shown(text))
        return
    except (ValueError, RecursionError):
        spool.reject(number, reason="not_json", raw=shown(text))
        return
    if not cells:
        spool.reject(number, reason="not_an_object", raw=shown(text))
        return
    spool.columns.update(dict.fromkeys(cells))
    if len(spool.columns) > MOST_COLUMNS:
        raise SourceError(f"{name} has more than {MOST_COLUMNS:,} keys. It is no table of cases.")
    spool.row(number, [cells.get(column) for column in spool.columns])


def _cells(value: dict[str, object]) -> dict[str, str | None]:
    return _unique([(" ".join(key.split()) or "column", _text(cell)) for key, cell in value.items()])


def _unique(pairs: list[tuple[str, _T]]) -> dict[str, _T]:
    """Return the pairs as a mapping; of a key that comes twice one value would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, _Number):
        return value.text
    return json.dumps(value, ensure_ascii=False, default=_plain)


class _Number:
    """A number as the file writes it: 1.10 stays 1.10, and an id of 20 digits loses none."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def _plain(number: _Number) -> object:
    try:
        return json.loads(number.text)
    except ValueError:  # more digits than Python turns into a number
        return number.text


_DECODER = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_Number, object_pairs_hook=_unique)


def _lines(path: Path) -> Iterator[str]:
    return (line for line in lines_of(path) if line.strip(_SPACE))


def _is_list(path: Path) -> bool:
    for line in lines_of(path):
        if line.strip(_SPACE):
            return line.lstrip(_SPACE).startswith("[")
    return False


def _elements(path: Path) -> Iterator[str]:
    """Yield the text of each element of a list, reading on as far as it needs to; what is broken comes as one."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        buffer = file.read(_BLOCK).lstrip(_SPACE)[1:]
        while True:
            buffer = buffer.lstrip(_SPACE + ",")
            end = _end_of_value(buffer)
            more = "" if end and end < len(buffer) else file.read(max(_BLOCK, len(buffer)))
            if more and len(buffer) <= LARGEST_RECORD:
                buffer += more
            elif not buffer or buffer.startswith("]"):
                return
            else:
                yield buffer[: end or None]
                buffer = buffer[end:] if end else ""
                if not end:
                    return


def _end_of_value(buffer: str) -> int:
    """Return where the first JSON value of the buffer ends, 0 when it does not."""
    try:
        return _DECODER.raw_decode(buffer)[1]
    except (ValueError, RecursionError):
        return 0
