"""Small pieces of SQL text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Database", "cases_of", "literal", "name", "words"]

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
