"""Exports that were cut off at a cap, and the files that go on where they end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.sources.engine import identifier, literal
from tskit.sources.raw import SOURCE, SOURCE_ROW
from tskit.sources.stack import is_cut

if TYPE_CHECKING:
    from tskit.sources.engine import Connection
    from tskit.sources.raw import RawTable

__all__ = ["stitched"]


def stitched(raw: RawTable, *, key: str, connection: Connection) -> RawTable:
    """Return the rows with notes that say of each file that was cut off whether another one goes on from its end.

    `key` is the column that tells records apart. A cap cuts off the last rows of a file: where another file has its last
    record, too, the two overlap and nothing is missing between them. Which of the repeated rows stands is settled later.
    """
    cut = [note for note in raw.notes if is_cut(note)]
    if raw.parts < 2 or not cut or key not in raw.header:
        return raw
    connection.create_view("seams", raw.table, overwrite=True)
    ends = f"select {_SOURCE}, arg_max({identifier(key)}, {_ROW}) as last, max({_ROW}) as length from seams group by 1"
    files = [source for (source,) in connection.con.execute(f"select {_SOURCE} from ({ends}) order by 1").fetchall()]
    short = [source for source in files if any(is_cut(note, of=source) for note in cut)]
    listed = ", ".join(map(literal, short)) or "null"
    # A file that was cut off at the very same record goes no further.
    beyond = f"s.{_ROW} < o.length or o.{_SOURCE} not in ({listed})"
    found = connection.con.execute(
        f"with ends as ({ends}) select distinct e.{_SOURCE} from ends as e join seams as s on s.{identifier(key)} = e.last "
        f"join ends as o on o.{_SOURCE} = s.{_SOURCE} where s.{_SOURCE} <> e.{_SOURCE} and ({beyond})"
    ).fetchall()
    continued = {source for (source,) in found}
    whole = [source for source in short if source in continued]
    kept = tuple(note for note in raw.notes if not is_cut(note))
    return replace(
        raw, notes=(*kept, *_goes_on(whole), *(_ends(source) for source in short if source not in continued))
    )


_SOURCE, _ROW = identifier(SOURCE), identifier(SOURCE_ROW)


def _goes_on(whole: list[str]) -> tuple[str, ...]:
    if not whole:
        return ()
    files = "file was" if len(whole) == 1 else "files were"
    return (
        f"{len(whole)} {files} cut off at a cap; another file goes on where each ends, so nothing is missing between them.",
    )


def _ends(source: str) -> str:
    return (
        f"{source} was cut off at a cap, and no other file goes on from its last row. Rows may be missing. "
        "Export the rest, beginning a little before that row."
    )
