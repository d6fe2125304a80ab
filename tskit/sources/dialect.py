"""The dialect of a delimited file: found only where the header and the records agree on it, asked for otherwise."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.sources.headers import MOST_COLUMNS, looks_like_data, names
from tskit.sources.records import Grammar, Record, records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tskit.sources.raw import ReadOptions

__all__ = ["Dialect", "detect"]

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "^": "caret", "`": "backtick"}
_SAMPLE = 1 << 20
_LONGEST_HEADER = 16 << 20
_RECORDS = 300
_MOST = 0.5
_ALMOST_ALL = 0.9


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a file is written: its grammar, its columns, and how many records (empty lines too) precede the header."""

    grammar: Grammar
    header: tuple[str, ...]
    before: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Guess:
    grammar: Grammar
    sample: tuple[Record, ...]
    before: int
    width: int
    share: float


def detect(path: Path, *, name: str, options: ReadOptions) -> Dialect | None:
    """Return the dialect of a UTF-8 file from its head; None for a file that holds nothing at all.

    Raises:
        SourceError: no delimiter, or more than one, splits the header and most of the records alike.
    """
    lines, is_cut = _head(path, name=name)
    if not any(line.strip() for line in lines):
        return None
    quote = '"' if options.quote is None else options.quote
    _check(options.delimiter, quote)
    candidates = (options.delimiter,) if options.delimiter else tuple(_DELIMITERS)
    guesses = [_guess(lines, Grammar(mark, quote), is_cut=is_cut, options=options) for mark in candidates]
    guess = guesses[0] if options.delimiter else _choose(guesses, name=name)
    cells = guess.sample[guess.before].cells
    if cells is None:
        raise SourceError(f"{name}: the header row cannot be read (a quote or its encoding is broken). Correct it.")
    if options.header_row is None and looks_like_data(cells):
        raise SourceError(f"{name}: the first row looks like data. Put column names above it, or declare header_row.")
    header, notes = names(cells, name=name)
    if guess.before:
        notes = (*notes, f"{name}: {_count(guess)} before the header were left out; they are not records.")
    return Dialect(guess.grammar, header, guess.before, notes)


def _count(guess: _Guess) -> str:
    titles = sum(not record.is_blank for record in guess.sample[: guess.before])
    return f"{titles} title line" + ("" if titles == 1 else "s")


def _check(delimiter: str | None, quote: str) -> None:
    for what, mark in (("delimiter", delimiter), ("quote", quote)):
        if mark and (len(mark) != 1 or mark in "\r\n\0" or not mark.isascii()):
            raise SourceError(f"The {what} must be one character (ASCII, no line end).")
    if delimiter and delimiter == quote:
        raise SourceError("The delimiter and the quote must differ.")


def _head(path: Path, *, name: str) -> tuple[list[str], bool]:
    """Return the first lines, whole ones only, and whether the file goes on after them."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        if b"\n" not in head and b"\r" not in head:
            head += file.read(_LONGEST_HEADER)
        is_cut = bool(file.read(1))
    text = head.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    # Not str.splitlines: it would also split at form feeds and other signs that may stand in a cell.
    lines = list(io.StringIO(text, newline=""))
    if not is_cut:
        return lines, False
    if len(lines) < 2:
        raise SourceError(f"{name}: its first line does not end within {len(head):,} bytes. It is no table of cases.")
    return lines[:-1], True


def _guess(lines: list[str], grammar: Grammar, *, is_cut: bool, options: ReadOptions) -> _Guess:
    sample = tuple(islice(records(iter(lines), grammar, is_cut=is_cut), _RECORDS))
    widths = Counter(len(record.cells) for record in sample if record.cells)
    if not widths:
        return _Guess(grammar, sample, 0, 0, 0.0)
    usual = widths.most_common(1)[0][0]
    before = _header_at(sample, usual, lines=lines, options=options)
    width = len(sample[before].cells or ()) if before < len(sample) else 0
    after = [record for record in sample[before + 1 :] if not record.is_blank]
    alike = sum(record.cells is not None and len(record.cells) == width for record in after)
    return _Guess(grammar, sample, before, width, alike / len(after) if after else 1.0)


def _header_at(sample: Sequence[Record], usual: int, *, lines: list[str], options: ReadOptions) -> int:
    """Return which record is the header: the declared line, or the first one that is neither blank nor a title."""
    if options.header_row is not None:
        return _record_at_line(sample, options.header_row, most=len(lines))
    for index, record in enumerate(sample):
        if not record.is_blank and not _is_title(record, usual):
            return index
    return 0


def _record_at_line(sample: Sequence[Record], line: int, *, most: int) -> int:
    reached = 1
    for index, record in enumerate(sample):
        if reached >= line:
            return index
        reached += max(record.raw.count("\n"), record.raw.count("\r"))
    raise SourceError(f"header_row = {line} is not among the first {most} lines of the file.")


def _is_title(record: Record, usual: int) -> bool:
    cells = record.cells or []
    filled = sum(bool(cell.strip()) for cell in cells)
    return usual > 1 and len(cells) < usual and (filled <= 1 or (usual >= 5 and filled <= 2))


def _choose(guesses: Sequence[_Guess], *, name: str) -> _Guess:
    fitting = [guess for guess in guesses if guess.width > 1 and guess.share > _MOST]
    best = max(fitting, key=lambda guess: guess.share, default=None)
    rivals = [guess for guess in fitting if guess is not best and guess.share > _MOST]
    if best and (not rivals or (best.share >= _ALMOST_ALL and all(rival.share < _ALMOST_ALL for rival in rivals))):
        return best
    if rivals and best:
        marks = " and ".join(_DELIMITERS[guess.grammar.delimiter] for guess in (best, *rivals))
        raise SourceError(f"{name} can be read with more than one delimiter ({marks}). Declare the delimiter.")
    if all(guess.width <= 1 for guess in guesses) and guesses[0].sample:
        return guesses[0]  # one column; a record with a comma in it will be rejected, and counted
    if any(guess.width > MOST_COLUMNS for guess in guesses):
        return max(guesses, key=lambda guess: guess.width)
    raise SourceError(
        f"{name}: no delimiter splits the header and most of the records into the same number of columns. "
        "Declare the delimiter, and header_row where titles stand above the header."
    )
