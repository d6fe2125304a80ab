"""The traces of an XES log one after the other, from XML that may be broken or hostile.

No library fits: the maintained one is AGPL, those with a kinder licence hold the whole log and give up at the first
fault. Expat reads block by block; what a document type declaration could unfold or fetch is refused with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.parsers.expat import ExpatError, ParserCreate, errors

from tskit.errors import SourceError
from tskit.sources.records import LARGEST_RECORD
from tskit.sources.xes_tree import Fault, Log, Trace, Tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

__all__ = ["BrokenTrace", "Log", "Trace", "traces"]

_BLOCK = 1 << 18
_LARGEST_TAG = 16 << 20
"""Bytes of one element at most, its attributes included: what is longer is no value of a case."""
_START = re.compile(rb"<(?:[\w.-]+:)?trace[\s/>]")
_LONGEST_START = 64


@dataclass(frozen=True, slots=True)
class BrokenTrace:
    """A trace that cannot be read: why, the line where it begins, and its first characters as found.

    `events` is how many events of it were seen before the fault.
    """

    reason: str
    line: int
    raw: str
    events: int


def traces(path: Path, *, name: str, log: Log) -> Iterator[Trace | BrokenTrace]:
    """Yield each trace of the UTF-8 file `path`, the broken ones too; `log` takes what the head of the log declares.

    After a fault it goes on with the next trace, so that a fault costs the trace that it stands in and no other.

    Raises:
        SourceError: it is no XES log, its head is broken, or it declares a document type.
    """
    with path.open("rb") as file:
        run = _Run(file, Tree(log), at=0, line=1)
        while True:
            yield from run.traces(name)
            if run.fault is None:
                return
            if not run.tree.has_traces and not run.is_resumed:
                raise SourceError(
                    f"{name} is no whole XES log: {run.fault.words} in line {run.fault.line}, before its first trace. "
                    "Export it again."
                )
            yield _broken(file, run, run.fault)
            start = _next_start(file, run.goes_on_at)
            if start is None:
                return
            run = _Run(file, Tree(log, is_resumed=True), at=start, line=run.line_of(start))


class _Run:
    """One parser over the file from a place on: the whole of it, or the rest after a fault."""

    def __init__(self, file: BinaryIO, tree: Tree, *, at: int, line: int) -> None:
        self._file, self._at, self._line = file, at, line
        self.tree = tree
        self.is_resumed = at > 0
        self.fault: Fault | None = None
        self._stopped_at: tuple[int, int] | None = None
        self._parser = parser = ParserCreate("utf-8")
        # The rest of a file has no root of its own and is given one.
        self._given = len(_ROOT) if self.is_resumed else 0
        parser.StartElementHandler = self._started
        parser.EndElementHandler = tree.ended
        parser.StartDoctypeDeclHandler = _refuse_doctype
        if self.is_resumed:
            parser.Parse(_ROOT)

    def traces(self, name: str) -> Iterator[Trace]:
        """Yield the whole traces up to the end of the file or to a fault."""
        self._file.seek(self._at)
        fed = 0
        try:
            while block := self._file.read(_BLOCK):
                fed += len(block)
                self._parser.Parse(block)
                yield from self.tree.taken()
                if fed - self._place() > _LARGEST_TAG or self.tree.characters > LARGEST_RECORD:
                    raise Fault("too_long", "an element is too long", self._here())  # noqa: TRY301 - one way out
                self._file.seek(self._at + fed)
            self._parser.Parse(b"", True)  # noqa: FBT003 - expat takes no keyword
            yield from self.tree.taken()
        except ExpatError as error:
            yield from self.tree.taken()
            reason = "cut_off" if error.code in _AT_THE_END else "broken_xml"
            self.fault = Fault(reason, _plain(str(error)), self._line + error.lineno - 1)
        except Fault as fault:
            yield from self.tree.taken()
            self.fault = fault
        except _Doctype:
            raise SourceError(
                f"{name} declares a document type (DOCTYPE). A log needs none, and one can make a reader open other "
                "files or grow without end. Remove the declaration if you trust the file."
            ) from None

    @property
    def goes_on_at(self) -> int:
        """Return the byte from which the next trace is looked for: behind the fault, or at the tag that shows it."""
        own = self.tree.trace_at
        found = self._at + self._place()
        return max(found, self._at + (0 if own is None else own) + 1)

    @property
    def begins_at(self) -> int:
        """Return the byte at which the trace with the fault begins, else that of the fault."""
        own = self.tree.trace_at
        return self._at + (self._place() if own is None else own)

    @property
    def begins_in_line(self) -> int:
        """Return the line in which the trace with the fault begins."""
        return self._here() if self.tree.trace_at is None else self._line + self.tree.trace_line - 1

    def line_of(self, place: int) -> int:
        """Return the line of a byte that lies ahead of where the parser stopped."""
        stopped = self._at + self._place()
        self._file.seek(min(stopped, place))
        line, left = self._here(), max(place - stopped, 0)
        while left and (block := self._file.read(min(_BLOCK, left))):
            line += block.count(b"\n")
            left -= len(block)
        return line

    def _started(self, tag: str, attributes: dict[str, str]) -> None:
        place = self._place()
        try:
            self.tree.started(tag, attributes, place=place, line=self._parser.CurrentLineNumber)
        except Fault:
            # The parser goes on to the end of the block without its handlers, and its own place with it.
            self._stopped_at = place, self._parser.CurrentLineNumber
            raise

    def _place(self) -> int:
        return self._stopped_at[0] if self._stopped_at else max(self._parser.CurrentByteIndex - self._given, 0)

    def _here(self) -> int:
        line = self._stopped_at[1] if self._stopped_at else self._parser.CurrentLineNumber
        return self._line + line - 1


_ROOT = b"<log>"
_AT_THE_END = (errors.codes[errors.XML_ERROR_NO_ELEMENTS], errors.codes[errors.XML_ERROR_UNCLOSED_TOKEN])


class _Doctype(Exception):  # noqa: N818 - it never leaves this module
    """The file declares a document type."""


def _refuse_doctype(*_: object) -> None:
    raise _Doctype


def _broken(file: BinaryIO, run: _Run, fault: Fault) -> BrokenTrace:
    file.seek(run.begins_at)
    raw = file.read(_SHOWN).decode("utf-8", "replace")
    return BrokenTrace(fault.reason, run.begins_in_line, raw, run.tree.events)


_SHOWN = 4096


def _next_start(file: BinaryIO, at: int) -> int | None:
    """Return the byte at which the next tag of a trace begins, or None where there is no other."""
    file.seek(at)
    kept = b""
    while block := file.read(_BLOCK):
        text = kept + block
        if found := _START.search(text):
            return at - len(kept) + found.start()
        at += len(block)
        kept = text[-_LONGEST_START:]
    return None


def _plain(message: str) -> str:
    """Return what expat says without the place, which is told in our own words."""
    return message.partition(":")[0]
