"""What cases themselves say, in the columns that the profile maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.salesforce.changes import word_of
from tskit.cases.salesforce.objects import cell, id_of, table_of
from tskit.cases.sql import name, words

if TYPE_CHECKING:
    from tskit.cases.profile import Profile
    from tskit.cases.salesforce.objects import Shelf

__all__ = ["ROW_ID", "USED", "make_own", "own_text"]

USED = ("OwnerId", "RecordTypeId", "MasterRecordId", "IsDeleted")
"""Columns of Case that point to other objects, or to none: they are worked out, not mapped."""
ROW_ID = cell("c", "Id")


def make_own(shelf: Shelf, profile: Profile, header: tuple[str, ...]) -> None:
    """Make the table `sf_own` of what cases themselves say in the columns that the profile maps, the latest of each."""
    columns = ("case_id", "created_at", "closed_at", "record_type", "appeal_status", "status", "is_closed")
    listed = ", ".join(f"{own_text(profile, column, header, alias='c')} AS {column}" for column in columns)
    closed = words(profile.closed)
    shut = f"coalesce({word_of(profile, 'status', 'status')} IN ({closed}), closed_at IS NOT NULL)"
    shelf.database.execute(
        f"CREATE OR REPLACE TEMP TABLE sf_own AS SELECT *, {shut} AS is_shut FROM (SELECT {id_of(ROW_ID)} AS key, {listed} "
        f"FROM sf_raw_Case AS c SEMI JOIN {table_of('Case')} AS k ON k._source = c._source AND k._source_row = c._source_row)"
    )


def own_text(profile: Profile, column: str, header: tuple[str, ...], *, alias: str) -> str:
    """Return SQL for the text that the file itself has in a canonical column, null where it is blank."""
    label = profile.columns_in(header).get(column, "")
    if not label or label in USED:
        return "CAST(NULL AS VARCHAR)"
    empty = words(("", *profile.null, *profile.nulls.get(column, ())))
    return f"CASE WHEN trim({alias}.{name(label)}) IN ({empty}) THEN NULL ELSE {alias}.{name(label)} END"
