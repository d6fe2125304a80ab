"""Salesforce objects as tables of the engine: ids of one length, blanks as nothing, each record once."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from tskit.cases.casting import salesforce_id
from tskit.cases.dates import Clockwork, bounded
from tskit.cases.sql import literal, name, words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.cases.sql import Database
    from tskit.sources import RawTable
    from tskit.sources.engine import Connection

__all__ = [
    "APART",
    "COLUMNS",
    "Shelf",
    "cell",
    "id_of",
    "moment",
    "start_apart",
    "table_of",
    "take",
    "text_of",
    "truth",
]

COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Case": ("Id", "OwnerId", "ParentId", "MasterRecordId", "RecordTypeId", "CreatedDate", "ClosedDate"),
        "CaseHistory": ("Id", "CaseId", "CreatedById", "CreatedDate", "Field", "DataType", "OldValue", "NewValue"),
        "CaseHistory2": ("Id", "CaseId", "LastModifiedById", "LastModifiedDate", "PreviousUpdate", "OwnerId", "Status"),
        "CaseMilestone": (
            *("Id", "CaseId", "MilestoneTypeId", "StartDate", "TargetDate", "CompletionDate", "IsCompleted"),
            *("IsViolated", "StoppedTimeInMins", "StoppedTimeInHrs", "StoppedTimeInDays"),
        ),
        "MilestoneType": ("Id", "Name"),
        "CaseStatus": ("Id", "MasterLabel", "IsClosed"),
        "Group": ("Id", "Name", "Type"),
        "QueueSobject": ("Id", "QueueId", "SobjectType"),
        "User": ("Id", "Name", "CompanyName", "LanguageLocaleKey", "UserType"),
        "RecordType": ("Id", "Name", "DeveloperName"),
        "EmailMessage": (
            *("Id", "ParentId", "CreatedById", "CreatedDate", "MessageDate", "Incoming", "Status"),
            *("Subject", "TextBody"),
        ),
        "CaseComment": ("Id", "ParentId", "CreatedById", "CreatedDate", "CommentBody"),
        "CaseFeed": ("Id", "ParentId", "CreatedById", "CreatedDate", "Type", "Title", "Body"),
    }
)
"""What is read of each object; columns that a file lacks are empty."""

APART = "sf_apart"
"""The table of records that stand in no table of cases: `object`, where they are, and why."""
_NULLS = ("", "#N/A")
_TRUE = ("true", "1", "yes")
_TEXTS = frozenset(
    {"OldValue", "NewValue", "TextBody", "Subject", "CommentBody", "Body", "Title", "Name", "MasterLabel"}
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The objects that were taken, each a table named by `table_of`, and how many records each one had."""

    database: Database
    records: Mapping[str, int]

    def has(self, *kinds: str) -> bool:
        """Return whether all these objects are there."""
        return all(kind in self.records for kind in kinds)

    def value(self, query: str) -> int:
        """Return the one number that a query gives."""
        return int(self.database.execute(query).fetchall()[0][0] or 0)


def table_of(kind: str) -> str:
    """Return the SQL name of an object's table."""
    return name(f"sf_{kind}")


def text_of(column: str) -> str:
    """Return SQL for a column's text, null where it is blank."""
    return f"CASE WHEN {column} IN ({words(_NULLS)}) THEN NULL ELSE {column} END"


def cell(row: str, column: str) -> str:
    """Return the SQL name of a column of the rows that are called `row`."""
    return f"{row}.{name(column)}"


def id_of(column: str) -> str:
    """Return SQL for an id in its form of 18 characters, null where it is blank."""
    return salesforce_id(f"nullif(trim({text_of(column)}), '')")


def moment(column: str) -> str:
    """Return SQL for the instant that a text of Salesforce names, null where it names none."""
    return bounded(Clockwork().expression(column))


def truth(column: str) -> str:
    """Return SQL that tells whether a text says yes."""
    return f"coalesce(lower({column}) IN ({words(_TRUE)}), false)"


def start_apart(connection: Database) -> None:
    """Make the empty table of records that are kept apart."""
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {APART} (object VARCHAR, _source VARCHAR, _source_row BIGINT, "
        '"column" VARCHAR, reason VARCHAR, raw VARCHAR)'
    )


def take(raw: RawTable, kind: str, *, connection: Connection) -> None:
    """Make the table of an object: its columns by API name, `stamp` of the last change, and where each row stands.

    Deleted records and all but the latest state of a repeated one are kept apart.
    """
    view, database = f"sf_raw_{kind}", connection.con
    connection.create_view(view, raw.table, overwrite=True)
    _keep_rejected(raw, kind, connection=connection)
    if "IsDeleted" in raw.header:
        _drop_deleted(view, kind, connection=database)
    held = set(raw.header)
    columns = ", ".join(f"{_cell(column, held)} AS {name(column)}" for column in COLUMNS[kind] if column != "Id")
    own = id_of(name("Id")) if "Id" in held else "CAST(NULL AS VARCHAR)"
    content = f"hash({', '.join(map(name, raw.header))})"
    stamp = moment(name("SystemModstamp")) if "SystemModstamp" in held else "CAST(NULL AS TIMESTAMPTZ)"
    alive = f"WHERE NOT {truth(name('IsDeleted'))}" if "IsDeleted" in held else ""
    # A file without ids (a report, a query of a few columns) repeats a record where all of it is the same.
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {table_of(kind)} AS SELECT coalesce({own}, 'x' || {content}) AS \"Id\", {columns}, "
        f"{stamp} AS stamp, {content} AS content, _source, _source_row FROM {view} {alive}"
    )
    _drop_repeated(kind, connection=database)


def _cell(column: str, held: set[str]) -> str:
    if column not in held:
        return "CAST(NULL AS VARCHAR)"
    if column in _TEXTS:
        return text_of(name(column))
    return id_of(name(column)) if column.endswith("Id") else f"nullif(trim({text_of(name(column))}), '')"


def _keep_rejected(raw: RawTable, kind: str, *, connection: Connection) -> None:
    connection.create_view("sf_unreadable", raw.rejected, overwrite=True)
    connection.con.execute(
        f'INSERT INTO {APART} SELECT {literal(kind)}, _source, _source_row, "column", reason, raw FROM sf_unreadable'
    )


def _drop_deleted(view: str, kind: str, *, connection: Database) -> None:
    deleted = f"SELECT * FROM {view} WHERE {truth(name('IsDeleted'))}"
    reason = "'deleted_at_source'"
    if kind == "Case":
        # Salesforce deletes the cases that were merged into another one.
        held = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {view}").fetchall()}
        if "MasterRecordId" in held:
            master = text_of(name("MasterRecordId"))
            reason = f"CASE WHEN {master} IS NULL THEN 'deleted_at_source' ELSE 'merged_into_another' END"
    connection.execute(
        f"INSERT INTO {APART} SELECT {literal(kind)}, _source, _source_row, 'IsDeleted', {reason}, NULL FROM ({deleted})"
    )


def _drop_repeated(kind: str, *, connection: Database) -> None:
    """Keep the latest state of each record; of cases nothing is told here, since their rows are settled as such."""
    table = table_of(kind)
    counts = f'SELECT count(*) - count(DISTINCT hash("Id")) FROM {table}'
    if connection.execute(counts).fetchall()[0][0] == 0:
        return
    repeated = f'SELECT "Id" FROM {table} GROUP BY 1 HAVING count(*) > 1'
    order = "stamp DESC NULLS LAST, content, _source, _source_row"
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE sf_repeated AS SELECT _source, _source_row, "
        "CASE WHEN content = first_value(content) OVER w THEN 'exact_duplicate' ELSE 'superseded' END AS reason, "
        f'row_number() OVER w AS place FROM {table} WHERE "Id" IN ({repeated}) '
        f'WINDOW w AS (PARTITION BY "Id" ORDER BY {order})'
    )
    gone = "SELECT * FROM sf_repeated WHERE place > 1"
    if kind != "Case":
        connection.execute(
            f"INSERT INTO {APART} SELECT {literal(kind)}, _source, _source_row, 'Id', reason, NULL FROM ({gone})"
        )
    connection.execute(f"DELETE FROM {table} USING ({gone}) AS gone WHERE {table}._source = gone._source "
                       f"AND {table}._source_row = gone._source_row")  # fmt: skip
