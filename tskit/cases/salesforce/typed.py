"""All that happened to cases in one table, each event once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.dates import Clockwork, bounded
from tskit.cases.salesforce.changes import Fields, change_events
from tskit.cases.salesforce.history import CHANGES
from tskit.cases.salesforce.messages import message_events
from tskit.cases.salesforce.milestones import breach_events
from tskit.cases.salesforce.objects import APART, table_of, truth
from tskit.cases.sql import name

if TYPE_CHECKING:
    from tskit.cases.profile import Profile
    from tskit.cases.salesforce.objects import Shelf

__all__ = ["make_typed"]


def make_typed(shelf: Shelf, profile: Profile, *, as_of: str) -> None:
    """Make the table `sf_typed` of all events, and `sf_told` of what kinds of changes the history tells of at all."""
    changes = (
        "SELECT case_id, id, field, instant, told_at, actor, old_value, new_value, is_pair, _source, _source_row, event, "
        "from_queue, to_queue, CAST(NULL AS VARCHAR) AS note, CASE WHEN event = 'created' THEN 0 ELSE 1 END AS rank "
        f"FROM ({change_events(shelf, Fields.of(profile, closed=_closed(shelf)))})"
    )
    parts = [changes, *message_events(shelf)]
    if shelf.has("CaseMilestone"):
        parts.append(breach_events(as_of=as_of))
    shelf.database.execute(f"CREATE OR REPLACE TEMP TABLE sf_typed AS {' UNION ALL '.join(parts)}")
    _drop_told_twice(shelf)
    _add_openings(shelf, profile)
    fields = "CASE WHEN lower(field) = 'status' THEN 'status' WHEN lower(field) LIKE 'owner%' THEN 'owner' END"
    shelf.database.execute(
        f"CREATE OR REPLACE TEMP TABLE sf_told AS SELECT DISTINCT {fields} AS kind FROM {CHANGES} WHERE field IS NOT NULL"
    )


def _closed(shelf: Shelf) -> tuple[str, ...]:
    if not shelf.has("CaseStatus"):
        return ()
    found = shelf.database.execute(
        f'SELECT DISTINCT lower("MasterLabel") FROM {table_of("CaseStatus")} '
        f'WHERE {truth(name("IsClosed"))} AND "MasterLabel" IS NOT NULL ORDER BY 1'
    )
    return tuple(label for (label,) in found.fetchall())


def _drop_told_twice(shelf: Shelf) -> None:
    """Keep apart a closing that a change of state at the same instant tells, too, and every opening but the first."""
    closings = "SELECT case_id, told_at FROM sf_typed WHERE event = 'closed' AND lower(field) <> 'closed'"
    twice = (
        f"SELECT t._source, t._source_row FROM (SELECT * FROM sf_typed WHERE lower(field) = 'closed') AS t "
        f"SEMI JOIN ({closings}) AS c ON c.case_id = t.case_id AND c.told_at = t.told_at UNION ALL "
        "SELECT _source, _source_row FROM sf_typed WHERE event = 'created' "
        "QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY instant, id) > 1"
    )
    database = shelf.database
    database.execute(f"CREATE OR REPLACE TEMP TABLE sf_twice AS {twice}")
    database.execute(
        f"INSERT INTO {APART} SELECT 'CaseHistory', _source, _source_row, 'Field', 'told_twice', NULL FROM sf_twice"
    )
    database.execute(
        "DELETE FROM sf_typed USING sf_twice AS t WHERE sf_typed._source = t._source AND sf_typed._source_row = t._source_row"
    )


def _add_openings(shelf: Shelf, profile: Profile) -> None:
    """Add the opening of each case whose history does not tell it: every case was opened once."""
    if profile.dates not in ("", "iso"):
        return
    at = bounded(Clockwork((), profile.zone).expression("o.created_at"))
    shelf.database.execute(
        "INSERT INTO sf_typed BY NAME SELECT o.key AS case_id, 'created:' || o.key AS id, "
        f"{at} AS instant, o.created_at AS told_at, false AS is_pair, k._source, k._source_row, 'created' AS event, 0 AS rank "
        f'FROM sf_own AS o JOIN {table_of("Case")} AS k ON k."Id" = o.key '
        "ANTI JOIN (SELECT case_id FROM sf_typed WHERE event = 'created') AS t ON t.case_id = o.key "
        "WHERE o.created_at IS NOT NULL AND o.key IS NOT NULL"
    )
