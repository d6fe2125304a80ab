"""Delimited text read by the engine, for large files: fast, and believed only where every byte is accounted for."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import pyarrow as pa

from tskit.sources.engine import identifier, literal
from tskit.sources.part import Part
from tskit.sources.raw import SOURCE_ROW

if TYPE_CHECKING:
    from tskit.sources.dialect import Dialect
    from tskit.sources.engine import Connection
    from tskit.sources.part import Piece
    from tskit.sources.survey import Survey

__all__ = ["scan"]

_LINE = 16 * 2**20  # bytes of one record at most
_BUFFER = 2 * _LINE
_SIMPLE = {
    "TOO MANY COLUMNS": "too_many_columns",
    "MISSING COLUMNS": "too_few_columns",
    "UNQUOTED VALUE": "broken_quote",
    "INVALID ENCODING": "bad_encoding",
}


def scan(piece: Piece, dialect: Dialect, *, survey: Survey, connection: Connection) -> Part | None:
    """Return the part of a file whose first line is the header, or None where the engine cannot be trusted with it.

    One pass counts rows and collects rejects over all columns; the part's query is the second pass. It returns None
    when the engine gives up, when a rejected record spans lines, since then it may have lost its place, and when lines
    are missing from the account: near bad bytes, at the end of a file and beyond its buffer it drops records in silence.
    """
    con = connection.con
    sql = _Reader(piece, dialect, has_pairs=survey.returns > 0)
    rejects = f"rejects_{uuid.uuid4().hex}"
    try:
        ((rows, _),) = con.execute(sql.account(rejects)).fetchall()  # all: the rejects are written at the end
    except duckdb.Error:
        return None
    # One record may have several rejects, one for each column that is missing.
    ((rejected,),) = con.execute(f"select count(distinct line) from {rejects}").fetchall()
    if rejected and (survey.has_empty_line or not _are_simple(con, rejects)):
        return None
    more = survey.lines - 1 - rows - rejected
    if more and (more < 0 or more != _breaks_within(con, sql)):
        return None
    if not rejected:
        return Part(piece.name, dialect.header, sql.rows(), rows, notes=dialect.notes)
    numbers = _collect(con, rejects, piece)
    return Part(
        name=piece.name,
        header=dialect.header,
        rows_sql=sql.rows_around(_numbering(con, numbers)),
        rows=rows,
        rejected_sql=f"select * from {rejects}_kept",
        rejected=rejected,
        notes=dialect.notes,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """The SQL that reads one file in one dialect, every column as text."""

    piece: Piece
    dialect: Dialect
    has_pairs: bool

    def call(self, *, errors: str) -> str:
        header = self.dialect.header
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
        options = {
            "delim": literal(self.dialect.grammar.delimiter),
            "quote": literal(self.dialect.grammar.quote),
            "escape": literal(self.dialect.grammar.quote),
            "new_line": r"'\r\n'" if self.has_pairs else r"'\n'",
            "header": "true",
            "columns": f"{{{columns}}}",
            "force_not_null": f"[{', '.join(map(literal, header))}]",
            "auto_detect": "false",
            "strict_mode": "true",
            # In parallel, DuckDB 1.5.6 lost 68 % of the rows of a file with 0.1 % bad records, without an error.
            "parallel": "false",
            "max_line_size": str(_LINE),
            "buffer_size": str(_BUFFER),
        }
        settings = ", ".join(f"{name} = {value}" for name, value in options.items())
        return f"read_csv({literal(_plain(str(self.piece.path)))}, {settings}, {errors})"

    def account(self, rejects: str) -> str:
        """Count the rows and the bytes in their cells; reading all columns finds the bad bytes of each of them."""
        held = " + ".join(f"strlen({identifier(name)})" for name in self.dialect.header)
        errors = (
            f"store_rejects = true, rejects_limit = 0, rejects_table = '{rejects}', rejects_scan = '{rejects}_scan'"
        )
        return f"select count(*), sum({held}) from {self.call(errors=errors)}"

    def breaks(self) -> str:
        """Count the line breaks within cells."""
        cells = (identifier(name) for name in self.dialect.header)
        each = (
            f"case when contains({c}, chr(10)) then strlen({c}) - strlen(replace({c}, chr(10), '')) else 0 end"
            for c in cells
        )
        return f"select coalesce(sum({' + '.join(each)}), 0) from {self.call(errors='ignore_errors = true')}"

    def rows(self) -> str:
        return f"select *, row_number() over () as {identifier(SOURCE_ROW)} from {self.call(errors='ignore_errors = true')}"

    def rows_around(self, numbering: str) -> str:
        """Number the rows around the rejected records. All columns are asked for, or bad bytes would go unseen."""
        names = ", ".join(map(identifier, self.dialect.header))
        every = " and ".join(f"{identifier(name)} is not null" for name in self.dialect.header)
        source = self.call(errors="ignore_errors = true")
        inner = f"select *, row_number() over () as {identifier(SOURCE_ROW)} from {source} where {every}"
        return f"select {names}, {numbering}({identifier(SOURCE_ROW)}) as {identifier(SOURCE_ROW)} from ({inner})"


def _plain(path: str) -> str:
    # The engine takes these signs for a pattern.
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


def _breaks_within(con: Connection, sql: _Reader) -> int:
    ((breaks,),) = con.execute(sql.breaks()).fetchall()
    return int(breaks)


def _are_simple(con: Connection, rejects: str) -> bool:
    kinds = ", ".join(map(literal, _SIMPLE))
    odd = f"error_type::varchar not in ({kinds}) or trim(csv_line, chr(10) || chr(13)) similar to '(?s).*[\\r\\n].*'"
    (count,) = con.execute(f"select count(*) from {rejects} where {odd}").fetchone()
    return count == 0


def _collect(con: Connection, rejects: str, piece: Piece) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Keep one line for each rejected record in a table, and return their numbers in order."""
    cases = " ".join(f"when {literal(kind)} then {literal(reason)}" for kind, reason in _SIMPLE.items())
    con.execute(f"""
        create table {rejects}_kept as
        select line::bigint - 1 as {identifier(SOURCE_ROW)}, null::varchar as "column",
            min(case error_type::varchar {cases} end) as reason,
            trim(any_value(csv_line), chr(10) || chr(13)) as raw
        from {rejects} group by line order by line""")
    _restore_bytes(con, rejects, piece)
    query = f"select {identifier(SOURCE_ROW)} as n from {rejects}_kept order by 1"
    return con.execute(query).fetchnumpy()["n"].astype(np.int64)


def _restore_bytes(con: Connection, rejects: str, piece: Piece) -> None:
    """Replace the engine's text of records with bad bytes, which it has altered, by what the file holds there."""
    query = f"""
        select line::bigint - 1, min(line_byte_position), max(strlen(csv_line)) from {rejects}
        where error_type::varchar = 'INVALID ENCODING' group by line"""
    with piece.path.open("rb") as file:
        for number, position, length in con.execute(query).fetchall():
            file.seek(position - 1)
            text = file.read(length).strip(b"\r\n").decode("utf-8", "replace")
            con.execute(f"update {rejects}_kept set raw = ? where {identifier(SOURCE_ROW)} = ?", [text, number])


def _numbering(con: Connection, rejected: np.ndarray[Any, np.dtype[np.int64]]) -> str:
    """Register the function from the place among the kept rows to the number of the record, and return its name."""
    before = rejected - np.arange(len(rejected))

    def record_number(places: Any) -> Any:  # noqa: ANN401 - Arrow arrays, of which pyright knows nothing
        kept = places.to_numpy()
        return pa.array(kept + np.searchsorted(before, kept, side="right"))

    name = f"record_number_{uuid.uuid4().hex}"
    con.create_function(name, record_number, ["BIGINT"], "BIGINT", type="arrow")
    return name
