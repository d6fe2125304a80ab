"""The one table that every log is kept in, and the revision of it that this code knows."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, MetaData, String, Table, Text, UniqueConstraint

__all__ = ["ENTRIES", "REVISION", "VERSIONS"]

REVISION = "r0001"
"""The newest revision in migrations/versions; whoever adds one names it here."""

VERSIONS = "tskit_schema"
"""The table in which Alembic keeps the revision; its usual name may be another program's in a shared database."""

# Compared byte by byte: the order of keys and times must not hang on a server's language or on its C library's version.
_STRING = String().with_variant(String(collation="C"), "postgresql")

ENTRIES = Table(
    "tskit_entries",
    MetaData(),
    Column("log", _STRING, primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", _STRING, nullable=False),
    Column("subject", _STRING, nullable=False),
    Column("author", _STRING, nullable=False),
    Column("at", _STRING, nullable=False),
    Column("key", _STRING, nullable=False),
    Column("supersedes", _STRING, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", _STRING, nullable=False),
    Column("digest", _STRING, nullable=False),
    UniqueConstraint("log", "key", name="tskit_entries_key"),
)
Index("tskit_entries_subject", ENTRIES.c.log, ENTRIES.c.subject, ENTRIES.c.seq)
Index("tskit_entries_author", ENTRIES.c.log, ENTRIES.c.author, ENTRIES.c.seq)
Index(
    "tskit_entries_supersedes", ENTRIES.c.log, ENTRIES.c.supersedes,
    sqlite_where=ENTRIES.c.supersedes != "", postgresql_where=ENTRIES.c.supersedes != "",
)  # fmt: skip
