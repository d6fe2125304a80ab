"""What other objects know of a case: its queue, its owner's vendor, first touches, decisions, deadlines and appeals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tskit.cases.salesforce.changes import word_of
from tskit.cases.salesforce.objects import table_of
from tskit.cases.sql import name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.cases.profile import Profile
    from tskit.cases.salesforce.objects import Shelf

__all__ = ["FACTS", "TOLD_OF_PARENT", "Facts", "facts_of", "make_facts"]

FACTS = "sf_facts"
TOLD_OF_PARENT = "told_of_parent"
"""Holds where the outcome of a case of appeal is told of the case that it is about: it is counted there alone."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Where facts come from: SQL of each canonical column, and the joins that it needs."""

    columns: Mapping[str, str]
    joins: tuple[str, ...]

    def beside(self, other: Facts) -> Facts:
        """Return these facts and others."""
        return Facts({**self.columns, **other.columns}, (*self.joins, *other.joins))


def make_facts(shelf: Shelf, facts: Facts) -> None:
    """Make the table `sf_facts`: `key`, the id of a case, and a text for each canonical column that is known."""
    listed = "".join(f", {text} AS {name(column)}" for column, text in facts.columns.items())
    shelf.database.execute(
        f'CREATE OR REPLACE TEMP TABLE {FACTS} AS SELECT k."Id" AS key{listed} FROM {table_of("Case")} AS k '
        f"{' '.join(facts.joins)}"
    )


def facts_of(shelf: Shelf, profile: Profile) -> Facts:
    """Return all facts that the objects on the shelf tell."""
    found = _holders(shelf)
    if shelf.has("User"):
        people = 'LEFT JOIN sf_people AS p ON p.id = k."OwnerId"'
        found = found.beside(Facts({"vendor": "p.vendor", "reviewer_language": "p.language"}, (people,)))
    if shelf.has("RecordType"):
        types = f'LEFT JOIN {table_of("RecordType")} AS r ON r."Id" = k."RecordTypeId"'
        found = found.beside(Facts({"record_type": 'coalesce(r."DeveloperName", r."Name")'}, (types,)))
    if shelf.has("CaseMilestone"):
        columns = {"sla_target_at": "m.target_at", "sla_met": "m.met", "paused_minutes": "m.stopped"}
        found = found.beside(Facts(columns, ('LEFT JOIN sf_targets AS m ON m.case_id = k."Id"',)))
    if shelf.has("EmailMessage"):
        answers = 'LEFT JOIN sf_answers AS a ON a.case_id = k."Id"'
        found = found.beside(Facts({"first_response_at": "a.told_at"}, (answers,)))
    if shelf.has("CaseHistory") or shelf.has("CaseHistory2"):
        found = found.beside(_of_history(shelf))
    return found.beside(_of_appeals(shelf, profile))


def _holders(shelf: Shelf) -> Facts:
    is_queue = "starts_with(k.\"OwnerId\", '00G')"
    columns = {
        "owner_id": f'CASE WHEN NOT {is_queue} THEN k."OwnerId" END',
        "queue": f'CASE WHEN {is_queue} THEN coalesce(q.queue, k."OwnerId") END',
        "parent_case_id": 'coalesce(k."ParentId", k."MasterRecordId")',
    }
    joins = ['LEFT JOIN sf_queues AS q ON q.id = k."OwnerId"']
    if shelf.has("CaseHistory") or shelf.has("CaseHistory2"):
        columns["queue"] = f"coalesce({columns['queue']}, h.queue)"
        last = (
            "SELECT case_id, coalesce(to_queue, was_held) AS queue FROM sf_hops "
            "WHERE coalesce(to_queue, was_held) IS NOT NULL "
            "QUALIFY row_number() OVER (PARTITION BY case_id ORDER BY instant DESC, id DESC) = 1"
        )
        joins.append(f'LEFT JOIN ({last}) AS h ON h.case_id = k."Id"')
    return Facts(columns, tuple(joins))


_KNOWN = ("status", "owner")


def _of_history(shelf: Shelf) -> Facts:
    """Return what the changes tell; of a field that the history never tells of, nothing is known."""
    told = {kind: bool(shelf.value(f"SELECT count(*) FROM sf_told WHERE kind = '{kind}'")) for kind in _KNOWN}
    columns: dict[str, str] = {}
    joins: list[str] = []
    if told["owner"]:
        touched = (
            "SELECT case_id, arg_min(told_at, instant) AS told_at FROM sf_hops WHERE to_queue IS NULL "
            "AND (new_id IS NOT NULL OR new_value IS NOT NULL) "
            "AND coalesce(new_id, '') NOT IN (SELECT id FROM sf_people WHERE kind IN ('system', 'automation')) GROUP BY 1"
        )
        columns["first_assigned_at"] = "t.told_at"
        joins.append(f'LEFT JOIN ({touched}) AS t ON t.case_id = k."Id"')
    if told["status"]:
        again = "SELECT case_id, count(*) AS times FROM sf_typed WHERE event = 'reopened' GROUP BY 1"
        columns["reopened_count"] = "CAST(coalesce(o.times, 0) AS VARCHAR)"
        joins.append(f'LEFT JOIN ({again}) AS o ON o.case_id = k."Id"')
    if shelf.value("SELECT count(*) FROM sf_typed WHERE event = 'decided'"):
        _make_decisions(shelf)
        more = ("decided_at", "decided_by", "decided_vendor", "decision_initial")
        columns |= {column: f"d.{column}" for column in more}
        owned = 'CASE WHEN starts_with(k."OwnerId", \'00G\') THEN coalesce(q.queue, k."OwnerId") END'
        columns["decided_queue"] = f"CASE WHEN d.case_id IS NOT NULL THEN coalesce(d.decided_queue, {owned}) END"
        joins.append('LEFT JOIN sf_decisions AS d ON d.case_id = k."Id"')
    return Facts(columns, tuple(joins))


def _make_decisions(shelf: Shelf) -> None:
    """Make the table of the first decision of each case: by whom, of which vendor, and in which queue.

    The queue is the one that held the case then; before any change of owner it is the one that the first change names.
    """
    first = (
        "SELECT e.case_id, e.instant, e.told_at AS decided_at, e.new_value AS decision_initial, p.vendor AS decided_vendor, "
        "CASE WHEN coalesce(p.kind, 'user') NOT IN ('system', 'automation') THEN e.actor END AS decided_by "
        "FROM sf_typed AS e LEFT JOIN sf_people AS p ON p.id = e.actor WHERE e.event = 'decided' AND e.instant IS NOT NULL "
        "QUALIFY row_number() OVER (PARTITION BY e.case_id ORDER BY e.instant, e.id) = 1"
    )
    held = (
        "SELECT case_id, instant, coalesce(to_queue, was_held) AS queue FROM sf_hops WHERE instant IS NOT NULL "
        "AND coalesce(to_queue, was_held) IS NOT NULL QUALIFY row_number() OVER (PARTITION BY case_id, instant ORDER BY id DESC) = 1"
    )
    before = (
        "SELECT case_id, arg_min(from_queue, instant) AS queue FROM sf_hops WHERE from_queue IS NOT NULL GROUP BY 1"
    )
    shelf.database.execute(
        "CREATE OR REPLACE TEMP TABLE sf_decisions AS SELECT f.*, coalesce(h.queue, b.queue) AS decided_queue "
        f"FROM ({first}) AS f ASOF LEFT JOIN ({held}) AS h ON h.case_id = f.case_id AND f.instant >= h.instant "
        f"LEFT JOIN ({before}) AS b ON b.case_id = f.case_id"
    )


def _of_appeals(shelf: Shelf, profile: Profile) -> Facts:
    """Return what cases that were opened as appeals tell of the case that they are about; the latest one counts."""
    kind = word_of(profile, "record_type", "o.record_type")
    appeals = (
        f'SELECT k."ParentId" AS parent, o.created_at, CASE WHEN o.is_shut THEN o.closed_at END AS closed_at, '
        "CASE WHEN o.is_shut THEN o.appeal_status ELSE 'pending' END AS appeal_status, k.\"Id\" AS id "
        f'FROM {table_of("Case")} AS k JOIN sf_own AS o ON o.key = k."Id" '
        f"WHERE k.\"ParentId\" IS NOT NULL AND {kind} = 'appeal'"
    )
    if not shelf.value(f"SELECT count(*) FROM ({appeals})"):
        return Facts({}, ())
    latest = f"SELECT * FROM ({appeals}) QUALIFY row_number() OVER (PARTITION BY parent ORDER BY created_at DESC, id DESC) = 1"
    told = f"SELECT DISTINCT id FROM ({appeals}) WHERE {word_of(profile, 'appeal_status', 'appeal_status')} <> 'none'"
    columns = {"appealed_at": "ap.created_at", "appeal_decided_at": "ap.closed_at", "appeal_status": "ap.appeal_status"}
    joins = (
        f'LEFT JOIN ({latest}) AS ap ON ap.parent = k."Id"',
        f'LEFT JOIN ({told}) AS ac ON ac.id = k."Id"',
    )
    return Facts({**columns, TOLD_OF_PARENT: "ac.id"}, joins)
