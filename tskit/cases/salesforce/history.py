"""Changes of cases out of CaseHistory and CaseHistory2: one row a change, lookups with their names and their ids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.casting import broken_id, salesforce_id
from tskit.cases.salesforce.objects import APART, cell, moment, table_of
from tskit.cases.sql import words

if TYPE_CHECKING:
    from tskit.cases.salesforce.objects import Shelf

__all__ = ["CHANGES", "OWNER", "make_changes", "make_hops"]

CHANGES = "sf_changes"
OWNER = ("owner", "ownerid", "ownerassignment", "owneraccepted", "ownerescalated")
"""What `Field` says, in small letters, where the owner changed."""

_COLUMNS = (
    "case_id, id, field, instant, told_at, actor, old_value, new_value, old_id, new_id, is_pair, _source, _source_row"
)
_ID = "regexp_full_match({0}, '(0[0-9A-Za-z]|50|a[0-9A-Za-z])[0-9A-Za-z]{{13}}([A-Z0-5]{{3}})?')"


def make_changes(shelf: Shelf) -> None:
    """Make the table `sf_changes` of all changes that the two histories tell, each once.

    A change of a lookup has two rows in CaseHistory: one with names and one with ids. They become one change that has
    both, and the row of ids stays as a pair that nobody counts; without its twin it is the change itself.
    """
    parts = [f"SELECT {_none()} WHERE false"]
    if shelf.has("CaseHistory"):
        _number_lookups(shelf)
        parts += [_plain(), _names(), _ids()]
    if shelf.has("CaseHistory2"):
        parts += _snapshots(shelf)
    shelf.database.execute(f"CREATE OR REPLACE TEMP TABLE {CHANGES} AS {' UNION ALL '.join(parts)}")
    shelf.database.execute("DROP TABLE IF EXISTS sf_lookups")


def _none() -> str:
    kinds = {"instant": "TIMESTAMPTZ", "is_pair": "BOOLEAN", "_source_row": "BIGINT"}
    return ", ".join(f"NULL::{kinds.get(column, 'VARCHAR')} AS {column}" for column in _COLUMNS.split(", "))


def _is_id() -> str:
    """Return SQL that tells a row of ids from one of names; where no type is told, the values have to."""
    values = ('"OldValue"', '"NewValue"')
    each = " AND ".join(f"({v} IS NULL OR ({_ID.format(v)} AND NOT ({broken_id(v)})))" for v in values)
    looks = f"({each}) AND coalesce({', '.join(values)}) IS NOT NULL"
    return f'CASE WHEN "DataType" IS NOT NULL THEN lower("DataType") = \'entityid\' ELSE {looks} END'


def _number_lookups(shelf: Shelf) -> None:
    """Make the table of the rows of fields that ever have a row of ids: few fields, and a part of all rows."""
    history = table_of("CaseHistory")
    fields = f'SELECT DISTINCT "Field" FROM {history} WHERE {_is_id()}'
    same = '"CaseId", "Field", "CreatedDate", "CreatedById"'
    shelf.database.execute(
        f"CREATE OR REPLACE TEMP TABLE sf_lookups AS SELECT *, row_number() OVER "
        f'(PARTITION BY {same}, is_id ORDER BY "Id") AS nth FROM '
        f'(SELECT *, {_is_id()} AS is_id FROM {history} WHERE "Field" IN ({fields}))'
    )


def _row(row: str, *, ids: str, pair: str) -> str:
    values = (cell(ids, column) for column in ("OldValue", "NewValue")) if ids else ()
    old, new = (salesforce_id(value) for value in values) if ids else ("NULL::VARCHAR", "NULL::VARCHAR")
    return (
        f'{row}."CaseId" AS case_id, {row}."Id" AS id, {row}."Field" AS field, {moment(f"{row}.{_CREATED}")} AS instant, '
        f'{row}.{_CREATED} AS told_at, {row}."CreatedById" AS actor, {row}."OldValue" AS old_value, '
        f'{row}."NewValue" AS new_value, {old} AS old_id, {new} AS new_id, {pair} AS is_pair, '
        f"{row}._source, {row}._source_row"
    )


_CREATED = '"CreatedDate"'
_TWIN = (
    'n."CaseId" = i."CaseId" AND n."Field" = i."Field" AND n."CreatedDate" = i."CreatedDate" '
    'AND n."CreatedById" IS NOT DISTINCT FROM i."CreatedById" AND n.nth = i.nth'
)
_NAMED, _IDS = "(SELECT * FROM sf_lookups WHERE NOT is_id)", "(SELECT * FROM sf_lookups WHERE is_id)"


def _plain() -> str:
    rest = 'SELECT DISTINCT "Field" FROM sf_lookups WHERE "Field" IS NOT NULL'
    return (
        f"SELECT {_row('h', ids='', pair='false')} FROM {table_of('CaseHistory')} AS h "
        f'WHERE h."Field" IS NULL OR h."Field" NOT IN ({rest})'
    )


def _names() -> str:
    return f"SELECT {_row('n', ids='i', pair='false')} FROM {_NAMED} AS n LEFT JOIN {_IDS} AS i ON {_TWIN}"


def _ids() -> str:
    return f"SELECT {_row('i', ids='i', pair='n.nth IS NOT NULL')} FROM {_IDS} AS i LEFT JOIN {_NAMED} AS n ON {_TWIN}"


def _snapshots(shelf: Shelf) -> list[str]:
    """Return SQL for the changes between the snapshots of CaseHistory2, for the cases that CaseHistory is silent on."""
    history = table_of("CaseHistory2")
    if shelf.has("CaseHistory"):
        told = f'SELECT DISTINCT "CaseId" FROM {table_of("CaseHistory")} WHERE lower("Field") IN ({words((*OWNER, "status"))})'
        shelf.database.execute(
            f"INSERT INTO {APART} SELECT 'CaseHistory2', _source, _source_row, 'CaseId', 'told_by_case_history', NULL "
            f'FROM {history} WHERE "CaseId" IN ({told})'
        )
        shelf.database.execute(f'DELETE FROM {history} WHERE "CaseId" IN ({told})')
    window = f'WINDOW w AS (PARTITION BY "CaseId" ORDER BY {moment(_MODIFIED)}, "Id")'
    before = 'lag("OwnerId") OVER w AS old_owner, lag("Status") OVER w AS old_status, row_number() OVER w AS nth'
    rows = f"(SELECT *, {before} FROM {history} {window})"
    return [
        _step(rows, "Owner", '"OwnerId"', "old_owner", ids=True),
        _step(rows, "Status", '"Status"', "old_status", ids=False),
    ]


_MODIFIED = '"LastModifiedDate"'


def _step(rows: str, field: str, value: str, before: str, *, ids: bool) -> str:
    changed = f"{value} IS DISTINCT FROM {before} AND {value} IS NOT NULL" + ("" if ids else " AND nth > 1")
    old, new = (before, value) if ids else ("NULL::VARCHAR", "NULL::VARCHAR")
    return (
        f"SELECT \"CaseId\", \"Id\" || ':{field.lower()}', '{field}', {moment(_MODIFIED)}, {_MODIFIED}, "
        f'"LastModifiedById", {before}, {value}, {old}, {new}, false, _source, _source_row FROM {rows} WHERE {changed}'
    )


def make_hops(shelf: Shelf) -> None:
    """Make the table `sf_hops` of the changes of owner: `to_queue`, `from_queue` and `was_held`, the queue before.

    On acceptance the owner becomes a person and the queue is gone from the row: it still holds the case, until another
    one does.
    """
    names = "SELECT queue FROM sf_queues"
    sides = ", ".join(
        f"CASE WHEN starts_with(c.{side}_id, '00G') THEN coalesce({alias}.queue, c.{side}_id) "
        f"WHEN c.{side}_id IS NULL AND c.{side}_value IN ({names}) THEN c.{side}_value END AS {queue}"
        for side, alias, queue in (("new", "n", "to_queue"), ("old", "o", "from_queue"))
    )
    shelf.database.execute(
        f"CREATE OR REPLACE TEMP TABLE sf_hops AS SELECT *, "
        "coalesce(from_queue, last_value(coalesce(to_queue, from_queue) IGNORE NULLS) OVER (PARTITION BY case_id "
        "ORDER BY instant, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS was_held "
        f"FROM (SELECT c.*, {sides} FROM {CHANGES} AS c LEFT JOIN sf_queues AS n ON n.id = c.new_id "
        f"LEFT JOIN sf_queues AS o ON o.id = c.old_id WHERE NOT c.is_pair AND lower(c.field) IN ({words(OWNER)}))"
    )
