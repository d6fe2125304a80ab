"""Queries: what a log holds, what of it stands, and how either was at an earlier moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, exists, select

from tskit.records.entry import UNDO, instant
from tskit.records.schema import ENTRIES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import FromClause, Select

__all__ = ["Filter", "all_entries", "standing_entries"]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries of a log are wanted, and as of when."""

    log: str
    until: datetime | None = None
    until_seq: int | None = None
    subject: str = ""
    author: str = ""
    kinds: Sequence[str] = ()


def all_entries(wanted: Filter) -> Select[Any]:
    """Return the query for every entry that was written, in order."""
    rows = ENTRIES.alias("e")
    return select(rows).where(_of_then(rows, wanted), *_chosen(rows, wanted)).order_by(rows.c.seq)


def standing_entries(wanted: Filter) -> Select[Any]:
    """Return the query for the entries that stand, in order: neither undone, nor superseded by one that is not undone."""
    rows, later = ENTRIES.alias("e"), ENTRIES.alias("s")
    # An undo among the later ones changes nothing here: what it names is taken back anyway.
    replaced = exists().where(_names(later, rows), _of_then(later, wanted), ~_undone(later, "us", wanted))
    return (
        select(rows)
        .where(_of_then(rows, wanted), *_chosen(rows, wanted), rows.c.kind != UNDO)
        .where(~_undone(rows, "ue", wanted), ~replaced)
        .order_by(rows.c.seq)
    )


def _undone(rows: FromClause, name: str, wanted: Filter) -> ColumnElement[bool]:
    undo = ENTRIES.alias(name)
    return exists().where(_names(undo, rows), undo.c.kind == UNDO, _of_then(undo, wanted))


def _names(later: FromClause, rows: FromClause) -> ColumnElement[bool]:
    # The index covers only rows that name another one, and is used only where the query says so.
    return and_(later.c.supersedes == rows.c.key, later.c.supersedes != "")


def _of_then(rows: FromClause, wanted: Filter) -> ColumnElement[bool]:
    """Return whether a row was there at the moment that is asked about."""
    there = [rows.c.log == wanted.log]
    if wanted.until is not None:
        there.append(rows.c.at <= instant(wanted.until))
    if wanted.until_seq is not None:
        there.append(rows.c.seq <= wanted.until_seq)
    return and_(*there)


def _chosen(rows: FromClause, wanted: Filter) -> list[ColumnElement[bool]]:
    chosen: list[ColumnElement[bool]] = []
    if wanted.subject:
        chosen.append(rows.c.subject == wanted.subject)
    if wanted.author:
        # Without statistics SQLite may walk all that a person wrote to find what they said of one case.
        author = rows.c.author.concat("") if wanted.subject else rows.c.author
        chosen.append(author == wanted.author)
    if wanted.kinds:
        chosen.append(rows.c.kind.in_(wanted.kinds))
    return chosen
