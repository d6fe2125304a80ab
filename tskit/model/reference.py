"""The page of the reference that lists every canonical column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tskit.model.columns import TABLES

if TYPE_CHECKING:
    from tskit.model.column import Column, Table

__all__ = ["page"]

_HEAD = """# Columns

Every canonical column, made from `tskit/model/columns.py`. *Presence* is R (required), C (conditional) or O (optional).
*Seen by*: open is everybody who may read the write-up; record stays inside the team; person becomes a keyed pseudonym
when it is loaded; hidden is case text, which is never part of a write-up.
"""

_SHORT_VOCABULARY = 8


def page() -> str:
    """Return the page as Markdown."""
    return _HEAD + "".join(_section(table) for table in TABLES.values())


def _section(table: Table) -> str:
    head = "| column | type | unit | presence | seen by | meaning | values | Salesforce | DSA |\n|" + "---|" * 9
    rows = "\n".join(_row(column) for column in table.columns)
    return f"\n## {table.name}\n\nOne row by `{table.key}`.\n\n{head}\n{rows}\n"


def _row(column: Column) -> str:
    words = ", ".join(column.vocabulary[:_SHORT_VOCABULARY])
    more = (
        f" and {len(column.vocabulary) - _SHORT_VOCABULARY} more" if len(column.vocabulary) > _SHORT_VOCABULARY else ""
    )
    cells = (
        f"`{column.name}`",
        column.kind,
        column.unit,
        column.presence,
        column.sensitivity,
        column.meaning,
        words + more,
        column.salesforce,
        column.dsa,
    )
    return "| " + " | ".join(cells) + " |"
