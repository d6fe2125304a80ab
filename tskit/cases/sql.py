"""Small pieces of SQL text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Database",
    "all_of",
    "cases_of",
    "columns_of",
    "count_of",
    "explained",
    "is_named",
    "literal",
    "name",
    "numbered",
    "placed",
    "temporary",
    "with_parts",
    "with_value",
    "words",
]

Database: TypeAlias = Any
"""DuckDB's own connection, which has no types."""


def literal(text: str) -> str:
    """Return a text as an SQL literal.

    >>> literal("O'Neil")
    "'O''Neil'"
    """
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """Return a text as a quoted SQL name."""
    return '"' + text.replace('"', '""') + '"'


def words(texts: Iterable[str]) -> str:
    """Return texts as SQL literals with commas between them."""
    return ", ".join(literal(text) for text in texts)


def cases_of(subject: str, found: Mapping[str, str], *, otherwise: str) -> str:
    """Return SQL that replaces each key of `found` by its value and anything else by the SQL `otherwise`."""
    if not found:
        return otherwise
    branches = " ".join(f"WHEN {literal(key)} THEN {literal(value)}" for key, value in found.items())
    return f"CASE {subject} {branches} ELSE {otherwise} END"


def all_of(table: str) -> str:
    """Return the query for all of a table."""
    return f"SELECT * FROM {name(table)}"


def columns_of(table: str, columns: Iterable[str]) -> str:
    """Return the query for some columns of a table, or of a query in brackets."""
    place = table if table.startswith("(") else name(table)
    return f"SELECT {', '.join(name(column) for column in columns)} FROM {place}"


def is_named(column: str, query: str) -> bool:
    """Return whether a query names a column; every name that we write stands in quotes."""
    return name(column) in query


def count_of(table: str) -> str:
    """Return the query for the number of rows of a table, as `n`."""
    return f"SELECT count(*) AS n FROM {name(table)}"


def explained(query: str) -> str:
    """Return the question how the engine would go about a query, answered as JSON."""
    return f"EXPLAIN (FORMAT JSON) {query}"


def numbered(query: str, column: str) -> str:
    """Return the query with the position of each row, from 0, as one more column."""
    return f"SELECT *, row_number() OVER () - 1 AS {name(column)} FROM ({query})"


def placed(query: str, others: str, *, key: str, by: str) -> str:
    """Return the query for the rows whose key is among the others, with the value `by` of that one as their key.

    The others' keys differ from each other.
    """
    known = f"SELECT {name(key)}, {name(by)} FROM ({others})"
    return f"SELECT rows.* REPLACE (known.{name(by)} AS {name(key)}) FROM ({query}) AS rows JOIN ({known}) AS known USING ({name(key)})"


def with_value(query: str, column: str, other: str) -> str:
    """Return the query with the values of another of its columns in the place of a column."""
    return f"SELECT * REPLACE ({name(other)} AS {name(column)}) FROM ({query})"


def temporary(table: str, query: str) -> str:
    """Return the statement that keeps the answer to a query as a table of this connection alone."""
    return f"CREATE TEMP TABLE {name(table)} AS {query}"


def with_parts(query: str, parts: Mapping[str, str]) -> str:
    """Return a query in which the names of the parts stand for queries of their own."""
    named = ", ".join(f"{name(part)} AS NOT MATERIALIZED ({text})" for part, text in parts.items())
    return f"WITH {named} SELECT * FROM ({query})"
