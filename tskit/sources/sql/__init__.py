"""Databases as sources: only read, within a time, and never with a value among the words of a statement."""

from tskit.sources.sql.engine import engine_of, read_only
from tskit.sources.sql.extract import asking, extract
from tskit.sources.sql.query import Query, open_query

__all__ = ["Query", "asking", "engine_of", "extract", "open_query", "read_only"]
