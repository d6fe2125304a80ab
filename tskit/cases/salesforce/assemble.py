"""Objects of Salesforce become the parts of a load: cases with what other objects know of them, and their events."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.cases.build import Part, Read
from tskit.cases.dates import Clockwork, bounded
from tskit.cases.recognise import choose, find_profile
from tskit.cases.salesforce.changes import Fields, change_events, word_of
from tskit.cases.salesforce.facts import FACTS, TOLD_OF_PARENT, facts_of, make_facts
from tskit.cases.salesforce.history import CHANGES, make_changes, make_hops
from tskit.cases.salesforce.messages import answers, keep_drafts, message_events
from tskit.cases.salesforce.milestones import breach_events, make_milestones
from tskit.cases.salesforce.objects import APART, COLUMNS, Shelf, cell, id_of, start_apart, table_of, take
from tskit.cases.salesforce.people import make_people, make_queues
from tskit.cases.salesforce.remarks import remarks
from tskit.cases.sql import literal, name, words
from tskit.errors import DataError
from tskit.sources import RawTable, release

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.cases.profile import Profile
    from tskit.cases.sql import Database
    from tskit.sources.engine import Connection

__all__ = ["assemble"]

_HISTORIES = ("CaseHistory", "CaseHistory2")
_OF_EVENTS = (*_HISTORIES, "EmailMessage", "CaseComment", "CaseFeed")
_USED = ("OwnerId", "RecordTypeId", "MasterRecordId", "IsDeleted")
_ID = cell("c", "Id")
_ADDED = "tskit."
"""What the names of columns that were worked out begin with."""


def assemble(
    objects: Mapping[str, RawTable],
    *,
    part: Part,
    root: Path,
    connection: Connection,
    profile: Profile | None = None,
) -> list[Read]:
    """Return cases and events as parts of a load, from the rows of each object by its API name.

    `objects` has Case and any others of `COLUMNS`, every cell as text. `profile` maps cases; without it the one that
    `part` names does, else the one that recognises their columns. Without a history there are no events.

    Raises:
        DataError: there is no Case, or no profile fits.
    """
    if "Case" not in objects:
        raise DataError(f"{part.location} holds no object Case. Export it with the others.")
    profile = profile or _profile(part, objects["Case"].header, root=root)
    shelf = _shelve(objects, profile, connection=connection)
    with_events = shelf.has("CaseHistory") or shelf.has("CaseHistory2")
    _make_tables(shelf, profile, with_events=with_events)
    found = [_cases(objects, shelf, part, profile, connection=connection)]
    if with_events:
        found.append(_events(shelf, part, profile, root=root, connection=connection))
    for raw in (raw for kind, raw in objects.items() if kind != "Case"):
        release(raw, connection=connection)
    return found


def _profile(part: Part, header: tuple[str, ...], *, root: Path) -> Profile:
    if part.profile:
        return find_profile(part.profile, root=root)
    return choose(header, table="cases", root=root, source=part.location)


def _shelve(objects: Mapping[str, RawTable], profile: Profile, *, connection: Connection) -> Shelf:
    start_apart(connection.con)
    known = {kind: raw for kind, raw in objects.items() if kind in COLUMNS}
    for kind, raw in known.items():
        take(raw, kind, connection=connection)
    shelf = Shelf(connection.con, {kind: raw.read for kind, raw in known.items()})
    _make_own(shelf, profile, objects["Case"].header)
    return shelf


def _make_own(shelf: Shelf, profile: Profile, header: tuple[str, ...]) -> None:
    """Make the table `sf_own` of what cases themselves say in the columns that the profile maps, the latest of each."""
    columns = ("case_id", "created_at", "closed_at", "record_type", "appeal_status", "status", "is_closed")
    listed = ", ".join(f"{_own(profile, column, header, alias='c')} AS {column}" for column in columns)
    closed = words(profile.closed)
    shut = f"coalesce({word_of(profile, 'status', 'status')} IN ({closed}), closed_at IS NOT NULL)"
    shelf.database.execute(
        f"CREATE OR REPLACE TEMP TABLE sf_own AS SELECT *, {shut} AS is_shut FROM (SELECT {id_of(_ID)} AS key, {listed} "
        f"FROM sf_raw_Case AS c SEMI JOIN {table_of('Case')} AS k ON k._source = c._source AND k._source_row = c._source_row)"
    )


def _own(profile: Profile, column: str, header: tuple[str, ...], *, alias: str) -> str:
    """Return SQL for the text that the file itself has in a canonical column, null where it is blank."""
    label = profile.columns_in(header).get(column, "")
    if not label or label in _USED:
        return "CAST(NULL AS VARCHAR)"
    empty = words(("", *profile.null, *profile.nulls.get(column, ())))
    return f"CASE WHEN trim({alias}.{name(label)}) IN ({empty}) THEN NULL ELSE {alias}.{name(label)} END"


def _make_tables(shelf: Shelf, profile: Profile, *, with_events: bool) -> None:
    make_queues(shelf)
    make_people(shelf, profile)
    keep_drafts(shelf)
    if with_events:
        make_changes(shelf)
        make_hops(shelf)
    as_of = _as_of(shelf, with_events=with_events)
    if shelf.has("CaseMilestone"):
        make_milestones(shelf, as_of=as_of)
    if shelf.has("EmailMessage"):
        shelf.database.execute(f"CREATE OR REPLACE TEMP TABLE sf_answers AS {answers()}")
    if with_events:
        _make_typed(shelf, profile, as_of=as_of)
    make_facts(shelf, facts_of(shelf, profile))


def _as_of(shelf: Shelf, *, with_events: bool) -> str:
    """Return SQL for the last instant that cases and their history know of."""
    cases = table_of("Case")
    known = [
        f"SELECT max(stamp) AS instant FROM {cases}",
        f'SELECT max(try_cast("CreatedDate" AS TIMESTAMPTZ)) FROM {cases}',
    ]
    known += [f"SELECT max(instant) FROM {CHANGES}"] if with_events else []
    query = f"SELECT CAST(max(instant) AS VARCHAR) FROM ({' UNION ALL '.join(known)})"
    (latest,) = shelf.database.execute(query).fetchall()[0]
    return f"TIMESTAMPTZ {literal(latest)}" if latest else "CAST(NULL AS TIMESTAMPTZ)"


def _make_typed(shelf: Shelf, profile: Profile, *, as_of: str) -> None:
    """Make the table `sf_typed` of all events, and `sf_told` of what kinds of changes the history tells of at all."""
    changes = (
        "SELECT case_id, id, field, instant, told_at, actor, old_value, new_value, is_pair, _source, _source_row, event, "
        "from_queue, to_queue, CAST(NULL AS VARCHAR) AS note, CASE WHEN event = 'created' THEN 0 ELSE 1 END AS rank "
        f"FROM ({change_events(shelf, Fields.of(profile))})"
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


def _cases(
    objects: Mapping[str, RawTable], shelf: Shelf, part: Part, profile: Profile, *, connection: Connection
) -> Read:
    raw = objects["Case"]
    known = [row[0] for row in shelf.database.execute(f"DESCRIBE {FACTS}").fetchall()]
    is_told = TOLD_OF_PARENT in known
    known = [column for column in known if column not in ("key", TOLD_OF_PARENT)]
    # What a column that was worked out already says is not told a second time.
    own = {label for column, label in profile.columns_in(raw.header).items() if column in known}
    used = [column for column in raw.header if column in own.union(_USED)]
    header = tuple(column for column in raw.header if column not in used)
    gone = f" EXCLUDE ({', '.join(map(name, used))})" if used else ""
    found = {column: _text(profile, column, raw.header) for column in known}
    if is_told:
        found["appeal_status"] = f"CASE WHEN f.{TOLD_OF_PARENT} IS NULL THEN {found['appeal_status']} END"
    texts = [f"{text} AS {name(_ADDED + column)}" for column, text in found.items()]
    apart = f"SELECT _source, _source_row FROM {APART} WHERE object = 'Case' AND \"column\" = 'IsDeleted'"
    shelf.database.execute(
        f"CREATE OR REPLACE VIEW sf_cases AS SELECT c.*{gone}, {', '.join(texts)} FROM sf_raw_Case AS c "
        f"LEFT JOIN {FACTS} AS f ON f.key = {id_of(_ID)} "
        f"ANTI JOIN ({apart}) AS gone ON gone._source = c._source AND gone._source_row = c._source_row"
    )
    table = _raw(
        raw, (*header, *(_ADDED + column for column in known)), ("Case",), view="sf_cases", connection=connection
    )
    inputs = {found.name: found for one in objects.values() for found in one.inputs}
    notes = [note for one in objects.values() for note in one.notes]
    told = (*dict.fromkeys(notes), *remarks(shelf, objects))
    return Read(part, replace(table, inputs=tuple(inputs.values()), notes=told), _with_facts(profile, known))


def _text(profile: Profile, column: str, header: tuple[str, ...]) -> str:
    """Return SQL for a column's text: what the file itself says stands first, but for the queue that holds the case."""
    own, fact = _own(profile, column, header, alias="c"), f"f.{name(column)}"
    return f"coalesce({fact}, {own})" if column == "queue" else f"coalesce({own}, {fact})"


def _with_facts(profile: Profile, known: list[str]) -> Profile:
    """Return the profile that takes what was worked out instead of the columns that it came from."""
    columns = {column: names for column, names in profile.columns.items() if column not in known}
    values = {**profile.values}
    for column, like in (("decision_initial", "decision"), ("decided_vendor", "vendor"), ("decided_queue", "queue")):
        if column in known and like in values:
            values[column] = {**values[like], **values.get(column, {})}
    absent = tuple(column for column in profile.absent if column not in known)
    added = {column: (_ADDED + column,) for column in known}
    return replace(profile, columns={**columns, **added}, values=values, absent=absent, owner_or_queue=False)


_EVENT = {
    "Id": "e.id",
    "CaseId": "e.case_id",
    "Event": "e.event",
    "CreatedDate": "e.told_at",
    "Seq": "CAST(row_number() OVER (PARTITION BY e.case_id ORDER BY e.instant NULLS LAST, e.rank, e.id) AS VARCHAR)",
    "CreatedById": "CASE WHEN coalesce(p.kind, 'user') NOT IN ('system', 'automation') THEN e.actor END",
    "ActorType": "CASE WHEN e.actor IS NULL THEN 'system' ELSE p.kind END",
    "FromQueue": "e.from_queue",
    "ToQueue": "e.to_queue",
    "Field": "e.field",
    "OldValue": "e.old_value",
    "NewValue": "e.new_value",
    "IsPairedIdRow": "CASE WHEN e.is_pair THEN 'true' ELSE 'false' END",
    "Note": "e.note",
}


def _events(shelf: Shelf, part: Part, profile: Profile, *, root: Path, connection: Connection) -> Read:
    texts = dict(_EVENT)
    join = "LEFT JOIN sf_people AS p ON p.id = e.actor"
    if "Id" not in profile.columns.get("case_id", ()):
        texts["CaseId"] = "coalesce(o.case_id, e.case_id)"
        join += " LEFT JOIN sf_own AS o ON o.key = e.case_id"
    listed = ", ".join(f"{text} AS {name(column)}" for column, text in texts.items())
    database: Database = shelf.database
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE sf_events AS SELECT {listed}, e._source, e._source_row FROM sf_typed AS e {join}"
    )
    database.execute("DROP TABLE sf_typed")
    database.execute("CREATE OR REPLACE VIEW sf_event_rows AS SELECT * FROM sf_events")
    empty = RawTable(None, None, 0, (), ())
    raw = _raw(empty, tuple(texts), _OF_EVENTS, view="sf_event_rows", connection=connection)
    raw = replace(raw, held=("sf_events",))
    chosen = choose(raw.header, table="events", root=root, source=part.location)
    return Read(replace(part, table="events"), raw, replace(chosen, zone=profile.zone or chosen.zone))


def _raw(
    like: RawTable, header: tuple[str, ...], kinds: tuple[str, ...], *, view: str, connection: Connection
) -> RawTable:
    """Return a view as a raw table, with the records of these objects that are no rows of it."""
    database = connection.con
    apart = f"{view}_apart"
    database.execute(
        f'CREATE OR REPLACE VIEW {apart} AS SELECT _source, _source_row, "column", reason, raw FROM {APART} '
        f"WHERE object IN ({words(kinds)})"
    )
    ((rows, lost),) = database.execute(
        f"SELECT (SELECT count(*) FROM {view}), (SELECT count(*) FROM {apart})"
    ).fetchall()
    return replace(
        like,
        table=connection.table(view),
        rejected=connection.table(apart),
        read=rows + lost,
        header=header,
        # Row numbers start again in each file.
        parts=max(like.parts, 2),
    )
