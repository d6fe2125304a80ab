"""The dialect of a delimited file: found only where the header and the records agree on it, asked for otherwise."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.sources.footers import LONGEST_FOOTER, footer_length
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
_NAME = re.compile(r"[\w#%][\w #%()/.\-]*[\w#%)]|\w")


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
    if options.header_row is None and not _is_utf8(lines[:1]):
        raise SourceError(f"{name}: its header is not UTF-8. Declare the encoding; exports of Excel are often cp1252.")
    quote = '"' if options.quote is None else options.quote
    _check(options.delimiter, quote)
    candidates = (options.delimiter,) if options.delimiter else tuple(_DELIMITERS)
    guesses = [_guess(lines, Grammar(mark, quote), is_cut=is_cut, options=options) for mark in candidates]
    guess = guesses[0] if options.delimiter else _choose(guesses, name=name)
    cells = guess.sample[guess.before].cells
    if cells is None:
        raise SourceError(f"{name}: a quote in its header row is broken. Correct it, or declare header_row.")
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


def _is_utf8(lines: Sequence[str]) -> bool:
    try:
        "".join(lines).encode()
    except UnicodeEncodeError:
        return False
    return True


def _guess(lines: list[str], grammar: Grammar, *, is_cut: bool, options: ReadOptions) -> _Guess:
    """Return what the delimiter makes of the sample; titles and footers have one cell and do not vote."""
    sample = tuple(islice(records(iter(lines), grammar, is_cut=is_cut), _RECORDS))
    widths = Counter(len(record.cells) for record in sample if record.cells and len(record.cells) > 1)
    usual = max(widths, key=lambda width: (widths[width], width), default=1)
    before = _header_at(sample, usual, lines=lines, options=options)
    width = len(sample[before].cells or ()) if before < len(sample) else 0
    after = [record.cells for record in sample[before + 1 :] if record.cells is not None]
    body = after[: len(after) - (0 if is_cut else footer_length(after[-LONGEST_FOOTER:], width=width))]
    told = [cells for cells in body if cells]
    return _Guess(
        grammar, sample, before, width, sum(len(cells) == width for cells in told) / len(told) if told else 1.0
    )


def _header_at(sample: Sequence[Record], usual: int, *, lines: list[str], options: ReadOptions) -> int:
    """Return which record is the header: the declared line, or the first one that is neither blank nor a title."""
    if options.header_row is not None:
        return _record_at_line(sample, options.header_row, most=len(lines))
    titles = 0
    for index, record in enumerate(sample):
        if record.is_blank:
            continue
        if not _is_title(record, usual) and not (titles and _ends_in_blank(sample[index:], usual)):
            return index
        titles += 1
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
    return usual > 1 and len(cells) < usual and sum(bool(cell.strip()) for cell in cells) <= 1


def _ends_in_blank(sample: Sequence[Record], usual: int) -> bool:
    """Tell whether an empty line comes before the first record of the usual width: titles have commas in them, too."""
    reached = next((record for record in sample if record.is_blank or len(record.cells or ()) == usual), None)
    return reached is not None and reached.is_blank


def _choose(guesses: Sequence[_Guess], *, name: str) -> _Guess:
    fitting = [guess for guess in guesses if guess.width > 1 and guess.share > _MOST]
    best = max(fitting, key=lambda guess: guess.share, default=None)
    rivals = [guess for guess in fitting if guess is not best]
    if best and (not rivals or (best.share >= _ALMOST_ALL and all(rival.share < _ALMOST_ALL for rival in rivals))):
        return best
    if best:
        marks = " and ".join(_DELIMITERS[guess.grammar.delimiter] for guess in (best, *rivals))
        raise SourceError(f"{name} can be read with more than one delimiter ({marks}). Declare the delimiter.")
    if any(guess.width > MOST_COLUMNS for guess in guesses):
        return max(guesses, key=lambda guess: guess.width)
    single = _single(guesses)
    if single:
        return single
    raise SourceError(
        f"{name}: no delimiter splits the header and most of the records into the same number of columns. "
        "Declare the delimiter, and header_row where titles stand above the header."
    )


def _single(guesses: Sequence[_Guess]) -> _Guess | None:
    """Return the reading as one column, where the first line is a name and most records have no comma either."""
    sample = guesses[0].sample
    before = next((index for index, record in enumerate(sample) if not record.is_blank), len(sample))
    names_one = all(_is_name(guess.sample[before].cells) for guess in guesses if before < len(guess.sample))
    after = [record.cells for record in sample[before + 1 :] if record.cells]
    if before == len(sample) or not names_one or sum(len(cells) == 1 for cells in after) <= _MOST * len(after) != 0:
        return None
    return _Guess(guesses[0].grammar, sample, before, 1, 1.0)


def _is_name(cells: Sequence[str] | None) -> bool:
    return cells is not None and len(cells) == 1 and bool(_NAME.fullmatch(cells[0].strip()))
