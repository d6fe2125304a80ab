"""Which rows of a query are asked for: all of them, or those after a mark, in an order that a cut run can go on in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tskit.errors import ParameterError
from tskit.sources.sql import names
from tskit.sources.sql.dialects import dialect_of
from tskit.sources.sql.texts import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tskit.model import Source
    from tskit.sources.sql.query import Query
    from tskit.sources.sql.session import Session

__all__ = ["Order", "Page", "key_of", "order_of", "page_of", "quoted", "read_mark", "written"]

_OVERLAP = 600
_LONGEST = 31 * 86_400
_AT, _KEY = "tskit_at", "tskit_key"


@dataclass(frozen=True, slots=True)
class Order:
    """How rows of a table are told apart and which came later: by a watermark, and by a key where that is the same."""

    watermark: str
    key: str


@dataclass(frozen=True, slots=True)
class Page:
    """The rows that are asked for: a statement without an order, which can be counted, the order, and what is bound."""

    sql: str
    order: str
    values: Mapping[str, object]


def order_of(source: Source, role: str) -> Order | None:
    """Return how the rows of a table of the source, such as `cases`, are ordered; None without a watermark.

    Raises:
        ParameterError: there is a watermark, but nothing that tells rows of the same moment apart.
    """
    if not source.watermark:
        return None
    key = key_of(source, role)
    if not key:
        raise ParameterError(
            f"casebook.toml: sources.{source.name} has a watermark and no key for {role}. Name the column that tells its "
            f'rows apart, as in: settings = {{ key = {{ {role} = "id" }} }}'
        )
    return Order(source.watermark, key)


def key_of(source: Source, role: str) -> str:
    """Return the column that tells the rows of a table apart, as the source's `key` names it; empty for none.

    Raises:
        ParameterError: `key` is neither a name nor a name for each table.
    """
    found = source.settings.get("key", "")
    named = found.get(role, "") if isinstance(found, dict) else found
    if not isinstance(named, str):
        raise ParameterError(
            f"casebook.toml: sources.{source.name}: key is the name of a column, or one for each table, as in: "
            'key = { cases = "id", events = "event_id" }'
        )
    return named


def page_of(query: Query, order: Order | None, *, source: Source, session: Session, after: str) -> Page:
    """Return the rows of `query` from a mark on: from an empty one all of them.

    A mark of a moment alone asks for that moment again, and for what was changed shortly before it: a change that took
    long to commit carries an earlier time than others that were seen already.
    """
    asked = f"SELECT * FROM ({query.sql}\n) AS asked"
    if order is None:
        return Page(asked, "", query.bound)
    at = quoted(order.watermark, source=source, setting="watermark")
    key = quoted(order.key, source=source, setting="key")
    place = f" ORDER BY {at}, {key}"
    if not after:
        return Page(asked, place, query.bound)
    moment, *rest = read_mark(after)
    values = {**query.bound, _AT: moment if rest else _earlier(moment, _overlap(source))}
    at_mark = session.typed(_AT, order.watermark, query=query.sql, values=query.bound)
    if not rest:
        return Page(f"{asked} WHERE {at} >= {at_mark}", place, values)
    key_mark = session.typed(_KEY, order.key, query=query.sql, values=query.bound)
    later = f"{asked} WHERE {at} > {at_mark} OR ({at} = {at_mark} AND {key} > {key_mark})"
    return Page(later, place, {**values, _KEY: rest[0]})


def quoted(column: str, *, source: Source, setting: str) -> str:
    """Return a column that a setting of the source names, quoted.

    Raises:
        SourceError: it is no name of a column.
    """
    dialect = dialect_of(source)
    where = f"casebook.toml: sources.{source.name}: {setting}"
    return names.column(column, dialect=dialect, where=where).sql(dialect.name)


def written(*values: object) -> str:
    """Return a mark: a moment, or a moment and the key of the last row of it that came."""
    return json.dumps([value if isinstance(value, (str, int, float)) else text_of(value) for value in values])


def read_mark(mark: str) -> list[str | int | float]:
    """Return the values that a mark was written from."""
    return json.loads(mark)


def _overlap(source: Source) -> float:
    found = source.settings.get("overlap_seconds", _OVERLAP)
    if isinstance(found, bool) or not isinstance(found, (int, float)) or not 0 <= found <= _LONGEST:
        raise ParameterError(
            f"casebook.toml: sources.{source.name}: overlap_seconds is a number between 0 and {_LONGEST}, as in 600"
        )
    return found


def _earlier(moment: str | float, seconds: float) -> str | float:
    """Return the moment so many seconds before; anything but a time as it is, since nobody knows what comes before it."""
    try:
        found = datetime.fromisoformat(str(moment)) - timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        return moment
    if not isinstance(moment, str):
        return moment
    return min(moment, found.isoformat("T" if "T" in moment else " "))
