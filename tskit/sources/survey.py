"""One pass over a file's bytes: its digest, and what the engine would stumble over."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Survey", "digest", "survey"]

_BLOCK = 1 << 22


@dataclass(frozen=True, slots=True)
class Survey:
    """Counts over a whole file: its line ends, quotes, NUL bytes, and whether an empty line or bad UTF-8 occurs."""

    size: int
    newlines: int
    returns: int
    pairs: int
    quotes: int
    nulls: int
    has_empty_line: bool

    @property
    def has_one_line_end(self) -> bool:
        """Tell whether all lines end alike: with LF or with CR LF."""
        return self.returns == 0 or self.returns == self.pairs == self.newlines


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, streamed."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def survey(path: Path, *, quote: bytes = b'"') -> Survey:
    """Return the counts over the bytes of `path`, read block by block."""
    size = newlines = returns = pairs = quotes = nulls = 0
    empty = False
    last = b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            size += len(block)
            newlines += block.count(b"\n")
            returns += block.count(b"\r")
            quotes += block.count(quote) if quote else 0
            nulls += block.count(b"\0")
            seam = last + block[:3]
            pairs += block.count(b"\r\n") + (last[-1:] == b"\r" and block[:1] == b"\n")
            empty = empty or _has_empty_line(block) or _has_empty_line(seam)
            last = block[-3:]
    return Survey(size, newlines, returns, pairs, quotes, nulls, empty)


def _has_empty_line(block: bytes) -> bool:
    return b"\n\n" in block or b"\n\r\n" in block
