"""XES, the exchange format of event logs: a row for each event, beside it what its trace says as `case:` columns."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.sources.encoding import to_utf8
from tskit.sources.headers import MOST_COLUMNS, names
from tskit.sources.spool import Spool
from tskit.sources.xes_stream import BrokenTrace, Log, traces

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tskit.sources.engine import Connection
    from tskit.sources.part import Part, Piece
    from tskit.sources.raw import ReadOptions
    from tskit.sources.xes_tree import Trace

__all__ = ["read_xes"]

_OF_CASE = "case:"
_SHOWN = 5


def read_xes(piece: Piece, *, options: ReadOptions, connection: Connection) -> tuple[Part, ...]:
    """Return the part that an XES log is: a row for each event, its attributes and, as `case:...`, those of its trace.

    Nested attributes become `key/inner`, lists JSON text; an attribute that is missing takes the default that the log
    declares for it, unless it is a time. A broken trace is rejected as one record, and so is one without events.

    Raises:
        SourceError: it is no XES log, its head is broken, it declares a document type, or it has too many attributes.
    """
    plain, notes = to_utf8(piece, options=options, connection=connection)
    if not plain.size:
        return ()
    spool, log = Spool(connection), Log()
    broken: list[BrokenTrace] = []
    empty = 0
    number = 0
    for found in traces(plain.path, name=piece.name, log=log):
        if isinstance(found, BrokenTrace):
            number += 1
            broken.append(found)
            spool.reject(number, reason=found.reason, raw=found.raw)
        elif not found.events:
            number += 1
            empty += 1
            spool.reject(number, reason="no_events", raw=_shown(found.cells))
        else:
            number = _put(spool, found, number=number, name=piece.name)
    if not spool.columns:
        raise SourceError(f"{piece.name} holds no event. A log of cases needs traces with events in them.")
    names(tuple(spool.columns), name=piece.name)
    told = [*notes, *_broken_notes(piece.name, broken), *_empty_note(piece.name, empty), *_log_notes(piece.name, log)]
    return (spool.part(piece.name, notes=told),)


def _put(spool: Spool, trace: Trace, *, number: int, name: str) -> int:
    """Write the events of a trace and return the number of the last one."""
    case = {f"{_OF_CASE}{key}": value for key, value in trace.cells.items()}
    for event in trace.events:
        number += 1
        if event.twice:
            spool.reject(number, reason="key_twice", raw=_shown({**case, **event.cells}), column=event.twice)
            continue
        cells = {**case, **event.cells}
        spool.columns.update(dict.fromkeys(cells))
        if len(spool.columns) > MOST_COLUMNS:
            raise SourceError(f"{name} has more than {MOST_COLUMNS:,} different attributes. It is no log of cases.")
        spool.row(number, [cells.get(column) for column in spool.columns])
    return number


def _shown(cells: Mapping[str, str | None]) -> str:
    return json.dumps(cells, ensure_ascii=False)


def _broken_notes(name: str, broken: Sequence[BrokenTrace]) -> list[str]:
    told = [
        f"{name}: the trace that begins in line {trace.line:,} is broken ({_WORDS[trace.reason]}); it is kept apart"
        + (f" with the {trace.events:,} events before the fault." if trace.events else ".")
        for trace in broken[:_SHOWN]
    ]
    more = len(broken) - len(told)
    return [*told, f"{name}: {more:,} more traces are broken and kept apart."] if more else told


def _empty_note(name: str, empty: int) -> list[str]:
    if not empty:
        return []
    traces_are = "1 trace has" if empty == 1 else f"{empty:,} traces have"
    return [f"{name}: {traces_are} no event; nothing tells when such a case was opened."]


def _log_notes(name: str, log: Log) -> list[str]:
    filled = [f"{key} ({times:,} times)" for key, times in log.filled.most_common(_SHOWN)]
    unknown = [f"<{tag}> ({times:,} times)" for tag, times in log.unknown.most_common(_SHOWN)]
    told = f"{name}: the default that the log declares stands in for a missing attribute: {', '.join(filled)}."
    other = f"{name}: elements that are no part of XES were not read: {', '.join(unknown)}."
    return [*([told] if filled else []), *([other] if unknown else [])]


_WORDS = {
    "broken_xml": "its XML is not well formed",
    "cut_off": "the file ends in it",
    "broken_attribute": "an attribute of it has no key",
    "too_long": "it is too long",
}
