"""Where a database is: the URL of a source, checked, without a secret and with nothing that could change what is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from tskit.errors import SourceError, nearest
from tskit.sources.sql.dialects import dialect_of

if TYPE_CHECKING:
    from pathlib import Path

    from tskit.model import Source

__all__ = ["address_of", "file_of"]


def address_of(source: Source) -> URL:
    """Return the URL of a source's database, with the driver that it is reached by.

    Raises:
        SourceError: it cannot be read, it holds a secret, or a setting that is not known to be harmless.
    """
    where = f"The url of the source {source.name}"
    dialect = dialect_of(source)
    try:
        url = make_url(source.url)
    except (ArgumentError, ValueError):
        raise SourceError(f"{where} cannot be read. Write it as in postgresql://reader@host/db") from None
    # A password with an @ or a colon in it may be read as part of the host or the user, so neither is repeated here.
    hosts = f"{url.host}{url.query.get('host', '')}"
    if url.password is not None or "@" in hosts or ":" in (url.username or ""):
        raise SourceError(
            f"{where} holds a password, and others can read it. Take it out, change it, and keep the new one with: "
            f"tskit secret set {source.name}"
        )
    for name, value in url.query.items():
        if name.lower() not in dialect.options:
            raise SourceError(
                f"{where} has a setting {name!r} that is not let through. {_known(name, dialect.options)}"
            )
        if not isinstance(value, str):
            raise SourceError(f"{where} says {name} twice. Write it once.")
    return url.set(drivername=dialect.driver or source.scheme)


def file_of(source: Source, *, root: Path) -> Path:
    """Return the file that a URL such as sqlite:///data/cases.sqlite names; it starts at the casebook's folder `root`.

    Raises:
        SourceError: the URL names no file, or the file is not there.
    """
    url = address_of(source)
    name = url.database or ""
    where = f"The url of the source {source.name}"
    if url.host or url.username or not name or name == ":memory:" or "\0" in name or name.startswith("file:"):
        raise SourceError(f"{where} names no file. Write it as in {source.scheme}:///data/cases.{source.scheme}")
    path = root / name
    if not path.is_file():
        raise SourceError(f"{where} names {name}, which is no file. A path starts at the casebook's folder.")
    return path


def _known(name: str, options: frozenset[str]) -> str:
    return nearest(name, options) if options else "This kind takes none."
