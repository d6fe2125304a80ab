"""An engine for a PostgreSQL database, which a team's records are kept in."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

from sqlalchemy import URL, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from tskit.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Engine

__all__ = ["server_engine"]

_VARIABLE = "TSKIT_RECORDS_PASSWORD"
_SCHEMES = {"postgres", "postgresql", "postgresql+psycopg"}
_SECRETS = {"password", "sslpassword", "oauth_client_secret"}
_PATIENCE = 10

# One writer at a time in each log, so that its chain has neither gaps nor forks. And a server that is set to answer
# before the disk has the rows does not answer so here.
_TURN = text(
    "SELECT pg_advisory_xact_lock(:turn), CASE WHEN current_setting('synchronous_commit') = 'off' "
    "THEN set_config('synchronous_commit', 'on', true) END"
)


def server_engine(location: str, *, environ: Mapping[str, str] = os.environ) -> tuple[Engine, str]:
    """Return an engine for the database at a URL, and its name for messages.

    The password comes from TSKIT_RECORDS_PASSWORD, else from the keyring (service "tskit", name "records:HOST/DATABASE"),
    else from where libpq looks for it (its password file among others).

    Raises:
        SourceError: the URL cannot be read, is not one of PostgreSQL or holds a password, or the driver is missing.
    """
    from tskit.sources import secret  # noqa: PLC0415  # brings the engine of sources with it, which a file needs not

    url = _url(location)
    place = _place(url)
    password = secret(f"records:{_host(url)}/{url.database}", variable=_VARIABLE, environ=environ)
    arguments = {"connect_timeout": _PATIENCE, "application_name": "tskit", "prepare_threshold": None}
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            connect_args=arguments | ({"password": password} if password else {}),
            isolation_level="READ COMMITTED",  # a writer reads the last entry once it has its turn, not as of before
            pool_pre_ping=True,
            hide_parameters=True,
        )
    except ImportError:
        raise SourceError(
            "Records in PostgreSQL need its driver. Install it: pip install 'ts-investigation-kit[postgres]'"
        ) from None
    event.listen(engine, "begin", _begin)
    return engine, place


def _url(location: str) -> URL:
    try:
        url = make_url(location)
    except (ArgumentError, ValueError):
        raise SourceError("The URL of the records cannot be read. Write postgresql://USER@HOST/DATABASE.") from None
    if url.drivername not in _SCHEMES:
        raise SourceError(
            f"Records are kept in a file of SQLite or in PostgreSQL, not in {url.drivername!r}. "
            "Write postgresql://USER@HOST/DATABASE, or the path of a file."
        )
    # A password with an @ or a colon in it may be read as part of the host or the user, so neither is repeated here.
    if url.password is not None or _SECRETS & set(url.query) or "@" in f"{url.host}{url.query.get('host')}":
        raise SourceError(
            f"The URL of the records holds a password, and others can read it. Take it out of the URL "
            f"and set it in {_VARIABLE} or in the keyring. Change it, if the file was shared."
        )
    if not url.database:
        raise SourceError("The URL of the records names no database. Write postgresql://USER@HOST/DATABASE.")
    return url


def _host(url: URL) -> str:
    asked = url.query.get("host", "")
    return url.host or (asked if isinstance(asked, str) else ",".join(asked)) or "localhost"


def _place(url: URL) -> str:
    port = f":{url.port}" if url.port else ""
    return f"postgresql://{_host(url)}{port}/{url.database or ''}"


def _begin(connection: Connection) -> None:
    turn = connection.get_execution_options().get("turn", "")
    if turn:
        number = int.from_bytes(hashlib.sha256(f"tskit:{turn}".encode()).digest()[:8], signed=True)
        connection.execute(_TURN, {"turn": number})
