"""Parts of the same header on top of each other, as one table."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from tskit.errors import SourceError
from tskit.sources.engine import identifier, literal
from tskit.sources.headers import brief
from tskit.sources.raw import SOURCE, SOURCE_ROW, RawTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tskit.model import InputFile
    from tskit.sources.engine import Connection
    from tskit.sources.part import Part

__all__ = ["is_cut", "release", "stack"]

_CAPS = {
    2_000: "a report shown in a browser",
    10_000: "a download of decisions, in 100 pages of 100,",
    50_000: "a query in pages",
    100_000: "a report export",
}

_CUT = "Rows may be missing."


def stack(parts: Sequence[Part], *, inputs: Sequence[InputFile], connection: Connection) -> RawTable:
    """Return the parts as one raw table; they must have the same columns, in any order.

    Raises:
        SourceError: a part lacks columns that the first one has, or has others.
    """
    first, *others = parts
    for part in others:
        _check_same(first, part)
    name = f"raw_{uuid.uuid4().hex}"
    con = connection.con
    con.execute(f"create view {name} as {' union all '.join(_rows(part, first.header) for part in parts)}")
    con.execute(f"create table {name}_rejected as {_rejected(parts)}")
    return RawTable(
        table=connection.table(name),
        rejected=connection.table(f"{name}_rejected"),
        read=sum(part.rows + part.rejected for part in parts),
        header=first.header,
        inputs=tuple(inputs),
        notes=tuple(note for part in parts for note in (*part.notes, *_capped(part))),
        held=tuple(part.held for part in parts if part.held),
        parts=len(parts),
    )


def release(raw: RawTable, *, connection: Connection) -> None:
    """Free what the rows of `raw` take up; its `table` cannot be read any more, its `rejected` can."""
    for table in raw.held:
        connection.con.execute(f"drop table if exists {table}")


def _rows(part: Part, header: Sequence[str]) -> str:
    names = ", ".join(map(identifier, header))
    row = identifier(SOURCE_ROW)
    return f"select {names}, {literal(part.name)} as {identifier(SOURCE)}, {row} from ({part.rows_sql})"


def _rejected(parts: Sequence[Part]) -> str:
    empty = (
        f"select ''::varchar as {identifier(SOURCE)}, 0::bigint as {identifier(SOURCE_ROW)}, "
        "null::varchar as \"column\", ''::varchar as reason, null::varchar as raw where false"
    )
    queries = [
        f'select {literal(part.name)}, {identifier(SOURCE_ROW)}, "column", reason, raw from ({part.rejected_sql})'
        for part in parts
        if part.rejected
    ]
    return " union all ".join([empty, *queries])


def _check_same(first: Part, other: Part) -> None:
    lacks = [column for column in first.header if column not in other.header]
    adds = [column for column in other.header if column not in first.header]
    if not lacks and not adds:
        return
    lack = f" lacks {brief(lacks)}" if lacks else ""
    add = f" has {brief(adds)} besides" if adds else ""
    both = " and" if lacks and adds else ""
    raise SourceError(
        f"Files that are read together need the same columns: compared with {first.name}, {other.name}{lack}{both}{add}. "
        "Read them as sources of their own, or export them alike."
    )


def is_cut(note: str, *, of: str = "") -> bool:
    """Return whether a note says that a file, or the one named `of`, has as many records as a cap lets through."""
    return note.endswith(_CUT) and " has exactly " in note and note.startswith(f"{of} has exactly " if of else "")


def _capped(part: Part) -> tuple[str, ...]:
    records = part.rows + part.rejected
    if records not in _CAPS:
        return ()
    return (f"{part.name} has exactly {records:,} records, the most that {_CAPS[records]} gives. {_CUT}",)
