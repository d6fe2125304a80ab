"""Databases as sources: only read, within a time, and never with a value among the words of a statement."""

from tskit.sources.sql.query import Query, open_query

__all__ = ["Query", "open_query"]
