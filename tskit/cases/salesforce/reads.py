"""What was put together, as parts of a load."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tskit.cases.build import Part, Read
from tskit.cases.recognise import choose
from tskit.cases.salesforce.facts import FACTS, TOLD_OF_PARENT
from tskit.cases.salesforce.objects import APART, id_of
from tskit.cases.salesforce.own import ROW_ID, USED, own_text
from tskit.cases.salesforce.remarks import remarks
from tskit.cases.sql import name, words
from tskit.sources import RawTable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.cases.profile import Profile
    from tskit.cases.salesforce.objects import Shelf
    from tskit.cases.sql import Database
    from tskit.sources.engine import Connection

__all__ = ["cases_of", "events_of", "milestones_of"]

_OF_EVENTS = ("CaseHistory", "CaseHistory2", "EmailMessage", "CaseComment", "CaseFeed")
_ADDED = "tskit."
"""What the names of columns that were worked out begin with."""


def cases_of(
    objects: Mapping[str, RawTable], shelf: Shelf, part: Part, profile: Profile, *, connection: Connection
) -> Read:
    """Return cases as a part of a load: their own columns, and those that were worked out."""
    raw = objects["Case"]
    known = [row[0] for row in shelf.database.execute(f"DESCRIBE {FACTS}").fetchall()]
    is_told = TOLD_OF_PARENT in known
    known = [column for column in known if column not in ("key", TOLD_OF_PARENT)]
    # What a column that was worked out already says is not told a second time.
    own = {label for column, label in profile.columns_in(raw.header).items() if column in known}
    used = [column for column in raw.header if column in own.union(USED)]
    header = tuple(column for column in raw.header if column not in used)
    gone = f" EXCLUDE ({', '.join(map(name, used))})" if used else ""
    found = {column: _text(profile, column, raw.header) for column in known}
    if is_told:
        found["appeal_status"] = f"CASE WHEN f.{TOLD_OF_PARENT} IS NULL THEN {found['appeal_status']} END"
    texts = [f"{text} AS {name(_ADDED + column)}" for column, text in found.items()]
    apart = f"SELECT _source, _source_row FROM {APART} WHERE object = 'Case' AND \"column\" = 'IsDeleted'"
    shelf.database.execute(
        f"CREATE OR REPLACE VIEW sf_cases AS SELECT c.*{gone}, {', '.join(texts)} FROM sf_raw_Case AS c "
        f"LEFT JOIN {FACTS} AS f ON f.key = {id_of(ROW_ID)} "
        f"ANTI JOIN ({apart}) AS gone ON gone._source = c._source AND gone._source_row = c._source_row"
    )
    table = _raw(
        raw, (*header, *(_ADDED + column for column in known)), ("Case",), view="sf_cases", connection=connection
    )
    inputs = {file.name: file for one in objects.values() for file in one.inputs}
    notes = [note for one in objects.values() for note in one.notes]
    told = (*dict.fromkeys(notes), *remarks(shelf, objects))
    return Read(part, replace(table, inputs=tuple(inputs.values()), notes=told), _with_facts(profile, known))


def _text(profile: Profile, column: str, header: tuple[str, ...]) -> str:
    """Return SQL for a column's text: what the file itself says stands first, but for the queue that holds the case."""
    own, fact = own_text(profile, column, header, alias="c"), f"f.{name(column)}"
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


def events_of(shelf: Shelf, part: Part, profile: Profile, *, root: Path, connection: Connection) -> Read:
    """Return all events as a part of a load, in the order in which they happened to each case."""
    texts, join = _with_own_ids(_EVENT, profile, row="e")
    listed = ", ".join(f"{text} AS {name(column)}" for column, text in texts.items())
    database: Database = shelf.database
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE sf_events AS SELECT {listed}, e._source, e._source_row FROM sf_typed AS e "
        f"LEFT JOIN sf_people AS p ON p.id = e.actor{join}"
    )
    database.execute("DROP TABLE sf_typed")
    database.execute("CREATE OR REPLACE VIEW sf_event_rows AS SELECT * FROM sf_events")
    raw = _raw(_EMPTY, tuple(texts), _OF_EVENTS, view="sf_event_rows", connection=connection)
    raw = replace(raw, held=("sf_events",))
    chosen = choose(raw.header, table="events", root=root, source=part.location)
    return Read(replace(part, table="events"), raw, replace(chosen, zone=profile.zone or chosen.zone))


_MILESTONE = {
    "Id": "m.id",
    "CaseId": "m.case_id",
    "MilestoneType": "m.type",
    "StartDate": "m.started_at",
    "TargetDate": "m.target_at",
    "CompletionDate": "m.completed_at",
    "IsViolated": "CAST(m.is_violated AS VARCHAR)",
    "StoppedMinutes": "CAST(m.stopped AS VARCHAR)",
}


def milestones_of(shelf: Shelf, part: Part, profile: Profile, *, root: Path, connection: Connection) -> Read:
    """Return all milestones as a part of a load; the deadline of a case is one of them."""
    texts, join = _with_own_ids(_MILESTONE, profile, row="m")
    listed = ", ".join(f"{text} AS {name(column)}" for column, text in texts.items())
    shelf.database.execute(
        f"CREATE OR REPLACE VIEW sf_milestone_rows AS SELECT {listed}, m._source, m._source_row FROM sf_milestones AS m{join}"
    )
    raw = _raw(_EMPTY, tuple(texts), ("CaseMilestone",), view="sf_milestone_rows", connection=connection)
    chosen = choose(raw.header, table="milestones", root=root, source=part.location)
    return Read(replace(part, table="milestones"), raw, chosen)


def _with_own_ids(texts: Mapping[str, str], profile: Profile, *, row: str) -> tuple[dict[str, str], str]:
    """Return columns and a join that name a case as the profile does, where that is not by its Salesforce id."""
    if "Id" in profile.columns.get("case_id", ()):
        return dict(texts), ""
    own = f"coalesce(o.case_id, {row}.case_id)"
    return {**texts, "CaseId": own}, f" LEFT JOIN sf_own AS o ON o.key = {row}.case_id"


_EMPTY = RawTable(None, None, 0, (), ())


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
