"""Brings a database to the schema that this code knows, once, whoever comes first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import column, inspect, select, table

from tskit.errors import SourceError
from tskit.records.schema import REVISION, VERSIONS
from tskit.records.turns import in_turn, reading

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

__all__ = ["bring_up_to_date"]

_SCRIPTS = Path(__file__).parent / "migrations"


def bring_up_to_date(engine: Engine, *, place: str) -> None:
    """Make or migrate the schema, unless it is the present one already; `place` names the database in messages.

    Raises:
        SourceError: a newer tskit made the schema, or it cannot be made.
    """
    with reading(engine, place=place) as connection:
        if _revision(connection) == REVISION:
            return
    in_turn(engine, lambda connection: _upgrade(connection, place=place), place=place, turn="schema")


def _revision(connection: Connection) -> str:
    """Return the revision that the database is at; empty for a new one."""
    if not inspect(connection).has_table(VERSIONS):
        return ""
    return connection.execute(select(column("version_num")).select_from(table(VERSIONS))).scalar() or ""


def _upgrade(connection: Connection, *, place: str) -> None:
    present = _revision(connection)
    if present == REVISION:
        return  # somebody else did it while this process waited for its turn
    # Alembic takes a third of a second to import, and a database is migrated once.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))  # % is syntax of INI files
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if present and present not in known:
        raise SourceError(
            f"The records in {place} were made by a newer tskit (their schema is {present}, this one knows {REVISION}). "
            "Update tskit: pip install --upgrade ts-investigation-kit"
        )
    command.upgrade(config, "head")
