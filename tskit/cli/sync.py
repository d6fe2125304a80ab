"""tskit sync: brings what is new of a source into the casebook, as a snapshot that stays."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from functools import partial
from pathlib import Path  # noqa: TC003  # Typer reads the annotations while it runs
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from tskit.cli.casebook import casebook_of
from tskit.cli.screen import receiving, say
from tskit.errors import ParameterError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tskit.model import Casebook, Source
    from tskit.sources.sync import Brought, Sealed, Synced

__all__ = ["sync"]


def sync(
    *,
    source: Annotated[str, typer.Argument(help="A source that the casebook names.")],
    listed: Annotated[bool, typer.Option("--list", help="Bring nothing; list the snapshots that are here.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print what came as JSON.")] = False,
    casebook: Annotated[Path | None, typer.Option("--casebook", help="The folder that holds casebook.toml.")] = None,
) -> None:
    """Copy what is new of a source into the casebook: never twice, and each time a snapshot that reports can name.

    A sync that was cut goes on where it was. `source=NAME` then means the newest snapshot, `NAME@3` the third one, and
    `NAME@2026-11-01` what was known on that day.
    """
    book = casebook_of(casebook)
    named = _named(source, book)
    if listed:
        _list(named, book, as_json=as_json)
        return
    found = _bring(named, book)
    say(json.dumps(_body(found, named), indent=1) if as_json else "\n".join(_lines(found, named, book)))


def _bring(source: Source, book: Casebook) -> Synced:
    from tskit.sources import secret_of
    from tskit.sources.sync import sync as bring

    secret = partial(secret_of, source.name, casebook=book.name, environ=os.environ)
    try:
        with receiving(source.name) as progress:
            return bring(
                source,
                root=book.root,
                secret=secret,
                progress=progress,
                clock=lambda: datetime.now(UTC),
            )
    except KeyboardInterrupt:
        say(f"What was received is kept; it goes on there with: tskit sync {source.name}", err=True)
        raise


def _named(name: str, book: Casebook) -> Source:
    found = book.source(name) if name else None
    if found is None:
        names = [source.name for source in book.sources]
        fix = nearest(name, names) if names else "Add one under [sources] in casebook.toml."
        raise ParameterError(f"The casebook names no source {name!r}. {fix}")
    return found


def _list(source: Source, book: Casebook, *, as_json: bool) -> None:
    from tskit.sources.sync import snapshots

    held = snapshots(source.name, root=book.root)
    if as_json:
        say(json.dumps([_snapshot(one) for one in held], indent=1))
    elif not held:
        say(f"{source.name} was not copied here yet. Do it with: tskit sync {source.name}")
    for one in () if as_json else held:
        tables = "; ".join(_table(table, brought) for table, brought in one.tables.items() if _tells(brought))
        say(f"{source.name}@{one.number}  {_moment(one.finished, book)}  {tables}")


def _lines(found: Synced, source: Source, book: Casebook) -> Iterator[str]:
    one = found.snapshot
    if one is None:
        yield f"{source.name}: nothing came, and there is no snapshot yet."
        return
    for table, rows in found.received.items():
        yield f"{source.name}: went on from a sync that was cut, with {rows:,} rows of {table} here already."
    if not found.is_new:
        yield f"{source.name}: nothing is new since snapshot {one.number} of {_moment(one.finished, book)}."
        return
    yield f"{source.name}: snapshot {one.number} is sealed."
    yield from (f"  {_table(table, brought)}" for table, brought in one.tables.items() if _tells(brought))
    yield from (f"  {note}" for note in one.notes)


def _table(table: str, brought: Brought) -> str:
    files = [chunk for chunk in brought.chunks if chunk.name]
    what = f"{len(files):,} new {'file' if len(files) == 1 else 'files'}" if files else f"{brought.rows:,} rows"
    how = ", the whole table" if brought.is_whole and not files else " new or changed" if not files else ""
    gone = f", {brought.deletes.rows:,} deleted" if brought.deletes else ""
    return f"{table}: {what}{how}{gone}"


def _tells(brought: Brought) -> bool:
    return bool(brought.chunks or brought.deletes)


def _moment(at: datetime, book: Casebook) -> str:
    return at.astimezone(ZoneInfo(book.zone)).strftime("%Y-%m-%d %H:%M")


def _body(found: Synced, source: Source) -> dict[str, object]:
    told = _snapshot(found.snapshot) if found.snapshot else {}
    return {"source": source.name, "is_new": found.is_new, "received_before": dict(found.received), **told}


def _snapshot(one: Sealed) -> dict[str, object]:
    return {
        "snapshot": one.number,
        "sealed_at": one.finished.astimezone(UTC).isoformat(timespec="seconds"),
        "tables": {table: _counts(brought) for table, brought in one.tables.items()},
        "notes": list(one.notes),
    }


def _counts(brought: Brought) -> dict[str, object]:
    files = sum(bool(chunk.name) for chunk in brought.chunks)
    gone = brought.deletes.rows if brought.deletes else 0
    return {"rows": brought.rows, "files": files, "deleted": gone, "is_whole": brought.is_whole}
