"""Mails, comments and posts of a case as events; their text goes to the file of texts alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.cases.salesforce.objects import APART, cell, moment, table_of, truth
from tskit.cases.sql import name, words

if TYPE_CHECKING:
    from tskit.cases.salesforce.objects import Shelf

__all__ = ["answers", "keep_drafts", "message_events"]

_DRAFT = ("5", "draft")
_POSTS = ("textpost", "contentpost", "linkpost", "calllogpost", "pollpost", "questionpost", "advancedtextpost")
_SENT_AT = 'coalesce(m."MessageDate", m."CreatedDate")'
_OUTGOING = f"NOT {truth(cell('m', 'Incoming'))}"


def keep_drafts(shelf: Shelf) -> None:
    """Keep apart the mails that were never sent, and what a feed repeats of other objects."""
    if shelf.has("EmailMessage"):
        draft = f'lower("Status") IN ({words(_DRAFT)}) AND NOT {truth(name("Incoming"))}'
        _apart(shelf, "EmailMessage", column="Status", reason="never_sent", where=draft)
    if shelf.has("CaseFeed"):
        posts = _posts(shelf)
        told = f"coalesce(lower(\"Type\"), 'textpost') NOT IN ({words(posts)})"
        _apart(shelf, "CaseFeed", column="Type", reason="told_by_another_object", where=told)


def _posts(shelf: Shelf) -> tuple[str, ...]:
    return _POSTS if shelf.has("CaseComment") else (*_POSTS, "casecommentpost")


def _apart(shelf: Shelf, kind: str, *, column: str, reason: str, where: str) -> None:
    table = table_of(kind)
    shelf.database.execute(
        f"INSERT INTO {APART} SELECT '{kind}', _source, _source_row, '{column}', '{reason}', NULL FROM {table} "
        f"WHERE coalesce({where}, false)"
    )
    shelf.database.execute(f"DELETE FROM {table} WHERE coalesce({where}, false)")


def message_events(shelf: Shelf) -> list[str]:
    """Return SQL for the events of each kind of message that there is."""
    found: list[str] = []
    if shelf.has("EmailMessage"):
        kind = f"CASE WHEN {_OUTGOING} THEN 'email_out' ELSE 'email_in' END"
        # Who wrote an incoming mail is no person of ours: Salesforce names the user that fetched it.
        actor = f'CASE WHEN {_OUTGOING} THEN m."CreatedById" END'
        note = 'nullif(concat_ws(chr(10), m."Subject", m."TextBody"), \'\')'
        found.append(_event("EmailMessage", kind, at=_SENT_AT, actor=actor, note=note))
    comment = {"kind": "'commented'", "at": 'm."CreatedDate"', "actor": 'm."CreatedById"'}
    if shelf.has("CaseComment"):
        found.append(_event("CaseComment", **comment, note='m."CommentBody"'))
    if shelf.has("CaseFeed"):
        found.append(_event("CaseFeed", **comment, note='nullif(concat_ws(chr(10), m."Title", m."Body"), \'\')'))
    return found


def answers() -> str:
    """Return SQL for the first mail that a person sent of each case: `case_id` and the text `told_at`.

    What a machine answers by itself is no response.
    """
    people = 'LEFT JOIN sf_people AS p ON p.id = m."CreatedById"'
    return (
        f'SELECT m."ParentId" AS case_id, arg_min({_SENT_AT}, {moment(_SENT_AT)}) AS told_at '
        f"FROM {table_of('EmailMessage')} AS m {people} WHERE {_OUTGOING} "
        "AND coalesce(p.kind, 'user') NOT IN ('system', 'automation') GROUP BY 1"
    )


def _event(table: str, kind: str, *, at: str, actor: str, note: str) -> str:
    return (
        f'SELECT m."ParentId" AS case_id, m."Id" AS id, NULL::VARCHAR AS field, {moment(at)} AS instant, {at} AS told_at, '
        f"{actor} AS actor, NULL::VARCHAR AS old_value, NULL::VARCHAR AS new_value, false AS is_pair, "
        f"m._source, m._source_row, {kind} AS event, NULL::VARCHAR AS from_queue, NULL::VARCHAR AS to_queue, "
        f"{note} AS note, 2 AS rank FROM {table_of(table)} AS m"
    )
