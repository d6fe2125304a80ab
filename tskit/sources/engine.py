"""The embedded engine that sources are read with: a DuckDB of our own on disk, never the shared default one."""

from __future__ import annotations

import shutil
import tempfile
import uuid
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import duckdb
import ibis

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Connection", "connect", "identifier", "in_memory", "literal", "spill_folder"]

_MEMORY = "1200MB"
_QUIET: Mapping[str, object] = {"enable_progress_bar": False}
"""In a notebook the engine's progress bar is a widget, whose place in the saved outputs stays behind."""
Connection: TypeAlias = Any
"""An Ibis backend, or the DuckDB connection within it; neither is typed."""


def connect(spill: Path | None = None, *, memory: str = _MEMORY) -> Connection:
    """Return a new Ibis connection to an empty DuckDB whose database and overflow live in the folder `spill`.

    Without a folder a temporary one is made, and removed together with the connection. `memory` limits the engine.
    """
    folder = Path(tempfile.mkdtemp(prefix="tskit-")) if spill is None else spill
    folder.mkdir(parents=True, exist_ok=True)
    connection = ibis.duckdb.connect(folder / f"{uuid.uuid4().hex}.duckdb")
    settings = {
        "memory_limit": memory,
        "temp_directory": str(folder),
        "TimeZone": "UTC",
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "preserve_insertion_order": True,
        **_QUIET,
    }
    _set(connection.con, settings)
    if spill is None:
        weakref.finalize(connection, shutil.rmtree, folder, ignore_errors=True)
    return connection


def in_memory() -> Connection:
    """Return a new DuckDB connection to an empty database in memory, for a question or two to a file of ours."""
    connection = duckdb.connect()
    _set(connection, _QUIET)
    return connection


def spill_folder(connection: Connection) -> Path:
    """Return the folder that this connection overflows into; unpacked and cleaned copies go there as well."""
    (folder,) = connection.con.execute("select current_setting('temp_directory')").fetchone()
    return Path(folder)


def identifier(name: str) -> str:
    """Return `name` quoted as an SQL identifier.

    >>> print(identifier('a "b" c'))
    "a ""b"" c"
    """
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return `text` quoted as an SQL string.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _set(database: Connection, settings: Mapping[str, object]) -> None:
    for name, value in settings.items():
        database.execute(f"set {name} = {literal(str(value))}")
