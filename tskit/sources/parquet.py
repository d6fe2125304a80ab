"""Parquet: read in place; typed values become the text that the engine writes for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from tskit.errors import SourceError
from tskit.sources.engine import identifier, literal
from tskit.sources.headers import names
from tskit.sources.part import Part
from tskit.sources.raw import SOURCE_ROW

if TYPE_CHECKING:
    from tskit.sources.engine import Connection
    from tskit.sources.part import Piece
    from tskit.sources.raw import ReadOptions

__all__ = ["read_parquet"]

_NESTED = ("STRUCT", "MAP", "UNION")


def read_parquet(piece: Piece, *, options: ReadOptions, connection: Connection) -> tuple[Part, ...]:  # noqa: ARG001 - all readers are called alike
    """Return the part that a Parquet file is; nested columns become JSON text.

    Raises:
        SourceError: it is damaged, encrypted, or its columns make no header.
    """
    scan = f"read_parquet({literal(_plain(str(piece.path)))}, file_row_number = true)"
    try:
        columns = connection.con.execute(f"describe select * from {scan}").fetchall()
        (rows,) = connection.con.execute(f"select count(*) from {scan}").fetchone()
    except duckdb.Error:
        raise SourceError(f"{piece.name} is not a whole Parquet file, or it is encrypted. Export it again.") from None
    kinds = {name: kind for name, kind, *_ in columns if name != "file_row_number"}
    header, notes = names(tuple(kinds), name=piece.name)
    cells = ", ".join(
        f"{_as_text(name, kind)} as {identifier(column)}"
        for column, (name, kind) in zip(header, kinds.items(), strict=True)
    )
    row = f"file_row_number + 1 as {identifier(SOURCE_ROW)}"
    return (Part(piece.name, header, f"select {cells}, {row} from {scan}", rows, notes=notes),)


def _as_text(name: str, kind: str) -> str:
    column = identifier(name)
    is_nested = kind.startswith(_NESTED) or kind.endswith("]")
    if is_nested:
        return f"to_json({column})::varchar"
    return f"decode({column})" if kind == "BLOB" else f"{column}::varchar"


def _plain(path: str) -> str:
    # The engine takes these signs for a pattern.
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)
