"""From the encoding of an export to the UTF-8 that everything after it reads."""

from __future__ import annotations

import codecs
import uuid
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.sources.engine import spill_folder
from tskit.sources.part import Piece

if TYPE_CHECKING:
    from pathlib import Path

    from tskit.sources.engine import Connection
    from tskit.sources.raw import ReadOptions

__all__ = ["to_utf8"]

_BLOCK = 1 << 20
_SAMPLE = 4096
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UTF8 = ("utf-8", "utf-8-sig", "ascii")


def to_utf8(piece: Piece, *, options: ReadOptions, connection: Connection) -> tuple[Piece, tuple[str, ...]]:
    """Return the piece in UTF-8, transcoded beside the engine where it must be, and a note where that happened.

    A byte order mark or the declared encoding decides; UTF-16 is recognised without a mark by its NUL bytes. Anything
    else is taken as UTF-8, and records that are not are left for the reader to reject one by one.

    Raises:
        SourceError: the declared encoding is unknown, or the file is not in it.
    """
    with piece.path.open("rb") as file:
        head = file.read(_SAMPLE)
    declared = _known(options.encoding) if options.encoding else ""
    found = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    if head.startswith(codecs.BOM_UTF8):
        found = "utf-8"
    encoding = found or declared or _wide(head) or "utf-8"
    if encoding in _UTF8:
        return piece, ()
    target = spill_folder(connection) / f"utf8-{uuid.uuid4().hex}"
    size = _transcode(piece, target, encoding=encoding)
    return Piece(piece.name, target, piece.suffix, size), (f"{piece.name} was read as {encoding.upper()}.",)


def _known(name: str) -> str:
    try:
        return codecs.lookup(name).name
    except LookupError:
        raise SourceError(f"The encoding {name!r} is unknown. Use utf-8, utf-16, cp1252 or latin-1.") from None


def _wide(head: bytes) -> str:
    """Return the kind of UTF-16 when almost every second byte of the head is NUL, as in western text."""
    pairs = len(head) // 2
    if pairs < 2:
        return ""
    even, odd = head[: pairs * 2 : 2].count(0), head[1 : pairs * 2 : 2].count(0)
    if odd > 0.7 * pairs and even < 0.1 * pairs:
        return "utf-16-le"
    return "utf-16-be" if even > 0.7 * pairs and odd < 0.1 * pairs else ""


def _transcode(piece: Piece, target: Path, *, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    size = 0
    try:
        with piece.path.open("rb") as source, target.open("wb") as out:
            while block := source.read(_BLOCK):
                size += out.write(decoder.decode(block).encode())
            size += out.write(decoder.decode(b"", final=True).encode())
    except UnicodeError:
        raise SourceError(
            f"{piece.name} is not in {encoding.upper()}, or it is cut off. Export it again, or declare its encoding."
        ) from None
    return size
