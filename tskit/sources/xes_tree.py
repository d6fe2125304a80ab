"""What the elements of an XES log mean: traces, events and attributes, however these are nested."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Event", "Fault", "Log", "Trace", "Tree"]

_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})
_UNDATED = _VALUES - {"date", "id", "list", "container"}
"""Kinds whose default may stand in for a missing value; a default time would be an invented one."""
_STANDARD = {
    "concept": "concept", "time": "time", "organizational": "org", "lifecycle": "lifecycle", "cost": "cost",
    "identity": "identity", "id": "id", "semantic": "semantic", "micro": "micro",
}  # fmt: skip
"""Prefixes of the standard's extensions by their names; a log may declare others of its own for them."""
_DEEPEST = 32


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its attributes by key, nested ones as `key/inner`; `twice` is a key that stood there twice."""

    cells: Mapping[str, str | None]
    line: int
    twice: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """One trace: its attributes by key, and its events in the order of the file; `line` is where it begins."""

    cells: Mapping[str, str | None]
    events: tuple[Event, ...]
    line: int


@dataclass(slots=True)
class Log:
    """What the head of a log declares: its own prefixes of extensions, and defaults of trace and event attributes."""

    prefixes: dict[str, str] = field(default_factory=dict[str, str])
    defaults: dict[str, dict[str, str]] = field(default_factory=lambda: {"trace": {}, "event": {}})
    filled: Counter[str] = field(default_factory=Counter[str])
    """How often a default stood in for an attribute that was missing, by key."""
    unknown: Counter[str] = field(default_factory=Counter[str])
    """Elements that the standard does not know, and how often each stood there."""

    def completed(self, scope: str, cells: Mapping[str, str | None]) -> dict[str, str | None]:
        """Return the attributes of a trace or an event with the declared defaults where one is missing."""
        lacking = {key: value for key, value in self.defaults[scope].items() if key not in cells}
        self.filled.update(lacking.keys())
        return {**cells, **lacking}


class Fault(Exception):  # noqa: N818 - a finding about the file, not a failure of the program
    """A trace that cannot be used: a reason code, the same in words, and the line."""

    def __init__(self, reason: str, words: str, line: int) -> None:
        super().__init__(words)
        self.reason, self.words, self.line = reason, words, line


@dataclass(slots=True)
class _Frame:
    """An element that is still open: what it is, and the attributes that were found in it so far."""

    tag: str
    key: str = ""
    value: str | None = None
    scope: str = ""
    line: int = 0
    found: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, "str | None"]])
    kinds: dict[str, str] = field(default_factory=dict[str, str])


class Tree:
    """Follow the start and end of elements; `taken` hands over the traces that are whole since it was last asked."""

    def __init__(self, log: Log, *, is_resumed: bool = False) -> None:
        """Begin at the root of a log, or with `is_resumed` somewhere between its traces."""
        self._log, self._open, self._whole = log, list[_Frame](), list[Trace]()
        self._events = list[Event]()
        self.has_traces = is_resumed
        self.trace_at: int | None = None
        self.trace_line = 1
        self.characters = 0

    @property
    def is_in_trace(self) -> bool:
        """Tell whether a trace has begun and not ended."""
        return self.trace_at is not None

    @property
    def events(self) -> int:
        """Return the number of whole events in the trace at hand."""
        return len(self._events)

    def taken(self) -> Iterator[Trace]:
        """Yield the whole traces and forget them."""
        whole, self._whole = self._whole, []
        yield from whole

    def started(self, tag: str, attributes: Mapping[str, str], *, place: int, line: int) -> None:
        """Take the start of an element; `place` is its byte."""
        local = tag.rpartition(":")[2]
        if not self._open and local != "log":
            raise Fault("broken_xml", f"its root is <{local[:40]}> and not <log>", line)
        if local == "trace":
            self._begin_trace(place, line)
        elif local == "extension":
            self._extend(attributes)
        elif local == "event" and not self.is_in_trace:
            raise Fault("broken_xml", "an event stands outside of a trace", line)
        if len(self._open) > _DEEPEST:
            raise Fault("broken_xml", "attributes are nested too deeply", line)
        self._open.append(self._frame(local, attributes, line))

    def ended(self, tag: str) -> None:  # noqa: ARG002 - the parser has checked that it fits
        """Take the end of an element."""
        frame = self._open.pop()
        if frame.tag in _VALUES:
            self._keep(frame)
        elif frame.tag == "values" and self._open:
            self._open[-1].found += frame.found
        elif frame.tag == "event":
            self._events.append(_event(frame, self._log))
        elif frame.tag == "trace":
            self._end_trace(frame)
        elif frame.tag == "global" and frame.scope in self._log.defaults:
            usable = {key: value for key, value in frame.found if value and frame.kinds.get(key) in _UNDATED}
            self._log.defaults[frame.scope] |= usable

    def _begin_trace(self, place: int, line: int) -> None:
        if self.is_in_trace:
            # The one before was never closed: the parser would take all that follows for its content.
            raise Fault("broken_xml", "a trace begins within a trace", line)
        self.has_traces = True
        self.trace_at, self.trace_line, self.characters = place, line, 0
        self._events = []

    def _end_trace(self, frame: _Frame) -> None:
        cells = self._log.completed("trace", dict(frame.found))
        self._whole.append(Trace(cells, tuple(self._events), frame.line))
        self.trace_at, self._events, self.characters = None, [], 0

    def _frame(self, local: str, attributes: Mapping[str, str], line: int) -> _Frame:
        frame = _Frame(local, scope=attributes.get("scope", ""), line=line)
        if local in _VALUES:
            key = attributes.get("key", "")
            if not key.strip():
                raise Fault("broken_attribute", "an attribute has no key", line)
            frame.key, frame.value = self._named(key), attributes.get("value")
            self.characters += len(key) + len(frame.value or "")
        elif local not in _STRUCTURE:
            self._log.unknown[local[:40]] += 1
        return frame

    def _named(self, key: str) -> str:
        prefix, colon, rest = " ".join(key.split()).partition(":")
        return f"{self._log.prefixes.get(prefix, prefix)}:{rest}" if colon else prefix

    def _extend(self, attributes: Mapping[str, str]) -> None:
        standard = _STANDARD.get(attributes.get("name", "").lower())
        declared = attributes.get("prefix", "")
        if standard and declared and declared != standard:
            self._log.prefixes[declared] = standard

    def _keep(self, frame: _Frame) -> None:
        """Hand an attribute to the element that it stands in: a list as JSON text, what is nested as `key/inner`."""
        if not self._open:
            return
        holder = self._open[-1]
        holder.kinds[frame.key] = frame.tag
        if frame.tag == "list":
            holder.found.append((frame.key, json.dumps([value for _, value in frame.found], ensure_ascii=False)))
            return
        if frame.tag != "container":
            holder.found.append((frame.key, frame.value))
        holder.found += [(f"{frame.key}/{inner}", value) for inner, value in frame.found]


_STRUCTURE = frozenset({"log", "extension", "global", "classifier", "trace", "event", "values"})


def _event(frame: _Frame, log: Log) -> Event:
    seen: dict[str, str | None] = {}
    twice = ""
    for key, value in frame.found:
        if key in seen and seen[key] != value:
            twice = twice or key
        seen.setdefault(key, value)
    return Event(log.completed("event", seen), frame.line, twice)
