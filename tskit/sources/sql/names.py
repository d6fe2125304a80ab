"""Names of tables: taken apart, checked and quoted, so that a name can never be anything but a name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tskit.errors import SourceError

if TYPE_CHECKING:
    from tskit.sources.sql.dialects import Dialect

__all__ = ["column", "table"]

_MOST = 3
_PART = re.compile(r'"([^"]+)"|([^\W\d][\w$]*)')


def table(name: str, *, dialect: Dialect, where: str) -> exp.Table:
    """Return the table that `name` names, spelt as the database spells it: `cases`, `desk.cases` or `"my desk".cases`.

    Raises:
        SourceError: it is no name, it has more than three parts, or it is longer than the database's names are.
    """
    parts = _parts(name)
    if not parts or len(parts) > _MOST:
        raise SourceError(
            f"{where} is no name of a table or view. Write it as in cases, desk.cases or "
            '"my desk".cases, or name a file as in queries/cases.sql'
        )
    for part in parts:
        _check(part, dialect=dialect, where=where)
    quoted = [exp.to_identifier(part, quoted=True) for part in reversed(parts)]
    found = exp.Table(**dict(zip(("this", "db", "catalog"), quoted, strict=False)))
    if not _stays(found, dialect=dialect):
        raise SourceError(
            f"{where} is a name that the database takes for something else. Give it a view of another name."
        )
    return found


def column(name: str, *, dialect: Dialect, where: str) -> exp.Column:
    """Return the column called `name`, quoted.

    Raises:
        SourceError: no database has a column of this name.
    """
    if not name or '"' in name:
        raise SourceError(f"{where} is no name of a column. Write it as the database spells it.")
    _check(name, dialect=dialect, where=where)
    return exp.column(exp.to_identifier(name, quoted=True))


def _parts(name: str) -> list[str]:
    parts: list[str] = []
    rest = name
    while found := _PART.match(rest):
        parts.append(found[1] or found[2])
        rest = rest[found.end() :]
        if not rest:
            return parts
        if not rest.startswith("."):
            break
        rest = rest[1:]
    return []


def _stays(found: exp.Table, *, dialect: Dialect) -> bool:
    """Return whether a name, written down and read again, is the same: to some a first sign such as # means more."""
    try:
        again = sqlglot.parse_one(exp.select("*").from_(found).sql(dialect.name), dialect=dialect.name)
    except SqlglotError:
        return False
    return [table.parts for table in again.find_all(exp.Table)] == [found.parts]


def _check(part: str, *, dialect: Dialect, where: str) -> None:
    if not part.isprintable():
        raise SourceError(f"{where} holds signs that cannot be seen. Write the name again by hand.")
    if len(part.encode()) > dialect.longest_name:  # a database cuts a longer one off and looks for what is left
        raise SourceError(f"{where} holds a name of more than {dialect.longest_name} bytes. Shorten it there.")
