"""Objects of Salesforce become the parts of a load: cases with what other objects know of them, and their events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.recognise import choose, find_profile
from tskit.cases.salesforce.facts import facts_of, make_facts
from tskit.cases.salesforce.history import CHANGES, make_changes, make_hops
from tskit.cases.salesforce.messages import answers, keep_drafts
from tskit.cases.salesforce.milestones import make_milestones
from tskit.cases.salesforce.objects import COLUMNS, Shelf, start_apart, table_of, take
from tskit.cases.salesforce.own import make_own
from tskit.cases.salesforce.people import make_people, make_queues
from tskit.cases.salesforce.reads import cases_of, events_of, milestones_of
from tskit.cases.salesforce.typed import make_typed
from tskit.cases.sql import literal
from tskit.errors import DataError
from tskit.sources import release

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tskit.cases.build import Part, Read
    from tskit.cases.profile import Profile
    from tskit.sources import RawTable
    from tskit.sources.engine import Connection

__all__ = ["assemble"]


def assemble(
    objects: Mapping[str, RawTable],
    *,
    part: Part,
    root: Path,
    connection: Connection,
    profile: Profile | None = None,
) -> list[Read]:
    """Return cases, events and milestones as parts of a load, from the rows of each object by its API name.

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
    found = [cases_of(objects, shelf, part, profile, connection=connection)]
    if with_events:
        found.append(events_of(shelf, part, profile, root=root, connection=connection))
    if shelf.has("CaseMilestone"):
        found.append(milestones_of(shelf, part, profile, root=root, connection=connection))
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
        if kind != "Case":
            release(raw, connection=connection)
    shelf = Shelf(connection.con, {kind: raw.read for kind, raw in known.items()})
    make_own(shelf, profile, objects["Case"].header)
    return shelf


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
        make_typed(shelf, profile, as_of=as_of)
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
