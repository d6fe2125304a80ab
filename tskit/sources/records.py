"""Records of delimited text, told apart exactly: what is broken is given back as it stands, and nothing is skipped.

The engine is faster, but it loses its place at a stray quote, and drops a record that is larger than its buffer without
a word. Here a quote that is opened and never closed costs the line that it stands in, not the rest of the file.
"""

from __future__ import annotations

import csv
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path
    from typing import TextIO

__all__ = ["LARGEST_RECORD", "Grammar", "Record", "lines_of", "records", "shown"]

LARGEST_RECORD = 64 * 2**20
"""Characters in one record, at most; an unclosed quote is given up after so many."""


@dataclass(frozen=True, slots=True)
class Grammar:
    """How fields are told apart: a delimiter, and a quote that is doubled within a quoted field ("" for none)."""

    delimiter: str = ","
    quote: str = '"'


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its cells, or the reason why it has none; `raw` is its text with the line end."""

    cells: list[str] | None
    raw: str
    reason: str = ""

    @property
    def is_blank(self) -> bool:
        """Tell whether this is an empty line, which is no record at all."""
        return self.cells == [] or not self.raw.strip("\r\n")


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-8 file with their ends (LF, CR LF or CR); bad bytes become lone surrogates.

    A line that is longer than a record may be comes in pieces, of which all but the last have no end.
    """
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        first = file.readline(LARGEST_RECORD)
        yield from _lines(chain([first.removeprefix("\ufeff")] if first else [], _rest(file)))


def records(lines: Iterator[str], grammar: Grammar, *, is_cut: bool = False) -> Iterator[Record]:
    """Yield every record of `lines`, empty lines included; `is_cut` says that more would follow the last line."""
    feed = _Feed(lines)
    with _large_fields():
        reader = _reader(feed, grammar)
        while True:
            feed.taken = []
            feed.size = 0
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, _TooLong):
                if is_cut and feed.is_empty:
                    return
                yield feed.give_up()
                continue
            raw = feed.taken[0] if len(feed.taken) == 1 else "".join(feed.taken)
            yield _checked(cells, raw)


def shown(raw: str) -> str:
    """Return the record as text that can be stored: without its line end, bad bytes as the replacement sign."""
    text = raw.rstrip("\r\n")
    return text if text.isascii() else text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class _TooLong(Exception):  # noqa: N818 - it never leaves this module
    """A record has grown beyond what one may have."""


class _Feed:
    """Hand lines to the reader, remembering those of the record at hand, so that they can be put back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._pending: deque[str] = deque()
        self.taken: list[str] = []
        self.size = 0
        self.is_empty = False

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        if self._pending:
            line = self._pending.popleft()
        else:
            try:
                line = next(self._lines)
            except StopIteration:
                self.is_empty = True
                raise
        self.taken.append(line)
        self.size += len(line)
        if self.size > LARGEST_RECORD:
            raise _TooLong
        return line

    def give_up(self) -> Record:
        """Return the first line of the broken record as a record of its own; the other lines are read again."""
        first, *others = self.taken
        self._pending.extendleft(reversed(others))
        if len(first) >= LARGEST_RECORD:
            return Record(None, first, "too_long")
        return Record(None, first, "broken_quote" if _is_utf8(first) else "bad_encoding")


def _reader(feed: _Feed, grammar: Grammar) -> Iterator[list[str]]:
    if not grammar.quote:
        return csv.reader(feed, delimiter=grammar.delimiter, quoting=csv.QUOTE_NONE, strict=True)
    return csv.reader(feed, delimiter=grammar.delimiter, quotechar=grammar.quote, doublequote=True, strict=True)


def _checked(cells: list[str], raw: str) -> Record:
    return Record(cells, raw) if raw.isascii() or _is_utf8(raw) else Record(None, raw, "bad_encoding")


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _rest(file: TextIO) -> Iterator[str]:
    while line := file.readline(LARGEST_RECORD):
        yield line


def _lines(pieces: Iterator[str]) -> Iterator[str]:
    """Drop what follows the first piece of an endless line, so that it counts as one record, too long to be kept."""
    for piece in pieces:
        yield piece
        last = piece
        while len(last) >= LARGEST_RECORD and not last.endswith(("\n", "\r")):
            last = next(pieces, "")


@contextmanager
def _large_fields() -> Generator[None]:
    """Lift the limit of Python's reader, which is one for the whole process, and put it back afterwards."""
    before = csv.field_size_limit(LARGEST_RECORD * 2)
    try:
        yield
    finally:
        csv.field_size_limit(before)
