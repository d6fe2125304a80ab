"""Make the table of entries, which the database itself lets nobody change, remove from or add to out of turn."""  # noqa: INP001  # Alembic loads it by path

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0001"
down_revision = None

_SQLITE = (
    """
    CREATE TRIGGER tskit_entries_update BEFORE UPDATE ON tskit_entries
    BEGIN SELECT RAISE(ABORT, 'tskit: an entry is never changed; add one that supersedes it'); END
    """,
    """
    CREATE TRIGGER tskit_entries_delete BEFORE DELETE ON tskit_entries
    BEGIN SELECT RAISE(ABORT, 'tskit: an entry is never removed; add one that undoes it'); END
    """,
    # INSERT OR REPLACE would remove a row without asking the trigger on DELETE.
    """
    CREATE TRIGGER tskit_entries_insert BEFORE INSERT ON tskit_entries
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM tskit_entries WHERE log = NEW.log)
      OR EXISTS (SELECT 1 FROM tskit_entries WHERE log = NEW.log AND key = NEW.key)
    BEGIN SELECT RAISE(ABORT, 'tskit: an entry follows the last one of its log and has a key of its own'); END
    """,
)
_POSTGRESQL = (
    """
    CREATE FUNCTION tskit_entries_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'tskit: an entry is never changed or removed; add one that supersedes or undoes it';
    END $$
    """,
    """
    CREATE FUNCTION tskit_entries_in_turn() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.seq IS DISTINCT FROM (SELECT coalesce(max(seq), 0) + 1 FROM tskit_entries WHERE log = NEW.log) THEN
        RAISE EXCEPTION 'tskit: an entry follows the last one of its log';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER tskit_entries_change BEFORE UPDATE OR DELETE ON tskit_entries
    FOR EACH ROW EXECUTE FUNCTION tskit_entries_refuse()
    """,
    """
    CREATE TRIGGER tskit_entries_truncate BEFORE TRUNCATE ON tskit_entries
    FOR EACH STATEMENT EXECUTE FUNCTION tskit_entries_refuse()
    """,
    """
    CREATE TRIGGER tskit_entries_insert BEFORE INSERT ON tskit_entries
    FOR EACH ROW EXECUTE FUNCTION tskit_entries_in_turn()
    """,
)


def upgrade() -> None:
    """Make the table, its indexes and the triggers that guard it."""
    # By byte, so that order hangs neither on the server's language nor on the version of its C library.
    string = sa.String().with_variant(sa.String(collation="C"), "postgresql")
    names = ("kind", "subject", "author", "at", "key", "supersedes")
    op.create_table(
        "tskit_entries",
        sa.Column("log", string, primary_key=True),
        sa.Column("seq", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, string, nullable=False) for name in names),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", string, nullable=False),
        sa.Column("digest", string, nullable=False),
        sa.UniqueConstraint("log", "key", name="tskit_entries_key"),
    )
    op.create_index("tskit_entries_subject", "tskit_entries", ["log", "subject", "seq"])
    op.create_index("tskit_entries_author", "tskit_entries", ["log", "author", "seq"])
    some = sa.text("supersedes <> ''")
    op.create_index(
        "tskit_entries_supersedes", "tskit_entries", ["log", "supersedes"], sqlite_where=some, postgresql_where=some
    )
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
