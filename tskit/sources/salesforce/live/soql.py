"""Queries from names that were checked and values that were read: nothing of anybody's text goes into one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tskit.sources.salesforce.live.ids import Range

__all__ = ["at_stamp", "before", "quoted", "select", "stamp", "within"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)
_TEXT = re.compile(r"[A-Za-z0-9_.]*", re.ASCII)


def select(table: str, names: Sequence[str], conditions: Iterable[str] = ()) -> str:
    """Return the query for fields of an object under all the conditions.

    >>> select("Case", ["Id"], ["Id >= '500'"])
    "SELECT Id FROM Case WHERE Id >= '500'"
    """
    if not all(_NAME.fullmatch(name) for name in (table, *names)):
        raise ValueError("A query is made from API names alone.")
    where = " AND ".join(conditions)
    return f"SELECT {', '.join(names)} FROM {table}" + (f" WHERE {where}" if where else "")


def quoted(text: str) -> str:
    """Return an id or an API name as a literal.

    >>> quoted("Case")
    "'Case'"
    """
    if not _TEXT.fullmatch(text):
        raise ValueError("A literal is an id or an API name.")
    return f"'{text}'"


def within(ids: Range) -> list[str]:
    """Return the conditions that an id lies in a range; none for an open end."""
    low = [f"Id >= {quoted(ids.low)}"] if ids.low else []
    return low + ([f"Id < {quoted(ids.high)}"] if ids.high else [])


def stamp(moment: datetime) -> str:
    """Return a moment as the API writes it in a query.

    >>> stamp(datetime(2026, 3, 1, 8, tzinfo=UTC))
    '2026-03-01T08:00:00.000Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def at_stamp(text: str) -> str:
    """Return a moment that the API answered with, as a query wants it; empty for what is none.

    >>> at_stamp("2018-12-10T17:50:19.000+0000")
    '2018-12-10T17:50:19.000Z'
    """
    try:
        return stamp(datetime.fromisoformat(text))
    except ValueError:
        return ""


def before(text: str, *, minutes: int) -> str:
    """Return the moment some minutes before another one.

    >>> before("2026-03-01T08:00:00.000Z", minutes=15)
    '2026-03-01T07:45:00.000Z'
    """
    return stamp(datetime.fromisoformat(text) - timedelta(minutes=minutes))
