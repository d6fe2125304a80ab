"""Other names of canonical columns: labels of reports, API names, and what people call them."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from tskit.model import CASES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tskit.model import Table

__all__ = ["by_name", "plain"]

_SYNONYMS = {
    "case_id": "id, case id, case number, ticket id, ticket, incident, number, unique key, key, report id, job id",
    "case_number": "number, reference, case no",
    "parent_case_id": "parent, parent id, parent case, problem id, master record id",
    "record_type": "case record type, record type id, kind",
    "channel": "origin, case origin, via channel, contact type, intake channel",
    "source_type": "reporter type, raised by, notifier type, source",
    "source_identity": "reporter, reporter id, notifier, requester id, web email, contact email, supplied email, caller id",
    "subject": "title, summary, short description",
    "description": "text, texts, body, content, comment, comments, report text, details",
    "content_id": "item id, entity id, uri, url, content uri, track id, episode id",
    "entity_type": "item type, content kind, object type",
    "subject_account_id": "account id, creator, creator id, uploader, uploader id, user id",
    "content_language": "language, lang, locale",
    "market": "country, country code, region, territory",
    "abuse_type_reported": "reason, case reason, complaint type, report reason, abuse type, category",
    "policy_id": "policy, rule, violated policy",
    "severity": "harm, severity level, sev",
    "priority": "urgency",
    "status": "state, case status, incident state",
    "is_closed": "closed, is closed",
    "queue": "assignment group, group, group id, team, queue name",
    "owner_id": "owner, case owner, assignee, assignee id, assigned to, agent, reviewer",
    "vendor": "bpo, partner, company, site vendor",
    "decision": "outcome, action taken, resolution, verdict",
    "created_at": "created, created date, opened, opened at, date time opened, opened date, date opened, open date, reported at, created on",
    "closed_at": "closed date, date time closed, date closed, close date, resolved at, closed on, resolution date",
    "decided_at": "decision date, actioned at, decided, decided on, application date",
    "first_assigned_at": "assigned at, first assigned",
    "first_response_at": "first response, first reply at",
    "sla_target_at": "due date, due at, due, target date, sla due",
    "sla_met": "made sla, sla, within sla, met sla",
    "handle_seconds": "handle time, aht, handling time",
    "reopened_count": "reopen count, reopens",
    "is_escalated": "escalated",
    "appeal_status": "appeal, appeal outcome, appeal result",
    "appealed_at": "appeal date, date appealed",
    "appeal_decided_at": "appeal decision date, appeal closed",
    "qa_label": "qa result, qa outcome, audit result",
    "qa_label_final": "final qa result, qa final, final result",
    "qa_sampled": "sampled, in qa sample",
    "source_modified_at": "system modstamp, last modified date, updated at, modified, last updated, case last modified date",
}
_CLOSE = 0.8


def plain(label: str) -> str:
    """Return a label as small letters and digits alone, without the mark of a custom field.

    >>> plain("Date/Time Opened")
    'datetimeopened'
    >>> plain("Vendor__c")
    'vendor'
    """
    return "".join(letter for letter in label.lower().removesuffix("__c") if letter.isalnum())


def by_name(header: Iterable[str], *, table: Table = CASES) -> dict[str, tuple[str, str]]:
    """Return for each column of the header that looks like a canonical one: that one, and how it was recognised."""
    known = _known(table)
    found: dict[str, tuple[str, str]] = {}
    for label in header:
        key = plain(label)
        if key in known:
            found[label] = known[key]
        elif near := get_close_matches(key, known, n=1, cutoff=_CLOSE):
            found[label] = (known[near[0]][0], "nearly its name")
    return found


def _known(table: Table) -> dict[str, tuple[str, str]]:
    """Return canonical columns by each of their plain names; a name of its own stands before a synonym."""
    found: dict[str, tuple[str, str]] = {}
    for column in table.columns:
        for other in _SYNONYMS.get(column.name, "").split(", "):
            found.setdefault(plain(other), (column.name, "a usual name for it"))
    for column in table.columns:
        for other, how in ((column.dsa, "its name under the DSA"), (column.salesforce, "its name in Salesforce")):
            if other and plain(other) not in found:
                found[plain(other)] = (column.name, how)
    found |= {plain(column.name): (column.name, "its own name") for column in table.columns}
    found.pop("", None)
    return found
