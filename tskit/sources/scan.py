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
    from collections.abc import Sequence

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

    One pass reads all columns into a temporary table and collects the rejects; the part's query reads that table, which
    overflows to disk. Reading the file again would cost more. It returns None when the engine gives up, when a rejected record spans lines, since then it may have lost its place, and when lines
    are missing from the account: near bad bytes, at the end of a file and beyond its buffer it drops records in silence.
    """
    con = connection.con
    sql = _Reader(piece, dialect, has_pairs=survey.returns > 0)
    table = f"read_{uuid.uuid4().hex}"
    try:
        ((rows,),) = con.execute(sql.store(table)).fetchall()  # all: the rejects are written at the end
    except duckdb.Error:
        return None
    part = _accounted(piece, dialect, survey=survey, rows=rows, table=table, con=con)
    if part is None:
        con.execute(f"drop table {table}")
    return part


def _accounted(
    piece: Piece, dialect: Dialect, *, survey: Survey, rows: int, table: str, con: Connection
) -> Part | None:
    """Return the part that stands in `table`, or None where lines of the file are in neither rows nor rejects."""
    rejects = f"{table}_rejects"
    # One record may have several rejects, one for each column that is missing.
    ((rejected,),) = con.execute(f"select count(distinct line) from {rejects}").fetchall()
    if rejected and (survey.has_empty_line or not _are_simple(con, rejects)):
        return None
    more = survey.lines - 1 - rows - rejected
    if more and (more < 0 or more != _breaks_within(con, table, dialect.header)):
        return None
    if not rejected:
        return Part(piece.name, dialect.header, f"select * from {table}", rows, notes=dialect.notes, held=table)
    numbering = _numbering(con, _collect(con, rejects, piece))
    number = identifier(SOURCE_ROW)
    return Part(
        name=piece.name,
        header=dialect.header,
        rows_sql=f"select * replace ({numbering}({number}) as {number}) from {table}",
        rows=rows,
        rejected_sql=f"select * from {rejects}_kept",
        rejected=rejected,
        notes=dialect.notes,
        held=table,
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

    def store(self, table: str) -> str:
        """Write all rows, numbered, to a temporary table; every column is read, which finds the bad bytes of each."""
        errors = (
            f"store_rejects = true, rejects_limit = 0, rejects_table = '{table}_rejects', rejects_scan = '{table}_scan'"
        )
        place = f"row_number() over () as {identifier(SOURCE_ROW)}"
        return f"create temp table {table} as select *, {place} from {self.call(errors=errors)}"


def _plain(path: str) -> str:
    # The engine takes these signs for a pattern.
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)


def _breaks_within(con: Connection, table: str, header: Sequence[str]) -> int:
    """Return the number of line breaks within cells."""
    cells = [identifier(name) for name in header]
    each = (
        f"case when contains({c}, chr(10)) then strlen({c}) - strlen(replace({c}, chr(10), '')) else 0 end"
        for c in cells
    )
    ((breaks,),) = con.execute(f"select coalesce(sum({' + '.join(each)}), 0) from {table}").fetchall()
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
        where error_type::varchar = 'INVALID ENCODING' or contains(csv_line, '?') group by line"""
    with piece.path.open("rb") as file:
        for number, position, length in con.execute(query).fetchall():
            file.seek(position - 1)
            found = file.read(length).strip(b"\r\n")
            text = found.decode("utf-8", "replace")
            if text.encode() != found:
                # Bad bytes come first among the reasons: whatever else is wrong may be their doing.
                change = (
                    f"update {rejects}_kept set raw = ?, reason = 'bad_encoding' where {identifier(SOURCE_ROW)} = ?"
                )
                con.execute(change, [text, number])


def _numbering(con: Connection, rejected: np.ndarray[Any, np.dtype[np.int64]]) -> str:
    """Register the function from the place among the kept rows to the number of the record, and return its name."""
    before = rejected - np.arange(len(rejected))

    def record_number(places: Any) -> Any:  # noqa: ANN401 - Arrow arrays, of which pyright knows nothing
        kept = places.to_numpy()
        return pa.array(kept + np.searchsorted(before, kept, side="right"))

    name = f"record_number_{uuid.uuid4().hex}"
    con.create_function(name, record_number, ["BIGINT"], "BIGINT", type="arrow")
    return name
