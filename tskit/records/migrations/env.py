"""Runs the revisions on the connection that it is handed, inside its transaction."""  # noqa: INP001  # Alembic loads it by path

from __future__ import annotations

from alembic import context

from tskit.records.schema import ENTRIES, VERSIONS

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ENTRIES.metadata,
    version_table=VERSIONS,
)
context.run_migrations()
