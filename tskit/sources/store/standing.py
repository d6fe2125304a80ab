"""Which rows of a stored table stand: of several deliveries of a key the last, unless it was deleted since."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from tskit.sources.engine import identifier, literal
from tskit.sources.raw import SOURCE, SOURCE_ROW
from tskit.sources.store.packing import ROW_NUMBER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tskit.sources.engine import Connection
    from tskit.sources.store.stored import Stored

__all__ = ["DELIVERY", "delivered_rows", "header_of", "keep_losers", "scan"]

DELIVERY = "_delivery"
_FILE = "_file"


def delivered_rows(stored: Stored) -> str:
    """Return SQL for all rows that were delivered, with `_delivery`, `_source` and `_source_row`.

    `_source` is delivery and table, as in `0003/cases`; rows are numbered from 1 in each.
    """
    listed: list[str] = []
    first = dict.fromkeys((one.folder for one, _ in stored.chunks()), 0)
    for one, chunk in stored.chunks():
        name = f"{one.folder.name}/{stored.table}"
        listed.append(
            f"({literal(str(one.folder / chunk.file))}, {one.number}, {literal(name)}, {first[one.folder]}::bigint)"
        )
        first[one.folder] += chunk.rows
    files = f"(values {', '.join(listed)}) as files({_FILE}, {DELIVERY}, {SOURCE}, first)"
    paths = [one.folder / chunk.file for one, chunk in stored.chunks()]
    return (
        f"select rows.* exclude ({_FILE}, {ROW_NUMBER}), files.{DELIVERY}, files.{SOURCE}, "
        f"files.first + rows.{ROW_NUMBER} + 1 as {SOURCE_ROW} "
        f"from {scan(paths, numbered=True)} as rows join {files} on rows.{_FILE} = files.{_FILE}"
    )


def scan(paths: Sequence[Path], *, numbered: bool = False) -> str:
    """Return SQL that reads these Parquet files as one table; a column that one of them lacks is empty there."""
    more = f", filename = '{_FILE}', {ROW_NUMBER} = true" if numbered else ""
    return f"read_parquet([{', '.join(literal(_plain(str(path))) for path in paths)}], union_by_name = true{more})"


def header_of(stored: Stored, *, connection: Connection) -> tuple[str, ...]:
    """Return the columns of a stored table, those of its first chunk first."""
    paths = [one.folder / chunk.file for one, chunk in stored.chunks()]
    return tuple(row[0] for row in connection.execute(f"describe select * from {scan(paths)}").fetchall())


def keep_losers(stored: Stored, *, connection: Connection) -> str:
    """Write the rows that do not stand to a new temporary table and return its name.

    It has `_source`, `_source_row`, `column` (the key), and the `reason`: `superseded` or `deleted_at_source`.
    """
    name, rows, key = f"losers_{uuid.uuid4().hex}", delivered_rows(stored), identifier(stored.key)
    place = f"{DELIVERY}, {SOURCE}, {SOURCE_ROW}"
    # Hashes of keys need a tenth of the memory of keys; a chance clash only sends two rows more to the exact check.
    repeated = f"select hash({key}) from ({rows}) group by 1 having count(*) > 1"
    ranked = (
        f"select {place}, row_number() over (partition by {key} order by {DELIVERY} desc, {SOURCE_ROW} desc) as rank "
        f"from ({rows}) where {key} is not null and hash({key}) in ({repeated})"
    )
    connection.execute(
        f'create temp table {name} as select {SOURCE}, {SOURCE_ROW}, {literal(stored.key)} as "column", '
        f"'superseded' as reason from ({ranked}) where rank > 1"
    )
    if stored.deletes():
        gone = f"select {key}, max({DELIVERY}) as until from ({_deleted(stored)}) group by 1"
        connection.execute(
            f"insert into {name} select {SOURCE}, {SOURCE_ROW}, {literal(stored.key)}, 'deleted_at_source' "
            f"from ({rows}) as rows join ({gone}) as gone using ({key}) anti join {name} using ({SOURCE}, {SOURCE_ROW}) "
            f"where rows.{DELIVERY} <= gone.until"
        )
    return name


def _deleted(stored: Stored) -> str:
    # A key may have been called otherwise once: the files of deletes hold one column, and its place tells it.
    each = (
        f"select {identifier(stored.key)}, {one.number} as {DELIVERY} from "
        f"(select * from {scan([one.folder / chunk.file])}) as told({identifier(stored.key)})"
        for one, chunk in stored.deletes()
    )
    return " union all ".join(each)


def _plain(path: str) -> str:
    # The engine takes these signs for a pattern.
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in path)
